"""The likeliest classes of images, by a trained network: resized and normalised as in its training."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from cnnspec.compiler.plan import Plan
from cnnspec.core.errors import UserError
from cnnspec.data.augmentation.pipeline import Pipeline
from cnnspec.data.images.decode import decode
from cnnspec.runner import checkpoint
from cnnspec.runner.checkpoint import CheckpointMetadata
from cnnspec.runner.forward_pass import Network
from cnnspec.runner.setup import network_of, repeatable_device
from cnnspec.runner.torch_errors import torch_errors_as_user_errors
from cnnspec.settings.losses import Loss
from cnnspec.settings.train import Train

_BATCH_SIZE = 64
_PROBABILITIES: Mapping[str, Callable[[Tensor], Tensor]] = {
    "softmax": lambda scores_NK: scores_NK.softmax(1),
    "sigmoid": torch.sigmoid,
    "values": lambda scores_NK: scores_NK.clamp(0, 1),
}
"""Of each sort of outputs, how likely they say that each class is."""


Classes = tuple[tuple[str, float], ...]
"""Names with probabilities, the likeliest first."""


class Prediction(NamedTuple):
    """An image's likeliest classes; or why it could not be read."""

    file: str
    classes: Classes = ()
    error: str = ""


class Predictor:
    """A network with the weights of a run, and what must be known of its images."""

    def __init__(
        self, network: Network, metadata: CheckpointMetadata, shape: tuple[int, int, int], loss: Loss
    ) -> None:
        self._network, self._metadata, self._shape, self._loss = network, metadata, shape, loss
        self._pipeline = Pipeline((), metadata.statistics, len(metadata.class_names), network.device, 0)

    @classmethod
    def of(cls, plan: Plan, config: Train, weights: Path) -> Predictor:
        """The network of a run. Raises UserError."""
        network = network_of(plan, config, repeatable_device(config))
        metadata = checkpoint.load(weights, network.module)
        network.module.eval()
        channels, height, width = plan.image
        return cls(network, metadata, (channels, height, width), config.loss)

    def predict(self, files: Sequence[Path], top: int) -> Iterator[Prediction]:
        """The `top` likeliest classes of each image, in the order of the files. Raises UserError."""
        for start in range(0, len(files), _BATCH_SIZE):
            with torch_errors_as_user_errors(_BATCH_SIZE, "Name fewer images at once."):
                predictions = list(self._batch(files[start : start + _BATCH_SIZE], top))
            yield from predictions

    @torch.inference_mode()
    def _batch(self, files: Sequence[Path], top: int) -> Iterator[Prediction]:
        decoded = [(file, *self._decode(file)) for file in files]
        good = [pixels for _, pixels, _ in decoded if pixels is not None]
        likeliest: Iterator[Classes] = iter(())
        if good:
            images_NCHW = self._pipeline.normalise(torch.stack(good).to(self._network.device))
            scores_NK = self._network.scores(images_NCHW)
            likeliest = self._likeliest(probabilities(self._loss, scores_NK), top)
        for file, pixels, error in decoded:
            yield Prediction(str(file), () if pixels is None else next(likeliest), error)

    def _decode(self, file: Path) -> tuple[Tensor | None, str]:
        """The pixels of a file, or why it could not be read."""
        try:
            pixels = decode(file, self._shape, self._metadata.resize)
        except UserError as error:
            return None, error.message
        return torch.frombuffer(bytearray(pixels), dtype=torch.uint8).view(self._shape), ""

    def _likeliest(self, probabilities_NK: Tensor, top: int) -> Iterator[Classes]:
        names = self._metadata.class_names
        best = probabilities_NK[:, : len(names)].topk(min(top, len(names)))
        for values, classes in zip(best.values.tolist(), best.indices.tolist(), strict=True):
            yield tuple((names[number], value) for number, value in zip(classes, values, strict=True))


def probabilities(loss: Loss, scores_NK: Tensor) -> Tensor:
    """What the outputs say of each class, from 0 to 1; a single one says it of the second of two classes."""
    probabilities_NK = _PROBABILITIES[loss.outputs](scores_NK)
    return (
        torch.cat([1 - probabilities_NK, probabilities_NK], 1)
        if probabilities_NK.shape[1] == 1
        else probabilities_NK
    )
