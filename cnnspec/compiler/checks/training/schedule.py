"""Schedules that can be followed but are hardly meant: lr never changes, or goes the wrong way.

Each schedule says so itself (`require_effect`).
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import TrainContext
from cnnspec.compiler.checks.interface import Finding, check, verdict, warning
from cnnspec.settings.optimizers import OPTIMIZERS
from cnnspec.settings.schedules import Constant


@check()
def schedule(context: TrainContext) -> Iterator[Finding]:
    """Compare the schedule with the optimizer's lr and the number of epochs."""
    train = context.train
    if not train.optimizer.rates and train.schedule != Constant():
        name = OPTIMIZERS.name_of(type(train.optimizer))
        message = f"{name} finds its steps' lengths itself after the first: a schedule changes nothing"
        yield warning("lr-never-changes", message, "train.schedule", "Leave schedule out.")
        return
    for found in verdict("train.schedule", train.schedule.require_effect, train.optimizer.lr, train.epochs):
        yield found._replace(severity="warning")
