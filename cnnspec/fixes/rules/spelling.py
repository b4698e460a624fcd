"""Words that are misspelt, or called otherwise by other libraries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingType

from cnnspec.core.diagnostic import Place
from cnnspec.declare.arguments import Arguments, one_of
from cnnspec.fixes.definitions import DEFINED, USED
from cnnspec.fixes.edits import Candidate, replacement, with_entry
from cnnspec.fixes.mistake import Mistake
from cnnspec.language.sections import ITEM_KEYS, TOP_LEVEL
from cnnspec.layers import KINDS
from cnnspec.layers import other_libraries as layers
from cnnspec.reader.node import Mapping, Node, Scalar, Sequence
from cnnspec.settings import other_libraries as settings
from cnnspec.settings.datasets import DATA
from cnnspec.settings.train import Train

MOST = 3
TORCH_AXES = {"dim", "dims", "start_dim", "end_dim"}
"""Arguments whose numbers change with their names, for torch counts the batch."""


def spelling(mistake: Mistake) -> Iterator[Candidate]:
    """The words that a wrong one may stand for: what others call so, then those spelt alike."""
    used = _used(mistake)
    if used:
        node = mistake.node
        if mistake.at_key or isinstance(node, Scalar):
            yield replacement(mistake.place, used, f"write `{used}`", rename=True)
        elif isinstance(node, Mapping) and node.entries:
            yield Candidate((with_entry(node, f"{used}: required"),), f"declare it: `{used}: required`")
        return
    place, word = _word(mistake)
    if not word or word in TORCH_AXES:
        return
    yield from (
        replacement(place, name, f"write `{name}`", rename=True)
        for name in _meant(word, mistake)
        if name != word
    )


def _used(mistake: Mistake) -> str:
    """The name that is used where a definition is misspelt; empty for another mistake."""
    uses = mistake.diagnostic.related
    if mistake.code not in DEFINED or not uses or not uses[0].message.endswith(USED):
        return ""
    name = uses[0].message.removesuffix(USED)
    return name if name != mistake.place.text else ""


_WORD = re.compile(r"[A-Za-z_][\w.\- ]*(?:\(\))?")


def _word(mistake: Mistake) -> tuple[Place, str]:
    """The word in question, without quotes; empty where the mistake is about none."""
    place = mistake.place
    text = place.text
    if mistake.code in _WORDS and place.line == place.end_line:
        unquoted = text.strip("'\"")
        if _WORD.fullmatch(unquoted) or "-" in unquoted:
            return place, unquoted
    return place, ""


def _meant(word: str, mistake: Mistake) -> Iterator[str]:
    known = list(_WORDS[mistake.code](mistake))
    alike = [] if " " in word else similar(word, known)
    yield from dict.fromkeys([*_same(word, known, mistake), *alike])


def _same(word: str, known: list[str], mistake: Mistake) -> Iterator[str]:
    """What other libraries call so."""
    if mistake.code == "unknown-kind":
        kind = layers.kind_for(word)
        yield from [kind] if kind else []
    if mistake.code in {"unknown-argument", "unknown-key"}:
        for argument in (settings.argument_for(known, word), layers.argument_for(known, word)):
            yield from [argument] if argument else []
    if mistake.code == "unknown-choice":
        choice = settings.choice_for(word, known)
        yield from [choice] if choice else []


def similar(word: str, known: Iterable[str], most: int = MOST) -> list[str]:
    """The words that are spelt alike, the likest first."""
    from cnnspec.core.suggest import similar as alike  # noqa: PLC0415 -- loads difflib

    return alike(word, known)[:most]


# The words that may stand where the wrong one stands


def _kinds(mistake: Mistake) -> Iterator[str]:
    yield from KINDS
    yield "layers"
    yield from _entries(mistake, "blocks")


def _entries(mistake: Mistake, section: str) -> list[str]:
    root = mistake.root
    node = root.get(section) if isinstance(root, Mapping) else None
    return list(node.entries) if isinstance(node, Mapping) else []


def _arguments(mistake: Mistake) -> Iterator[str]:
    model, holder = mistake.model, mistake.holder
    subject = mistake.diagnostic.message.partition(":")[0]
    if model is None and subject in KINDS:
        model = KINDS[subject]
    written = holder.entries if holder is not None else {}
    if model is not None:
        yield from (name for name in model.model_fields if name not in written)
        return
    blocks = mistake.root.get("blocks") if isinstance(mistake.root, Mapping) else None
    item = mistake.item
    kind = item.kind.text if item is not None and item.kind is not None else ""
    for name, entry in blocks.entries.items() if isinstance(blocks, Mapping) else ():
        if (name in {kind, subject} or "$" in kind) and isinstance(entry.value, Mapping):
            yield from names_in(entry.value.get("args"))
            yield from names_in(entry.value.get("inputs"))


def names_in(node: Node | None) -> list[str]:
    """The names that a mapping or a list of them declares."""
    if isinstance(node, Mapping):
        return list(node.entries)
    if isinstance(node, Sequence):
        return [item.text for item in node.items if isinstance(item, Scalar)]
    return []


def _keys(mistake: Mistake) -> Iterator[str]:
    if len(mistake.path) <= 1:
        yield from TOP_LEVEL
        return
    if mistake.section == "blocks" and len(mistake.path) == 3:  # noqa: PLR2004 -- blocks, its name, its key
        yield from ("args", "inputs", "layers")
        return
    if mistake.section == "output":
        yield from ("from", "when", "only")
        return
    yield from ITEM_KEYS
    if mistake.model is not None:
        yield from mistake.model.model_fields


def _choices(mistake: Mistake) -> Iterator[str]:
    table = choice_table(mistake)
    if table is not None:
        yield from table


def choice_table(mistake: Mistake) -> MappingType[str, type[Arguments]] | None:
    """The registry in which the choice should be that the mistake is about; None for another mistake."""
    if mistake.section == "data":
        return DATA
    if mistake.section == "train":
        names = [key for key in mistake.keys[1:] if isinstance(key, str)]
        info = Train.model_fields.get(names[0]) if names else None
        choice = one_of(info) if info is not None else None
        return choice.table if choice is not None else None
    if "init" in mistake.keys:
        from cnnspec.layers.initialisers import INITIALISERS  # noqa: PLC0415 -- few specs have one

        return INITIALISERS
    return None


def _names(mistake: Mistake) -> Iterator[str]:
    """The names of items, inputs and the like."""
    yield "input"
    yield from _all_names(mistake.root)


def _all_names(node: object) -> Iterator[str]:
    todo = [node]
    while todo:
        node = todo.pop()
        if isinstance(node, Mapping):
            name = node.get("name")
            if isinstance(name, Scalar) and name.text:
                yield name.text
            todo += [entry.value for entry in node.entries.values()]
        elif isinstance(node, Sequence):
            todo += node.items


_WORDS = {
    "unknown-kind": _kinds,
    "unknown-argument": _arguments,
    "unknown-key": _keys,
    "unknown-choice": _choices,
    "unknown-name": _names,
    "missing-input": _names,
    "unknown-output": _names,
}
