"""What the readers of a spec's sections share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnspec.core.plain import quote
from cnnspec.core.suggest import nearest
from cnnspec.reader.node import Entry, Mapping, Node, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.core.diagnostic import Findings, Place

NAME = re.compile(r"[\w-]+")
VARIABLE = re.compile(r"[^\W\d]\w*")


_LIKE = 0.75
"""How near a misspelt key must come to be read as what it resembles."""


def is_nothing(node: Node | None) -> bool:
    """Whether there is no value: no key, or nothing or null after it."""
    return node is None or (isinstance(node, Scalar) and node.value is None)


def entries(node: Node | None, what: str, example: str, findings: Findings) -> Iterable[tuple[Scalar, Node]]:
    """The entries of a section that is a mapping; none where it is absent, or something else."""
    if isinstance(node, Mapping):
        return node
    if node is not None and not is_nothing(node):
        message = f"{what} is {quote(node.plain())}, it must be a mapping"
        findings.error("bad-value", message, node.place, f"Write `{example}`.")
    return ()


def as_meant(node: Mapping, known: Iterable[str], what: str, findings: Findings, hint: str = "") -> Mapping:
    """The mapping with unknown keys reported, and read as what they were probably meant to be."""
    meant = dict(node.entries)
    for key, value in node:
        if key.text not in known:
            near = nearest(key.text, known)
            told = f"Did you mean {near}?" if near else hint or f"There are {', '.join(known)}."
            findings.error("unknown-key", f"{key.text} is no {what}", key.place, told)
            if near is not None and nearest(key.text, [near], _LIKE) is not None:
                meant.setdefault(near, Entry(key, value))
    return Mapping(meant, node.place)


def is_name(key: Scalar, findings: Findings) -> bool:
    """Whether a key can name an input or a block; reports one that can't."""
    if NAME.fullmatch(key.text) and key.text != "input":
        return True
    why = "`input` is what entered" if key.text == "input" else "a name is made of letters, digits, - and _"
    findings.error("bad-name", f"{quote(key.text)} can't be a name: {why}", key.place, "Choose another name.")
    return False


def start(node: Mapping) -> Place:
    """The first key of a mapping, where something that is missing is told."""
    for key, _ in node:
        return key.place
    return node.place
