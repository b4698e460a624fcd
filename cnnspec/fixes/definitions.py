"""A name that is used and defined nowhere, beside one that is defined and used nowhere: the definition is misspelt."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnnspec.compiler.check import Result
from cnnspec.core.diagnostic import Diagnostic, Place, Related
from cnnspec.core.suggest import similar
from cnnspec.reader.node import Mapping, Node, Scalar, Sequence

DEFINED = {"unknown-variable", "unknown-kind", "unknown-argument", "unknown-name", "bad-index"}
"""Codes of mistakes about a name that may be defined somewhere."""
USED = " is used here"
"""So ends what is said of a place that uses it."""
_SUBJECTS = (
    re.compile(r": ([\w-]+) is not one of its arguments"),
    re.compile(r"(?:\$\w+ is )?([\w-]+),? (?:which )?is no layer kind"),
    re.compile(r"has no key '([\w-]+)'"),
)
_FEWEST_USES = 2
"""A name that is used but once may as well be the one that is misspelt."""
_MOST_SHOWN = 8


def at_definitions(result: Result) -> tuple[Diagnostic, ...]:
    """The diagnostics, those of one unknown name as one where it seems to be defined."""
    by_word: dict[str, list[Diagnostic]] = {}
    for diagnostic in result.diagnostics:
        if diagnostic.code in DEFINED and diagnostic.place.source is result.source:
            by_word.setdefault(_word(diagnostic), []).append(diagnostic)
    if not by_word or result.root is None:
        return result.diagnostics
    unused = {name: place for name, place in _definitions(result.root) if _count(name, result) == 1}
    merged: dict[int, Diagnostic] = {}
    gone: set[int] = set()
    for word, found in by_word.items():
        here = _only_place(word, result)
        if here is not None and all(here.start != d.place.start for d in found):
            related = tuple(Related(d.place, f"{word}{USED}") for d in found)
            merged[id(found[0])] = found[0]._replace(place=here, related=related, hint="")
            gone.update(map(id, found[1:]))
            continue
        meant = next(iter(similar(word, unused)), None)
        if meant is not None and _count(word, result) >= _FEWEST_USES:
            merged[id(found[0])] = _at_definition(word, meant, unused[meant], found)
            gone.update(map(id, found[1:]))
    return tuple(merged.get(id(d), d) for d in result.diagnostics if id(d) not in gone)


def _word(diagnostic: Diagnostic) -> str:
    """The unknown name; a variable without its dollar sign. An expression may hold it, or a mapping that a variable is."""
    for pattern in _SUBJECTS:
        if found := pattern.search(diagnostic.message):
            return found[1]
    found = re.search(r"\w+", diagnostic.place.text)
    return found[0] if found else ""


def _count(word: str, result: Result) -> int:
    """How often a word stands in the text."""
    return len(re.findall(rf"(?<!\w){re.escape(word)}(?!\w)", result.source.text))


def _only_place(word: str, result: Result) -> Place | None:
    """Where a word stands that is in the text but once."""
    found = list(re.finditer(rf"(?<![\w$]){re.escape(word)}(?!\w)", result.source.text)) if word else []
    return result.source.place(found[0].start(), found[0].end()) if len(found) == 1 else None


def _at_definition(word: str, meant: str, place: Place, found: list[Diagnostic]) -> Diagnostic:
    uses = sorted({(d.place.line, d.place.column): d.place for d in found}.items())
    lines = ", ".join(dict.fromkeys(str(line) for (line, _), _ in uses[:_MOST_SHOWN]))
    message = f"{meant} is defined here and used nowhere; {word}, which line {lines} uses, is defined nowhere"
    message = message.replace("which line", "which lines").replace(" uses,", " use,") if "," in lines else message
    related = tuple(Related(use, f"{word}{USED}") for _, use in uses[:_MOST_SHOWN])
    return Diagnostic(found[0].code, message, place, related=related)


def _definitions(root: Mapping) -> Iterator[tuple[str, Place]]:
    """The names that a spec defines, with their places: variables, blocks and their arguments, items."""
    yield from _names(root.get("vars"), deep=True)
    yield from _names(root.get("variants"), deep=True)
    blocks = root.get("blocks")
    yield from _names(blocks)
    for _, block in blocks if isinstance(blocks, Mapping) else ():
        if isinstance(block, Mapping):
            yield from _names(block.get("args"))
            yield from _names(block.get("inputs"))
    todo: list[Node] = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, Mapping):
            name = node.get("name")
            if isinstance(name, Scalar) and name.text and node is not root:
                yield name.text, name.place
            yield from _names(node.get("repeat"))
            todo += [value for _, value in node]
        elif isinstance(node, Sequence):
            todo += node.items


def _names(node: Node | None, *, deep: bool = False) -> Iterator[tuple[str, Place]]:
    """The keys of a mapping or the texts of a list; `deep`: and the keys of what is in it."""
    if isinstance(node, Mapping):
        for key, value in node:
            yield key.text, key.place
            if deep:
                yield from _names(value, deep=True)
    elif isinstance(node, Sequence):
        for item in node.items:
            if isinstance(item, Scalar):
                yield item.text, item.place
            elif deep:
                yield from _names(item, deep=True)
