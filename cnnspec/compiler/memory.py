"""How much memory a network takes at most, at inference and in training, as a function of the batch size.

A pass is followed node by node: what each value, each tensor that autograd keeps, and each gradient takes, from when
it is made until nothing needs it any more. All of it grows with the batch or does not, so that at any moment the bytes
are a line over the batch size, and the most of a pass is the highest of these lines.

Counted at inference: the weights and buffers; the input; of the values those that a later node still needs, or that
Python holds meanwhile (`compiler.lifetimes`).

Counted in training, for one step: weights and buffers; the input; in the forward pass the values, and what autograd
keeps of each layer (`Layer.keeps`), memory that is shared counted once; in the backward pass, for the first output
alone, the gradients of values that are alive at the same time, and the weights' gradients as they come to be; what
the optimizer keeps of each weight (`Optimizer.state`), and its temporaries, as torch has them that steps one weight
after another (`Optimizer.scratch`); a moving average of the weights; the loss's copy of the scores.

In 16 bits the weights stay as they are, and torch.autocast decides which values have half the size
(`Layer.autocast`); it copies the weights of convolutions and linear layers, which is counted.

Not counted: workspaces, that is what a single operation needs only while it runs; the allocator's rounding and
fragments; the CUDA context; images that are loaded ahead, or cached on the device.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple

from cnnspec.compiler.lifetimes import last_uses

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.compiler.plan import Node, Plan, Value
    from cnnspec.layers.base import Layer
    from cnnspec.settings.train import Train

FULL, HALF = 4, 2
"""Bytes of a number, in 32 bits and in 16."""
_COUNTER = 8
"""Bytes of a whole number: of the batches that a norm has seen."""


class Peak(NamedTuple):
    """The most bytes of a pass: the highest of lines (bytes whatever the batch, bytes a sample)."""

    lines: frozenset[tuple[int, int]]

    def at(self, batch_size: int) -> int:
        """The bytes for this many samples at once."""
        return max(fixed + each * batch_size for fixed, each in self.lines)

    def largest_batch(self, limit: int) -> int:
        """The most samples that fit into so many bytes; 0 where not even one does."""
        if self.at(1) > limit:
            return 0
        return min((limit - fixed) // each for fixed, each in self.lines if each)


def inference_memory(plan: Plan, train: Train) -> Peak | None:
    """The most memory of a forward pass in eval mode, in the precision of training; None where a size is unknown."""
    if not _is_known(plan):
        return None
    outputs = [output.value for output in plan.outputs if not output.train_only]
    account = Account(_weights(plan))
    Forward(plan, account, outputs, half=_half(train), training=False).run()
    return account.peak


def training_memory(plan: Plan, train: Train) -> Peak | None:
    """The most memory of a step of training; None where a size is unknown, or nothing comes out."""
    if not _is_known(plan) or not plan.outputs:
        return None
    averages = 2 if train.ema is not None else 1
    path = _needed(plan, [plan.outputs[0].value])
    account = Account(
        averages * _weights(plan) + FULL * _optimizer_state(path, _hidden_matrices(plan), train)
    )
    if train.accumulate > 1:
        account.take(fixed=FULL * sum(node.params for node in path))
    outputs = [output.value for output in plan.outputs]
    forward = Forward(plan, account, outputs, half=_half(train), training=True)
    forward.run()
    Backward(plan, account, forward, weight_gradients=train.accumulate == 1).run()
    account.take(fixed=FULL * train.optimizer.scratch * _largest_weight(path))
    return account.peak


def memory_by_layer(plan: Plan, train: Train, batch_size: int) -> dict[Node, int]:
    """What each layer adds to the memory of training: what autograd keeps that it made, and all that goes with its weights.

    The plan is one whose training_memory is known.
    """
    forward = Forward(
        plan, Account(0), [output.value for output in plan.outputs], half=_half(train), training=True
    )
    forward.run()
    kept = {block for blocks in forward.kept.values() for block in blocks}
    hidden = _hidden_matrices(plan)
    found = {
        node: FULL * (2 * node.params + _optimizer_state([node], hidden, train)) for node in forward.nodes
    }
    for block in kept:
        if block.owner is not None:
            found[block.owner] += block.fixed + block.each * batch_size
    return found


def _half(train: Train) -> bool:
    """Whether it is trained in 16 bits; auto is the hardware's choice, and counted as fp32, which takes more."""
    return train.precision in ("bf16", "fp16")


def _is_known(plan: Plan) -> bool:
    """Whether every size is a number."""
    outputs = (output.value for output in plan.outputs)
    shapes = [value.shape for value in (*plan.inputs.values(), *plan.nodes, *outputs)]
    return plan.complete and all(
        type(size) is int for shape in shapes for size in (shape.sizes if shape else (None,))
    )


def _weights(plan: Plan) -> int:
    """Bytes of parameters and buffers."""
    held = [shape for node in plan.nodes for _, shape in node.state()]
    return sum(FULL * prod(shape) if shape else _COUNTER for shape in held)


def _optimizer_state(nodes: Iterable[Node], hidden: frozenset[str], train: Train) -> int:
    """How many numbers the optimizer keeps of these nodes' weights."""
    named = ((f"{node.path}.{name}", shape) for node in nodes for name, shape in _parameters(node))
    return sum(train.optimizer.state(shape, hidden=name in hidden) for name, shape in named)


def _hidden_matrices(plan: Plan) -> frozenset[str]:
    """The names of the matrices between the first and the last."""
    matrices = plan.matrices
    return frozenset([name for name in plan.state() if name in matrices][1:-1])


def _parameters(node: Node) -> Iterable[tuple[str, tuple[int, ...]]]:
    return node.weights.parameters.items() if node.weights is not None else ()


def _largest_weight(nodes: list[Node]) -> int:
    return max((prod(shape) for node in nodes for _, shape in _parameters(node)), default=0)


class Block:
    """Bytes that are taken and given back together: whatever the batch, and for each sample."""

    __slots__ = ("each", "fixed", "holders", "owner")

    def __init__(self, fixed: int, each: int, owner: Node | None) -> None:
        self.fixed = fixed
        self.each = each
        self.holders = 1
        self.owner = owner
        """The layer that it is made by in the forward pass."""


class Account:
    """The bytes that are taken, and the most so far."""

    def __init__(self, fixed: int) -> None:
        self._fixed, self._each = fixed, 0
        self._lines: dict[int, int] = {0: fixed}
        """Bytes a sample -> the most bytes beside them."""

    def take(self, *, each: int = 0, fixed: int = 0, owner: Node | None = None) -> Block:
        """Take bytes, which are the caller's to hold."""
        self._fixed += fixed
        self._each += each
        self._lines[self._each] = max(self._fixed, self._lines.get(self._each, 0))
        return Block(fixed, each, owner)

    def give_back(self, block: Block) -> None:
        """One holder less; without any the bytes are free."""
        block.holders -= 1
        if not block.holders:
            self._fixed -= block.fixed
            self._each -= block.each

    @property
    def peak(self) -> Peak:
        """The lines that are the highest for some batch size."""
        lines, highest = [], -1
        for each, fixed in sorted(self._lines.items(), reverse=True):
            if fixed > highest:
                lines.append((fixed, each))
                highest = fixed
        return Peak(frozenset(lines))


def held(block: Block) -> Block:
    """The block with one holder more."""
    block.holders += 1
    return block


class Forward:
    """A forward pass: which block holds each value, and what each node keeps for the backward pass."""

    def __init__(
        self, plan: Plan, account: Account, outputs: list[Value], *, half: bool, training: bool
    ) -> None:
        self._plan, self._account = plan, account
        self._half, self._training = half, training
        self.nodes = _needed(plan, outputs)
        self._outputs = outputs
        self._last = last_uses(self.nodes, outputs)
        self._blocks: dict[Value, Block] = {}
        self._width: dict[Value, int] = {}
        self.trained: set[Value] = set()
        """The values whose gradient is asked for."""
        self.kept: dict[Node, list[Block]] = {}

    def run(self) -> None:
        """All nodes, and then the copies of weights that autocast keeps for the time are given back."""
        for value in self._plan.inputs.values():
            self._width[value] = FULL
            self._blocks[value] = self._account.take(each=self.size(value))
            held(self._blocks[value])  # whoever called the network has its input
        copies = [copy for node in self.nodes for copy in self._node(node)]
        for copy in copies:
            self._account.give_back(copy)
        if self._training:
            for value in set(self._outputs) - set(self._outputs[:1]):
                self._account.give_back(self._blocks[value])

    def size(self, value: Value) -> int:
        """The bytes of a value, a sample."""
        assert value.shape is not None
        return self._width[value] * value.shape.elements

    def _node(self, node: Node) -> list[Block]:
        layer, shape = node.layer, node.inputs[0].shape
        assert layer is not None and shape is not None
        width = self._width[node] = self._width_of(node, layer)
        if any(True for _ in _parameters(node)) or any(value in self.trained for value in _read(node)):
            self.trained.add(node)
        copies = self._copies_of_weights(node, layer)
        casts = self._casts(node, width, layer)
        scratch = self._scratch(node, width, layer)
        if layer.is_view(shape, training=self._training):
            self._blocks[node] = held(self._blocks[node.inputs[0]])
        else:
            self._blocks[node] = self._account.take(each=self.size(node), owner=node)
        if self._training and node in self.trained:
            self.kept[node] = [*self._kept(node, width, layer, casts), *map(held, copies)]
        for temporary in (scratch, *casts.values()):
            self._account.give_back(temporary)
        for value in self._last.get(node, ()):
            self._account.give_back(self._blocks[value])
        return copies

    def _scratch(self, node: Node, width: int, layer: Layer) -> Block:
        """What is made for the time; where it is trained, that is among what is kept."""
        if self._training and node in self.trained:
            return self._account.take()
        assert node.shape is not None
        shapes = tuple(value.shape for value in node.inputs if value.shape is not None)
        made = layer.scratch(shapes, node.shape)
        return self._account.take(each=width * made.values + made.bytes)

    def _width_of(self, node: Node, layer: Layer) -> int:
        if not self._half or layer.autocast == "full":
            return FULL
        return HALF if layer.autocast == "half" else max(self._width[value] for value in node.inputs)

    def _copies_of_weights(self, node: Node, layer: Layer) -> list[Block]:
        if not self._half or layer.autocast != "half":
            return []
        return [self._account.take(fixed=HALF * node.params, owner=node)]

    def _casts(self, node: Node, width: int, layer: Layer) -> dict[Value, Block]:
        """The inputs that autocast copies into the layer's own precision."""
        if not self._half or layer.autocast == "as input":
            return {}
        other = {value for value in node.inputs if self._width[value] != width}
        return {
            value: self._account.take(each=width * value.shape.elements, owner=node)
            for value in other
            if value.shape
        }

    def _kept(self, node: Node, width: int, layer: Layer, casts: dict[Value, Block]) -> list[Block]:
        assert node.shape is not None
        shapes = tuple(value.shape for value in node.inputs if value.shape is not None)
        kept = layer.keeps(shapes, node.shape)
        blocks = [held(casts.get(value, self._blocks[value])) for value in _read(node) if kept.inputs]
        if kept.output:
            blocks.append(held(self._blocks[node]))
        each, fixed = width * kept.values + kept.bytes, FULL * kept.statistics
        return [*blocks, self._account.take(each=each, fixed=fixed, owner=node)] if each or fixed else blocks


class Backward:
    """A backward pass from the first output."""

    def __init__(self, plan: Plan, account: Account, forward: Forward, *, weight_gradients: bool) -> None:
        self._account, self._forward = account, forward
        self._weight_gradients = weight_gradients
        """Whether there are none yet."""
        self._output = plan.outputs[0].value
        self._gradients: dict[Value, Block] = {}

    def run(self) -> None:
        """From the loss to the first weights; what led to other outputs is let go before."""
        path = set(_needed_nodes([self._output]))
        for node in self._forward.nodes:
            if node not in path:
                self._let_go(node)
        logarithms = self._account.take(each=self._forward.size(self._output))
        self._gradients[self._output] = self._account.take(each=self._forward.size(self._output))
        self._account.give_back(logarithms)
        for node in reversed(self._forward.nodes):
            if node in self._gradients:
                self._node(node)

    def _node(self, node: Node) -> None:
        """The gradients of a node's inputs and weights, of its output's."""
        own = self._gradients.pop(node)
        asked = [value for value in _read(node) if value in self._forward.trained]
        new = [self._gradient(node, value, own) for value in asked]
        if self._weight_gradients and node.params:
            self._account.take(fixed=FULL * node.params)
        self._let_go(node)
        self._account.give_back(own)
        for value, block in zip(asked, new, strict=True):
            self._add(value, block)

    def _gradient(self, node: Node, value: Value, own: Block) -> Block:
        layer, y = node.layer, node.shape
        assert layer is not None and y is not None and value.shape is not None
        repeated = value.shape.elements < y.elements and len(node.inputs) > 1 and not layer.mixes_channels
        if layer.passes_gradient and not repeated:
            return held(own)
        return self._account.take(each=self._forward.size(value))

    def _add(self, value: Value, block: Block) -> None:
        """Sum up what comes from several nodes."""
        before = self._gradients.get(value)
        if before is None:
            self._gradients[value] = block
            return
        self._gradients[value] = self._account.take(each=self._forward.size(value))
        self._account.give_back(before)
        self._account.give_back(block)

    def _let_go(self, node: Node) -> None:
        for block in self._forward.kept.pop(node, ()):
            self._account.give_back(block)


def _read(node: Node) -> tuple[Value, ...]:
    """The inputs whose numbers are read, not their size alone."""
    return node.inputs[:1] if node.layer is not None and node.layer.references else node.inputs


def _needed(plan: Plan, outputs: Iterable[Value]) -> list[Node]:
    """The nodes that lead to these outputs, in the plan's order."""
    needed = _needed_nodes(outputs)
    return [node for node in plan.nodes if node in needed]


def _needed_nodes(outputs: Iterable[Value]) -> set[Node]:
    found: set[Node] = set()
    todo = [value.node for value in outputs]
    while todo:
        node = todo.pop()
        if node is not None and node not in found:
            found.add(node)
            todo += [value.node for value in node.inputs]
    return found
