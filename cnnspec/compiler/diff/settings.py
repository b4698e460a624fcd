"""What two specs say otherwise of data and training."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic.fields import FieldInfo

from cnnspec.compiler.check import Result
from cnnspec.declare.arguments import Arguments, one_of
from cnnspec.declare.registry import Registry
from cnnspec.settings.datasets import DATA


class SettingChange(NamedTuple):
    """One setting, by its path, in both specs as a spec writes it; None: not there, or null."""

    path: str
    before: object
    after: object


def setting_changes(before: Result, after: Result) -> tuple[SettingChange, ...]:
    """The settings that differ; a default that is written out is no difference."""
    assert before.train is not None and after.train is not None, "only specs without errors are compared"
    data = _choice("data", before.data, after.data, DATA)
    return (*data, *_arguments("train", before.train, after.train))


def choice_as_written(choice: Arguments, table: Registry[Any]) -> object:
    """`sgd`, or `{sgd: {lr: 0.1}}` with the arguments that differ from their defaults."""
    name, given = table.name_of(type(choice)), {}
    for argument, field in type(choice).model_fields.items():
        value = getattr(choice, argument)
        if value != field.get_default(call_default_factory=True):
            given[argument] = _as_written(value, field)
    return {name: given} if given else name


def _as_written(value: object, field: FieldInfo) -> object:
    """The value of one argument, which is no choice itself but may be a list of them."""
    alternatives = one_of(field)
    if alternatives is None:
        return list(value) if isinstance(value, tuple) else value
    assert isinstance(alternatives.table, Registry) and isinstance(value, tuple)
    return [choice_as_written(item, alternatives.table) for item in value]


def _choice(
    path: str, before: Arguments | None, after: Arguments | None, table: Registry[Any]
) -> Iterator[SettingChange]:
    """What differs in a choice: its arguments where both are of one name."""
    if before is None or after is None or type(before) is not type(after):
        written = [side and choice_as_written(side, table) for side in (before, after)]
        yield from [SettingChange(path, *written)] if before is not after else []
    else:
        yield from _arguments(f"{path}.{table.name_of(type(before))}", before, after)


def _arguments(path: str, before: Arguments, after: Arguments) -> Iterator[SettingChange]:
    """What differs in two sets of the same arguments."""
    for name, field in type(before).model_fields.items():
        one, other, alternatives = getattr(before, name), getattr(after, name), one_of(field)
        if one == other:
            continue
        if alternatives is None or alternatives.many:
            yield SettingChange(f"{path}.{name}", _as_written(one, field), _as_written(other, field))
        else:
            assert isinstance(alternatives.table, Registry)
            yield from _choice(f"{path}.{name}", one, other, alternatives.table)
