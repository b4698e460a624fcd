"""Whether the network suits the data it is to be trained on: input, classes, what the loss expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.core.diagnostic import Diagnostic, Place, Severity
from cnnspec.language.datasets import DATA, Data

if TYPE_CHECKING:
    from cnnspec.compiler.plan import Plan
    from cnnspec.compiler.reporter import Reporter
    from cnnspec.language.node import Node
    from cnnspec.language.spec import Spec


def check_fit(plan: Plan, data: Data, spec: Spec, reporter: Reporter) -> None:
    """Compare the plan with what is known of the data set without opening it."""
    _check_input(plan, data, spec, reporter)
    _check_classes(plan, data, spec, reporter)


def _check_input(plan: Plan, data: Data, spec: Spec, reporter: Reporter) -> None:
    if len(plan.inputs) > 1:
        message = f"{_name(data)} gives one image, the network has {len(plan.inputs)} inputs"
        reporter.error("input-mismatch", message, _place(spec.data, spec), "Train a network with one input.")
        return
    for value in plan.inputs.values():
        if value.shape is not None and value.shape.known and value.shape.sizes != data.shape:
            shape = "×".join(map(str, data.shape))
            message = f"the input is {value.shape}, but the images of {_name(data)} are {shape}"
            hint = f"Write `input: {list(data.shape)}`."
            reporter.error("input-mismatch", message, _place(next(iter(spec.inputs.values())), spec), hint)


def _check_classes(plan: Plan, data: Data, spec: Spec, reporter: Reporter) -> None:
    """Cross-entropy reads scores over classes from the first output's channel axis."""
    value = plan.outputs[0].value if plan.outputs else None
    if value is None or value.shape is None:
        return
    shape = value.shape
    place = value.node.place if value.node else _place(next(iter(spec.inputs.values())), spec)
    if shape.rank != 0:
        message = (
            f"the output is {shape}, a classifier of {data.classes} classes gives {data.classes} numbers"
        )
        hint = f"End with global_avgpool, flatten and `linear: {data.classes}`."
        reporter.error("output-not-classes", message, place, hint)
        return
    if shape.channels is None or shape.channels == data.classes:
        _check_normalised(plan, reporter)
        return
    few = shape.channels < data.classes
    severity: Severity = "error" if few else "warning"
    code = "too-few-outputs" if few else "too-many-outputs"
    message = f"the output has {shape.channels} numbers, {_name(data)} has {data.classes} classes"
    reporter.add(Diagnostic(code, message, place, f"Let the last layer give {data.classes}.", severity))


def _check_normalised(plan: Plan, reporter: Reporter) -> None:
    node = plan.outputs[0].value.node
    if node is not None and node.layer is not None and node.layer.normalises:
        message = (
            f"{node.kind} before cross-entropy, which applies a softmax of its own: training is slow and poor"
        )
        hint = f"Take {node.kind} out; the scores' order, and so the prediction, is the same."
        reporter.warning("softmax-before-cross-entropy", message, node.place, hint)


def _name(data: Data) -> str:
    return next(name for name, model in DATA.items() if type(data) is model)


def _place(node: Node | None, spec: Spec) -> Place:
    return node.place if node is not None else Place(spec.source)
