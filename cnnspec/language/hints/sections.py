"""Hints for a word that stands at the top level or among the layers, and is one of another section."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cnnspec.declare.arguments import Arguments
from cnnspec.declare.one_of import one_of
from cnnspec.language.keys import TOP_LEVEL
from cnnspec.settings.datasets import DATA
from cnnspec.settings.train import Train

Form = Callable[[str, Mapping[str, type[Arguments]]], str]
"""From a word and a table to how the choice is written that is called so; empty for none."""


def hint_for_item(kind: str) -> str:
    """The hint for an item that is no layer: a key of the spec or a part of the settings; empty for any other."""
    if kind in TOP_LEVEL:
        return f"{kind} is a key of the spec: begin its line in column 1, without a dash."
    return hint_for_top_level_key(kind)


def hint_for_top_level_key(word: str) -> str:
    """The hint for a top-level key that belongs under `train` or `data`; empty for any other."""
    if hint := train_hint(word):
        return hint
    written = choice_form(word, DATA)
    return f"It goes under `data:`: `data: {written}`." if written else ""


def choice_form(word: str, table: Mapping[str, type[Arguments]]) -> str:
    """How a choice of the table, or an argument of one, is written; empty where it has none such."""
    if word in table:
        return word
    holders = [kind for kind, model in table.items() if word in model.model_fields]
    return f"{{{holders[0]}: {{{word}: …}}}}" if holders else ""


def train_hint(word: str, form: Form = choice_form) -> str:
    """The hint for what belongs under `train`; empty for any other word."""
    if word in Train.model_fields:
        return f"It goes under `train:`: `train: {{{word}: …}}`."
    name, written = field_with_choice(word, Train, form)
    return f"It goes under `train:`: `train: {{{name}: {written}}}`." if name else ""


def field_with_choice(word: str, model: type[Arguments], form: Form) -> tuple[str, str]:
    """The field of which a choice is called so, or has such an argument, and how it is written; empty texts for none."""
    for name, info in model.model_fields.items():
        choice = one_of(info)
        if choice and (written := form(word, choice.table)):
            return name, choice.form(written)
    return "", ""
