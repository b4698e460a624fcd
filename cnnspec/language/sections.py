"""Helpers for sections: known keys, corrections of misspelt ones, valid names, places for what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cnnspec.core.diagnostic import Findings, Place
from cnnspec.core.plain_values import quote
from cnnspec.core.suggest import nearest
from cnnspec.reader.node import Entry, Mapping, Node, Scalar

TOP_LEVEL = {
    "cnnspec": "The language version: 1. It marks the file as a spec.",
    "name": "What the network is called; default: the variant's name, else the file's stem.",
    "description": "A sentence or more about the network.",
    "input": "What enters: channels, then spatial sizes; the batch is never written.",
    "layers": "The items, in order; each takes the value that the one before it gave.",
    "output": "What comes out: a name, a list of names, or a mapping; default: the last item.",
    "vars": "Variables that expressions may use as $name.",
    "variants": "Named sets of values for variables.",
    "blocks": "Layer kinds of your own.",
    "init": "How weights start, a kind each.",
    "budget": "Limits that the network must keep.",
    "lint": "Codes of warnings that are not told: `ignore: […]`.",
    "data": "The data set to train on.",
    "train": "How to train.",
}
"""Every top-level key, with its meaning; keys that start with `x-` are the author's own."""

ITEM_KEYS = {
    "name": "How others refer to its output, and its part of the parameter names.",
    "from": "Take this named output instead of the previous one; `input` is what entered.",
    "repeat": "How many rounds in a row ($i counts them), or {name: number or list}.",
    "when": "If false, the item is not there.",
    "expect": "An assertion on the output's shape.",
    "init": "How its weights start; beside items that hold layers, a kind each.",
}
"""The keys that may stand beside an item's kind."""


NAME = re.compile(r"[\w-]+")
VARIABLE = re.compile(r"[^\W\d]\w*")


_SIMILARITY = 0.75
"""From which on a misspelt key is read as the one that it resembles."""


def is_empty(node: Node | None) -> bool:
    """Whether there is no value: no key, or nothing or null after it."""
    return node is None or (isinstance(node, Scalar) and node.value is None)


def section_entries(
    node: Node | None, what: str, example: str, findings: Findings
) -> Iterable[tuple[Scalar, Node]]:
    """The entries of a section that is a mapping; none where it is absent, or something else."""
    if isinstance(node, Mapping):
        return node
    if node is not None and not is_empty(node):
        message = f"{what} is {quote(node.plain())}, it must be a mapping"
        findings.error("bad-value", message, node.place, f"Write `{example}`.")
    return ()


def correct_keys(
    node: Mapping, known: Iterable[str], what: str, findings: Findings, hint: str = ""
) -> Mapping:
    """The mapping with its unknown keys reported, and those that closely resemble a known one read as that.

    `what` names such a key in the message; `hint` is for one that resembles none.
    """
    corrected = dict(node.entries)
    for key, value in node:
        if key.text not in known:
            near = nearest(key.text, known)
            remedy = f"Did you mean {near}?" if near else hint or f"There are {', '.join(known)}."
            findings.error("unknown-key", f"{key.text} is no {what}", key.place, remedy)
            if near is not None and nearest(key.text, [near], _SIMILARITY) is not None:
                corrected.setdefault(near, Entry(key, value))
    return Mapping(corrected, node.place)


def check_name(key: Scalar, findings: Findings) -> bool:
    """Whether a key can name an input or a block, after reporting one that can't."""
    if NAME.fullmatch(key.text) and key.text != "input":
        return True
    why = "`input` is what entered" if key.text == "input" else "a name is made of letters, digits, - and _"
    findings.error("bad-name", f"{quote(key.text)} can't be a name: {why}", key.place, "Choose another name.")
    return False


def first_key(node: Mapping) -> Place:
    """The place of a mapping's first key, at which a missing key is reported."""
    for key, _ in node:
        return key.place
    return node.place
