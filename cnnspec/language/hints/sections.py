"""Where a word belongs that stands at the top level, or among the layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.declare.one_of import one_of
from cnnspec.language.keys import TOP_LEVEL
from cnnspec.settings.datasets import DATA
from cnnspec.settings.train import Train

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnnspec.declare.arguments import Arguments

    Form = Callable[[str, Mapping[str, type[Arguments]]], str]
    """How what is called so in a table is written; or nothing."""


def among_layers(kind: str) -> str:
    """The hint for what no layer is, but something else in a spec; or nothing."""
    if kind in TOP_LEVEL:
        return f"{kind} is a key of the spec: begin its line in column 1, without a dash."
    return at_top(kind)


def at_top(word: str) -> str:
    """The hint for a part of the settings that stands outside of them; or nothing."""
    if hint := under_train(word):
        return hint
    form = form_of(word, DATA)
    return f"It goes under `data:`: `data: {form}`." if form else ""


def form_of(word: str, table: Mapping[str, type[Arguments]]) -> str:
    """How a choice of the table, or an argument of one, is written."""
    if word in table:
        return word
    holders = [kind for kind, model in table.items() if word in model.model_fields]
    return f"{{{holders[0]}: {{{word}: …}}}}" if holders else ""


def under_train(word: str, form: Form = form_of) -> str:
    """The hint for a part of the training; or nothing."""
    if word in Train.model_fields:
        return f"It goes under `train:`: `train: {{{word}: …}}`."
    name, written = of_choice(word, Train, form)
    return f"It goes under `train:`: `train: {{{name}: {written}}}`." if name else ""


def of_choice(word: str, model: type[Arguments], form: Form) -> tuple[str, str]:
    """The field of which a choice is called so, or has such an argument, and how it is written; or nothing."""
    for name, info in model.model_fields.items():
        choice = one_of(info)
        if choice and (found := form(word, choice.table)):
            return name, choice.form(found)
    return "", ""
