"""The law that a kind states of its sizes holds, for sizes beyond those that the law is asked about."""

from __future__ import annotations

import itertools

import pytest

from cnnspec.core.errors import Reject
from cnnspec.core.shape import Shape
from cnnspec.layers import KINDS, MERGES
from cnnspec.layers.base import Layer
from tests.layers.samples import samples
from tests.layers.verdict import judged

ROUNDS = 3


def made_of(layer: Layer, x: Shape, axis: int, size: int) -> tuple[int | None, ...] | None:
    """The output's sizes where one of the input's is known; None where it is refused."""
    sizes = [None] * len(x.sizes)
    sizes[x.channel_axis] = x.channels
    sizes[axis] = size
    try:
        return layer.infer_from((Shape(tuple(sizes), x.channel_axis),)).sizes
    except Reject:
        return None


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in MERGES])
def test_a_size_law_holds(kind):
    compared = 0
    for sample in samples(kind, 60):
        layer, y = judged(kind, sample)
        x = sample[1][0]
        if not isinstance(y, Shape) or len(sample[1]) > 1:
            continue
        for axis in range(len(x.sizes)):
            law = layer.size_law(x, axis)
            if law is None or (axis == x.channel_axis and kind == "depthwise"):
                continue
            for rest in range(law.least, law.least + law.period):
                sizes = [made_of(layer, x, axis, rest + i * law.period) for i in range(ROUNDS)]
                assert 1 == len({found is None for found in sizes}), (sample, axis, law, rest)
                if sizes[0] is not None:
                    steps = {
                        tuple(None if a is None else b - a for a, b in zip(one, other, strict=True))
                        for one, other in itertools.pairwise(sizes)
                    }
                    assert 1 == len(steps), (sample, axis, law, rest, sizes)
                compared += 1
    assert compared > 20


def test_a_rough_factor_has_no_law():
    assert KINDS["upsample"](scale_factor=0.7).size_law(Shape((3, None, None)), 1) is None
    assert (1, 1) == KINDS["upsample"](scale_factor=0.7).size_law(Shape((3, None, None)), 0)
    assert (8, 2) == KINDS["upsample"](scale_factor=0.625).size_law(Shape((3, None, None)), 1)
