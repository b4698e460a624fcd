"""What a trained network takes images for: resized and normalised as in its training."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from cnnspec.backend.device import resolve_device, set_determinism
from cnnspec.compiler.plan import Plan
from cnnspec.core.errors import UserError
from cnnspec.data.augmentation.pipeline import Pipeline
from cnnspec.data.images.decode import decode
from cnnspec.runner import checkpoint
from cnnspec.runner.checkpoint import About
from cnnspec.runner.network import Network
from cnnspec.runner.setup import made
from cnnspec.runner.torch_errors import in_our_words
from cnnspec.settings.losses import Loss
from cnnspec.settings.train import Train

_TOGETHER = 64
_CHANCES: Mapping[str, Callable[[Tensor], Tensor]] = {
    "softmax": lambda scores_NK: scores_NK.softmax(1),
    "sigmoid": torch.sigmoid,
    "values": lambda scores_NK: scores_NK.clamp(0, 1),
}
"""From what a loss takes to how likely each class is."""


class Prediction(NamedTuple):
    """An image's classes with their probabilities, the likeliest first; or why it could not be read."""

    file: str
    classes: tuple[tuple[str, float], ...] = ()
    error: str = ""


class Predictor:
    """A network with the weights of a run, and what must be known of its images."""

    def __init__(self, network: Network, about: About, shape: tuple[int, int, int], loss: Loss) -> None:
        self._network, self._about, self._shape, self._loss = network, about, shape, loss
        self._pipeline = Pipeline((), about.scale, len(about.class_names), network.device, 0)

    @classmethod
    def of(cls, plan: Plan, config: Train, weights: Path) -> Predictor:
        """The network of a run. Raises UserError."""
        device = resolve_device(config.device)
        set_determinism(device, deterministic=config.deterministic)
        network = made(plan, config, device)
        about = checkpoint.load(weights, network.module)
        network.module.eval()
        channels, height, width = plan.image
        return cls(network, about, (channels, height, width), config.loss)

    def predict(self, files: Sequence[Path], top: int) -> Iterator[Prediction]:
        """The `top` likeliest classes of each image, in the order of the files. Raises UserError."""
        for start in range(0, len(files), _TOGETHER):
            with in_our_words(_TOGETHER, "Name fewer images at once."):
                found = list(self._together(files[start : start + _TOGETHER], top))
            yield from found

    @torch.inference_mode()
    def _together(self, files: Sequence[Path], top: int) -> Iterator[Prediction]:
        read = [(file, *self._pixels(file)) for file in files]
        good = [pixels for _, pixels, _ in read if pixels is not None]
        found: Iterator[tuple[tuple[str, float], ...]] = iter(())
        if good:
            images_NCHW = self._pipeline.normalise(torch.stack(good).to(self._network.device))
            found = iter(self._named(chances(self._loss, self._network.scores(images_NCHW)), top))
        for file, pixels, error in read:
            yield Prediction(str(file), () if pixels is None else next(found), error)

    def _pixels(self, file: Path) -> tuple[Tensor | None, str]:
        try:
            pixels = decode(file, self._shape, self._about.resize)
        except UserError as error:
            return None, error.message
        return torch.frombuffer(bytearray(pixels), dtype=torch.uint8).view(self._shape), ""

    def _named(self, chances_NK: Tensor, top: int) -> Iterator[tuple[tuple[str, float], ...]]:
        names = self._about.class_names
        best = chances_NK[:, : len(names)].topk(min(top, len(names)))
        for values, classes in zip(best.values.tolist(), best.indices.tolist(), strict=True):
            yield tuple((names[number], chance) for number, chance in zip(classes, values, strict=True))


def chances(loss: Loss, scores_NK: Tensor) -> Tensor:
    """What the outputs say of each class, from 0 to 1; a single one says it of the second of two classes."""
    chances_NK = _CHANCES[loss.outputs](scores_NK)
    return torch.cat([1 - chances_NK, chances_NK], 1) if chances_NK.shape[1] == 1 else chances_NK
