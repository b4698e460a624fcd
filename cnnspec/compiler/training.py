"""Whether a training suits network and data: what would fail or do nothing is told before an image is read."""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cnnspec.core.reject import Reject
from cnnspec.language.datasets import name_of
from cnnspec.language.node import Mapping, Sequence
from cnnspec.language.optimizers import OPTIMIZERS
from cnnspec.language.schedules import Constant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.compiler.plan import Plan
    from cnnspec.compiler.reporter import Reporter
    from cnnspec.core.diagnostic import Place, Severity
    from cnnspec.language.data_facts import Data
    from cnnspec.language.spec import Spec
    from cnnspec.language.training import Train

_FIRST_AND_LAST = 2


def check_training(train: Train, plan: Plan | None, spec: Spec, reporter: Reporter) -> None:
    """What is known without data: whether the schedule changes lr, and Muon has weights to move."""
    with _told(spec, reporter, "schedule", severity="warning"):
        if not train.optimizer.rates and train.schedule != Constant():
            name = OPTIMIZERS.name_of(type(train.optimizer))
            message = f"{name} finds its steps' lengths itself after the first: a schedule changes nothing"
            raise Reject("lr-never-changes", message, hint="Leave schedule out.")
        train.schedule.doubt(train.optimizer.lr, train.epochs)
    if plan is not None and plan.complete and train.optimizer.hidden_only:
        with _told(spec, reporter, "optimizer"):
            _require_hidden(train, plan)


def check_use(
    train: Train,
    data: Data,
    image: tuple[int, ...] | None,
    outputs: int | None,
    images: int | None,
    spec: Spec,
    reporter: Reporter,
) -> None:
    """Compare the training with an image's shape (channels, height, width), with outputs, and with the data.

    `images` are those to train and to validate with; None is what only files can tell.
    """
    for number, augmentation in enumerate(train.augment if image else ()):
        with _told(spec, reporter, "augment", number):
            augmentation.fits(image or ())
    if outputs is not None:
        with _told(spec, reporter, "loss"):
            train.loss.fits(outputs)
    if train.cache == "none" and not data.in_files:
        message = f"cache: none is for image files, {name_of(data)} is read whole"
        reporter.error(
            "cache-without-files", message, _place(spec, "cache"), "Leave it out, or write ram or device."
        )
    with _told(spec, reporter):
        train.watches(others=data.may_validate)
    if images is not None:
        with _told(spec, reporter):
            train.fits(images)


def matrices(plan: Plan) -> int:
    """How many weights are matrices, as the optimizers see it: no bias, and nothing that scales one value each."""
    shapes = (
        shape
        for node in plan.nodes
        if node.weights is not None and not (node.layer and node.layer.scales_values)
        for shape in node.weights.parameters.values()
    )
    return sum(len(shape) > 1 and math.prod(shape[1:]) > 1 for shape in shapes)


def _require_hidden(train: Train, plan: Plan) -> None:
    found = matrices(plan)
    if found <= _FIRST_AND_LAST:
        name = OPTIMIZERS.name_of(type(train.optimizer))
        message = (
            f"{name} moves the weights of layers between the first and the last with weights, "
            f"this network has {found} such layers in all"
        )
        raise Reject("nothing-hidden", message, hint="Write `optimizer: adamw`.")


@contextmanager
def _told(
    spec: Spec, reporter: Reporter, key: str = "", number: int = 0, severity: Severity = "error"
) -> Iterator[None]:
    """A Reject is told at the key of `train:`, or at the one that it names."""
    try:
        yield
    except Reject as no:
        tell = reporter.error if severity == "error" else reporter.warning
        tell(no.code, no.message, _place(spec, key or no.field or "", number), no.hint)


def _place(spec: Spec, key: str, number: int = 0) -> Place:
    """Where it is written; what an expression stands for has the expression's place, a default the data's."""
    written = spec.train.get(key) if isinstance(spec.train, Mapping) else None
    if isinstance(written, Sequence):
        return written.items[number].place
    found = written or spec.train or spec.data
    assert found is not None, "there is nothing to train"
    return found.place
