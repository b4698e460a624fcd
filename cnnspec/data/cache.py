"""Where the images are kept: with the network, in memory, or nowhere, decoded anew when they are needed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from cnnspec.core.errors import UserError
from cnnspec.data.batches import batch_sizes
from cnnspec.data.cpu_and_memory import available_cores, byte_count, total_memory
from cnnspec.data.dataset import Dataset, ImageFiles, Split
from cnnspec.data.loader import BadFile, FileLoader, Loader, MemoryLoader
from cnnspec.settings.train import Train

Location = Literal["device", "ram", "none"]
SHARE = 1 / 4
"""Share of a memory that `auto` fills."""
MOST = 3 / 4
"""Share of a memory that a cache named in the spec may fill."""
_DECODED_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Cache:
    """Where all images of a training are, and who decodes them."""

    location: Location
    device: torch.device
    workers: int
    skip: bool
    words: str
    """Where the images are, for whoever trains."""

    @classmethod
    def of(cls, dataset: Dataset, config: Train, device: torch.device) -> Cache:
        """The cache that the config asks for, or the fastest that has room. Raises UserError."""
        splits = [split for split in (dataset.train, dataset.validation, dataset.test) if split is not None]
        size = sum(split.size for split in splits)
        files = any(isinstance(split.images, ImageFiles) for split in splits)
        location = cache_location(config.cache, size, device, files=files)
        workers = available_cores() if config.workers is None else config.workers
        decoders = f"decoded by {workers} threads" if workers else "decoded as they are needed"
        where = str(device) if location == "device" else "memory"
        words = decoders if location == "none" else f"in {where}, {byte_count(size)}"
        return cls(location, device, workers, dataset.on_bad == "skip", words)

    def loader(self, split: Split) -> Loader:
        """A loader of the split's images, which lie there from now on. Raises UserError naming a bad file."""
        labels_N = torch.from_numpy(split.labels)
        if not isinstance(split.images, ImageFiles):
            return self._in_memory(torch.from_numpy(split.images), labels_N)
        if self.location == "none":
            return self._file_loader(split.images, labels_N, self.device)
        return self._decoded(split.images, labels_N)

    def _file_loader(self, files: ImageFiles, labels_N: Tensor, device: torch.device) -> FileLoader:
        return FileLoader(files, labels_N, device, workers=self.workers, skip=self.skip)

    def _decoded(self, files: ImageFiles, labels_N: Tensor) -> MemoryLoader:
        """All images, each at its number; nobody looks where one could not be read."""
        loader, count = self._file_loader(files, labels_N, torch.device("cpu")), len(labels_N)
        pixels_NCHW = torch.empty((count, *files.shape), dtype=torch.uint8)
        with closing(loader.batches(torch.arange(count), batch_sizes(count, _DECODED_AT_ONCE))) as batches:
            for batch in batches:
                pixels_NCHW[batch.numbers_N] = batch.images_NCHW
        return self._in_memory(pixels_NCHW, labels_N, loader.bad)

    def _in_memory(
        self, pixels_NCHW: Tensor, labels_N: Tensor, bad: Mapping[int, BadFile] | None = None
    ) -> MemoryLoader:
        home = self.device if self.location == "device" else torch.device("cpu")
        return MemoryLoader(pixels_NCHW, labels_N, self.device, home, bad)


def cache_location(cache: str, size: int, device: torch.device, *, files: bool) -> Location:
    """Where images of `size` bytes are kept; files alone can be decoded again and again. Raises UserError.

    Files are decoded in memory, wherever they go then; what is no files lies there already, and asks for no room.
    """
    assert cache != "none" or files, "a check of the spec tells where there are no files"
    if cache == "auto":
        return _fastest_location(size, device, files=files)
    if cache == "none":
        return "none"
    location: Location = "device" if cache == "device" and device.type != "cpu" else "ram"
    memories = [_memory_of(device)] * (location == "device") + [total_memory()] * files
    for memory in memories:
        if size > MOST * memory:
            message = (
                f"cache: {cache} takes {byte_count(size)}; "
                f"of {byte_count(memory)} it may take {byte_count(MOST * memory)}"
            )
            raise UserError(message, "Write `cache: auto`.")
    return location


def _fastest_location(size: int, device: torch.device, *, files: bool) -> Location:
    decodable = not files or size <= MOST * total_memory()
    if device.type != "cpu" and decodable and size <= SHARE * _memory_of(device):
        return "device"
    return "ram" if size <= SHARE * total_memory() or not files else "none"


def _memory_of(device: torch.device) -> int:
    return torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else total_memory()
