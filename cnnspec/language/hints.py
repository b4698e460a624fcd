"""Hints for words that stand where they mean nothing: misspelt ones, another library's, those of another section."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingType

from cnnspec.core.suggest import nearest
from cnnspec.declare.arguments import Arguments, one_of
from cnnspec.declare.validate import Hints
from cnnspec.language.sections import ITEM_KEYS, TOP_LEVEL
from cnnspec.reader.node import Mapping, Node, Scalar
from cnnspec.settings.datasets import DATA, Data
from cnnspec.settings.train import Train


def similar_argument(field: str, model: type[Arguments]) -> str | None:
    """The argument that another library calls so, or that is spelt alike."""
    from cnnspec.layers import other_libraries as layers  # noqa: PLC0415 -- only a mistake pays for it
    from cnnspec.settings import other_libraries as settings  # noqa: PLC0415 -- as above

    fields = model.model_fields
    return (
        settings.argument_for(fields, field) or layers.argument_for(fields, field) or nearest(field, fields)
    )


def hint_for_unknown(field: str, model: type[Arguments], subject: str, node: Node | None) -> str:
    """The hint for an argument that the model doesn't have; `subject` is what it was written for."""
    if field in ITEM_KEYS:
        return f"{field} stands beside the kind: {{{subject}: {{…}}, {field}: …}}."
    if ":" in field:
        name, _, value = field.partition(":")
        return f"A space is missing after the colon: `{name}: {value}`."
    if activation := _activation_hint(field, subject, node):
        return activation
    if hint := misplaced_argument_hint(field, model):
        return hint
    similar = similar_argument(field, model)
    if field in {"dim", "dims", "start_dim", "end_dim"} and similar:
        return _axis_hint(field, similar, node)
    if similar:
        return f"Did you mean {similar}?"
    listed = f"It takes {', '.join(model.model_fields)}." if model.model_fields else ""
    return choice_argument_hint(field, model) or listed or f"{subject} takes no arguments."


def _activation_hint(field: str, subject: str, node: Node | None) -> str:
    from cnnspec.layers.other_libraries import activation_after  # noqa: PLC0415 -- only a mistake pays for it

    written = node.get(field) if isinstance(node, Mapping) else None
    return activation_after(subject, field, written.text if isinstance(written, Scalar) else "")


def _axis_hint(field: str, argument: str, node: Node | None) -> str:
    """The hint for torch's `dim`, which counts the batch, where `argument` doesn't: 1 becomes 0, −1 stays."""
    written = node.get(field) if isinstance(node, Mapping) else None
    dims = written.plain() if written is not None else None
    if type(dims) is int and dims == 0:
        return f"dim 0 is the batch, which no layer may touch; {argument} counts from the axis after it."
    if isinstance(dims, list) and all(type(dim) is int for dim in dims):
        axes = [axis_of(dim) for dim in (dims[1:] if dims[:1] == [0] else dims) if type(dim) is int]
        return f"Write {argument}: {axes}; axes don't count the batch."
    if type(dims) is int:
        return f"Write {argument}: {axis_of(dims)}; axes don't count the batch."
    return f"Write {argument}: it doesn't count the batch."


def axis_of(dim: int) -> int:
    """The axis that torch counts as `dim`, for it counts the batch too."""
    return dim - 1 if dim > 0 else dim


HINTS = Hints(similar_argument, hint_for_unknown)
"""The hints for the arguments of layers and of settings."""


# Words of another section


Form = Callable[[str, MappingType[str, type[Arguments]]], str]
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


def choice_form(word: str, table: MappingType[str, type[Arguments]]) -> str:
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


def other_library_hint(word: str) -> str:
    """The hint for what another library calls a part of the training; empty for any other word."""
    from cnnspec.settings import other_libraries as settings  # noqa: PLC0415 -- only a mistake pays for it

    return train_hint(settings.argument_for(Train.model_fields, word) or word, settings.foreign_choice_form)


def misplaced_argument_hint(word: str, model: type[Arguments]) -> str:
    """The hint for a word that needs a remedy of its own, or is an argument of one of the model's choices; else empty."""
    from cnnspec.settings import other_libraries as settings  # noqa: PLC0415 -- only a mistake pays for it

    hint = settings.remedy(model.model_fields, word, loads_images=issubclass(model, Train | Data))
    return hint or _choice_hint(word, model, choice_form)


def choice_argument_hint(word: str, model: type[Arguments]) -> str:
    """The hint for a word that no field resembles, where another part or library has such an argument; else empty."""
    if issubclass(model, Data):
        return train_hint(word) or other_library_hint(word)
    from cnnspec.settings import other_libraries as settings  # noqa: PLC0415 -- only a mistake pays for it

    return _choice_hint(word, model, settings.foreign_choice_form)


def _choice_hint(word: str, model: type[Arguments], form: Form) -> str:
    name, written = field_with_choice(word, model, form)
    return f"It belongs to {name}: write `{name}: {written}`." if name else ""
