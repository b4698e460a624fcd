"""Hints for arguments in the wrong part of `data` and `train`, and for other libraries' words for them."""

from __future__ import annotations

from cnnspec.declare.arguments import Arguments
from cnnspec.language.hints.sections import Form, choice_form, field_with_choice, train_hint
from cnnspec.settings.datasets import Data
from cnnspec.settings.other_libraries import argument_for, foreign_choice_form, remedy
from cnnspec.settings.train import Train


def other_library_hint(word: str) -> str:
    """The hint for what another library calls a part of the training; empty for any other word."""
    return train_hint(argument_for(Train.model_fields, word) or word, foreign_choice_form)


def misplaced_argument_hint(word: str, model: type[Arguments]) -> str:
    """The hint for a word that needs a remedy of its own, or is an argument of one of the model's choices; else empty."""
    hint = remedy(model.model_fields, word, loads_images=issubclass(model, Train | Data))
    return hint or _choice_hint(word, model, choice_form)


def choice_argument_hint(word: str, model: type[Arguments]) -> str:
    """The hint for a word that no field resembles, where another part or library has such an argument; else empty."""
    if issubclass(model, Data):
        return train_hint(word) or other_library_hint(word)
    return _choice_hint(word, model, foreign_choice_form)


def _choice_hint(word: str, model: type[Arguments], form: Form) -> str:
    name, written = field_with_choice(word, model, form)
    return f"It belongs to {name}: write `{name}: {written}`." if name else ""
