"""What stands at the wrong level: arguments beside their kind, an optimizer's beside the optimizer, keys of another section."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnnspec.core.diagnostic import LINE_BREAK, Edit
from cnnspec.declare.arguments import one_of
from cnnspec.declare.spellings import normalise
from cnnspec.fixes.edits import (
    Candidate,
    entry_text,
    flow_text,
    insertion,
    is_flow,
    item_after,
    replacement,
    short,
    with_entry,
    without_entries,
    without_item,
)
from cnnspec.fixes.mistake import ItemAt, Mistake
from cnnspec.fixes.rules.spelling import similar
from cnnspec.language.sections import ITEM_KEYS, TOP_LEVEL
from cnnspec.layers import KINDS, MERGES
from cnnspec.layers.other_libraries import argument_for
from cnnspec.reader.node import Entry, Mapping, Node, Scalar, Sequence
from cnnspec.settings.datasets import DATA
from cnnspec.settings.other_libraries import NOT_NEEDED
from cnnspec.settings.other_libraries import argument_for as setting_for
from cnnspec.settings.train import Train


def nesting(mistake: Mistake) -> Iterator[Candidate]:
    """The same, where it belongs."""
    code, item = mistake.code, mistake.item
    if code in {"unknown-key", "several-kinds", "unknown-kind"} and item is not None:
        yield from _arguments_beside(item)
        yield from _several_kinds(item)
    if code in {"unknown-argument", "missing-argument", "bad-choice"} and item is not None:
        yield from _item_key_inside(item, mistake)
    if code == "no-kind" and item is not None:
        yield from _with_next(item)
    if code == "too-few-branches" and item is not None:
        yield from _branches(item)
    if code in {"bad-items", "bad-branch"}:
        yield from _as_list(mistake)
    if mistake.section in {"train", "data"} and code in {"unknown-argument", "unknown-key"}:
        yield from _choice_argument(mistake)
        yield from _not_needed(mistake)
    if (code in {"unknown-key", "unknown-argument"} and len(mistake.path) == 1) or mistake.section == "data":
        yield from _other_section(mistake)
    if code in {"unknown-kind", "unknown-key"}:
        yield from _section_in_layers(mistake)
    if code == "duplicate-key":
        yield from _duplicate(mistake)


# Items


def _arguments_beside(item: ItemAt) -> Iterator[Candidate]:
    """`{conv: {out_channels: 8}, kernel_size: 3}`, or arguments in lines that are not indented further than the kind."""
    node, kind = item.node, item.kind
    if not isinstance(node, Mapping) or kind is None or kind.text not in KINDS:
        return
    fields = KINDS[kind.text].model_fields
    beside = [entry for key, entry in node.entries.items() if key not in ITEM_KEYS and key != kind.text]
    names = {entry.key.text: _argument(entry.key.text, fields) for entry in beside}
    if not beside or None in names.values():
        return
    inside = node.entries[kind.text].value
    within = [entry_text(entry) for entry in inside.entries.values()] if isinstance(inside, Mapping) else []
    if isinstance(inside, Sequence) and kind.text in MERGES:
        within = [f"of: {flow_text(inside)}"]
    elif isinstance(inside, Scalar) and inside.value is not None:
        main = KINDS[kind.text].main
        if main is None:
            return
        within = [f"{main}: {flow_text(inside)}"]
    moved = [f"{names[entry.key.text]}: {flow_text(entry.value)}" for entry in beside]
    others = [entry_text(entry) for key, entry in node.entries.items() if key in ITEM_KEYS]
    text = f"{kind.text}: {{{', '.join([*within, *moved])}}}"
    text = f"{{{', '.join([text, *others])}}}" if others else text
    source = node.place.source
    if isinstance(inside, Scalar) and inside.value is None and not is_flow(node) and not others:
        edits = [
            insertion(source, source.offset(number, 1), "  ")
            for entry in beside
            for number in range(entry.key.place.line, entry.value.place.end_line + 1)
        ]
        renames = [
            Edit(entry.key.place, names[entry.key.text] or "")
            for entry in beside
            if names[entry.key.text] != entry.key.text
        ]
        if all(entry.key.place.line > kind.place.line for entry in beside):
            yield Candidate((*edits, *renames), f"indent {', '.join(names)} further than {kind.text}")
            return
    gone = without_entries(node, names)
    if gone is not None and isinstance(inside, Mapping) and inside.entries:
        yield Candidate(
            (*gone, with_entry(inside, ", ".join(moved))), f"write `{', '.join(moved)}` inside of {kind.text}"
        )
        return
    yield replacement(node.place, text, f"write `{short(text)}`")


def _argument(word: str, fields: object) -> str | None:
    known = list(fields)  # type: ignore[call-overload]
    if word in known:
        return word
    return argument_for(known, word) or next(iter(similar(word, known)), None)


def _several_kinds(item: ItemAt) -> Iterator[Candidate]:
    """Two kinds in one item: a dash of its own for each."""
    node = item.node
    if not isinstance(node, Mapping):
        return
    kinds = [entry.key for key, entry in node.entries.items() if key in KINDS or key == "layers"]
    source = node.place.source
    if is_flow(node):
        parts: list[list[str]] = []
        for key, entry in node.entries.items():
            if key not in ITEM_KEYS or not parts:
                parts.append([])
            parts[-1].append(entry_text(entry))
        texts = [f"{{{', '.join(part)}}}" for part in parts]
        if is_flow(item.holder):
            yield replacement(node.place, ", ".join(texts))
        elif len(texts) == 2 and (after := item_after(item.holder, item.position, texts[1])):  # noqa: PLR2004 -- two kinds
            yield Candidate(
                (Edit(node.place, texts[0]), after), f"write `- {short(texts[0])}` and `- {short(texts[1])}`"
            )
        return
    edits = []
    for other in kinds[1:]:
        before = source.text[source.offset(other.place.line, 1) : other.place.start]
        if before.strip() or len(before) < 2:  # noqa: PLR2004 -- room for a dash and a space
            return
        edits.append(Edit(source.place(other.place.start - 2, other.place.start), "- "))
    if edits:
        words = ", ".join(key.text for key in kinds[1:])
        yield Candidate(tuple(edits), f"begin {words} with a dash of its own")


def _item_key_inside(item: ItemAt, mistake: Mistake) -> Iterator[Candidate]:
    """`conv: {…, name: c1}`: beside the kind."""
    holder, node, kind = mistake.holder, item.node, item.kind
    if holder is None or not isinstance(node, Mapping) or holder is node or kind is None:
        return
    inside = [key for key in holder.entries if key in ITEM_KEYS]
    edits = without_entries(holder, inside) if inside else None
    moved = ", ".join(entry_text(holder.entries[key]) for key in inside)
    if not inside:
        return
    if edits is None:
        text = f"{{{kind.text}, {moved}}}"
        yield replacement(node.place, text)
        return
    if is_flow(node) or not _within_lines(node):
        kept = {key: entry for key, entry in holder.entries.items() if key not in inside}
        rest = Mapping(kept, holder.place)
        others = [entry_text(entry) for key, entry in node.entries.items() if key != kind.text]
        text = f"{{{', '.join([f'{kind.text}: {flow_text(rest)}', moved, *others])}}}"
        yield replacement(node.place, text, f"write `{moved}` beside {kind.text}: `{short(text)}`")
        return
    yield Candidate((*edits, with_entry(node, moved)), f"write `{moved}` beside {kind.text}, not inside it")


def _within_lines(node: Mapping) -> bool:
    """Whether the item stands in lines of its own, over several of them."""
    return node.place.line != node.place.end_line


def _branches(item: ItemAt) -> Iterator[Candidate]:
    """One branch alone: the value as it stands is the other."""
    value = item.arguments
    if isinstance(value, Mapping):
        value = value.get("of")
    if not isinstance(value, Sequence):
        return
    if any(not isinstance(part, Sequence) for part in value.items):
        texts = f"[{flow_text(value)}, []]"
        yield replacement(value.place, texts, f"write `{short(texts)}`", doubtful=True)
        return
    if is_flow(value):
        inside = ", []" if value.items else "[], []"
        yield Candidate(
            (insertion(value.place.source, value.place.end - 1, inside),),
            "add `[]`, the value as it stands, as a branch",
            doubtful=True,
        )


def _as_list(mistake: Mistake) -> Iterator[Candidate]:
    """A single item where a list of them belongs."""
    node = mistake.node
    if isinstance(node, Scalar | Mapping) and not (isinstance(node, Scalar) and node.value is None):
        text = f"[{flow_text(node)}]"
        yield replacement(node.place, text, f"write `{short(text)}`")


def _with_next(item: ItemAt) -> Iterator[Candidate]:
    """`- name: a` and `- conv: …` below it: one item."""
    if item.position + 1 >= len(item.holder.items) or is_flow(item.holder):
        return
    following = item.holder.items[item.position + 1].place
    before = following.source.line(following.line)[: following.column - 1]
    if isinstance(item.holder.items[item.position + 1], Mapping) and before.strip() == "-":
        dash = following.source.offset(following.line, before.index("-") + 1)
        yield Candidate(
            (Edit(following.source.place(dash, dash + 1), " "),),
            f"take the dash of line {following.line} away",
        )


# Settings


def _choice_argument(mistake: Mistake) -> Iterator[Candidate]:
    """`train: {optimizer: adam, lr: 0.1}`: lr is an argument of the optimizer."""
    key, holder, value = mistake.key, mistake.holder, mistake.node
    if key is None or holder is None or value is None or not mistake.at_key:
        return
    for name, info in Train.model_fields.items():
        choice = one_of(info)
        if choice is None or mistake.section != "train" or choice.many:
            continue
        entry = holder.entries.get(name)
        written = _chosen(entry)
        for kind in [written] if written else list(choice.table)[:1]:
            if kind not in choice.table:
                continue
            field = _setting(key.text, choice.table[kind].model_fields)
            if field is None:
                continue
            others = _arguments_of(entry)
            text = f"{{{kind}: {{{', '.join([*others, f'{field}: {flow_text(value)}'])}}}}}"
            edits = without_entries(holder, [key.text])
            title = f"write `{name}: {short(text)}`"
            if entry is not None and edits is not None:
                yield Candidate((*edits, Edit(entry.value.place, text)), title)
            elif entry is None:
                yield Candidate(
                    (Edit(holder.place.source.place(key.place.start, value.place.end), f"{name}: {text}"),),
                    title,
                    doubtful=True,
                )


def _chosen(entry: Entry | None) -> str:
    """The name that a choice has; empty for none."""
    if entry is None:
        return ""
    value = entry.value
    if isinstance(value, Scalar):
        return value.text
    return next(iter(value.entries), "") if isinstance(value, Mapping) else ""


def _arguments_of(entry: Entry | None) -> list[str]:
    value = entry.value if entry is not None else None
    inside = (
        next(iter(value.entries.values())).value if isinstance(value, Mapping) and value.entries else None
    )
    return [entry_text(inner) for inner in inside.entries.values()] if isinstance(inside, Mapping) else []


def _setting(word: str, fields: object) -> str | None:
    known = list(fields)  # type: ignore[call-overload]
    if word in known:
        return word
    return setting_for(known, word) or next(iter(similar(word, known)), None)


def _not_needed(mistake: Mistake) -> Iterator[Candidate]:
    """What other tools must be told, and is so here anyway: leave it out."""
    key, holder = mistake.key, mistake.holder
    why = NOT_NEEDED.get(normalise(key.text)) if key is not None else None
    edits = without_entries(holder, [key.text]) if why and holder is not None and key is not None else None
    if edits and key is not None and why is not None:
        yield Candidate(edits, f"leave {key.text} out: {why.partition(': ')[2].rstrip('.')}")


def _other_section(mistake: Mistake) -> Iterator[Candidate]:
    """`epochs: 5` at the top level, or under `data`: it goes under `train`."""
    key, holder, value, root = mistake.key, mistake.holder, mistake.node, mistake.root
    if key is None or holder is None or value is None or root is None or not mistake.at_key:
        return
    section, text = _elsewhere(key, value)
    edits = without_entries(holder, [key.text])
    if not text or section == mistake.section or edits is None:
        return
    existing = root.get(section)
    if isinstance(existing, Mapping) and existing.entries:
        yield Candidate((*edits, with_entry(existing, text)), f"write `{text}` under `{section}`")
    elif section not in root.entries:
        line = f"{section}: {{{text}}}" if section == "train" else f"{section}: {text}"
        if mistake.section == "data" and len(mistake.path) > 1:
            end = root.place.source.text.rstrip()
            yield Candidate(
                (*edits, insertion(root.place.source, len(end), f"\n{line}")), f"write `{line}` at the end"
            )
        else:
            source = key.place.source
            place = source.place(key.place.start, max(key.place.end, value.place.end))
            yield replacement(place, line, f"write `{short(line)}`", doubtful="{" in text)


def _elsewhere(key: Scalar, value: Node) -> tuple[str, str]:
    """The section that an entry belongs to, and how it is written there; an empty text for none."""
    field = _setting(key.text, Train.model_fields)
    if field is not None:
        return "train", f"{field}: {flow_text(value)}"
    for name, info in Train.model_fields.items():
        choice = one_of(info)
        if choice is not None and not choice.many:
            kind = next(iter(choice.table))
            argument = _setting(key.text, choice.table[kind].model_fields)
            if argument is not None:
                return "train", f"{name}: {{{kind}: {{{argument}: {flow_text(value)}}}}}"
    return "data", entry_text((key, value)) if key.text in DATA else ""


def _section_in_layers(mistake: Mistake) -> Iterator[Candidate]:
    """`- train: …` among the layers: it is a key of the spec."""
    item = mistake.item
    if item is None or not isinstance(item.node, Mapping) or len(mistake.items) > 1:
        return
    node = item.node
    keys = list(node.entries)
    if (
        len(keys) != 1
        or keys[0] not in TOP_LEVEL
        or not isinstance(mistake.root, Mapping)
        or keys[0] in mistake.root.entries
    ):
        return
    edits = without_item(item.holder, item.position)
    if edits:
        source = node.place.source
        text = "\n".join(entry_text(entry) for entry in node.entries.values())
        end = len(source.text.rstrip())
        yield Candidate(
            (*edits, insertion(source, end, f"\n{text}")),
            f"write `{short(text)}` as a line of its own, in column 1",
        )


def _duplicate(mistake: Mistake) -> Iterator[Candidate]:
    """A key that stands there twice: one of the two lines goes."""
    source = mistake.source
    places = [mistake.place, *(related.place for related in mistake.diagnostic.related)]
    for place in places:
        line = source.line(place.line)
        if re.fullmatch(r"\s*[^\s#].*", line) and not line[: place.column - 1].strip():
            start = source.offset(place.line, 1)
            found = LINE_BREAK.search(source.text, start)
            end = found.end() if found else len(source.text)
            yield Candidate(
                (Edit(source.place(start, end), ""),), f"take line {place.line} out, `{short(line.strip())}`"
            )
