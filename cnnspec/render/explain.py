"""What `cnnspec explain` says of every word of the language, from the tables that declare them."""

from __future__ import annotations

import textwrap
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from cnnspec.core.terminal import terminal_width
from cnnspec.declare.arguments import one_of
from cnnspec.expressions.functions import FUNCTIONS
from cnnspec.language.sections import ITEM_KEYS, LATER, TOP_LEVEL
from cnnspec.layers import KINDS
from cnnspec.layers.initialisers import INITIALISERS
from cnnspec.render.declaration import (
    SETTINGS,
    argument_rows,
    facts,
    initialiser_kind,
    kind_forms,
    paragraphs,
    setting_forms,
)
from cnnspec.settings.budget import Budget
from cnnspec.settings.datasets import DATA
from cnnspec.settings.train import Train

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from cnnspec.compiler.codes import Code
    from cnnspec.declare.arguments import Arguments


class WordGroup(NamedTuple):
    """Words of one sort."""

    title: str
    words: Collection[str]
    text: Callable[[str], str]
    """What to say of one of them, for a terminal."""


def vocabulary() -> tuple[WordGroup, ...]:
    """All words but the arguments of kinds and of what is written like them."""
    from cnnspec.compiler.codes import CODES  # noqa: PLC0415 -- checking never reads the explanations

    data, *chosen_in_train = (
        WordGroup(group.title, group.registry, partial(_setting_text, group.registry, group.place))
        for group in SETTINGS
    )
    return (
        WordGroup("Layer kinds", KINDS, _kind_text),
        WordGroup("Keys at the top of a spec", TOP_LEVEL, _top_level_text),
        WordGroup("Keys beside an item's kind", ITEM_KEYS, _item_key_text),
        WordGroup("Initialisers", INITIALISERS, _initialiser_text),
        data,
        WordGroup("Arguments of train", Train.model_fields, _train_argument_text),
        *chosen_in_train,
        WordGroup("Functions in expressions", FUNCTIONS, _function_text),
        WordGroup("Codes", CODES, lambda name: _code_text(name, CODES[name])),
    )


def overview() -> str:
    """Every kind with its first sentence, and the other words."""
    _, *others, codes = vocabulary()
    rest = [_wrap(f"{group.title}: {', '.join(group.words)}.") for group in others]
    every = f"{codes.title}: {len(codes.words)}, one for each diagnostic, such as {min(codes.words)}."
    return "\n\n".join([_kinds_list(), *rest, _wrap(every)])


def explain(word: str) -> str:
    """All meanings of a word, for a terminal; empty where it has none."""
    texts = [group.text(word) for group in vocabulary() if word in group.words]
    return "\n\n".join(texts) or _argument_text(word)


def all_words() -> list[str]:
    """Every word that can be explained."""
    arguments = [argument for _, model in _models() for argument in model.model_fields]
    return [*(word for group in vocabulary() for word in group.words), *arguments]


def _kind_text(kind: str) -> str:
    model = KINDS[kind]
    first, *rest = paragraphs(model)
    texts = [_wrap(text) for text in (f"{kind}: {first}", *rest)]
    return "\n\n".join([*texts, _usage(*kind_forms(kind, model)), _arguments_list(model)])


def _top_level_text(key: str) -> str:
    later = " This version does not read it." if key in LATER else ""
    head = _wrap(f"{key}: a key at the top of a spec. {TOP_LEVEL[key]}{later}")
    parts = [head, _usage(f"{key}: …")]
    if key == "train":
        parts.append(_arguments_list(Train))
    elif key == "budget":
        parts.append(_arguments_list(Budget))
    elif key == "data":
        parts.append(_alternatives(DATA))
    return "\n\n".join(parts)


def _item_key_text(key: str) -> str:
    head = _wrap(f"{key}: a key beside an item's kind. {ITEM_KEYS[key]}")
    parts = [head, _usage(f"- {{conv: {{…}}, {key}: …}}")]
    return "\n\n".join([*parts, _alternatives(INITIALISERS)] if key == "init" else parts)


def _initialiser_text(name: str) -> str:
    kind = initialiser_kind(INITIALISERS[name])
    return _setting_text(INITIALISERS, f"- {{{kind}: {{…}}, init: %s}}", name)


def _train_argument_text(name: str) -> str:
    row = next(row for row in argument_rows(Train) if row.name == name)
    text = f"{name}: an argument of train. {row.description} Must be {row.expected}. Default: {row.default}."
    one = one_of(Train.model_fields[name])
    parts = [_wrap(text), _usage(f"train: {{{name}: …}}")]
    return "\n\n".join([*parts, _alternatives(one.table)] if one else parts)


def _setting_text(table: Mapping[str, type[Arguments]], place: str, name: str) -> str:
    """What is written like an item; `place` is where it stands."""
    model = table[name]
    first, *rest = paragraphs(model)
    forms = dict.fromkeys([*setting_forms(name, model), model.example])
    texts = [f"{name}: {first}", *rest, *facts(model)]
    return "\n\n".join(
        [*map(_wrap, texts), _usage(*(place % form for form in forms)), _arguments_list(model)]
    )


def _function_text(name: str) -> str:
    return f"{name}: a function in expressions.\n\n{_usage(FUNCTIONS[name].usage)}"


def _code_text(name: str, code: Code) -> str:
    bad, good = (textwrap.indent(example, "    ") for example in (code.bad, code.good))
    parts = [f"{name}: {code.title}", _wrap(code.why), bad, _wrap(code.remedy), good]
    return "\n\n".join(filter(None, parts))


def _argument_text(word: str) -> str:
    """What an argument means, once for all that say the same of it; empty where nothing has it."""
    holders: dict[str, list[str]] = {}
    for name, model in _models():
        for row in argument_rows(model):
            if row.name == word:
                text = f"{row.description} Must be {row.expected}."
                holders.setdefault(text, []).append(name)
    return "\n\n".join(
        _wrap(f"{word}: an argument of {', '.join(names)}. {text}") for text, names in holders.items()
    )


def _models() -> Iterator[tuple[str, type[Arguments]]]:
    """Everything that takes arguments and is no key."""
    yield from KINDS.items()
    yield from INITIALISERS.items()
    for group in SETTINGS:
        yield from group.registry.items()


def _kinds_list() -> str:
    """Every kind with the first sentences of it that fit on its line."""
    width = max(map(len, KINDS)) + 2
    room = terminal_width() - width
    firsts = (textwrap.shorten(paragraphs(KINDS[kind])[0], room, placeholder=" …") for kind in KINDS)
    return "\n".join(f"{kind:<{width}}{first}" for kind, first in zip(KINDS, firsts, strict=True))


def _arguments_list(model: type[Arguments]) -> str:
    lines = []
    for row in argument_rows(model):
        default = f" = {row.default}" if row.default else " (required)"
        lines.append(f"  {row.name}{default}")
        lines += [_wrap(text, 6, 6) for text in (row.description, f"Must be {row.expected}.")]
    return "\n".join(["Arguments:", *lines]) if lines else "It takes no arguments."


def _alternatives(table: Mapping[str, type[Arguments]]) -> str:
    """Each name with the first paragraph on it."""
    width = max(map(len, table)) + 4
    lines = (
        _wrap(f"  {name:<{width - 2}}{paragraphs(model)[0]}", rest=width) for name, model in table.items()
    )
    return "\n".join(["One of:", *lines])


def _usage(*forms: str) -> str:
    return "\n".join(["Written:", *(f"  {form}" for form in forms)])


def _wrap(text: str, first: int = 0, rest: int = 0) -> str:
    """A paragraph in the terminal's width; `first` and `rest` are the columns that its lines leave free."""
    return textwrap.fill(
        text,
        terminal_width(),
        initial_indent=" " * first,
        subsequent_indent=" " * rest,
        break_on_hyphens=False,
    )
