"""`expect`: an assertion on the shape that an item gives."""

from __future__ import annotations

from cnnspec.compiler.walk.reporter import definitions
from cnnspec.core.diagnostic import Findings
from cnnspec.core.plain_values import Plain, yaml_text
from cnnspec.core.shape import Shape
from cnnspec.language.scope import Scope
from cnnspec.language.spec import Item
from cnnspec.language.values import Unknown, value_of
from cnnspec.reader.node import Node


def check_expected(item: Item, node: Node, shape: Shape | None, scope: Scope, findings: Findings) -> None:
    """Report where the item's output has not the shape that `node` says; None: it is unknown."""
    try:
        expected = value_of(node, scope, findings)
    except Unknown:
        return
    if not isinstance(expected, list) or not expected or not all(map(_is_size, expected)):
        message = f"expect is {yaml_text(expected)}, it must be a list of sizes, without the batch"
        example = list(shape.sizes) if shape and shape.known else [10, 12, 12]
        findings.error("bad-value", message, node.place, f"Write `expect: {yaml_text(example)}`.")
    elif shape is not None and not _agree(shape, expected):
        message = f"{item.kind}: expect says {'×'.join(map(str, expected))}, the output is {shape}"
        hint = f"Write `expect: {yaml_text(list(shape.sizes))}`, or change the layers before it."
        related = definitions(node, scope)
        findings.error("wrong-expectation", message, node.place, hint if shape.known else "", related)


def _is_size(value: Plain) -> bool:
    return type(value) is int and value >= 1


def _agree(shape: Shape, expected: list[Plain]) -> bool:
    """Whether all sizes that are known are the expected ones."""
    pairs = zip(shape.sizes, expected, strict=False)
    return len(shape.sizes) == len(expected) and all(size is None or size == other for size, other in pairs)
