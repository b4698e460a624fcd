"""What the keys beside an item say where it is reached: `when`, `repeat`, `expect`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cnnspec.compiler.walk.reporter import definitions
from cnnspec.core.diagnostic import Findings, Place, Related
from cnnspec.core.plain_values import Plain, quote, yaml_text
from cnnspec.core.shape import Shape
from cnnspec.language.scope import Scope
from cnnspec.language.spec import Item
from cnnspec.language.values import Unknown, value_of
from cnnspec.reader.node import Mapping, Node

# `when`


def is_there(node: Node, scope: Scope, findings: Findings) -> bool | None:
    """What a `when` says; None where that can't be told, which is reported."""
    try:
        value = value_of(node, scope, findings)
    except Unknown:
        return None
    if value is None or isinstance(value, bool | int | float):
        return bool(value)
    from cnnspec.declare.remedies import truth_word  # noqa: PLC0415 -- only a mistake pays for it

    message = f"when is {quote(value)}, it must be true or false, a number or null"
    said = truth_word(value)
    hint = "Compare it, as in `when: $act == 'relu'`." if said is None else f"Write {yaml_text(said)}."
    findings.error("bad-value", message, node.place, hint, definitions(node, scope))
    return None


# `repeat`


_HINT = "Write a whole number, or {name: number or list}."


class Rounds(NamedTuple):
    """The variable that a repeat binds, and its value in each round."""

    variable: str
    elements: Sequence[Plain]
    place: Place


def read_rounds(node: Node, scope: Scope, findings: Findings, most: int) -> Rounds | None:
    """The rounds of a `repeat`; None when it is none, after reporting why."""
    variable, count, place = "i", node, node.place
    if isinstance(node, Mapping):
        if len(node.entries) != 1:
            message = f"repeat names {len(node.entries)} variables, it must be one"
            findings.error("bad-repeat", message, node.place, _HINT)
            return None
        ((key, count),) = node
        variable, place = key.text, key.place
        if variable == "in_channels" or not variable.isidentifier():
            findings.error(
                "reserved-name",
                f"a round's variable can't be called {quote(variable)}",
                place,
                "Choose another name.",
            )
            return None
    try:
        value = value_of(count, scope, findings)
    except Unknown:
        return None
    if isinstance(value, list) and isinstance(node, Mapping):
        return Rounds(variable, value, place)
    if type(value) is int and 0 <= value <= most:
        return Rounds(variable, range(value), place)
    _refuse(value, count, most, findings, definitions(count, scope), named=isinstance(node, Mapping))
    return None


def _refuse(
    value: Plain, node: Node, most: int, findings: Findings, related: tuple[Related, ...], *, named: bool
) -> None:
    code = "bad-repeat"
    message = (
        f"repeat is {quote(value)}, it must be a whole number of at least 0{' or a list' if named else ''}"
    )
    hint = _HINT
    if type(value) is int and value > most:
        code, message = "too-many-items", f"repeat is {value:,}: a spec may unfold to {most:,} items"
        hint = f"Write a whole number of at most {most:,}."
    elif isinstance(value, float) and value.is_integer() and 0 <= value <= most:
        hint = f"Write {int(value)}."
    elif isinstance(value, list):
        hint = "To run through a list, name its variable: `repeat: {row: $table}`."
    findings.error(code, message, node.place, hint, related)


# `expect`


def check_expected(
    item: Item, node: Node, shape: Shape | None, scope: Scope, findings: Findings
) -> tuple[int, ...]:
    """What `node` says of the item's output; reported where its shape is another one (None: it is unknown)."""
    try:
        expected = value_of(node, scope, findings)
    except Unknown:
        return ()
    if not isinstance(expected, list) or not expected or not all(map(_is_size, expected)):
        message = f"expect is {yaml_text(expected)}, it must be a list of sizes, without the batch"
        example = list(shape.sizes) if shape and shape.known else [10, 12, 12]
        findings.error("bad-value", message, node.place, f"Write `expect: {yaml_text(example)}`.")
        return ()
    if shape is not None and not _agree(shape, expected):
        message = f"{item.kind}: expect says {'×'.join(map(str, expected))}, the output is {shape}"
        hint = f"Write `expect: {yaml_text(list(shape.sizes))}`, or change the layers before it."
        related = definitions(node, scope)
        findings.error("wrong-expectation", message, node.place, hint if shape.known else "", related)
    return tuple(size for size in expected if isinstance(size, int))


def _is_size(value: Plain) -> bool:
    return type(value) is int and value >= 1


def _agree(shape: Shape, expected: list[Plain]) -> bool:
    """Whether all sizes that are known are the expected ones."""
    pairs = zip(shape.sizes, expected, strict=False)
    return len(shape.sizes) == len(expected) and all(size is None or size == other for size, other in pairs)
