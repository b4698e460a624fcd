"""What others call a thing, and how it is called here: for `explain`, which tells it under any of its names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnnspec.core.suggest import did_you_mean, nearest
from cnnspec.declare.spellings import normalise
from cnnspec.layers import other_libraries as layer_names
from cnnspec.layers.initialisers import INITIALISERS
from cnnspec.render.concepts import CONCEPTS
from cnnspec.render.declaration import SETTINGS
from cnnspec.settings import other_libraries as setting_names

_MOST_ARGUMENTS = 2
"""A word such as `n` has meant every argument somewhere: with more meanings it is no help."""
_MOST_NEAR = 3
_ALIKE = 0.75
"""Of difflib's ratio: words below it are not offered beside the nearest."""


def names_here(word: str, words: Iterable[str]) -> list[str]:
    """Which of our words, concepts first, are meant by one that is none of them; often none."""
    sought = normalise(word)
    found = [name for name in CONCEPTS if sought in _names_of_concept(name)]
    found += [name for name in words if normalise(name) == sought]
    things = list(filter(None, [kind_called(word), *settings_called(word), *initialisers_called(word)]))
    arguments = [] if things else list(dict.fromkeys(arguments_called(word)))
    return list(dict.fromkeys([*found, *things, *(arguments if len(arguments) <= _MOST_ARGUMENTS else [])]))


def _names_of_concept(name: str) -> set[str]:
    concept = CONCEPTS[name]
    return {normalise(text) for text in (name, concept.title, *concept.names)}


def kind_called(name: str) -> str | None:
    """The kind that others call so."""
    return layer_names.kind_for(name)


def settings_called(name: str) -> Iterator[str]:
    """The data sets, optimizers, schedules, losses and augmentations that others call so."""
    for group in SETTINGS:
        found = setting_names.choice_for(name, group.registry)
        if found is not None:
            yield found


def initialisers_called(name: str) -> Iterator[str]:
    """The initialisers that others call so; LeCun's are ours with an argument."""
    same, form = nearest(name, INITIALISERS, 1.0), form_here(name)
    yield from (ours for ours in INITIALISERS if ours == same or f"{{{ours}:" in form)


def form_here(name: str) -> str:
    """`Write {…}.` for what others call so and is one of our initialisers with an argument; else empty."""
    told = did_you_mean(name, INITIALISERS)
    return told if told.startswith("Write ") else ""


def arguments_called(name: str) -> Iterator[str]:
    """The arguments, of whatever, that others call so."""
    sought = normalise(name)
    for table in (layer_names.ARGUMENT_SPELLINGS, setting_names.ARGUMENT_SPELLINGS):
        yield from (ours for ours, spellings in table.items() if sought in spellings)


def argument_called(name: str, fields: Iterable[str]) -> str | None:
    """The one of these arguments that is called so, here or elsewhere."""
    fields = tuple(fields)
    if name in fields:
        return name
    return layer_names.argument_for(fields, name) or setting_names.argument_for(fields, name)


def near_words(word: str, words: Iterable[str]) -> list[str]:
    """The words that one which is none of them resembles, the nearest first."""
    from difflib import get_close_matches  # noqa: PLC0415 -- only a mistake pays for it

    known = list(dict.fromkeys(words))
    close = get_close_matches(word.lower(), known, _MOST_NEAR, _ALIKE)
    found = nearest(word, known)
    return list(dict.fromkeys([found, *close] if found else close))[:_MOST_NEAR]
