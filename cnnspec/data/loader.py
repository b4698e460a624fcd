"""Loaders: a split's images in batches, from memory or from files that are decoded as they are needed.

Which images a batch has is the caller's to say; neither cache, workers nor prefetch can change a bit. An image keeps
its number, also where others can't be read: those are left out of their batches, wherever the images are kept.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from cnnspec.core.errors import UserError
from cnnspec.data.batches import Batch
from cnnspec.data.dataset import ImageFiles
from cnnspec.data.images.decode import decode

PREFETCHED = 3
"""Batches that are being decoded while one is trained on."""
_BYTES_AT_ONCE = 1 << 20
"""Of floats: what a processor's cache holds."""
_FLOAT = 4
DECODED_AT_ONCE = 4
"""Images that a worker decodes before it takes others: so few that the workers end together."""


Transform = Callable[[Tensor, Tensor], Tensor]
"""Makes of uint8 pixels_NCHW and their numbers_N, on the network's device, the images that a batch has."""


def unchanged(pixels_NCHW: Tensor, numbers_N: Tensor) -> Tensor:
    """The pixels."""
    del numbers_N
    return pixels_NCHW


class BadFile(NamedTuple):
    """A file that could not be read."""

    file: str
    reason: str


class Loader(Protocol):
    """A split of labelled images."""

    labels_N: Tensor
    """int64, on the CPU: of every image, also of those that can't be read."""
    device: torch.device
    bad: dict[int, BadFile]
    """By their numbers the images that could not be read, as far as that is known."""

    def batches(
        self, order_N: Tensor, sizes: Sequence[int], transform: Transform = unchanged
    ) -> Generator[Batch, None, None]:
        """The images that `order_N` (on the CPU) numbers, in batches of these sizes, less those that can't be read.

        `transform` may be given those of several batches at once. A batch that has lost all its images is there, without
        any, and not transformed: so an epoch has its steps, whatever can be read.
        """


class MemoryLoader:
    """Decoded images: gathered from where they lie, they go to the network's device.

    Small images are gathered and transformed for several batches at once: each call costs more than they do.
    """

    def __init__(
        self,
        pixels_NCHW: Tensor,
        labels_N: Tensor,
        device: torch.device,
        home: torch.device,
        bad: Mapping[int, BadFile] | None = None,
    ) -> None:
        self.labels_N, self.device, self.bad = labels_N, device, dict(bad or {})
        self._pixels_NCHW, self._labels_N = pixels_NCHW.to(home), labels_N.to(home)
        self.images_at_once = _BYTES_AT_ONCE // (_FLOAT * math.prod(pixels_NCHW.shape[1:]))
        self._good_N = torch.ones(len(labels_N), dtype=torch.bool)
        self._good_N[list(self.bad)] = False

    def batches(
        self, order_N: Tensor, sizes: Sequence[int], transform: Transform = unchanged
    ) -> Generator[Batch, None, None]:
        """As Loader has it."""
        order_N, sizes = self._good(order_N, sizes)
        groups = list(_grouped(sizes, self.images_at_once))
        groups_N = order_N.to(self._labels_N.device).split([sum(group) for group in groups])
        for numbers_N, group in zip(groups_N, groups, strict=True):
            found = (self._pixels_NCHW.index_select(0, numbers_N), self._labels_N[numbers_N], numbers_N)
            whole = _transformed(transform, Batch(*(to_device(part, self.device) for part in found)))
            yield from map(Batch, *(part.split(group) for part in whole))

    def _good(self, order_N: Tensor, sizes: Sequence[int]) -> tuple[Tensor, list[int]]:
        """Order and sizes of what is left: told before the first batch, so that none waits for the device."""
        if not self.bad:
            return order_N, list(sizes)
        good_N = self._good_N[order_N]
        return order_N[good_N], [int(part_N.sum()) for part_N in good_N.split(list(sizes))]


def _grouped(sizes: Iterable[int], most: int) -> Iterator[list[int]]:
    """Sizes of batches that are at most so many images together, or of one that is larger."""
    group: list[int] = []
    for size in sizes:
        if group and sum(group) + size > most:
            yield group
            group = []
        group.append(size)
    if group:
        yield group


class FileLoader:
    """Image files: threads decode a few batches ahead. Pillow lets others run while it decodes.

    Without `skip` the first file that can't be decoded raises UserError.
    """

    def __init__(
        self, files: ImageFiles, labels_N: Tensor, device: torch.device, *, workers: int, skip: bool
    ) -> None:
        self.labels_N, self.device = labels_N, device
        self.bad: dict[int, BadFile] = {}
        self._files, self._workers, self._skip = files, workers, skip

    def batches(
        self, order_N: Tensor, sizes: Sequence[int], transform: Transform = unchanged
    ) -> Generator[Batch, None, None]:
        """As Loader has it."""
        with closing(self._decoded(order_N, sizes)) as batches:
            for batch in batches:
                yield _transformed(transform, batch)

    def _decoded(self, order_N: Tensor, sizes: Sequence[int]) -> Generator[Batch, None, None]:
        if not self._workers:
            for numbers_N in order_N.split(list(sizes)):
                pixels_NCHW = self._pixel_buffer(len(numbers_N))
                good = self._decode(pixels_NCHW, numbers_N.tolist())
                yield self._batch(pixels_NCHW, numbers_N, good)
            return
        pool = ThreadPoolExecutor(self._workers, thread_name_prefix="decode")
        try:
            with closing(self._ahead(pool, order_N, sizes)) as batches:
                yield from batches
        finally:
            pool.shutdown(cancel_futures=True)

    def _ahead(
        self, pool: ThreadPoolExecutor, order_N: Tensor, sizes: Sequence[int]
    ) -> Generator[Batch, None, None]:
        waiting: deque[tuple[Tensor, Tensor, list[Future[list[bool]]]]] = deque()
        for numbers_N in order_N.split(list(sizes)):
            pixels_NCHW = self._pixel_buffer(len(numbers_N))
            parts = zip(pixels_NCHW.split(DECODED_AT_ONCE), numbers_N.split(DECODED_AT_ONCE), strict=True)
            jobs = [pool.submit(self._decode, part_NCHW, numbers.tolist()) for part_NCHW, numbers in parts]
            waiting.append((pixels_NCHW, numbers_N, jobs))
            if len(waiting) > PREFETCHED:
                yield self._finished(*waiting.popleft())
        while waiting:
            yield self._finished(*waiting.popleft())

    def _finished(self, pixels_NCHW: Tensor, numbers_N: Tensor, jobs: list[Future[list[bool]]]) -> Batch:
        good = [fine for job in jobs for fine in job.result()]
        return self._batch(pixels_NCHW, numbers_N, good)

    def _batch(self, pixels_NCHW: Tensor, numbers_N: Tensor, good: list[bool]) -> Batch:
        if not all(good):
            kept_N = torch.tensor(good)
            pixels_NCHW, numbers_N = pixels_NCHW[kept_N], numbers_N[kept_N]
        parts = (pixels_NCHW, self.labels_N[numbers_N], numbers_N)
        return Batch(*(to_device(part, self.device) for part in parts))

    def _pixel_buffer(self, count: int) -> Tensor:
        pinned = self.device.type == "cuda"
        with torch.inference_mode(mode=False):  # other threads, which know of no such mode, write into it
            return torch.empty((count, *self._files.shape), dtype=torch.uint8, pin_memory=pinned)

    def _decode(self, pixels_NCHW: Tensor, numbers: list[int]) -> list[bool]:
        """Fill the pixels, image by image; which of them could be decoded."""
        return [
            self._decode_one(pixels_CHW, number)
            for pixels_CHW, number in zip(pixels_NCHW, numbers, strict=True)
        ]

    def _decode_one(self, pixels_CHW: Tensor, number: int) -> bool:
        path = self._files.paths[number]
        try:
            pixels = decode(path, self._files.shape, self._files.resize)
        except UserError as error:
            if not self._skip:
                raise
            self.bad[number] = BadFile(str(path), error.message.removeprefix(f"{path}: "))
            return False
        pixels_CHW.copy_(torch.frombuffer(bytearray(pixels), dtype=torch.uint8).view(pixels_CHW.shape))
        return True


def _transformed(transform: Transform, batch: Batch) -> Batch:
    return (
        batch._replace(images_NCHW=transform(batch.images_NCHW, batch.numbers_N)) if batch.images else batch
    )


def to_device(part: Tensor, device: torch.device) -> Tensor:
    """Copies to a device; asynchronously only from pinned memory, since an unpinned buffer may be reused before the copy ends."""
    if part.device == device:
        return part
    return part.to(device, non_blocking=device.type == "cuda" and part.is_pinned())
