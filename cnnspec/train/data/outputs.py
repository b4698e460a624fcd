"""Whether the network's outputs are as many as the classes that were found in the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.core.errors import UserError
from cnnspec.core.plural import plural

if TYPE_CHECKING:
    from cnnspec.train.data.raw import Raw

_SHOWN = 5


def check_outputs(raw: Raw, outputs: int, name: str, *, binary: bool = False) -> None:
    """Raise UserError where a class has no output; more outputs than classes are the checker's to warn of.

    `binary`: whether the loss takes one output for two classes.
    """
    classes, one_for_two = len(raw.class_names), 2
    if outputs >= classes or (binary and outputs == 1 and classes == one_for_two):
        return
    shown = ", ".join(raw.class_names[:_SHOWN]) + (", …" if classes > _SHOWN else "")
    message = f"the data has {classes:,} classes ({shown}), {name} gives {plural(outputs, 'number')}"
    raise UserError(message, f"Let the last layer give {classes}.")
