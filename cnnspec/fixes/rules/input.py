"""The network's input: its form, the order of its sizes, a batch that is not written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnnspec.fixes.edits import Candidate, replacement
from cnnspec.fixes.mistake import Mistake
from cnnspec.reader.node import Mapping, Sequence

_INTEGER = re.compile(r"[0-9]+")
_CODES = {"bad-input", "channels-last-input", "input-mismatch", "batch-in-input", "bad-value", "wrong-rank"}


def input_sizes(mistake: Mistake) -> Iterator[Candidate]:
    """The sizes that are written as a list, channels first, without a batch."""
    node = mistake.node
    if mistake.code not in _CODES or mistake.section != "input" or node is None:
        return
    if mistake.path and isinstance(mistake.path[-1].key, int):
        node = mistake.path[-1].holder
    text = node.place.text
    numbers = [int(number) for number in _INTEGER.findall(text)]
    if not numbers or (isinstance(node, Mapping) and any(isinstance(v, Mapping | Sequence) for _, v in node)):
        return
    if mistake.code == "bad-input":
        if len(numbers) > 1:
            yield replacement(node.place, str(numbers), f"write `input: {numbers}`")
        return
    orders = [[numbers[-1], *numbers[:-1]], numbers[1:]]
    orders = {"channels-last-input": orders[:1], "batch-in-input": orders[1:]}.get(mistake.code, orders)
    for order in orders:
        if order:
            yield replacement(node.place, str(order), f"write `input: {order}`", resizes=True)
