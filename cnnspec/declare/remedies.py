"""What to write instead of an argument's value that doesn't suit, or where arguments are missing."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from typing import Any

from pydantic import ValidationError

from cnnspec.core.plain_values import yaml_text
from cnnspec.declare.arguments import Arguments
from cnnspec.reader import split_at_comma
from cnnspec.reader.errors.indentation import entry
from cnnspec.reader.node import Mapping, Node, Scalar
from cnnspec.reader.scalars import scalar_value

_BOOLEANS = {
    **dict.fromkeys(("no", "off", "n", "false"), False),
    **dict.fromkeys(("yes", "on", "y", "true"), True),
}
_NULLS = {"none", "null", "nil"}
_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?"
_LIST = re.compile(rf"\(?\s*{_NUMBER}(?:\s*[,x×]\s*{_NUMBER})*\s*,?\s*\)?")
_PRODUCT = re.compile(r"[\w)]\s*[-+*/%]+\s*[\w(]")
_LONGEST = 100
_LIMITS = {"le": "or less", "ge": "or more"}
_INTEGER = "In an expression `//`, floor, ceil and round give a whole number."
_UNQUOTED = "It is a text. Write it without quotes."


def truth_word(value: object) -> bool | None:
    """True or False for a word such as `yes` or `off`; else None."""
    return _BOOLEANS.get(value.strip().lower()) if isinstance(value, str) else None


def missing(model: type[Arguments], subject: str, node: Node | None) -> str:
    """The arguments as they are written, and those that aren't."""
    written = dict(node.entries) if isinstance(node, Mapping) else {}
    kept = [
        entry(f"{key.text}: {_source(value)}")
        for key, value in written.values()
        if key.text in model.model_fields
    ]
    absent = [
        f"{name}: …"
        for name, info in model.model_fields.items()
        if info.is_required() and name not in written
    ]
    example = f"{subject}: {{{', '.join([*kept, *absent])}}}"
    return f"Write {example}." if len(example) <= _LONGEST else f"Add {', '.join(absent)}."


def _source(node: Node) -> str:
    """A value as it is written on its line; one of several lines is only hinted at."""
    place = node.place
    line = place.source.line(place.line)
    text = line[place.column - 1 : place.end_column - 1] if place.line == place.end_line else ""
    return text or "…"


def split(node: Node | None, field: str) -> str:
    """The text of which an argument's value is a piece, where YAML has split it; or nothing."""
    written = node.get(field) if isinstance(node, Mapping) else node
    return split_at_comma.whole_text(written) if isinstance(written, Scalar) else ""


def instead(
    model: type[Arguments],
    values: MappingType[str, Any],
    field: str,
    whole: str,
    *,
    computed: bool,
    limits: MappingType[str, Any],
) -> str:
    """The hint for a value: another that its field takes, which it probably means, or what it lacks.

    `whole` is the text that was meant, where YAML has split it; `computed`: an expression gave the value;
    `limits`: the bounds that it is out of, as pydantic calls them.
    """
    value = values[field]
    for candidate in _candidates(whole or value):
        if _suits(model, values, field, candidate):
            return _UNQUOTED if _in_quotes(value, candidate) else f"Write {yaml_text(candidate)}."
    if whole:
        return split_at_comma.quotes_hint(whole)
    if isinstance(value, str) and _PRODUCT.search(value):
        return "It is a text. An expression holds a $: a variable, as in $width * 2; a plain product is written out."
    if isinstance(value, bool):
        return "true and false are no numbers."
    if whole_numbers := _whole_numbers(model, values, field):
        return _INTEGER if computed else f"Write {' or '.join(map(str, whole_numbers))}."
    return _limit_hint(limits)


def _limit_hint(limits: MappingType[str, Any]) -> str:
    """The hint with the limit that was passed; negative limits are left out: such fields use -1 as a special value."""
    found = (f"Write {limits[key]:g} {sign}." for key, sign in _LIMITS.items() if limits.get(key, -1) >= 0)
    return next(found, "")


def _whole_numbers(model: type[Arguments], values: MappingType[str, Any], field: str) -> list[int]:
    """The whole numbers next to a float, where the field accepts whole numbers only."""
    value = values[field]
    if not isinstance(value, float) or not math.isfinite(value) or value.is_integer():
        return []
    found = [n for n in (math.floor(value), math.ceil(value)) if _suits(model, values, field, n)]
    between = (n + half for n in found for half in (-0.5, 0.5))
    return [] if any(_suits(model, values, field, number) for number in between) else found


def _suits(model: type[Arguments], values: MappingType[str, Any], field: str, candidate: object) -> bool:
    """Whether the model has nothing to say of the field with this value."""
    try:
        model(**{**values, field: candidate})
    except ValidationError as error:
        return all(detail["loc"][0] != field for detail in error.errors())
    return True


def _candidates(value: object) -> Iterator[object]:
    """What a value may have been meant to be."""
    if isinstance(value, str):
        yield from _of_text(value.strip())
    elif type(value) in {int, float} and value in {0, 1}:
        yield from (0, False) if value == 0 else (1, True)
    elif isinstance(value, float) and value.is_integer():
        yield int(value)
    elif isinstance(value, list) and value:
        yield [next(_candidates(item), item) for item in value]
        yield from value if len(value) == 1 else ()


def _of_text(text: str) -> Iterator[object]:
    value = scalar_value(text)
    if not isinstance(value, str):
        yield value
        yield from _candidates(value)
    if text.lower() in _NULLS:
        yield None
    if (said := truth_word(text)) is not None:
        yield said
    if _LIST.fullmatch(text):
        numbers = [scalar_value(number) for number in re.findall(_NUMBER, text)]
        yield numbers
        yield from numbers if len(numbers) == 1 else ()
    if text.lower() != text:
        yield text.lower()


def _in_quotes(value: object, candidate: object) -> bool:
    """Whether a value is the candidate in quotes."""
    said = scalar_value(value) if isinstance(value, str) else value
    return (
        isinstance(value, str)
        and not isinstance(said, str)
        and (type(said), said) == (type(candidate), candidate)
    )
