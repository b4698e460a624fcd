"""A name that is used and defined nowhere, beside one that is defined and used nowhere: the definition is misspelt."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnnspec.compiler.check import Result
from cnnspec.core.diagnostic import Diagnostic, Place, Related
from cnnspec.core.plain_values import quote
from cnnspec.core.suggest import similar
from cnnspec.language.values import nearly_a_number
from cnnspec.reader.node import Entry, Mapping, Node, Scalar, Sequence

DEFINED = {"unknown-variable", "unknown-kind", "unknown-argument", "unknown-name", "bad-index"}
"""Codes of mistakes about a name that may be defined somewhere."""
USED = " is used here"
"""So ends what is said of a place that uses it."""
_SUBJECTS = (
    re.compile(r": ([\w-]+) is not one of its arguments"),
    re.compile(r"(?:\$\w+ is )?([\w-]+),? (?:which )?is no layer kind"),
    re.compile(r"has no key '([\w-]+)'"),
)
_PARTS = (
    "num",
    "block",
    "layer",
    "stage",
    "branch",
    "expand",
    "squeeze",
    "resolution",
    "growth",
    "head",
    "stem",
    "momentum",
)
"""Parts of names that networks are described with."""
_FEWEST_USES = 2
"""A name that is used but once may as well be the one that is misspelt."""
_MOST_SHOWN = 8


def at_definitions(result: Result) -> tuple[Diagnostic, ...]:
    """The diagnostics, those of one unknown name as one where it seems to be defined."""
    result = result._replace(diagnostics=_at_values(result))
    root = result.root
    by_word: dict[str, list[Diagnostic]] = {}
    for diagnostic in result.diagnostics:
        if diagnostic.code in DEFINED and diagnostic.place.source is result.source:
            by_word.setdefault(_word(diagnostic), []).append(diagnostic)
    if not by_word or root is None:
        return result.diagnostics
    unused = _unused_definitions(root, result)
    merged: dict[int, Diagnostic] = {}
    gone: set[int] = set()
    for word, found in by_word.items():
        one = _as_one(word, found, unused, root, result)
        if one is not None:
            merged[id(found[0])] = one
            gone.update(map(id, found[1:]))
    return tuple(merged.get(id(d), d) for d in result.diagnostics if id(d) not in gone)


Definitions = dict[str, dict[str, Place]]
"""By the code of the mistake when a name is not found: the names that are defined, with their places."""


def _unused_definitions(root: Mapping, result: Result) -> Definitions:
    unused: Definitions = {}
    for code, name, place in _definitions(root):
        if _count(name, result) == 1:
            unused.setdefault(code, {})[name] = place
    return unused


def _as_one(
    word: str, found: list[Diagnostic], unused: Definitions, root: Mapping, result: Result
) -> Diagnostic | None:
    """What is said once of all uses of an unknown name; None where each is told by itself."""
    here = _only_place(word, result)
    if here is not None and all(here.start != d.place.start for d in found):
        related = tuple(Related(d.place, f"{word}{USED}") for d in found)
        return found[0]._replace(place=here, related=related, hint="")
    known = {name: place for d in found for name, place in unused.get(d.code, {}).items()}
    meant = next(iter(similar(word, known)), None)
    if meant is not None and (_count(word, result) >= _FEWEST_USES or _is_odder(meant, word)):
        return _at_definition(word, meant, known[meant], found)
    block = _lacking_block(found, root)
    if block is not None:
        return _at_arguments(word, block, found)
    if {d.code for d in found} != {"unknown-variable"}:
        return None
    others = (Related(d.place, f"{word}{USED}") for d in found[1:_MOST_SHOWN])
    return found[0]._replace(related=(*found[0].related, *others))


_VALUE = re.compile(
    r"(?: is|not) (.+?), (?:it must be|which is no layer kind)|the (?:list|text) (.+?)(?: and|$)"
)
_OF_VALUES = {"bad-value", "bad-repeat", "wrong-operand"}


def _at_values(result: Result) -> tuple[Diagnostic, ...]:
    """The diagnostics; one about what an expression gives is moved to the one place where such a value is written."""
    return tuple(_at_value(d, result.root) if d.code in _OF_VALUES else d for d in result.diagnostics)


def _at_value(diagnostic: Diagnostic, root: Mapping | None) -> Diagnostic:
    found = _VALUE.search(diagnostic.message)
    if found is None or root is None or "$" not in diagnostic.place.text:
        return diagnostic
    text = found[1] or found[2]
    found_at = [node for node in _values(root) if quote(node.plain()) == text]
    if len(found_at) != 1 or not _is_odd(found_at[0], diagnostic):
        return diagnostic
    related = (Related(diagnostic.place, "it is used here"), *diagnostic.related)
    return diagnostic._replace(place=found_at[0].place, related=related, hint="")


def _is_odd(node: Node, diagnostic: Diagnostic) -> bool:
    """Whether a value is nearly a number or a truth value, or the command line's own: not one of many right texts."""
    value = node.plain()
    if node.place.source is not diagnostic.place.source or nearly_a_number(value):
        return True
    return isinstance(value, str) and bool(similar(value, ("true", "false", "null")))


def _values(root: Mapping) -> Iterator[Node]:
    """What stands as a value where variables get theirs: in `vars`, `variants`, and as arguments of calls."""
    todo: list[Node] = [node for key in ("vars", "variants", "layers", "blocks") if (node := root.get(key))]
    while todo:
        node = todo.pop()
        if isinstance(node, Mapping):
            todo += [value for _, value in node]
        else:
            yield node
            todo += node.items if isinstance(node, Sequence) else []


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
    message = (
        message.replace("which line", "which lines").replace(" uses,", " use,") if "," in lines else message
    )
    related = tuple(Related(use, f"{word}{USED}") for _, use in uses[:_MOST_SHOWN])
    return Diagnostic(found[0].code, message, place, related=related)


def _lacking_block(found: list[Diagnostic], root: Mapping) -> Entry | None:
    """The block that calls give an argument and that uses it inside, but does not declare it."""
    given = [d for d in found if d.code == "unknown-argument"]
    blocks = root.get("blocks")
    if not given or len(given) == len(found) or not isinstance(blocks, Mapping):
        return None
    return blocks.entries.get(given[0].message.partition(":")[0])


def _at_arguments(word: str, block: Entry, found: list[Diagnostic]) -> Diagnostic:
    args = block.value.get("args") if isinstance(block.value, Mapping) else None
    place = args.place if args is not None else block.key.place
    message = f"{block.key.text} has no argument {word}, which it uses inside and which calls give"
    related = tuple(Related(d.place, f"{word}{USED}") for d in found[:_MOST_SHOWN])
    return Diagnostic("unknown-argument", message, place, related=related)


def _is_odder(one: str, other: str) -> bool:
    """Whether a word has more parts than another that are no words of the language, or of other libraries."""
    from cnnspec.layers import KINDS  # noqa: PLC0415 -- only a mistake pays for it
    from cnnspec.layers.other_libraries import ARGUMENT_SPELLINGS, KIND_SPELLINGS  # noqa: PLC0415 -- as above
    from cnnspec.settings import other_libraries as settings  # noqa: PLC0415 -- as above

    known = {*KINDS, *KIND_SPELLINGS, *ARGUMENT_SPELLINGS, *settings.ARGUMENT_SPELLINGS, *_PARTS}
    known = {part for word in known for part in word.split("_")}
    odd = [sum(part not in known for part in word.lower().split("_")) for word in (one, other)]
    return odd[0] > odd[1]


def _definitions(root: Mapping) -> Iterator[tuple[str, str, Place]]:
    """The names that a spec defines, each with its place and the code of the mistake when it is not found."""
    for section in ("vars", "variants"):
        for name, place in _names(root.get(section), deep=True):
            yield "bad-index", name, place
            yield "unknown-argument", name, place
    blocks = root.get("blocks")
    variables = [*_names(root.get("vars"))]
    yield from (("unknown-kind", name, place) for name, place in _names(blocks))
    for _, block in blocks if isinstance(blocks, Mapping) else ():
        if isinstance(block, Mapping):
            arguments = list(_names(block.get("args")))
            variables += arguments
            yield from (("unknown-argument", name, place) for name, place in arguments)
            yield from (("unknown-name", name, place) for name, place in _names(block.get("inputs")))
    todo: list[Node] = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, Mapping):
            called = node.get("name")
            if isinstance(called, Scalar) and called.text and node is not root:
                yield "unknown-name", called.text, called.place
            variables += _names(node.get("repeat"))
            todo += [value for _, value in node]
        elif isinstance(node, Sequence):
            todo += node.items
    yield from (("unknown-variable", name, place) for name, place in variables)


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
