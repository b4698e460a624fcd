"""Raw data brought to where training reads it: decoded into memory, or left as files."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

import torch
from torch import Tensor

from cnnspec.runner.steps import batch_sizes
from cnnspec.settings.train import Train
from cnnspec.train.data.cores import cores
from cnnspec.train.data.memory import shown
from cnnspec.train.data.raw import Files, Part, Pixels, Raw
from cnnspec.train.data.room import Home, choose
from cnnspec.train.data.source import BadFile, Memory, Source, Stream

_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Place:
    """Where all images of a training are, and who decodes them."""

    home: Home
    device: torch.device
    workers: int
    skip: bool
    told: str

    @classmethod
    def of(cls, raw: Raw, config: Train, device: torch.device) -> Place:
        """The place that the config asks for, or the fastest that has room. Raises UserError."""
        parts = [part.images for part in (raw.train, raw.validation, raw.test) if part is not None]
        size = sum(images.size for images in parts)
        files = any(isinstance(images, Files) for images in parts)
        home = choose(config.cache, size, device, files=files)
        workers = cores() if config.workers is None else config.workers
        decoders = f"decoded by {workers} threads" if workers else "decoded as they are needed"
        where = str(device) if home == "device" else "memory"
        told = decoders if home == "none" else f"in {where}, {shown(size)}"
        return cls(home, device, workers, raw.on_bad == "skip", told)


def placed(part: Part, place: Place) -> Source:
    """The part's images, where they are to be. Raises UserError naming a file that can't be decoded."""
    labels_N = torch.tensor(part.labels, dtype=torch.int64)
    if isinstance(part.images, Pixels):
        pixels_NCHW = torch.frombuffer(part.images.values, dtype=torch.uint8).view(part.images.sizes)
        return _in_memory(pixels_NCHW, labels_N, place)
    here = torch.device("cpu")
    device = place.device if place.home == "none" else here
    stream = Stream(part.images, labels_N, device, workers=place.workers, skip=place.skip)
    return stream if place.home == "none" else _decoded(stream, len(labels_N), part.images.shape, place)


def _decoded(stream: Stream, count: int, shape: tuple[int, ...], place: Place) -> Memory:
    """All images of the stream, each at its number; nobody looks where one could not be read."""
    pixels_NCHW = torch.empty((count, *shape), dtype=torch.uint8)
    with closing(stream.batches(torch.arange(count), batch_sizes(count, _AT_ONCE))) as batches:
        for batch in batches:
            pixels_NCHW[batch.numbers_N] = batch.images_NCHW
    return _in_memory(pixels_NCHW, stream.labels_N, place, stream.bad)


def _in_memory(
    pixels_NCHW: Tensor, labels_N: Tensor, place: Place, bad: Mapping[int, BadFile] | None = None
) -> Memory:
    home = place.device if place.home == "device" else torch.device("cpu")
    return Memory(pixels_NCHW, labels_N, place.device, home, bad)
