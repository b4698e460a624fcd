"""Random images, the same for the same seed, with labels in turn."""

from __future__ import annotations

import math
from array import array
from random import Random

from cnnspec.settings.datasets.own import Fake
from cnnspec.train.data.memory import require_memory
from cnnspec.train.data.raw import Part, Pixels, Raw

_CHUNK = 1 << 20


def read(config: Fake, input_shape: tuple[int, ...]) -> Raw:
    """As many images as the config says. Raises UserError where they take more memory than there is."""
    facts = config.facts(input_shape)
    channels, height, width = config.shape or input_shape
    size = channels * height * width
    require_memory((config.train_images + config.test_images) * size, "the fake images take")
    chance = Random(config.seed)  # noqa: S311 -- nothing is secret
    train, test = (
        _part(count, (channels, height, width), config.classes, chance)
        for count in (config.train_images, config.test_images)
    )
    return Raw(train, None, test, facts.class_names)


def _part(count: int, shape: tuple[int, int, int], classes: int, chance: Random) -> Part:
    values = bytearray(count * math.prod(shape))
    for start in range(0, len(values), _CHUNK):
        values[start : start + _CHUNK] = chance.randbytes(min(_CHUNK, len(values) - start))
    return Part(Pixels((count, *shape), values), array("q", (number % classes for number in range(count))))
