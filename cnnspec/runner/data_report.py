"""What a training would be fed: how many images of each class, their sizes, and a picture of some."""

from __future__ import annotations

import io
import math
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import torch
from PIL import Image
from torch import Tensor

from cnnspec.backend.device import resolve_device
from cnnspec.data.bad_files import readable
from cnnspec.data.batches import batch_sizes
from cnnspec.data.dataset import WHITE, Dataset, ImageFiles
from cnnspec.data.splits import evenly_spaced
from cnnspec.data.statistics import ChannelStatistics
from cnnspec.data.training_data import TrainingData, training_data
from cnnspec.settings.train import Train

_MOST_FILES_OPENED = 1_000
_GRID_WIDTH = 640
"""Pixels, about, that the picture is wide: small images are shown larger."""
_MOST_ZOOM = 8


class DataReport(NamedTuple):
    """The data of a training, counted and drawn."""

    shape: tuple[int, ...]
    """Channels, height, width, as they enter the network."""
    counts: dict[str, tuple[int, int, int]]
    """Of each class the images to train on, to validate with, to test with, but those found to be bad: of
    files that are not kept in memory, none is looked at for this."""
    where: str
    mean: tuple[float, ...]
    std: tuple[float, ...]
    """Of each channel of the images to train on as they are, on the scale from 0 to 1."""
    sizes: tuple[tuple[tuple[int, int], int], ...]
    """(width, height) of image files and how many of those opened have it, the most frequent first."""
    bad: list[tuple[str, str]]
    png: bytes

    def as_data(self) -> dict[str, object]:
        """For JSON."""
        splits = ("train", "validation", "test")
        counts = {name: dict(zip(splits, numbers, strict=True)) for name, numbers in self.counts.items()}
        return {
            "shape": self.shape,
            "classes": counts,
            "total": dict(zip(splits, map(sum, zip(*self.counts.values(), strict=True)), strict=True)),
            "kept": self.where,
            "mean": self.mean,
            "std": self.std,
            "sizes": [{"width": w, "height": h, "files": files} for (w, h), files in self.sizes],
            "skipped": [{"file": file, "reason": reason} for file, reason in self.bad],
        }


def data_report(dataset: Dataset, config: Train, images: int) -> DataReport:
    """Count and draw; the picture shows the first `images` of the first epoch. Raises UserError."""
    data = training_data(dataset, config, resolve_device(config.device))
    png = _png(data, config, images) if images else b""
    mean, std = (tuple(level / WHITE for level in values) for values in data.statistics)
    shape, counts = dataset.train.image_shape, _counts(data, dataset)
    return DataReport(shape, counts, data.where, mean, std, _file_sizes(dataset), data.newly_bad(), png)


def _counts(data: TrainingData, dataset: Dataset) -> dict[str, tuple[int, int, int]]:
    """Of each class the readable images to train on, to validate with, to test with."""
    all_T = torch.arange(len(data.test.labels_N))
    splits = ((data.train, data.fit_F), (data.validation, data.validation_V), (data.test, all_T))
    labels = (split.labels_N[readable(split, numbers)] for split, numbers in splits)
    columns = (labels_N.bincount(minlength=len(dataset.class_names)).tolist() for labels_N in labels)
    return dict(zip(dataset.class_names, zip(*columns, strict=True), strict=True))


def _png(data: TrainingData, config: Train, images: int) -> bytes:
    """The first images of the first epoch."""
    drawn: list[Tensor] = []
    sizes = batch_sizes(len(data.fit_F), config.batch_size)
    with closing(data.fit_batches(sizes, epoch=1)) as batches:
        for images_NCHW, labels in batches:
            if len(labels):
                drawn.append(images_NCHW)
            if sum(map(len, drawn)) >= images:
                break
    shown_NCHW = torch.cat(drawn)[:images]
    columns = max(1, round(len(shown_NCHW) ** 0.5))
    zoom = min(_MOST_ZOOM, max(1, _GRID_WIDTH // (columns * shown_NCHW.shape[-1])))
    return png_bytes(image_grid(shown_NCHW, data.pipeline.statistics, columns=columns, zoom=zoom))


def _file_sizes(dataset: Dataset) -> tuple[tuple[tuple[int, int], int], ...]:
    """(width, height) of image files, and how many have it."""
    images = dataset.train.images
    if not isinstance(images, ImageFiles):
        return ()
    opened = evenly_spaced(torch.arange(len(images.paths)), _MOST_FILES_OPENED).tolist()
    sizes = (_size_of(images.paths[number]) for number in opened)
    return tuple(Counter(size for size in sizes if size is not None).most_common())


def _size_of(file: Path) -> tuple[int, int] | None:
    """What the file's header says; None where it can't be read, which decoding reports."""
    try:
        with Image.open(file) as image:
            return image.size
    except Exception:  # noqa: BLE001 -- Pillow's readers raise all sorts of things at damaged files
        return None


# The picture


GAP = 2
_GREY = 128


def image_grid(images_NCHW: Tensor, statistics: ChannelStatistics, *, columns: int, zoom: int) -> Image.Image:
    """The normalised images in rows of `columns`, each pixel `zoom`×`zoom`.

    One channel is shown grey, three or four as colours, of any other number the first.
    """
    pixels_NCHW = _grey_levels(images_NCHW.cpu(), statistics)
    if pixels_NCHW.shape[1] not in (1, 3, 4):
        pixels_NCHW = pixels_NCHW[:, :1]
    count, channels, height, width = pixels_NCHW.shape
    rows = math.ceil(count / columns)
    canvas = torch.full(
        (channels, rows * (height + GAP) + GAP, columns * (width + GAP) + GAP), _GREY, dtype=torch.uint8
    )
    for number, pixels_CHW in enumerate(pixels_NCHW):
        row, column = divmod(number, columns)
        top, left = GAP + row * (height + GAP), GAP + column * (width + GAP)
        canvas[:, top : top + height, left : left + width] = pixels_CHW
    image = Image.fromarray(canvas.permute(1, 2, 0).squeeze(-1).contiguous().numpy())
    return image.resize((image.width * zoom, image.height * zoom), Image.Resampling.NEAREST)


def _grey_levels(images_NCHW: Tensor, statistics: ChannelStatistics) -> Tensor:
    mean_C11, std_C11 = (torch.tensor(part).view(-1, 1, 1) for part in statistics)
    return (images_NCHW * std_C11 + mean_C11).round().clamp(0, WHITE).to(torch.uint8)


def png_bytes(image: Image.Image) -> bytes:
    """The bytes of the file."""
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
