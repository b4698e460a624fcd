"""Random images, the same for the same seed, with labels in turn."""

from __future__ import annotations

import math
from random import Random

import numpy as np

from cnnspec.data.cpu_and_memory import require_memory
from cnnspec.data.dataset import Dataset, Split
from cnnspec.settings.datasets.own import Fake

_CHUNK = 1 << 20


def read(config: Fake, input_shape: tuple[int, ...]) -> Dataset:
    """As many images as the config says. Raises UserError where they take more memory than there is."""
    shape = config.shape or input_shape
    require_memory((config.train_images + config.test_images) * math.prod(shape), "the fake images take")
    chance = Random(config.seed)  # noqa: S311 -- nothing is secret
    train, test = (
        _split(count, shape, config.classes, chance) for count in (config.train_images, config.test_images)
    )
    return Dataset(train, None, test, config.facts(input_shape).class_names)


def _split(count: int, shape: tuple[int, ...], classes: int, chance: Random) -> Split:
    values = bytearray(count * math.prod(shape))
    for start in range(0, len(values), _CHUNK):
        values[start : start + _CHUNK] = chance.randbytes(min(_CHUNK, len(values) - start))
    return Split(np.frombuffer(values, np.uint8).reshape(count, *shape), np.arange(count) % classes)
