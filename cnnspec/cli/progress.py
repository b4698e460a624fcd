"""What is seen of a training while it runs, on stderr: a live bar on a terminal, else a line an epoch."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

import click

from cnnspec.core.plural import plural
from cnnspec.core.terminal import escape
from cnnspec.render.numbers import loss
from cnnspec.runner.training_events import (
    EarlyStop,
    EpochEnd,
    EpochProgress,
    Event,
    Score,
    SkippedFile,
    TrainingStart,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

Show = Callable[[Event], None]


@contextmanager
def progress() -> Iterator[Show]:
    """A function that shows events."""
    if not sys.stderr.isatty():
        yield Lines(lambda line: click.echo(line, err=True)).show
        return
    from rich.console import Console  # noqa: PLC0415 -- only a terminal needs it

    console = Console(stderr=True)
    with progress_columns(console) as columns:
        yield Bar(columns).show


class Terminated(KeyboardInterrupt):
    """SIGTERM has come, with which a system asks a program to end; what is done then is what is done on Ctrl-C."""


_INTERRUPTS: Mapping[int, type[KeyboardInterrupt]] = {
    signal.SIGINT: KeyboardInterrupt,
    signal.SIGTERM: Terminated,
}


@contextmanager
def one_interrupt() -> Iterator[None]:
    """Ctrl-C and SIGTERM raise KeyboardInterrupt once; more of them can't disturb what then is put in order."""

    def once(number: int, _frame: FrameType | None) -> None:
        ignore_interrupts()
        raise _INTERRUPTS[number]

    before = {number: signal.signal(number, once) for number in _INTERRUPTS}
    interrupted = False
    try:
        yield
    except KeyboardInterrupt:
        interrupted = True
        raise
    finally:
        if not interrupted:
            for number, handler in before.items():
                signal.signal(number, handler)


def ignore_interrupts() -> None:
    """Ignore Ctrl-C and SIGTERM while the final message is printed."""
    for number in _INTERRUPTS:
        signal.signal(number, signal.SIG_IGN)


class Lines:
    """A line an epoch."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write: Callable[[str], None] = lambda line: write(escape(line))
        self._epochs = 0

    def show(self, event: Event) -> None:
        """Write what is worth a line."""
        if isinstance(event, TrainingStart):
            self._epochs = event.epochs
            self._write(event.how)
            self._write(started_line(event))
        elif isinstance(event, SkippedFile):
            self._write(f"skipped: {event.file}: {event.reason}")
        elif isinstance(event, EarlyStop):
            self._write(f"stopped after epoch {event.epoch}: {event.reason}")
        elif isinstance(event, EpochEnd):
            self._write(epoch_line(event, self._epochs))


class Bar:
    """A bar over all steps, with a line above it for each epoch that is over."""

    def __init__(self, columns: Progress) -> None:
        self._columns = columns
        self._lines = Lines(lambda line: columns.console.print(line, highlight=False, markup=False))
        self._task = columns.add_task("epoch 1", total=None, score="")

    def show(self, event: Event) -> None:
        """Draw what has changed; nothing is drawn between events."""
        self._lines.show(event)
        if isinstance(event, TrainingStart):
            self._columns.update(self._task, total=event.steps)
        elif isinstance(event, EpochProgress | EpochEnd):
            score = f"{_score(event.train)}  {event.images_per_s:,.0f} images/s"
            about = f"epoch {event.epoch}"
            self._columns.update(self._task, completed=event.step, description=about, score=score)
        self._columns.refresh()


def progress_columns(console: Console) -> Progress:
    """What stands beside each other while a network is trained: the epoch, a bar, steps, the score, the time left."""
    from rich import progress as rich  # noqa: PLC0415 -- only a terminal needs it

    return rich.Progress(
        rich.TextColumn("{task.description}"),
        rich.BarColumn(bar_width=14),
        rich.MofNCompleteColumn(),
        rich.TextColumn("{task.fields[score]}"),
        rich.TimeRemainingColumn(compact=True),
        console=console,
        transient=True,
        auto_refresh=False,
    )


def started_line(event: TrainingStart) -> str:
    """`1,299 images to train on, 143 to validate with, 41 steps an epoch`."""
    return (
        f"{plural(event.fit_images, 'image')} to train on, {event.validation_images:,} to validate with, "
        f"{plural(event.steps_per_epoch, 'step')} an epoch"
    )


def epoch_line(event: EpochEnd, epochs: int) -> str:
    """`epoch  3/20  loss 0.0312  98.91 %  val 0.0456  98.60 %  41,200 images/s  best`."""
    validation = f"  val {_score(event.validation)}" if event.validation else ""
    number = f"{event.epoch:>{len(str(epochs))}}/{epochs}"
    best = "  best" if event.improved and event.validation else ""
    return f"epoch {number}  loss {_score(event.train)}{validation}  {event.images_per_s:,.0f} images/s{best}"


def _score(score: Score) -> str:
    return f"{loss(score.loss)}  {100 * score.accuracy:5.2f} %"
