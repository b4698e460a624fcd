"""A plan against torch: the network is built and run, and what the plan says of its layers is compared.

The source of a network gives few of its values a name. So a second source is printed, of the same plan with every
layer's value as an output: its state_dict is the same, and so must its outputs be.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from math import prod
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from cnnspec.backend.build import build
from cnnspec.compiler.plan import Node, Output, Plan, Value
from cnnspec.core.diagnostic import Diagnostic, Place
from cnnspec.core.plural import times

BATCH = 2
"""Samples: enough for batch statistics, and few."""
_RUNS = 4
"""Two networks, in two modes."""
_BYTES = 4
_MOST_BYTES = 2 * 2**30
_MOST_MACS = 5 * 10**11
"""A larger network is run without numbers, on torch's meta device."""


class Comparison(NamedTuple):
    """What differs from torch, and where the network was run."""

    diagnostics: tuple[Diagnostic, ...]
    device: str
    """`cpu`, or `meta`, where tensors have shapes alone, for what is too large for that."""


def compare(plan: Plan) -> Comparison:
    """Build and run a plan without errors, in eval mode and in training, and tell what is otherwise in torch."""
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        if not _is_large(plan):
            try:
                return Comparison(tuple(_differences(plan, "cpu")), "cpu")
            except _OutOfMemoryError:
                pass
        return Comparison(tuple(_differences(plan, "meta")), "meta")


class _OutOfMemoryError(Exception):
    """The CPU's memory does not hold the network's values after all."""


@contextmanager
def _failures(found: list[str]) -> Iterator[None]:
    """Add the reason why torch fails, if it does. Raises _OutOfMemoryError."""
    try:
        yield
    except Exception as error:
        if isinstance(error, MemoryError) or "allocate memory" in str(error):
            raise _OutOfMemoryError from error
        found.append(f"{str(error).strip() or type(error).__name__}".split("\n")[0])


def _differences(plan: Plan, device: str) -> Iterator[Diagnostic]:
    failures: list[str] = []
    with _failures(failures):
        networks = _Networks(plan, device)
    for reason in failures:
        yield _difference(Place(plan.nodes[0].place.source), f"torch can't build it: {reason}")
        return
    yield from networks.differences()


def _is_large(plan: Plan) -> bool:
    values = BATCH * sum(prod(_sizes(node)) for node in plan.nodes)
    return _BYTES * (2 * plan.params + values) > _MOST_BYTES or _RUNS * BATCH * plan.macs > _MOST_MACS


def _sizes(value: Value) -> tuple[int, ...]:
    assert value.shape is not None, "the plan has no errors"
    return tuple(size for size in value.shape.sizes if size is not None)


def _difference(place: Place, message: str) -> Diagnostic:
    hint = "The spec is not at fault: this is a mistake in cnnspec."
    return Diagnostic("differs-from-torch", message, place, hint)


class _Networks:
    """The network as it is built, and the one that returns every value; both with the same weights."""

    def __init__(self, plan: Plan, device: str) -> None:
        self._plan, self._device = plan, device
        self._running: Node = plan.nodes[0]
        with torch.device(device):
            self._network = build(plan)
            every = tuple(Output(None, node) for node in plan.nodes)
            self._open = build(plan._replace(outputs=every, output_form="list", init=()))
            self._inputs = [torch.rand(BATCH, *_sizes(value)) for value in plan.inputs.values()]
        self._open.load_state_dict(self._network.state_dict())
        self._note_what_runs()

    def _note_what_runs(self) -> None:
        """A module that is called leaves its node, for a message about an exception."""
        modules = dict(self._open.named_modules())
        for node in self._plan.nodes:
            if node.path in modules:
                modules[node.path].register_forward_pre_hook(partial(self._is_called, node))

    def _is_called(self, node: Node, _module: nn.Module, _inputs: object) -> None:
        self._running = node

    @property
    def _top(self) -> Place:
        return Place(self._plan.nodes[0].place.source)

    def differences(self) -> Iterator[Diagnostic]:
        """What torch has otherwise: tensors, then values."""
        yield from self._tensors()
        for training in (False, True):
            mode = "in training" if training else "in eval mode"
            self._network.train(training)
            self._open.train(training)
            failures: list[str] = []
            with _failures(failures):
                values = self._open(*self._inputs)
                returned = self._network(*self._inputs)
            for reason in failures:
                where = f"{self._running.path}, or what is computed behind it,"
                yield _difference(self._running.place, f"{mode} {where} fails in torch: {reason}")
                return
            yield from self._values(values, mode)
            yield from self._outputs(returned, dict(zip(self._plan.nodes, values, strict=True)), mode)

    # -- tensors ------------------------------------------------------------------------------

    def _tensors(self) -> Iterator[Diagnostic]:
        state = {name: tuple(tensor.shape) for name, tensor in self._network.state_dict().items()}
        learned = {name: parameter.numel() for name, parameter in self._network.named_parameters()}
        owners = {node.path: node for node in self._plan.nodes}
        own: dict[Node | None, dict[str, tuple[int, ...]]] = {}
        for name, shape in state.items():
            own.setdefault(_owner(name, owners), {})[name] = shape
        for name in own.get(None, {}):
            yield _difference(self._top, f"torch has a tensor {name}, which belongs to no layer of the plan")
        for node in self._plan.nodes:
            yield from _tensors_of(node, own.get(node, {}), learned)
        if state != (known := self._plan.state()) or list(state) == list(known):
            return
        yield _difference(self._top, "the tensors of torch's state_dict are in another order")

    # -- values -------------------------------------------------------------------------------

    def _values(self, values: tuple[Tensor, ...], mode: str) -> Iterator[Diagnostic]:
        for node, value in zip(self._plan.nodes, values, strict=True):
            shape, known = tuple(value.shape), (BATCH, *_sizes(node))
            if shape != known:
                message = (
                    f"{mode} {node.path} gives {times(shape[1:])} in torch, {times(known[1:])} in the plan"
                )
                yield _difference(node.place, message)

    def _outputs(self, returned: Any, values: Mapping[Value, Tensor], mode: str) -> Iterator[Diagnostic]:
        """What the network returns, beside what its layers gave in the other one."""
        training = self._network.training
        given = dict(zip(self._plan.inputs.values(), self._inputs, strict=True))
        expected = {
            output.key if self._plan.output_form == "dict" else index: {**given, **values}[output.value]
            for index, output in enumerate(self._plan.outputs)
            if training or not output.train_only
        }
        found = _by_key(returned, self._plan.output_form)
        if list(found) != list(expected):
            listed = [", ".join(map(str, keys)) for keys in (found, expected)]
            yield _difference(
                self._top, f"{mode} torch returns the outputs {listed[0]}, the plan has {listed[1]}"
            )
            return
        for key, value in expected.items():
            same = value.shape == found[key].shape
            if not same or not (training or self._device == "meta" or _equal(value, found[key])):
                message = f"{mode} output {key} is not what its layer gives"
                yield _difference(self._top, message)


def _owner(name: str, owners: Mapping[str, Node]) -> Node | None:
    """The layer that a tensor belongs to."""
    while name and name not in owners:
        name = name.rpartition(".")[0]
    return owners.get(name)


def _tensors_of(
    node: Node, found: Mapping[str, tuple[int, ...]], learned: Mapping[str, int]
) -> Iterator[Diagnostic]:
    """What differs in the tensors of one layer: names, shapes, which of them are learned, how many numbers."""
    known = dict(node.state())
    assert node.weights is not None, "the plan has no errors"
    parameters = {f"{node.path}.{name}" if name else node.path for name in node.weights.parameters}
    for name in {**known, **found}:
        if name not in found or name not in known:
            holder, other = ("the plan", "torch") if name in known else ("torch", "the plan")
            yield _difference(node.place, f"{holder} has a tensor {name}, {other} has none")
        elif known[name] != found[name]:
            message = f"{name} is {times(found[name])} in torch, {times(known[name])} in the plan"
            yield _difference(node.place, message)
        elif (name in learned) != (name in parameters):
            sides = ("torch", "the plan") if name in learned else ("the plan", "torch")
            yield _difference(node.place, f"{name} is learned in {sides[0]}, not in {sides[1]}")
    count = sum(learned.get(name, 0) for name in found)
    if count != node.params:
        message = f"{node.path} has {count:,} parameters in torch, {node.params:,} in the plan"
        yield _difference(node.place, message)


def _by_key(returned: Any, form: str) -> dict[Any, Tensor]:
    if form == "dict":
        return dict(returned)
    return dict(enumerate(returned if form == "list" else [returned]))


def _equal(one: Tensor, other: Tensor) -> bool:
    """Whether two values are the same, bit for bit; what is no number is the same wherever it stands."""
    return torch.equal(one, other) or torch.allclose(one, other, rtol=0, atol=0, equal_nan=True)
