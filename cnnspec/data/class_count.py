"""How many classes there are: enough to tell apart, numbered without gaps, and as many as the network's outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from cnnspec.compiler.checks.data.class_count import differing_outputs
from cnnspec.compiler.plan import Plan
from cnnspec.core.errors import UserError
from cnnspec.core.plural import plural
from cnnspec.data.dataset import Dataset, LabelGaps, Labels
from cnnspec.settings.datasets.base import Data

_FEWEST = 2
_SHOWN = 5


def require_two_classes(names: Sequence[str], where: Path) -> None:
    """Raise UserError where there is nothing to tell apart."""
    if len(names) < _FEWEST:
        shown = f"one class, {names[0]}" if names else "no class"
        message = f"{where}: {shown}: there is nothing to tell apart"
        raise UserError(message, "There must be two classes or more.")


def label_gaps(labels: Mapping[str, Labels], file: Path) -> LabelGaps | None:
    """What is said of labels, by their array's name, that leave numbers out; None where they leave out none."""
    present: set[int] = set().union(*(array.tolist() for array in labels.values()))
    largest = max(present)
    if len(present) > largest:
        return None
    place = next(
        f"{name}[{(array == largest).argmax()}]" for name, array in labels.items() if largest in array
    )
    have = (
        f"{plural(len(present), 'class')} of {largest + 1:,} {'has' if len(present) == 1 else 'have'} images"
    )
    message = f"{file}: {place} is {largest}, the largest label, but only {have}"
    if 0 not in present and len(present) == largest:
        return LabelGaps(message, "Classes are numbered from 0: take 1 from each label.")
    return LabelGaps(message, "Correct that label, or number the classes from 0 without gaps.")


def check_outputs(dataset: Dataset, outputs: int, name: str, *, binary: bool = False) -> None:
    """Raise UserError where a class has no output; more outputs than classes are the checker's to warn of.

    `binary`: whether the loss takes one output for two classes.
    """
    classes, one_for_two = len(dataset.class_names), 2
    if outputs >= classes or (binary and outputs == 1 and classes == one_for_two):
        return
    if gaps := dataset.gaps:
        raise UserError(f"{gaps.message}; {name} gives {plural(outputs, 'number')}", gaps.hint)
    shown = ", ".join(dataset.class_names[:_SHOWN]) + (", …" if classes > _SHOWN else "")
    message = f"the data has {classes:,} classes ({shown}), {name} gives {plural(outputs, 'number')}"
    raise UserError(message, f"Let the last layer give {classes}.")


def output_warning(dataset: Dataset, plan: Plan, config: Data) -> str:
    """The checker's warning of more outputs than classes, where only the files tell how many these are; or nothing."""
    classes = len(dataset.class_names)
    if plan.scores <= classes or config.facts(plan.image).classes is not None:
        return ""
    return ". ".join(differing_outputs(plan.scores, classes, config))
