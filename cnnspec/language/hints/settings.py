"""Where an argument belongs that stands in the wrong part of the settings, and what others call one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.language.hints.sections import form_of, of_choice, under_train
from cnnspec.settings.datasets import Data
from cnnspec.settings.other_libraries import argument_of, foreign_form, told
from cnnspec.settings.train import Train

if TYPE_CHECKING:
    from cnnspec.declare.arguments import Arguments
    from cnnspec.language.hints.sections import Form


def foreign_at_top(word: str) -> str:
    """The hint for what another library calls a part of the training; or nothing."""
    return under_train(argument_of(Train.model_fields, word) or word, foreign_form)


def in_settings(word: str, model: type[Arguments]) -> str:
    """The hint for a word that the model lacks, where it is a choice's, or more is to be said of it; or nothing."""
    hint = told(model.model_fields, word, loads=issubclass(model, Train | Data))
    return hint or _inside(word, model, form_of)


def beyond(word: str, model: type[Arguments]) -> str:
    """The hint for a word that no field of the model resembles; or nothing."""
    if issubclass(model, Data):
        return under_train(word) or foreign_at_top(word)
    return _inside(word, model, foreign_form)


def _inside(word: str, model: type[Arguments], form: Form) -> str:
    name, written = of_choice(word, model, form)
    return f"It belongs to {name}: write `{name}: {written}`." if name else ""
