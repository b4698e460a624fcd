"""What others call a thing, and how it is called here: for `explain`, which tells it under any of its names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnnspec.core.suggest import nearest
from cnnspec.declare.spellings import normalise
from cnnspec.layers import KINDS
from cnnspec.layers import other_libraries as layer_names
from cnnspec.layers.initialisers import INITIALISERS
from cnnspec.render.concepts import CONCEPTS
from cnnspec.render.declaration import SETTINGS
from cnnspec.settings import other_libraries as setting_names

_MOST_NAMES = 3
"""A word such as `n` has meant everything somewhere: with more meanings it is no help."""
_MOST_NEAR = 3
_ALIKE = 0.75
"""Of difflib's ratio: words below it are not offered beside the nearest."""


def names_here(word: str, words: Iterable[str]) -> list[str]:
    """Which of our words, concepts first, are meant by one that is none of them; often none, at most a few."""
    sought = normalise(word)
    found = [name for name in CONCEPTS if sought in _names_of_concept(name)]
    found += [name for name in words if normalise(name) == sought]
    found += filter(None, [kind_called(word), *settings_called(word), nearest(word, INITIALISERS, 1.0)])
    if not any(name in KINDS or any(name in group.registry for group in SETTINGS) for name in found):
        found += arguments_called(word)
    names = list(dict.fromkeys(found))
    return names if len(names) <= _MOST_NAMES else []


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
