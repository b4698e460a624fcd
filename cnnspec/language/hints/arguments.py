"""Hints for an argument that a declaration does not have: a misspelt one, another library's, or one of another place."""

from __future__ import annotations

from cnnspec.core.suggest import nearest
from cnnspec.declare.arguments import Arguments
from cnnspec.declare.validate import Hints
from cnnspec.language.keys import ITEM_KEYS
from cnnspec.reader.node import Mapping, Node, Scalar


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
    from cnnspec.language.hints.settings import choice_argument_hint, misplaced_argument_hint  # noqa: PLC0415 -- only a mistake pays for it

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
