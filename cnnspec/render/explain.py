"""What `cnnspec explain` says of every word of the language, from the tables that declare them, and of concepts."""

from __future__ import annotations

import textwrap
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from cnnspec.core.terminal import terminal_width
from cnnspec.declare.arguments import one_of
from cnnspec.declare.spellings import normalise
from cnnspec.expressions.functions import FUNCTIONS
from cnnspec.language.sections import ITEM_KEYS, TOP_LEVEL
from cnnspec.layers import KINDS
from cnnspec.layers.initialisers import INITIALISERS
from cnnspec.render.concepts import CONCEPTS, Example
from cnnspec.render.declaration import (
    SETTINGS,
    argument_rows,
    examples,
    facts,
    initialiser_kind,
    kind_forms,
    paragraphs,
    setting_forms,
)
from cnnspec.render.other_names import (
    argument_called,
    form_here,
    kind_called,
    names_here,
    near_words,
    settings_called,
)
from cnnspec.render.worked_example import example_text, is_worked
from cnnspec.settings.budget import Budget
from cnnspec.settings.datasets import DATA
from cnnspec.settings.train import Train

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

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
        WordGroup("Concepts", CONCEPTS, _concept_text),
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
    """Every kind and every concept with its first sentence, and the other words."""
    _, _, *others, codes = vocabulary()
    kinds = _list({kind: paragraphs(model)[0] for kind, model in KINDS.items()})
    concepts = _list({name: concept.summary for name, concept in CONCEPTS.items()})
    rest = [_wrap(f"{group.title}: {', '.join(group.words)}.") for group in others]
    every = _wrap(
        f"{codes.title}: {len(codes.words)}, one for each diagnostic: {', '.join(sorted(codes.words))}."
    )
    return "\n\n".join([kinds, f"Concepts:\n{concepts}", *rest, every])


def explain(word: str) -> str:
    """All that a word means, for a terminal, under whatever name; empty where it means nothing."""
    holder, _, argument = word.rpartition(".")
    name, model = _holder(holder)
    told = _argument_of(name, model, argument) if model is not None else _by_another_name(word)
    return _meanings(word) or told


def near(word: str) -> list[str]:
    """Words that can be explained and resemble one that can't."""
    holder, _, name = word.rpartition(".")
    _, model = _holder(holder)
    if model is not None:
        return [f"{holder}.{field}" for field in near_words(name, model.model_fields)]
    titles = {concept.title.lower(): name for name, concept in CONCEPTS.items()}
    return list(
        dict.fromkeys(titles.get(found, found) for found in near_words(word, [*all_words(), *titles]))
    )


def all_words() -> list[str]:
    """Every word that can be explained."""
    arguments = [argument for _, model in _models() for argument in model.model_fields]
    return [*(word for group in vocabulary() for word in group.words), *arguments]


def _meanings(word: str) -> str:
    """The concept of that name, then what is declared under it: an argument only where it is nothing else."""
    concepts, *declared = vocabulary()
    texts = [group.text(word) for group in declared if word in group.words] or [_argument_text(word)]
    return "\n\n".join(filter(None, [*([concepts.text(word)] if word in CONCEPTS else []), *texts]))


def _by_another_name(word: str) -> str:
    """What others call so, or what is written so but for case and separators, each with its page."""
    names = names_here(word, dict.fromkeys(all_words()))
    if not names:
        return ""
    another = [name for name in names if normalise(name) != normalise(word)]
    form = form_here(word)
    called = [_wrap(f"{word} is called {' or '.join(names)} here. {form}")] if another else []
    return "\n\n".join([*called, *map(_meanings, names)])


def _argument_of(name: str, model: type[Arguments], called: str) -> str:
    """What `padding` of `conv` means: an argument of one kind, setting or initialiser; empty where it has none such."""
    field = argument_called(called, model.model_fields)
    if field is None:
        return ""
    row = next(row for row in argument_rows(model) if row.name == field)
    default = f"Default: {row.default}." if row.default else "It is required."
    head = _wrap(f"{field}: an argument of {name}. {row.description} Must be {row.expected}. {default}")
    return "\n\n".join([head, *_see_also([name, *([field] if field in CONCEPTS else [])])])


def _holder(word: str) -> tuple[str, type[Arguments] | None]:
    """What takes arguments and is called so, here or elsewhere, and its name here; of `train.optimizer.sgd` it is sgd."""
    models: dict[str, type[Arguments]] = {**dict(_models()), "train": Train}
    sought = normalise(word)
    same = [name for name in models if normalise(name) == sought]
    name = next((name for name in (*same, kind_called(word), *settings_called(word)) if name in models), None)
    return ("", None) if name is None else (name, models[name])


def _concept_text(name: str) -> str:
    concept = CONCEPTS[name]
    head = f"{name}: {concept.summary}"
    body = (_example(part.text) if isinstance(part, Example) else _wrap(part) for part in concept.body)
    source = [_wrap(f"Source: {concept.source}")] if concept.source else []
    return "\n\n".join([_wrap(head), *body, *source, *_see_also(concept.see)])


def _example(text: str) -> str:
    return example_text(text, terminal_width()) if is_worked(text) else textwrap.indent(text, "  ")


def _see_also(words: Iterable[str]) -> list[str]:
    listed = ", ".join(words)
    return [_wrap(f"See also: {listed}.")] if listed else []


def _concepts_about(word: str) -> list[str]:
    """The concepts that refer to a word."""
    return [name for name, concept in CONCEPTS.items() if word in concept.see and name != word]


def _kind_text(kind: str) -> str:
    model = KINDS[kind]
    first, *rest = paragraphs(model)
    texts = [_wrap(text) for text in (f"{kind}: {first}", *rest)]
    worked = [f"Example:\n{_example(text)}" for text in examples(kind)]
    declared = [_usage(*kind_forms(kind, model)), _arguments_list(model)]
    return "\n\n".join([*texts, *declared, *worked, *_see_also(_concepts_about(kind))])


def _top_level_text(key: str) -> str:
    head = _wrap(f"{key}: a key at the top of a spec. {TOP_LEVEL[key]}")
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
    alternatives = [_alternatives(one.table)] if one else []
    return "\n\n".join([*parts, *alternatives, *_see_also(_concepts_about(name))])


def _setting_text(table: Mapping[str, type[Arguments]], place: str, name: str) -> str:
    """What is written like an item; `place` is where it stands."""
    model = table[name]
    first, *rest = paragraphs(model)
    forms = dict.fromkeys([*setting_forms(name, model), model.example])
    texts = [f"{name}: {first}", *rest, *facts(model)]
    return "\n\n".join(
        [
            *map(_wrap, texts),
            _usage(*(place % form for form in forms)),
            _arguments_list(model),
            *_see_also(_concepts_about(name)),
        ]
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


def _list(sentences: Mapping[str, str]) -> str:
    """Each name with as much of its sentence as fits on its line."""
    width = max(map(len, sentences)) + 2
    room = terminal_width() - width
    return "\n".join(
        f"{name:<{width}}{textwrap.shorten(sentence, room, placeholder=' …')}"
        for name, sentence in sentences.items()
    )


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
    return "\n".join(["Written:", *(_wrap(form, 2, 6) for form in forms)])


def _wrap(text: str, first: int = 0, rest: int = 0) -> str:
    """A paragraph in the terminal's width; `first` and `rest` are the columns that its lines leave free."""
    return textwrap.fill(
        text,
        terminal_width(),
        initial_indent=" " * first,
        subsequent_indent=" " * rest,
        break_on_hyphens=False,
    )
