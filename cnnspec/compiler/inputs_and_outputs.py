"""`input` and `output`: the shapes that enter, the values that come out."""

from __future__ import annotations

from cnnspec.compiler.plan import Output, Value
from cnnspec.compiler.walk.frame import NOTHING, Frame
from cnnspec.compiler.walk.item_keys import is_there
from cnnspec.compiler.walk.names import Names
from cnnspec.compiler.walk.reporter import definitions
from cnnspec.core.diagnostic import Findings
from cnnspec.core.plain_values import Plain, yaml_text
from cnnspec.core.shape import Shape
from cnnspec.language.scope import Scope
from cnnspec.language.spec import Spec
from cnnspec.language.values import Unknown, value_of
from cnnspec.reader.node import Node, Sequence

_EXAMPLE = "Write channels, then spatial sizes, without the batch: `[3, 224, 224]`."
_MOST_AXES = 4


def read_inputs(spec: Spec, scope: Scope, findings: Findings) -> dict[str, Value]:
    """Every input by name; one whose shape is wrong is unknown."""
    return {name: Value(_shape(name, node, scope, findings), name) for name, node in spec.inputs.items()}


def input_names(spec: Spec, inputs: dict[str, Value]) -> dict[str, Value]:
    """What names stand for at the spec's top: its inputs, and `input` where there is just one."""
    if len(inputs) == 1:
        return {"input": next(iter(inputs.values())), **inputs}
    return {"input": NOTHING if spec.inputs else Value(None), **inputs}


def _shape(name: str, node: Node, scope: Scope, findings: Findings) -> Shape | None:
    if isinstance(node, Sequence) and node.items:
        sizes = [_element(item, scope, findings) for item in node.items]
        return Shape(tuple(sizes)) if _few_enough(name, len(sizes), node, findings) else None
    try:
        value = value_of(node, scope, findings)
    except Unknown:
        return None
    if not isinstance(value, list) or not value:
        message = f"{name} is {yaml_text(value)}, it must be a list of sizes"
        findings.error("bad-input", message, node.place, _EXAMPLE, definitions(node, scope))
        return None
    sizes = [_size(size, node, scope, findings) for size in value]
    return Shape(tuple(sizes)) if _few_enough(name, len(sizes), node, findings) else None


def _few_enough(name: str, axes: int, node: Node, findings: Findings) -> bool:
    if axes <= _MOST_AXES:
        return True
    message = f"{name} has {axes} axes, at most {_MOST_AXES} are known: channels and three spatial ones"
    findings.error("bad-input", message, node.place, f"{_EXAMPLE} The batch is never written.")
    return False


def _element(node: Node, scope: Scope, findings: Findings) -> int | None:
    try:
        return _size(value_of(node, scope, findings), node, scope, findings)
    except Unknown:
        return None


def _size(size: Plain, node: Node, scope: Scope, findings: Findings) -> int | None:
    if type(size) is int and size >= 1:
        return size
    message, hint = (
        f"a size of the input is {yaml_text(size)}, it must be a whole number of at least 1",
        _EXAMPLE,
    )
    if isinstance(size, str):
        message = f"a size of the input is the text {yaml_text(size)}"
        hint = "Write a number; sizes as symbols can't be checked yet."
    findings.error("bad-input", message, node.place, hint, definitions(node, scope))
    return None


# `output`


def read_outputs(spec: Spec, last: Value, frame: Frame, names: Names) -> tuple[Output, ...]:
    """The outputs that are there; without `output` the last item's."""
    if spec.outputs is None:
        return (Output(None, last),)
    there = [
        o
        for o in spec.outputs
        if o.when is None or is_there(o.when, frame.scope, frame.reporter) is not False
    ]
    if spec.outputs and not there:
        message = "`when` leaves out every output: the network gives nothing"
        frame.reporter.error("bad-output", message, spec.outputs[0].source.place, "Keep one of them.")
    if there and there[0].train_only:
        message = "the first output is only there in training, but it is the one that is scored"
        frame.reporter.error(
            "bad-output", message, there[0].source.place, "Name first what eval mode gives too."
        )
    return tuple(
        Output(output.key, names.lookup(output.source, frame), output.train_only) for output in there
    )
