"""Random specs: acyclic graphs of all kinds of layers, right at the size that they are written for.

At other sizes they may be wrong: strides round down, branches drift apart, windows no longer fit, features are
too many for a linear layer. Arguments are drawn as those of `tests/layers/samples.py`, and kept where the layer
takes the value that it is drawn for.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from cnnspec.core.shape import Shape
from tests.layers import samples
from tests.layers.verdict import judged

Draw = Callable[[Random, Shape], dict[str, Any]]


def _half(rng: Random, x: Shape) -> dict[str, Any]:
    """A conv as networks have them: it keeps the size, or halves it."""
    kernel = rng.choice((1, 2, 3, 3, 5))
    return {
        "out_channels": rng.choice((x.channels or 1, 2, 4)),
        "kernel_size": kernel,
        "stride": rng.choice((1, 2, 2, 3)),
        "padding": rng.choice((0, kernel // 2)),
    }


def _double(rng: Random, x: Shape) -> dict[str, Any]:
    stride = rng.choice((2, 2, 3))
    return {"out_channels": x.channels or 1, "kernel_size": stride, "stride": stride}


def _factor(rng: Random, _x: Shape) -> dict[str, Any]:
    return {"scale_factor": rng.choice((2, 2, 2, 3, 0.5, 1.5, 0.25, 0.7))}


def _nothing(_rng: Random, _x: Shape) -> dict[str, Any]:
    return {}


def _groups(rng: Random, _x: Shape) -> dict[str, Any]:
    return {"num_groups": rng.choice((1, 2))}


KINDS: tuple[tuple[str, Draw, int], ...] = (
    ("conv", _half, 8),
    ("conv", samples.conv, 4),
    ("depthwise", samples.depthwise, 2),
    ("conv_transpose", _double, 4),
    ("conv_transpose", samples.conv_transpose, 3),
    ("maxpool", samples.maxpool, 4),
    ("avgpool", samples.avgpool, 4),
    ("lppool", samples.lppool, 1),
    ("adaptive_avgpool", samples.adaptive, 1),
    ("adaptive_maxpool", samples.adaptive, 1),
    ("global_avgpool", _nothing, 1),
    ("bn", _nothing, 2),
    ("instancenorm", _nothing, 1),
    ("groupnorm", _groups, 1),
    ("layernorm", samples.rmsnorm, 1),
    ("lrn", samples.lrn, 1),
    ("relu", _nothing, 2),
    ("prelu", samples.prelu, 1),
    ("softmax", samples.along, 1),
    ("glu", samples.along, 1),
    ("dropout", _nothing, 1),
    ("flatten", _nothing, 2),
    ("flatten", samples.flatten, 1),
    ("linear", samples.linear, 3),
    ("unflatten", samples.unflatten, 1),
    ("permute", samples.permute, 1),
    ("slice", samples.cut, 3),
    ("pad", samples.pad, 4),
    ("upsample", _factor, 5),
    ("upsample", samples.upsample, 1),
    ("pixel_shuffle", lambda rng, _x: {"upscale_factor": rng.choice((1, 2))}, 2),
    ("pixel_unshuffle", lambda rng, _x: {"downscale_factor": rng.choice((2, 2, 3))}, 2),
    ("channel_shuffle", lambda rng, _x: {"groups": rng.choice((1, 2))}, 1),
    ("scale", _nothing, 1),
)
MERGES = ("add", "multiply", "concat", "concat")
WINDOWS = tuple(entry for entry in KINDS if entry[0] in {
    "conv", "depthwise", "conv_transpose", "maxpool", "avgpool", "bn", "relu", "pad", "slice", "upsample",
    "pixel_shuffle", "pixel_unshuffle", "global_avgpool", "flatten", "linear", "permute",
})  # fmt: skip
MOST_ELEMENTS = 30_000


class RandomSpec(NamedTuple):
    """A spec's text for one size, and the same with its sizes left open."""

    text: str
    left_open: str
    sizes: tuple[int, ...]


class Drawing:
    """Items, one after another, each on a value that is there."""

    def __init__(self, rng: Random, x: Shape, kinds: tuple[tuple[str, Draw, int], ...] = KINDS) -> None:
        self._rng = rng
        self._kinds = [entry[:2] for entry in kinds]
        self._weights = [entry[2] for entry in kinds]
        self.values: dict[str, Shape] = {"input": x}
        self.items: list[str] = []

    def _add(self, kind: str, value: Any, keys: dict[str, Any], y: Shape) -> None:
        name = f"n{len(self.items)}"
        if self._rng.random() < 0.02:
            keys |= {"expect": list(y.sizes)}
        self.items.append(json.dumps({kind: value, "name": name, **keys}))
        self.values[name] = y

    def layer(self) -> bool:
        """One more layer, mostly on the last value; False where the draw does not fit."""
        rng = self._rng
        source = list(self.values)[-1] if rng.random() < 0.75 else rng.choice(list(self.values))
        x = self.values[source]
        ((kind, draw),) = rng.choices(self._kinds, self._weights)
        args = draw(rng, x)
        _, y = judged(kind, (args, (x,)))
        if not isinstance(y, Shape) or not small(y):
            return False
        self._add(kind, args, {"from": source}, y)
        return True

    def like(self) -> bool:
        """A value brought to the size of another."""
        names = [name for name, x in self.values.items() if x.rank and x.channel_axis == 0]
        if not names:
            return False
        source, other = self._rng.choice(names), self._rng.choice(names)
        x, like = self.values[source], self.values[other]
        _, y = judged("resize", ({"like": other}, (x, like)))
        if not isinstance(y, Shape) or not small(y):
            return False
        self._add("resize", {"like": other}, {"from": source}, y)
        return True

    def merge(self) -> bool:
        """Values that agree at this size, of different paths if there are some."""
        rng = self._rng
        kind = rng.choice(MERGES)
        args = {"axis": rng.randint(0, 3)} if kind == "concat" and rng.random() < 0.2 else {}
        names = list(self.values)
        for _ in range(12):
            chosen = rng.sample(names, min(len(names), rng.choice((2, 2, 3))))
            _, y = judged(kind, (args, tuple(self.values[name] for name in chosen)))
            if len(chosen) > 1 and isinstance(y, Shape) and small(y):
                self._add(kind, {"of": chosen, **args}, {}, y)
                return True
        return False


def small(y: Shape) -> bool:
    """Whether a value is small enough to compute with, though its axes grow."""
    elements = 1
    for size in y.sizes:
        elements *= size or 1
    return elements <= MOST_ELEMENTS and max(size or 0 for size in y.spatial or (0,)) <= 200


def random_spec(
    rng: Random, rank: int, kinds: tuple[tuple[str, Draw, int], ...] = KINDS, most: int = 9
) -> RandomSpec:
    """A spec with this many spatial axes."""
    channels = rng.choice((1, 2, 4))
    top = {1: 64, 2: 40, 3: 10}[rank]
    sizes = tuple(rng.randint(1 + top // 4, top) for _ in range(rank))
    drawing = Drawing(rng, Shape((channels, *sizes)), kinds)
    wanted = rng.randint(2, most)
    for _ in range(12 * wanted):
        if len(drawing.items) == wanted:
            break
        step = rng.random()
        (drawing.merge if step < 0.25 else drawing.like if step < 0.29 else drawing.layer)()
    body = "layers:\n" + "".join(f"  - {item}\n" for item in drawing.items)
    symbols = {1: "L", 2: "H, W", 3: "D, H, W"}[rank]
    head = "cnnspec: 1\ninput: "
    return RandomSpec(f"{head}{[channels, *sizes]}\n{body}", f"{head}[{channels}, {symbols}]\n{body}", sizes)
