"""Whether a network can be trained as the training asks: what is known of the two without any data."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cnnspec.core.reject import Reject
from cnnspec.settings.optimizers import OPTIMIZERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnspec.compiler.plan import Node, Plan
    from cnnspec.settings.train import Train

_FIRST_AND_LAST = 2
_IMAGE = 3
"""Axes of what enters: channels, height and width."""
_FILTERS = 4
"""Axes of a 2-d convolution's weight; channels_last is an order of so many, and torch refuses it to one more."""


def matrices(plan: Plan) -> int:
    """How many weights are matrices, as the optimizers see it: no bias, and nothing that scales one value each."""
    shapes = (
        shape
        for node in plan.nodes
        if node.weights is not None and not (node.layer and node.layer.scales_values)
        for shape in node.weights.parameters.values()
    )
    return sum(len(shape) > 1 and math.prod(shape[1:]) > 1 for shape in shapes)


def against_channels_last(plan: Plan) -> str:
    """Why a network's images and weights can't lie channels_last; nothing where they can."""
    if len(plan.image) != _IMAGE:
        return f"the input is {'×'.join(map(str, plan.image))}"
    axes = {name: len(shape) for name, shape in plan.state().items()}
    if _FILTERS not in axes.values():
        return "no layer here has such filters"
    deeper = next((name for name, count in axes.items() if count > _FILTERS), None)
    return f"{deeper} has {axes[deeper]} axes" if deeper else ""


def require_weights(plan: Plan) -> None:
    """Raise Reject where there is nothing that training could change."""
    if not plan.params:
        message = "the network has no weights: there is nothing to train"
        raise Reject("nothing-to-train", message, hint="Add a layer with weights, such as `linear: 10`.")


def require_hidden(train: Train, plan: Plan) -> None:
    """Raise Reject where the optimizer is for hidden layers alone, and there are none."""
    found = matrices(plan)
    if train.optimizer.hidden_only and found <= _FIRST_AND_LAST:
        name = OPTIMIZERS.name_of(type(train.optimizer))
        message = (
            f"{name} moves the weights of layers between the first and the last with weights, "
            f"this network has {found} such layers in all"
        )
        raise Reject("nothing-hidden", message, field="optimizer", hint="Write `optimizer: adamw`.")


def require_planes(train: Train, plan: Plan) -> None:
    """Raise Reject where channels_last is asked for, and images or weights have not the axes for it."""
    asked = train.memory_format == "channels_last" and len(plan.inputs) == 1
    if asked and (against := against_channels_last(plan)):
        message = "channels_last is for 2-d convolutions of images, which have two spatial axes"
        hint = "Leave memory_format out."
        raise Reject("no-planes", f"{message}: {against}", field="memory_format", hint=hint)


def require_company(train: Train, plan: Plan) -> None:
    """Raise Reject where a layer takes a mean over the batch, and would see a single value of each channel."""
    for node in filter(_averages_single_values, plan.nodes if train.batch_size == 1 else ()):
        message = (
            f"{node.kind} ({node.path}, line {node.place.line}) can't be trained with one image a batch: "
            f"of {node.inputs[0].shape} it sees one value a channel, whose mean it is"
        )
        hint = "Write a batch_size of at least 2."
        raise Reject("alone-in-batch", message, field="batch_size", hint=hint)


def _averages_single_values(node: Node) -> bool:
    """Whether it takes means over the batch, and an image has one value of each channel."""
    shape = node.inputs[0].shape
    averages = node.layer is not None and node.layer.averages_batch
    return averages and shape is not None and all(size == 1 for size in shape.spatial)


RULES: tuple[Callable[[Train, Plan], None], ...] = (
    require_hidden,
    require_planes,
    require_company,
)
