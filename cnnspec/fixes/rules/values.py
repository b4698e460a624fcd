"""Values that an argument does not take: what they probably mean."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from typing import get_args

from cnnspec.core.diagnostic import Edit
from cnnspec.declare.arguments import Arguments
from cnnspec.fixes.edits import Candidate, replacement, scalar_text, without_entries
from cnnspec.fixes.mistake import Mistake
from cnnspec.fixes.rules.spelling import names_in, similar
from cnnspec.reader.node import Mapping, Scalar, Sequence
from cnnspec.reader.scalars import scalar_value

CURLY = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‚": "'", "´": "'", "`": "'"})
_TRUE = {"yes", "on", "y", "true", "t"}
_FALSE = {"no", "off", "n", "false", "f"}
_NULLS = {"none", "null", "nil", "~"}
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE]-?[0-9]+)?")
_NUMBERS = re.compile(r"[(\[]?\s*-?[0-9.]+(?:\s*[,;x×*\s]\s*-?[0-9.]+)*\s*,?\s*[)\]]?")
_WITH_UNIT = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)\s*(px|pixels|%|epochs?|k)?")
_UNITS = {"%": 0.01, "k": 1000}
_PERCENT = 100
_CODES = {
    "bad-value",
    "bad-repeat",
    "bad-index",
    "wrong-version",
    "bad-choice",
    "bad-init",
    "wrong-operand",
    "bad-expectation",
    "bad-input",
    "unknown-kind",
    "wrong-rank",
}


def values(mistake: Mistake) -> Iterator[Candidate]:
    """Values of the right type near the one that is written."""
    node = mistake.node
    if mistake.code not in _CODES or node is None or mistake.at_key:
        return
    if isinstance(node, Scalar):
        for text in dict.fromkeys(_texts(node, mistake)):
            yield replacement(node.place, text, _title(mistake, text))
    elif isinstance(node, Sequence) and len({item.place.text for item in node.items}) == 1:
        text = node.items[0].place.text
        yield replacement(node.place, text, _title(mistake, text))
    if isinstance(node, Sequence):
        yield from _each_item(node)
    if isinstance(node, Scalar) and re.fullmatch(r"[0-9]+(?:\s+[0-9]+)+", node.text):
        text = ", ".join(node.text.split())
        yield replacement(node.place, text)


def _title(mistake: Mistake, text: str) -> str:
    key = mistake.key
    direct = mistake.path and isinstance(mistake.path[-1].key, str)
    return f"write `{key.text}: {text}`" if key is not None and direct else f"write `{text}`"


def _each_item(node: Sequence) -> Iterator[Candidate]:
    """Every item of a list as a number, where all are texts of numbers."""
    found = [
        scalar_value(item.value.strip())
        for item in node.items
        if isinstance(item, Scalar) and isinstance(item.value, str)
    ]
    edits = [
        Edit(item.place, scalar_text(value))
        for item in node.items
        if isinstance(item, Scalar)
        and isinstance(item.value, str)
        and not isinstance(value := scalar_value(item.value.strip() or "x"), str)
    ]
    if edits and len(found) == len(edits):
        numbers = [
            scalar_text(scalar_value(str(item.value).strip())) if isinstance(item, Scalar) else "…"
            for item in node.items
        ]
        yield Candidate(tuple(edits), f"write `[{', '.join(numbers)}]`")


def _texts(node: Scalar, mistake: Mistake) -> Iterator[str]:
    """What the scalar may have been meant to be, as it is written."""
    value = node.value
    if isinstance(value, str):
        yield from _of_text(value, mistake)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _of_number(value)


def _of_number(value: float) -> Iterator[str]:
    """Whole numbers near it, a share for a percentage, a truth value for 0 and 1, no sign."""
    if isinstance(value, float) and math.isfinite(value):
        yield from dict.fromkeys((str(math.floor(value)), str(math.ceil(value))))
    if 1 < value <= _PERCENT:
        yield scalar_text(value / _PERCENT)
    if value in {0, 1}:
        yield "true" if value else "false"
    if value < 0:
        yield scalar_text(-value)


def _of_text(text: str, mistake: Mistake) -> Iterator[str]:
    plain = text.translate(CURLY).strip().strip("'\"").strip()
    if not plain:
        return
    value = scalar_value(plain)
    if plain != text or not isinstance(value, str):
        yield scalar_text(value) if not isinstance(value, str) else plain
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield from _of_number(value)
    yield from _variable(plain, mistake)
    yield from _of_word(plain.lower(), plain, mistake)
    if _NUMBERS.fullmatch(plain) and (numbers := _NUMBER.findall(plain)):
        yield numbers[0] if len(numbers) == 1 else f"[{', '.join(numbers)}]"
        if len(numbers) > 1 and len(set(numbers)) == 1:
            yield numbers[0]
    if unit := _WITH_UNIT.fullmatch(plain.lower()):
        number = scalar_value(unit[1])
        assert isinstance(number, int | float), "as the pattern says"
        yield scalar_text(number * _UNITS.get(unit[2] or "", 1))


def _of_word(word: str, plain: str, mistake: Mistake) -> Iterator[str]:
    """A constant that other languages write so, or one of the words that the argument takes."""
    for words, meant in ((_NULLS, "null"), (_TRUE, "true"), (_FALSE, "false")):
        if word in words:
            yield meant
    yield from similar(plain, map(str, _literals(mistake.model, mistake)))
    if word != plain:
        yield word


def _variable(word: str, mistake: Mistake) -> Iterator[str]:
    """`width`, or `width * 2`, where there is such a variable."""
    names = variables(mistake)
    written = re.sub(
        r"(?<![\w$.])([^\W\d]\w*)", lambda found: f"${found[0]}" if found[0] in names else found[0], word
    )
    if written != word:
        yield written
    if re.fullmatch(r"[^\W\d]\w*", word) and word not in names:
        yield from (f"${name}" for name in similar(word, names))


def variables(mistake: Mistake) -> list[str]:
    """The variables that the spec declares, and the arguments of the block around the place."""
    root = mistake.root
    if not isinstance(root, Mapping):
        return []
    found = names_in(root.get("vars"))
    if mistake.section == "blocks" and len(mistake.path) > 1:
        block = mistake.path[1].node
        found += names_in(block.get("args")) if isinstance(block, Mapping) else []
    repeats = [step.holder.get("repeat") for step in mistake.path if isinstance(step.holder, Mapping)]
    found += ["i", *(name for node in repeats for name in names_in(node))] if any(repeats) else []
    return [*found, "in_channels"]


def _literals(model: type[Arguments] | None, mistake: Mistake) -> Iterator[object]:
    """The texts that the argument takes."""
    key = mistake.key
    fields: MappingType[str, object] = model.model_fields if model is not None else {}
    info = fields.get(key.text) if key is not None else None
    if model is not None and info is None and model.main is not None:
        info = fields.get(model.main)
    todo = [getattr(info, "annotation", None)]
    while todo:
        part = todo.pop()
        if part is bool:
            yield from ("true", "false")
        if isinstance(part, str):
            yield part
        todo.extend(get_args(part))


def remove_entry(mistake: Mistake, title: str) -> Iterator[Candidate]:
    """Leave the entry out that the mistake is about."""
    holder, key = mistake.holder, mistake.key
    edits = without_entries(holder, [key.text]) if holder is not None and key is not None else None
    if edits:
        yield Candidate(edits, title)
