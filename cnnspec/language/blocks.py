"""`blocks`: layer kinds of the user's own, from nodes."""

from __future__ import annotations

from cnnspec.core.diagnostic import Findings, Report
from cnnspec.core.graph import components
from cnnspec.core.plain_values import quote
from cnnspec.language.items import ItemReader
from cnnspec.language.sections import ITEM_KEYS, VARIABLE, check_name, correct_keys, is_empty, section_entries
from cnnspec.language.spec import Argument, Block, every
from cnnspec.layers import KINDS
from cnnspec.reader.node import Mapping, Node, Scalar, Sequence

_KEYS = ("args", "inputs", "layers")


def read_blocks(node: Node | None, items: ItemReader, findings: Report) -> dict[str, Block]:
    """The blocks by name; each reports its own mistakes."""
    found: dict[str, Block] = {}
    for key, value in section_entries(node, "blocks", "blocks: {name: {args: {…}, layers: […]}}", findings):
        if key.text in KINDS or key.text in ITEM_KEYS or key.text == "layers":
            what = "a layer kind" if key.text in KINDS else "a key of items"
            message = f"a block can't be called {key.text}: that is {what}"
            findings.error("reserved-name", message, key.place, "Choose another name.")
            continue
        check_name(key, findings)
        found[key.text] = _block(key, value, items, findings)
    _refuse_cycles(found, findings)
    return found


def _block(key: Scalar, node: Node, items: ItemReader, findings: Report) -> Block:
    block = Block(key.text, key.place, node)
    if not isinstance(node, Mapping):
        block.broken = True
        message = f"block {key.text} is {quote(node.plain())}, it must be a mapping"
        findings.error("bad-value", message, key.place, "Write `{args: {…}, layers: […]}`.")
        return block
    node = correct_keys(node, _KEYS, "part of a block", findings)
    before = findings.errors
    block.inputs = _inputs(node.get("inputs"), findings)
    block.args = _arguments(node.get("args"), block, findings)
    body = node.get("layers")
    block.broken = findings.errors > before or body is None or is_empty(body)
    if body is None or is_empty(body):
        findings.error(
            "missing-key", f"block {key.text} has no layers", key.place, "Write `layers: […]` in it."
        )
    else:
        block.body = items.items(body)
    return block


def _arguments(node: Node | None, block: Block, findings: Findings) -> dict[str, Argument]:
    found: dict[str, Argument] = {}
    for key, value in section_entries(node, "args", "args: {channels: required, stride: 1}", findings):
        if key.text == "in_channels" or not VARIABLE.fullmatch(key.text) or key.text in block.inputs:
            hint = "It is always there." if key.text == "in_channels" else "Choose another name."
            message = f"an argument can't be called {quote(key.text)}"
            findings.error("reserved-name", message, key.place, hint)
            continue
        required = isinstance(value, Scalar) and value.value == "required"
        found[key.text] = Argument(key, None if required else value)
    return found


def _inputs(node: Node | None, findings: Findings) -> dict[str, Scalar]:
    if node is None or is_empty(node):
        return {}
    names = (
        [name for name in node.items if isinstance(name, Scalar) and name.text]
        if isinstance(node, Sequence)
        else []
    )
    if not isinstance(node, Sequence) or len(names) < len(node.items):
        message = f"inputs is {quote(node.plain())}, it must be a list of names"
        findings.error("bad-value", message, node.place, "Write `inputs: [skip]`.")
        return {}
    found: dict[str, Scalar] = {}
    for name in filter(lambda name: check_name(name, findings), names):
        if name.text in found:
            message = f"the input {name.text} is there already"
            findings.error("duplicate-name", message, name.place, "Take one out.")
        found[name.text] = name
    return found


def _refuse_cycles(blocks: dict[str, Block], findings: Findings) -> None:
    """Report each call that leads a block back to itself, and make it lead nowhere."""
    calls = {
        name: [item for item in every(block.body) if item.form == "block" and item.kind in blocks]
        for name, block in blocks.items()
    }
    together = components({name: [item.kind for item in items] for name, items in calls.items()})
    for name, items in calls.items():
        for item in items:
            if together[item.kind] == together[name]:
                through = "" if item.kind == name else f" through {item.kind}"
                message = f"block {name} uses itself{through}"
                findings.error("recursive-block", message, item.place, "Use `repeat` for rounds in a row.")
                item.form, item.literal = "broken", True
