"""The reference pages that are generated: docs/layers.md, docs/settings.md and docs/codes.md."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnspec.declare.arguments import one_of
from cnnspec.layers import KINDS
from cnnspec.layers.initialisers import INITIALISERS
from cnnspec.render.declaration import (
    SETTINGS,
    SettingGroup,
    argument_rows,
    facts,
    initialiser_kind,
    kind_forms,
    paragraphs,
)
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
    return _page([f"## {kind}", *_docstring(model), written, _argument_table(model)]).rstrip()


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


def _yaml(text: str) -> str:
    return f"```yaml\n{text}\n```"


def _page(parts: Iterable[str]) -> str:
    """The parts that are not empty, with a blank line between them."""
    return "\n\n".join(filter(None, parts)) + "\n"
