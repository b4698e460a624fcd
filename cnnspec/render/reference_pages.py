"""The reference pages that are generated: docs/layers.md, settings.md, codes.md and concepts.md."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnspec.declare.arguments import one_of
from cnnspec.language.sections import ITEM_KEYS, TOP_LEVEL
from cnnspec.layers import KINDS
from cnnspec.layers.initialisers import INITIALISERS
from cnnspec.render.concepts import CONCEPTS, Concept, Example
from cnnspec.render.declaration import (
    SETTINGS,
    SettingGroup,
    argument_rows,
    examples,
    facts,
    initialiser_kind,
    kind_forms,
    paragraphs,
)
from cnnspec.render.worked_example import commented, is_worked
from cnnspec.settings.budget import Budget
from cnnspec.settings.train import Train

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnspec.compiler.codes import Code
    from cnnspec.declare.arguments import Arguments


def layers_page() -> str:
    """docs/layers.md: every kind."""
    head = "# Layers\n\nEvery kind, from its declaration; `cnnspec explain KIND` prints the same."
    index = ", ".join(f"[{kind}](#{kind})" for kind in KINDS)
    return _page([head, index, *(_kind(kind) for kind in KINDS)])


def _kind(kind: str) -> str:
    model = KINDS[kind]
    written = _yaml("\n".join(kind_forms(kind, model)))
    worked = [_yaml(commented(example)) for example in examples(kind)]
    return _page([f"## {kind}", *_docstring(model), written, _argument_table(model), *worked]).rstrip()


def settings_page() -> str:
    """docs/settings.md: every argument of `train:` and `budget:`, and all that a spec names there, under `data:` and `init:`."""
    head = (
        "# Settings\n\nThe arguments of `train` and `budget`, and of what is chosen by name there, in `data` and in `init`, from the\n"
        "declarations; `cnnspec explain WORD` prints the same. How a choice is written, and where, is told by\n"
        "[the language](language.md#data-and-train)."
    )
    return _page(
        [
            head,
            _index(),
            _section("train", Train),
            _section("budget", Budget),
            *map(_group, SETTINGS),
            _initialisers(),
        ]
    )


def _index() -> str:
    """A line for each section, with links to what is in it; of two equal headings the second has another anchor."""
    sections: list[tuple[str, Iterable[str]]] = [(group.title, group.registry) for group in SETTINGS]
    lines, seen = ["- [train](#train)", "- [budget](#budget)"], {"train", "budget"}
    for title, names in [*sections, ("Initialisers", INITIALISERS)]:
        links = [f"[{name}](#{name}{'-1' if name in seen else ''})" for name in names]
        seen.update(names)
        lines.append(f"- [{title}](#{_anchor(title)}): {', '.join(links)}")
    return "\n".join(lines)


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


def _section(key: str, model: type[Arguments]) -> str:
    """A section that is a mapping of arguments."""
    example = _yaml(f"{key}: {model.example}")
    return _page([f"## {key}", *_docstring(model), example, _argument_table(model)]).rstrip()


def _group(group: SettingGroup) -> str:
    entries = (_setting(name, model, group.place % model.example) for name, model in group.registry.items())
    return _page([f"## {group.title}", *entries]).rstrip()


def _initialisers() -> str:
    entries = (
        _setting(name, model, f"init: {{{initialiser_kind(model)}: {model.example}}}")
        for name, model in INITIALISERS.items()
    )
    return _page(["## Initialisers", *entries]).rstrip()


def _setting(name: str, model: type[Arguments], example: str) -> str:
    known = "\n".join(f"- {fact}" for fact in facts(model))
    parts = [f"### {name}", *_docstring(model), known, _yaml(example), _argument_table(model, name)]
    return _page(parts).rstrip()


def _docstring(model: type[Arguments]) -> Iterator[str]:
    """The paragraphs of the docstring, their first words bold."""
    return (re.sub(r"^(Formula|When|Against):", r"**\1.**", text) for text in paragraphs(model))


def _argument_table(model: type[Arguments], name: str = "") -> str:
    """A row for each argument; `name` is given where the one that may stand alone is to be marked."""
    rows = []
    for row in argument_rows(model):
        alone = f" May be written alone: `{{{name}: …}}`." if name and row.name == model.main else ""
        text = f"{row.description} Must be {_linked(model, row.name) or row.expected}.{alone}"
        rows.append(f"| `{row.name}` | {f'`{row.default}`' if row.default else 'required'} | {text} |")
    return "\n".join(["| argument | default | |", "|---|---|---|", *rows]) if rows else ""


def _linked(model: type[Arguments], field: str) -> str:
    """Where the values of a field are listed that is written like an item; empty where it is not."""
    choice = one_of(model.model_fields[field])
    title = next((group.title for group in SETTINGS if choice and group.registry is choice.table), "")
    link = f"[{title.lower()}](#{_anchor(title)})"
    return f"{'a list of' if choice and choice.many else 'one of the'} {link}" if title else ""


def codes_page() -> str:
    """docs/codes.md: every code of a diagnostic."""
    from cnnspec.compiler.codes import CODES  # noqa: PLC0415 -- checking never reads the explanations

    head = "# Codes\n\nEvery diagnostic has a code; `cnnspec explain CODE` prints the same."
    return _page([head, *(_code(name, code) for name, code in sorted(CODES.items()))])


def _code(name: str, code: Code) -> str:
    bad, good = (_yaml(example) if example else "" for example in (code.bad, code.good))
    return _page([f"## {name}", code.title, code.why, bad, code.remedy, good]).rstrip()


def concepts_page() -> str:
    """docs/concepts.md: every concept, its examples with their numbers."""
    head = (
        "# Concepts\n\nIdeas of the field in plain words; `cnnspec explain WORD` prints the same. In examples that begin\n"
        "with an `input`, the numbers behind `#` are the compiler's."
    )
    index = "\n".join(f"- [{name}](#{name}): {concept.summary}" for name, concept in CONCEPTS.items())
    return _page([head, index, *(_concept(name, concept) for name, concept in CONCEPTS.items())])


def _concept(name: str, concept: Concept) -> str:
    names = f"Also called: {', '.join(concept.names)}." if concept.names else ""
    body = (_example(part.text) if isinstance(part, Example) else part for part in concept.body)
    source = f"Source: {concept.source}" if concept.source else ""
    see = f"See also: {', '.join(f'[{word}]({place_of(word)})' for word in concept.see)}."
    return _page(
        [f"## {name}", f"**{concept.title}.** {concept.summary}", *body, names, source, see]
    ).rstrip()


def _example(text: str) -> str:
    return _yaml(commented(text) if is_worked(text) else text)


def place_of(word: str) -> str:
    """Where the pages tell of a word. Raises KeyError where they don't."""
    from cnnspec.compiler.codes import CODES  # noqa: PLC0415 -- as above

    if word in CONCEPTS:
        return f"#{word}"
    if word in KINDS:
        return f"layers.md#{word}"
    if word in CODES:
        return f"codes.md#{word}"
    if word in TOP_LEVEL or word in ITEM_KEYS:
        return "language.md#items" if word in ITEM_KEYS else "language.md"
    return f"settings.md#{_setting_anchor(word)}"


def _setting_anchor(word: str) -> str:
    """The heading in docs/settings.md under which a name, or an argument, is told first."""
    if word in Train.model_fields:
        return "train"
    if word in INITIALISERS or any(word in group.registry for group in SETTINGS):
        return word
    for group in SETTINGS:
        if any(word in model.model_fields for model in group.registry.values()):
            return _anchor(group.title)
    raise KeyError(word)


def _yaml(text: str) -> str:
    return f"```yaml\n{text}\n```"


def _page(parts: Iterable[str]) -> str:
    """The parts that are not empty, with a blank line between them."""
    return "\n\n".join(filter(None, parts)) + "\n"
