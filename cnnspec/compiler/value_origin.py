"""Where a value comes from, in words: `flatten gave 320 = 20 × 4 × 4 (line 8).`"""

from __future__ import annotations

from collections.abc import Iterable

from cnnspec.compiler.plan import Value


def gave(values: Iterable[Value]) -> str:
    """A sentence about each value that a node made, or nothing for an input's."""
    return " ".join(filter(None, dict.fromkeys(map(_sentence, values))))


def _sentence(value: Value) -> str:
    if value.node is None:
        return f"{'The input' if value.name == 'input' else value.name} is {value.shape}."
    return f"{value.node.kind} gave {_explain(value)} (line {value.node.place.line})."


def _explain(value: Value) -> str:
    """The shape, and for features that were laid in a row how they come about."""
    node, shape = value.node, value.shape
    assert node is not None and node.layer is not None and shape is not None
    source = node.inputs[0].shape
    if shape.rank == 0 and source is not None and source.known and shape.known:
        lines = node.layer.formula(source, shape)
        if len(lines) == 1 and lines[0].endswith(f" = {shape}"):
            return f"{shape} = {lines[0].removesuffix(f' = {shape}')}"
    return str(shape)
