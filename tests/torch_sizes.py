"""Torch as the judge of sizes: the layers of a plan, run one after another on small tensors of any size.

Deliberate differences from what torch accepts: a value without elements is not valid, though some operators pass it
on; a single position is nothing to normalise, in training torch says so too; a slice has what it names, where Python
clips. And where a branch of add or multiply has the size 1 at some sizes of the input only, it is not repeated along
the others: the sum that torch makes then is nobody's intention.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from itertools import product
from random import Random
from typing import NamedTuple

import torch

from cnnspec.compiler.check import Result, check_text
from cnnspec.compiler.plan import Node, Plan, Value
from cnnspec.compiler.valid_sizes import ValidSizes
from cnnspec.core.errors import Reject
from cnnspec.core.shape import Shape
from tests.layers.torch_interpreter import BATCH, made
from tests.random_specs import RandomSpec

LAST = {1: 96, 2: 96, 3: 24}
TOGETHER = {2: 3, 3: 2}
"""How many sizes of each axis are tried together."""
FAR = (131, 197, 260)
"""Larger sizes, at which a branch shows whether its size is 1 everywhere."""
Shapes = dict[Value, tuple[int, ...]]


class Judge:
    """Runs a plan's layers. `held`: with the weights that they have for the plan's sizes, else with any."""

    def __init__(self, plan: Plan, *, held: bool) -> None:
        self._plan = plan
        self._held = held
        self._made: dict[str, Callable[..., torch.Tensor]] = {}
        self._axes = {node: node.inputs[0].shape.channel_axis for node in plan.nodes}
        self._expected = {e.value: e.sizes for e in plan.expectations}

    def shapes(self, sizes: tuple[int, ...]) -> Shapes | None:
        """Each value's shape without the batch; None where torch refuses, or an `expect` is not met."""
        found = self.shapes_up_to_a_refusal(sizes)
        return found if len(found) == len(self._plan.nodes) + 1 else None

    def shapes_up_to_a_refusal(self, sizes: tuple[int, ...]) -> Shapes:
        """The shapes of the values that there are before something is refused."""
        (entry,) = self._plan.inputs.values()
        values: dict[Value, torch.Tensor] = {entry: torch.zeros(BATCH, entry.shape.channels, *sizes)}
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            for node in self._plan.nodes:
                try:
                    y = self._module(node, values)(*(values[value] for value in node.inputs))
                except (RuntimeError, ValueError, Reject, IndexError, ZeroDivisionError, TypeError):
                    break
                if 0 in y.shape or self._expected.get(node, tuple(y.shape[1:])) != tuple(y.shape[1:]):
                    break
                if clipped_or_single(node, values[node.inputs[0]]):
                    break
                values[node] = y
        return {value: tuple(tensor.shape[1:]) for value, tensor in values.items()}

    def _module(self, node: Node, values: dict[Value, torch.Tensor]) -> Callable[..., torch.Tensor]:
        x = node.inputs[0].shape
        if not self._held:
            x = Shape(tuple(values[node.inputs[0]].shape[1:]), self._axes[node])
        key = f"{node.path} {node.layer.emit(x)}"
        if key not in self._made:
            self._made[key] = made(node.layer.emit(x))
        return self._made[key]

    def along(self, points: list[tuple[int, ...]], far: list[tuple[int, ...]]) -> list[Shapes | None]:
        """The shapes at points along one axis, None where a branch is 1 by chance."""
        found = [self.shapes(point) for point in points]
        known = [*filter(None, found), *map(self.shapes_up_to_a_refusal, far)]
        return [None if shapes is not None and self._by_chance(shapes, known) else shapes for shapes in found]

    def _by_chance(self, shapes: Shapes, known: list[Shapes]) -> bool:
        for node in self._plan.nodes:
            if node.kind not in {"add", "multiply"}:
                continue
            for axis, size in enumerate(shapes[node]):
                for value in node.inputs:
                    repeated = shapes[value][axis] == 1 != size
                    if repeated and any(value in other and other[value][axis] != 1 for other in known):
                        return True
        return False


def clipped_or_single(node: Node, x: torch.Tensor) -> bool:
    """Whether a slice names what is not there, or a normalisation has a single position."""
    if node.kind == "instancenorm":
        return x[0, 0].numel() == 1
    if node.kind != "slice":
        return False
    layer, shape = node.layer, node.inputs[0].shape
    axis = shape.channel_axis if layer.axis is None else layer.axis % len(shape.sizes)
    size = x.shape[axis + 1]
    return size % (layer.of or 1) != 0 or max(abs(layer.start), abs(layer.stop or 0)) > size


class Difference(NamedTuple):
    """Where cnnspec and torch don't agree."""

    text: str
    sizes: tuple[int, ...]
    ours: object
    torchs: object


def differences(spec: RandomSpec, rng: Random, *, held: bool) -> Iterable[Difference]:
    """Compare every size along each axis, and some sizes along all: whether it is valid, and each value's shape."""
    result = check_text(spec.text if held else spec.left_open)
    rank = len(spec.sizes)
    symbols = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}[rank]
    valid = valid_sizes(result, symbols) if held else result.sizes
    text = spec.text if held else spec.left_open
    if valid is None:
        assert any(found.code == "no-valid-size" for found in result.diagnostics), (text, result.diagnostics)
        return
    judge = Judge(result.plan, held=held)
    for axis in range(rank):
        points = [with_size(spec.sizes, axis, n) for n in range(1, LAST[rank] + 1)]
        far = [with_size(spec.sizes, other, n) for other in range(rank) for n in FAR[: 2 if rank > 1 else 3]]
        yield from _compared(text, result.plan, valid, symbols, points, judge.along(points, far))
    if rank > 1:
        points = list(
            product(*[sorted(rng.sample(range(1, LAST[rank] + 1), TOGETHER[rank])) for _ in range(rank)])
        )
        judged = [
            None if torchs_chance(judge, point, spec.sizes) else judge.shapes(point) for point in points
        ]
        yield from _compared(text, result.plan, valid, symbols, points, judged)


def torchs_chance(judge: Judge, point: tuple[int, ...], base: tuple[int, ...]) -> bool:
    """Whether along one of the axes a branch is 1 by chance."""
    for axis in range(len(point)):
        along = [point, *(with_size(point, axis, n) for n in (base[axis], LAST[len(point)], FAR[0]))]
        if judge.along([point], along)[0] is None:
            return True
    return False


def valid_sizes(result: Result, symbols: tuple[str, ...]) -> ValidSizes:
    """For which sizes the network that is built for the spec's size is valid."""
    (value,) = result.plan.inputs.values()
    return ValidSizes(result.plan, {"input": (value.shape.channels, *symbols)}, weights_stay=True)


def with_size(sizes: tuple[int, ...], axis: int, size: int) -> tuple[int, ...]:
    return (*sizes[:axis], size, *sizes[axis + 1 :])


def _compared(
    text: str,
    plan: Plan,
    valid: ValidSizes,
    symbols: tuple[str, ...],
    points: list[tuple[int, ...]],
    judged: list[Shapes | None],
) -> Iterable[Difference]:
    for point, shapes in zip(points, judged, strict=True):
        named = dict(zip(symbols, point, strict=True))
        ours = valid.allows(named)
        if ours != (shapes is not None) and (valid.exact or max(point) <= (valid.proved_to or 0)):
            yield Difference(text, point, ours, shapes is not None)
        elif shapes is not None and ours:
            for value in plan.nodes:
                told = valid.sizes_at(value, named)
                if any(a is not None and a != b for a, b in zip(told, shapes[value], strict=True)):
                    yield Difference(text, point, told, shapes[value])
