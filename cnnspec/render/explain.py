"""What `cnnspec explain` says of every word of the language, from the tables that declare them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from cnnspec.core.reject import Reject
from cnnspec.declare.one_of import one_of
from cnnspec.expressions.functions import FUNCTIONS
from cnnspec.language.spec import ITEM_KEYS, LATER, TOP_LEVEL
from cnnspec.layers import KINDS
from cnnspec.layers.initialisers import INITIALISERS, MOST_AXES, Initialiser
from cnnspec.render.reference import (
    argument_text,
    arguments,
    code_text,
    filled,
    kind_text,
    kinds_text,
    paragraphs,
)
from cnnspec.settings.augmentations import AUGMENTATIONS
from cnnspec.settings.datasets import DATA
from cnnspec.settings.datasets.base import Published
from cnnspec.settings.losses import LOSSES
from cnnspec.settings.optimizers import OPTIMIZERS
from cnnspec.settings.schedules import SCHEDULES
from cnnspec.settings.train import Train

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

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

    return (
        WordGroup("Layer kinds", KINDS, kind_text),
        WordGroup("Keys at the top of a spec", TOP_LEVEL, _top_text),
        WordGroup("Keys beside an item's kind", ITEM_KEYS, _beside_text),
        WordGroup("Initialisers", INITIALISERS, _initialiser_text),
        WordGroup("Data sets", DATA, partial(_choice_text, DATA, "data: %s")),
        WordGroup("Arguments of train", Train.model_fields, _train_text),
        WordGroup("Optimizers", OPTIMIZERS, partial(_choice_text, OPTIMIZERS, "train: {optimizer: %s}")),
        WordGroup("Schedules", SCHEDULES, partial(_choice_text, SCHEDULES, "train: {schedule: %s}")),
        WordGroup("Losses", LOSSES, partial(_choice_text, LOSSES, "train: {loss: %s}")),
        WordGroup(
            "Augmentations", AUGMENTATIONS, partial(_choice_text, AUGMENTATIONS, "train: {augment: [%s]}")
        ),
        WordGroup("Functions in expressions", FUNCTIONS, _function_text),
        WordGroup("Codes", CODES, lambda name: code_text(name, CODES[name])),
    )


def overview() -> str:
    """Every kind with its first sentence, and the other words."""
    _, *others, codes = vocabulary()
    rest = [filled(f"{group.title}: {', '.join(group.words)}.") for group in others]
    every = f"{codes.title}: {len(codes.words)}, one for each diagnostic, such as {min(codes.words)}."
    return "\n\n".join([kinds_text(), *rest, filled(every)])


def explain(word: str) -> str:
    """All meanings of a word, for a terminal; empty where it has none."""
    found = [group.text(word) for group in vocabulary() if word in group.words]
    return "\n\n".join(found) or _argument_of(word)


def all_words() -> list[str]:
    """Every word that can be explained."""
    taken = [argument for _, model in _models() for argument in model.model_fields]
    return [*(word for group in vocabulary() for word in group.words), *taken]


def _top_text(key: str) -> str:
    later = " This version does not read it." if key in LATER else ""
    head = filled(f"{key}: a key at the top of a spec. {TOP_LEVEL[key]}{later}")
    parts = [head, _written(f"{key}: …")]
    if key == "train":
        parts.append(argument_text(Train))
    elif key == "data":
        parts.append(_listed(DATA))
    return "\n\n".join(parts)


def _beside_text(key: str) -> str:
    head = filled(f"{key}: a key beside an item's kind. {ITEM_KEYS[key]}")
    parts = [head, _written(f"- {{conv: {{…}}, {key}: …}}")]
    return "\n\n".join([*parts, _listed(INITIALISERS)] if key == "init" else parts)


def _initialiser_text(name: str) -> str:
    kind = "linear" if INITIALISERS[name].ranks == (2, 2) else "conv"
    return _choice_text(INITIALISERS, f"- {{{kind}: {{…}}, init: %s}}", name)


def _train_text(name: str) -> str:
    argument = next(argument for argument in arguments(Train) if argument.name == name)
    told = f"{name}: an argument of train. {argument.told} Must be {argument.expected}. Default: {argument.default}."
    choice = one_of(Train.model_fields[name])
    parts = [filled(told), _written(f"train: {{{name}: …}}")]
    return "\n\n".join([*parts, _listed(choice.table)] if choice else parts)


def _choice_text(table: Mapping[str, type[Arguments]], place: str, name: str) -> str:
    """What is written like an item; `place` is where it stands."""
    model = table[name]
    first, *rest = paragraphs(model)
    forms = [place % form for form in _forms(name, model)]
    told = [f"{name}: {first}", *rest, *_facts(model)]
    return "\n\n".join([*map(filled, told), _written(*forms), argument_text(model)])


def _forms(name: str, model: type[Arguments]) -> Iterator[str]:
    required = [f"{field}: …" for field, info in model.model_fields.items() if info.is_required()]
    if not required and _stands_alone(model):
        yield name
    if main := model.main:
        yield f"{{{name}: <{main}>}}"
    if model.model_fields:
        yield f"{{{name}: {{{', '.join(required) or '…'}}}}}"


def _stands_alone(model: type[Arguments]) -> bool:
    """Whether the defaults suit each other: some models need one argument of several."""
    try:
        model().consistent()
    except Reject:
        return False
    return True


def _facts(model: type[Arguments]) -> Iterator[str]:
    """What is true of a declaration besides its arguments."""
    if issubclass(model, Published):
        told: tuple[str, ...] = ()
        for variant, known in model.known.items():
            size = "×".join(map(str, known.shape or ()))
            images = f"{known.train_images:,} to train with, {known.test_images:,} to test with."
            yield f"{variant}{', images' if variant else 'Images'} of {size}: {images}"
            if known.class_names != told:
                yield f"Classes: {', '.join(known.class_names)}."
            told = known.class_names
    elif issubclass(model, Initialiser) and model.ranks != Initialiser.ranks:
        least, most = model.ranks
        axes = f"at least {least}" if most == MOST_AXES else f"{least} to {most}" if least < most else least
        yield f"For a parameter of {axes} axes."


def _function_text(name: str) -> str:
    return f"{name}: a function in expressions.\n\n{_written(FUNCTIONS[name].usage)}"


def _written(*forms: str) -> str:
    return "\n".join(["Written:", *(f"  {form}" for form in forms)])


def _listed(table: Mapping[str, type[Arguments]]) -> str:
    """Each name with its first sentence."""
    width = max(map(len, table)) + 4
    lines = (
        filled(f"  {name:<{width - 2}}{paragraphs(model)[0]}", rest=width) for name, model in table.items()
    )
    return "\n".join(["One of:", *lines])


def _models() -> Iterator[tuple[str, type[Arguments]]]:
    """Everything that takes arguments and is no key."""
    yield from ((kind, KINDS[kind]) for kind in KINDS)
    for table in (INITIALISERS, DATA, OPTIMIZERS, SCHEDULES, LOSSES, AUGMENTATIONS):
        yield from table.items()


def _argument_of(word: str) -> str:
    """What an argument means, for each group of holders that say the same of it."""
    holders: dict[str, list[str]] = {}
    for name, model in _models():
        for argument in arguments(model):
            if argument.name == word:
                told = f"{argument.told} Must be {argument.expected}."
                holders.setdefault(told, []).append(name)
    return "\n\n".join(
        filled(f"{word}: an argument of {', '.join(of)}. {told}") for told, of in holders.items()
    )
