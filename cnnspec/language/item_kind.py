"""Which key of an item is its kind, and what is said of the other keys that are none of an item's own."""

from __future__ import annotations

from collections.abc import Callable

from cnnspec.core.diagnostic import Findings
from cnnspec.core.suggest import nearest
from cnnspec.language.keys import ITEM_KEYS
from cnnspec.layers import KINDS, MERGES
from cnnspec.reader.node import Entry, Mapping, Scalar
from cnnspec.reader.split_at_comma import is_end_of_call

_TYPES = {"type", "kind", "layer", "op"}


def kind_entry(node: Mapping, exists: Callable[[str], bool], findings: Findings) -> Entry | None:
    """The entry that says what an item is; what else stands beside it is reported, once each.

    An argument that stands beside its kind is read as if it stood inside. None without a kind.
    """
    candidates = [entry for key, entry in node.entries.items() if key not in ITEM_KEYS]
    known = [entry for entry in candidates if exists(entry.key.text)]
    if len(known) > 1:
        message = f"an item has one kind, this one has {', '.join(entry.key.text for entry in known[:6])}"
        findings.error("several-kinds", message, known[1].key.place, "Give each its own dash.")
        return None
    if known:
        own = known[0]
        others = [
            entry for entry in candidates if entry is not own and not is_end_of_call(entry.key.text, node)
        ]
        return _with_arguments_beside(own, others, findings) if others else own
    if not candidates:
        _report_no_kind(node, findings)
        return None
    return _kind_under_type_key(candidates, findings) or candidates[0]


def _report_no_kind(node: Mapping, findings: Findings) -> None:
    message = f"the item has {', '.join(node.entries)}, but no kind"
    hint = "Write a kind beside them, as in `{conv: {…}, name: conv1}`, or `layers: […]`."
    if not node.entries:
        message, hint = "the item {} is empty", "Write a kind, as in `- relu`, or take the item out."
    findings.error("no-kind", message, node.place, hint)


def _kind_under_type_key(candidates: list[Entry], findings: Findings) -> Entry | None:
    """`type: conv` as other tools have it: report it, and read the kind that it names."""
    for key, value in candidates:
        if key.text in _TYPES and isinstance(value, Scalar) and value.text in KINDS:
            rest = {entry.key.text: entry for entry in candidates if entry.key is not key}
            example = ", ".join(f"{name}: …" for name in rest)
            hint = f"Write `{value.text}: {{{example}}}`." if rest else f"Write `{value.text}`."
            findings.error("unknown-key", f"{key.text} is no key of an item: the kind is", key.place, hint)
            return Entry(value, Mapping(rest, key.place) if rest else Scalar("", None, value.place))
    return None


def _with_arguments_beside(kind: Entry, others: list[Entry], findings: Findings) -> Entry:
    """The kind with its arguments that stand beside it; all that does is reported."""
    inside = dict(kind.value.entries) if isinstance(kind.value, Mapping) else {}
    empty = isinstance(kind.value, Scalar) and kind.value.value is None
    arguments = [entry for entry in others if _is_argument(entry.key.text, kind.key.text)]
    for entry in others:
        if entry not in arguments:
            _report_key(entry, kind.key.text, findings)
    if not arguments:
        return kind
    _report_arguments_beside(arguments, kind.key.text, findings, empty=empty)
    if not (inside or empty):
        return kind
    added = {entry.key.text: entry for entry in arguments}
    return kind._replace(value=Mapping({**added, **inside}, kind.value.place, kind.value.alias))


def _is_argument(key: str, kind: str) -> bool:
    """Whether a key was meant for the kind's arguments, not for the item."""
    from cnnspec.layers.other_libraries import argument_for  # noqa: PLC0415 -- only a mistake pays for it

    if kind not in KINDS or nearest(key, ITEM_KEYS):
        return False
    fields = KINDS[kind].model_fields
    return key in fields or argument_for(fields, key) is not None or nearest(key, fields, 0.8) is not None


def _report_arguments_beside(arguments: list[Entry], kind: str, findings: Findings, *, empty: bool) -> None:
    names = ", ".join(entry.key.text for entry in arguments[:6])
    verb = "stands" if len(arguments) == 1 else "stand"
    branches = "of: […], " if kind in MERGES else ""
    example = f"`{kind}: {{{branches}{arguments[0].key.text}: …}}`"
    hint = (
        f"Indent arguments further than {kind}, or write {example}."
        if empty
        else f"It goes inside: {example}."
    )
    findings.error(
        "unknown-key", f"{names} {verb} beside {kind}, not inside it", arguments[0].key.place, hint
    )


def _report_key(entry: Entry, kind: str, findings: Findings) -> None:
    from cnnspec.layers.other_libraries import activation_after  # noqa: PLC0415 -- only a mistake pays for it

    key, value = entry
    near = nearest(key.text, ITEM_KEYS)
    activation = activation_after(kind, key.text, value.text if isinstance(value, Scalar) else "")
    listed = activation or f"Beside a kind may stand {', '.join(ITEM_KEYS)}."
    hint = f"Did you mean {near}?" if near else listed
    findings.error("unknown-key", f"{key.text} can't stand beside {kind}", key.place, hint)
