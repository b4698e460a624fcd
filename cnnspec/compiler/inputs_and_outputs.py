"""`input` and `output`: the shapes that enter, the values that come out."""

from __future__ import annotations

from collections.abc import Mapping

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


WrittenSizes = tuple[int | str | None, ...]
"""The sizes of an input as they are written: numbers, and symbols for open ones; None: a wrong one."""


def read_inputs(spec: Spec, scope: Scope, findings: Findings) -> dict[str, WrittenSizes | None]:
    """The sizes of every input by name; None where it has no shape."""
    return {name: _written(name, node, scope, findings) for name, node in spec.inputs.items()}


def input_value(name: str, written: WrittenSizes | None) -> Value:
    """An input; its open sizes are unknown, as wrong ones are."""
    if written is None:
        return Value(None, name)
    return Value(Shape(tuple(size if isinstance(size, int) else None for size in written)), name)


def open_inputs(inputs: Mapping[str, WrittenSizes | None]) -> dict[str, tuple[int | str, ...]]:
    """The sizes of all inputs, where some are symbols and none is wrong; else nothing."""
    found = {name: tuple(size for size in sizes or () if size is not None) for name, sizes in inputs.items()}
    whole = all(sizes is not None and len(sizes) == len(found[name]) for name, sizes in inputs.items())
    return found if whole and any(isinstance(size, str) for sizes in found.values() for size in sizes) else {}


def input_names(spec: Spec, inputs: dict[str, Value]) -> dict[str, Value]:
    """What names stand for at the spec's top: its inputs, and `input` where there is just one."""
    if len(inputs) == 1:
        return {"input": next(iter(inputs.values())), **inputs}
    return {"input": NOTHING if spec.inputs else Value(None), **inputs}


def _written(name: str, node: Node, scope: Scope, findings: Findings) -> WrittenSizes | None:
    if isinstance(node, Sequence) and node.items:
        elements = [_element(item, index, scope, findings) for index, item in enumerate(node.items)]
        return tuple(elements) if _few_enough(name, len(elements), node, findings) else None
    try:
        value = value_of(node, scope, findings)
    except Unknown:
        return None
    if not isinstance(value, list) or not value:
        message = f"{name} is {yaml_text(value)}, it must be a list of sizes"
        findings.error("bad-input", message, node.place, _EXAMPLE, definitions(node, scope))
        return None
    sizes = [_size(size, index, node, scope, findings) for index, size in enumerate(value)]
    return tuple(sizes) if _few_enough(name, len(sizes), node, findings) else None


def _few_enough(name: str, axes: int, node: Node, findings: Findings) -> bool:
    if axes <= _MOST_AXES:
        return True
    message = f"{name} has {axes} axes, at most {_MOST_AXES} are known: channels and three spatial ones"
    findings.error("bad-input", message, node.place, f"{_EXAMPLE} The batch is never written.")
    return False


def _element(node: Node, index: int, scope: Scope, findings: Findings) -> int | str | None:
    try:
        return _size(value_of(node, scope, findings), index, node, scope, findings)
    except Unknown:
        return None


def _size(size: Plain, index: int, node: Node, scope: Scope, findings: Findings) -> int | str | None:
    if type(size) is int and size >= 1:
        return size
    if isinstance(size, str):
        return _symbol(size, index, node, scope, findings)
    message = f"a size of the input is {yaml_text(size)}, it must be a whole number of at least 1"
    findings.error("bad-input", message, node.place, _EXAMPLE, definitions(node, scope))
    return None


def _symbol(text: str, index: int, node: Node, scope: Scope, findings: Findings) -> str | None:
    """A text as the name of a size that is left open; reported where it is none."""
    message = f"a size of the input is the text {yaml_text(text)}"
    hint = "Write a number, or a name, as in `[3, H, W]`, for a size that is left open."
    if text.isdecimal() and text.isascii():
        hint = f"Write {text} without quotes."
    elif index == 0:
        message = (
            f"the number of channels is the text {yaml_text(text)}: only the sizes after it can be left open"
        )
        hint = "Write a number first, as in `[3, H, W]`."
    elif text.isidentifier() and text.isascii() and text in scope:
        message += ", which is the name of a variable"
        hint = f"Write ${text} for its value; a size that is left open has a name of its own."
    elif text.isidentifier() and text.isascii():
        return text
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
