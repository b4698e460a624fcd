"""Whether a training suits network and data: what would fail or do nothing is told before an image is read."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from cnnspec.compiler.trainable import RULES, require_weights
from cnnspec.core.reject import Reject
from cnnspec.reader.node import Mapping, Sequence
from cnnspec.settings.datasets import name_of
from cnnspec.settings.optimizers import OPTIMIZERS
from cnnspec.settings.schedules import Constant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.compiler.plan import Plan
    from cnnspec.compiler.walk.reporter import Reporter
    from cnnspec.core.diagnostic import Place, Severity
    from cnnspec.language.spec import Spec
    from cnnspec.settings.datasets.base import Data, Facts
    from cnnspec.settings.train import Train


def check_training(train: Train, plan: Plan | None, spec: Spec, reporter: Reporter) -> None:
    """What is known without data: whether the schedule changes lr, and the network can be trained so."""
    with _told(spec, reporter, "schedule", severity="warning"):
        if not train.optimizer.rates and train.schedule != Constant():
            name = OPTIMIZERS.name_of(type(train.optimizer))
            message = f"{name} finds its steps' lengths itself after the first: a schedule changes nothing"
            raise Reject("lr-never-changes", message, hint="Leave schedule out.")
        train.schedule.doubt(train.optimizer.lr, train.epochs)
    asked = spec.train is not None or spec.data is not None
    if not asked or plan is None or not plan.complete:
        return
    for rule in RULES:
        with _told(spec, reporter):
            rule(train, plan)


def check_use(
    train: Train,
    plan: Plan,
    data: Data,
    image: tuple[int, ...] | None,
    outputs: int | None,
    facts: Facts,
    spec: Spec,
    reporter: Reporter,
) -> None:
    """Compare the training with an image's shape (channels, height, width), with outputs, and with the data.

    An image or outputs that are None are not known.
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
    if plan.complete and not reporter.errors:  # else the network is not yet what is meant
        with _told(spec, reporter):
            require_weights(plan)
    if facts.train_images is not None:
        with _told(spec, reporter):
            train.fits(facts.train_images, facts.classes or 1)


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
