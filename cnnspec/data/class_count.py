"""Whether the network's outputs are as many as the classes that were found in the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compiler.checks.data.class_count import differing_outputs
from cnnspec.core.errors import UserError
from cnnspec.core.plural import plural

if TYPE_CHECKING:
    from cnnspec.compiler.plan import Plan
    from cnnspec.settings.datasets.base import Data
    from cnnspec.train.data.raw import Raw

_SHOWN = 5


def check_outputs(raw: Raw, outputs: int, name: str, *, binary: bool = False) -> None:
    """Raise UserError where a class has no output; more outputs than classes are the checker's to warn of.

    `binary`: whether the loss takes one output for two classes.
    """
    classes, one_for_two = len(raw.class_names), 2
    if outputs >= classes or (binary and outputs == 1 and classes == one_for_two):
        return
    if raw.gaps:
        raise UserError(f"{raw.gaps.message}; {name} gives {plural(outputs, 'number')}", raw.gaps.hint)
    shown = ", ".join(raw.class_names[:_SHOWN]) + (", …" if classes > _SHOWN else "")
    message = f"the data has {classes:,} classes ({shown}), {name} gives {plural(outputs, 'number')}"
    raise UserError(message, f"Let the last layer give {classes}.")


def spare_outputs(raw: Raw, plan: Plan, config: Data) -> str:
    """The checker's warning of more outputs than classes, where only the files tell how many these are; or nothing."""
    classes = len(raw.class_names)
    if plan.scores <= classes or config.facts(plan.image).classes is not None:
        return ""
    return ". ".join(differing_outputs(plan.scores, classes, config))
