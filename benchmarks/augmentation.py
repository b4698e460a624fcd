"""Images augmented a second on one core: crop, flip and normalise, by the batch and, as the textbook has it, one by one.

The images are in memory, of 28×28 pixels; what is measured begins with the numbers of a batch and ends with what
enters the network.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from functools import partial

import torch
from torchvision.transforms import v2

from benchmarks.timing import interleaved, ratio, row
from cnnspec.data.augmentation.pipeline import Pipeline
from cnnspec.data.batches import batch_sizes
from cnnspec.data.loader import MemoryLoader
from cnnspec.data.statistics import ChannelStatistics
from cnnspec.settings.augmentations import Augmentation
from cnnspec.settings.augmentations.geometry import HFlip, RandomCrop, Rotate
from cnnspec.settings.augmentations.mixing import CutMix, Mixup
from cnnspec.settings.augmentations.pixel_values import Cutout

SIDE, LEVEL, CLASSES = 28, 255.0, 10
COUNT = 8192
WANTED = 100_000
SIZES = (64, 512)
SCALE = ChannelStatistics((72.9,), (90.0,))
USUAL: tuple[Augmentation, ...] = (RandomCrop(padding=4), HFlip())
MORE: dict[str, tuple[Augmentation, ...]] = {
    "nothing": (),
    "and cutout": (*USUAL, Cutout(size=8)),
    "and mixup": (*USUAL, Mixup()),
    "and cutmix": (*USUAL, CutMix()),
    "and rotate": (*USUAL, Rotate(degrees=15)),
}
"""What is measured too, and printed."""


def images_a_second(rounds: int) -> list[str]:
    """Crop and flip in batches of two sizes, and beside torchvision's, image by image."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        seconds = interleaved(_candidates(), rounds)
    finally:
        torch.set_num_threads(threads)
    rates = {name: COUNT / statistics.median(taken) for name, taken in seconds.items()}
    print("images/s:", {name: f"{rate:,.0f}" for name, rate in rates.items()})
    return [
        *(
            _rate(f"crop, flip and normalise, 28×28, batches of {size}", rates[f"usual, {size}"])
            for size in SIZES
        ),
        row(
            "torchvision's crop, flip and normalise image by image by ours in batches of 64",
            ratio(seconds, "textbook", "usual, 64"),
            10,
            at_least=True,
        ),
    ]


def _candidates() -> dict[str, Callable[[], object]]:
    generator = torch.Generator().manual_seed(0)
    pixels_NCHW = torch.randint(0, 256, (COUNT, 1, SIDE, SIDE), dtype=torch.uint8, generator=generator)
    labels_N = torch.randint(0, CLASSES, (COUNT,), generator=generator)
    lists = {"usual": USUAL, **MORE}
    ours = {
        f"{name}, {size}": _ours(pixels_NCHW, labels_N, augmentations, size)
        for name, augmentations in lists.items()
        for size in SIZES
    }
    return {**ours, "textbook": _textbook(pixels_NCHW)}


def _ours(
    pixels_NCHW: torch.Tensor, labels_N: torch.Tensor, augmentations: Sequence[Augmentation], size: int
) -> Callable[[], object]:
    cpu = torch.device("cpu")
    augment, memory = (
        Pipeline(augmentations, SCALE, CLASSES, cpu, seed=0),
        MemoryLoader(pixels_NCHW, labels_N, cpu, cpu),
    )
    sizes, ready = batch_sizes(COUNT, size), partial(augment.augment, epoch=1)

    def epoch() -> None:
        for batch in memory.batches(torch.randperm(COUNT), sizes, ready):
            augment.mix(*batch, 1)

    return epoch


def _textbook(pixels_NCHW: torch.Tensor) -> Callable[[], object]:
    steps = v2.Compose(
        [
            v2.RandomCrop(SIDE, padding=4),
            v2.RandomHorizontalFlip(),
            v2.ToDtype(torch.float32, scale=True),
            v2.Normalize([SCALE.mean[0] / LEVEL], [SCALE.std[0] / LEVEL]),
        ]
    )

    def epoch() -> None:
        for chosen_N in torch.randperm(COUNT).split(64):
            torch.stack([steps(pixels_NCHW[number]) for number in chosen_N])

    return epoch


def _rate(what: str, rate: float) -> str:
    met = "yes" if rate >= WANTED else "no"
    return f"| {what}, one core | {rate:,.0f} images/s | ≥ {WANTED:,} images/s | {met} |"
