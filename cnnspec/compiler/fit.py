"""Whether the network suits the data it is to be trained on: input, classes, what the loss expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compiler.training import check_use
from cnnspec.core.diagnostic import Diagnostic, Place, Severity
from cnnspec.core.plural import plural
from cnnspec.settings.datasets import name_of
from cnnspec.settings.losses import CrossEntropy

if TYPE_CHECKING:
    from cnnspec.compiler.plan import Plan
    from cnnspec.compiler.walk.reporter import Reporter
    from cnnspec.language.spec import Spec
    from cnnspec.reader.node import Node
    from cnnspec.settings.datasets.base import Data, Facts
    from cnnspec.settings.losses import Loss
    from cnnspec.settings.train import Train

_IMAGE_RANK = 3
"""Channels, height, width."""


def check_fit(plan: Plan, data: Data, train: Train | None, spec: Spec, reporter: Reporter) -> None:
    """Compare plan and training with what is known of the data set without opening it.

    `train` is None where it is wrong, which was reported.
    """
    shape = input_shape(plan)
    facts = data.facts(shape)
    _check_input(plan, data, facts, spec, reporter)
    loss = train.loss if train else CrossEntropy()
    outputs = _check_classes(plan, data, facts, loss, spec, reporter)
    if train is not None:
        image = shape if shape is not None and len(shape) == _IMAGE_RANK else None
        check_use(train, plan, data, image, outputs, facts, spec, reporter)


def input_shape(plan: Plan) -> tuple[int, ...] | None:
    """Channels, height and width of the network's first input, as far as they are known."""
    shape = next((value.shape for value in plan.inputs.values()), None)
    known = tuple(size for size in (shape.sizes if shape else ()) if size is not None)
    return known if shape is not None and shape.known else None


def _check_input(plan: Plan, data: Data, facts: Facts, spec: Spec, reporter: Reporter) -> None:
    if len(plan.inputs) > 1:
        message = f"{name_of(data)} gives one image, the network has {len(plan.inputs)} inputs"
        reporter.error("input-mismatch", message, _place(spec.data, spec), "Train a network with one input.")
        return
    sizes = input_shape(plan)
    if sizes is None or (sizes == facts.shape and len(sizes) == _IMAGE_RANK):
        return
    place = _place(next(iter(spec.inputs.values())), spec)
    if facts.shape not in {None, sizes}:
        reporter.error("input-mismatch", *_differing(data, facts.shape, sizes, place))
    elif len(sizes) != _IMAGE_RANK:
        message = (
            f"the input is {_times(sizes)}, but an image of {name_of(data)} has channels, height and width"
        )
        reporter.error("input-mismatch", message, place, "Write `input: [3, 32, 32]`, say.")


def _differing(
    data: Data, found: tuple[int, ...], wanted: tuple[int, ...], place: Place
) -> tuple[str, Place, str]:
    message = f"the input is {_times(wanted)}, but the images of {name_of(data)} are {_times(found)}"
    if data.channels and wanted[0] not in data.channels and len(wanted) == len(found):
        listed = ", ".join(f"{channels} ({meaning})" for channels, meaning in data.channels.items())
        message = (
            f"the input has {wanted[0]} channels, an image of {name_of(data)} is read with one of {listed}"
        )
    return message, place, f"Write `input: {list(found)}`."


def _check_classes(
    plan: Plan, data: Data, facts: Facts, loss: Loss, spec: Spec, reporter: Reporter
) -> int | None:
    """The loss reads scores over classes from the first output's channel axis; how many, if that is right."""
    value = plan.outputs[0].value if plan.outputs else None
    if value is None or value.shape is None:
        return None
    shape, classes = value.shape, facts.classes
    numbers = "K numbers" if classes is None else plural(classes, "number")
    place = value.node.place if value.node else _place(next(iter(spec.inputs.values())), spec)
    if shape.rank != 0:
        of, many = ("some classes", "K") if classes is None else (plural(classes, "class"), classes)
        message = f"the output is {shape}, a classifier of {of} gives {numbers}"
        hint = f"End with global_avgpool, flatten and `linear: {many}`."
        reporter.error("output-not-classes", message, place, hint)
        return None
    if loss.normalises:
        _check_normalised(plan, reporter)
    if shape.channels is not None and classes is not None:
        _compare(shape.channels, classes, data, loss, place, reporter)
    return shape.channels


def _compare(outputs: int, classes: int, data: Data, loss: Loss, place: Place, reporter: Reporter) -> None:
    one_for_two = loss.one_for_two and outputs == 1 and classes == 2  # noqa: PLR2004 -- the one and the other
    if outputs == classes or one_for_two:
        return
    few = outputs < classes
    severity: Severity = "error" if few else "warning"
    code = "too-few-outputs" if few else "too-many-outputs"
    message, hint = differing_outputs(outputs, classes, data)
    reporter.add(Diagnostic(code, message, place, hint, severity))


def differing_outputs(outputs: int, classes: int, data: Data) -> tuple[str, str]:
    """What is said of another number of outputs than there are classes, and what to do about it."""
    message = f"the output has {plural(outputs, 'number')}, {name_of(data)} has {plural(classes, 'class')}"
    return message, f"Let the last layer give {classes}."


def _check_normalised(plan: Plan, reporter: Reporter) -> None:
    node = plan.outputs[0].value.node
    if node is not None and node.layer is not None and node.layer.normalises:
        message = (
            f"{node.kind} before cross-entropy, which applies a softmax of its own: training is slow and poor"
        )
        hint = f"Take {node.kind} out; the scores' order, and so the prediction, is the same."
        reporter.warning("softmax-before-cross-entropy", message, node.place, hint)


def _times(sizes: tuple[int, ...]) -> str:
    return "×".join(map(str, sizes))


def _place(node: Node | None, spec: Spec) -> Place:
    return node.place if node is not None else Place(spec.source)
