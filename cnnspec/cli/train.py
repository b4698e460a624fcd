"""`cnnspec train`: checks, trains, tests, and leaves a run folder."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cnnspec.cli.options import load, settings_option, spec_argument, test_result
from cnnspec.cli.progress import ignore_interrupts, one_interrupt, progress
from cnnspec.core.errors import UserError
from cnnspec.train.errors import NonFiniteError
from cnnspec.train.events import Epoch, Event, Finished
from cnnspec.train.threads import wait_briefly

if TYPE_CHECKING:
    from cnnspec.compiler.check import Result
    from cnnspec.compiler.plan import Plan
    from cnnspec.language.training import Train
    from cnnspec.train.data.raw import Raw
    from cnnspec.train.fit import Training

INTERRUPTED = 130
"""128 and the number of SIGINT, as shells have it."""


@click.command("train")
@spec_argument
@settings_option
@click.option(
    "--epochs", type=click.IntRange(min=1), help="How many epochs; the same as --set train.epochs=N."
)
@click.option("--device", help="auto, cpu, cuda, cuda:0 or mps; the same as --set train.device=NAME.")
@click.option(
    "--seed", type=click.IntRange(min=0), help="Decides all chance; the same as --set train.seed=N."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("runs"),
    show_default=True,
    help="Where run folders go.",
)
def command(
    spec: str, settings: tuple[str, ...], epochs: int | None, device: str | None, seed: int | None, out: Path
) -> None:
    """Train a network on its spec's data, test it once, and keep all of it in OUT/<name>/<n>.

    Each epoch is validated on images held out of the training set; the test takes the best epoch's
    weights. Ctrl-C keeps the weights of the last finished epoch, and exits 130.

    \b
    Example:
      cnnspec train specs/digits.yaml --epochs 5 --seed 1
    """
    written = {"train.epochs": epochs, "train.device": device, "train.seed": seed}
    shortcuts = [f"{path}={value}" for path, value in written.items() if value is not None]
    result = load(spec, (*settings, *shortcuts))
    raw = read_data(result)
    training = _start(result, raw, out)
    click.echo(_ended(_watch(training)))
    click.echo(training.folder)


def trainable(spec: str, settings: Iterable[str]) -> tuple[Plan, Train, Raw]:
    """What a spec trains, how, and on what; with errors exits 1. Raises UserError where there are no data."""
    result = load(spec, settings)
    raw = read_data(result)
    assert result.plan is not None
    assert result.train is not None
    return result.plan, result.train, raw


def read_data(result: Result) -> Raw:
    """The spec's data, checked before the seconds that torch's import takes. Raises UserError, or exits 2."""
    require_torch()
    if result.data is None:
        raise UserError("the spec names no data to train on", "Write `data: digits`, say, at its top level.")
    from cnnspec.train.data import read  # noqa: PLC0415 -- after the checks

    assert result.plan is not None
    raw = read(result.data, result.plan.image)
    for line in raw.skipped:
        click.echo(f"skipped: {line}", err=True)
    for line in raw.lacking:
        click.echo(f"warning: {line}", err=True)
    return raw


def echo_skipped(bad: Iterable[tuple[str, str]]) -> None:
    """Tell which files could not be read, and why."""
    for file, reason in bad:
        click.echo(f"skipped: {file}: {reason}", err=True)


def require_torch() -> None:
    """Exits 2 where what training needs is not installed."""
    if find_spec("torch") is None or find_spec("safetensors") is None:
        raise click.ClickException("training needs torch: pip install 'cnnspec[train]'")


def _start(result: Result, raw: Raw, out: Path) -> Training:
    wait_briefly()
    from cnnspec.train.fit import start  # noqa: PLC0415 -- imports torch, seconds

    assert result.plan is not None
    assert result.train is not None
    return start(
        result.plan, result.train, raw, spec=result.resolved, out=out, command=["cnnspec", *sys.argv[1:]]
    )


def _watch(training: Training) -> Finished:
    """Show the training until its end; whatever ends it early, say where its weights are."""
    seen: list[Event] = []
    try:
        with one_interrupt(), progress() as show:
            for event in _keeping(training.events, seen):
                show(event)
    except KeyboardInterrupt:
        ignore_interrupts()
        click.echo(f"Interrupted. {_kept(seen, training.folder)}", err=True)
        raise SystemExit(INTERRUPTED) from None
    except UserError as error:
        error.hint = f"{error.hint} {_kept(seen, training.folder, error)}".strip()
        raise
    (tested,) = (event for event in seen if isinstance(event, Finished))
    return tested


def _keeping(events: Iterator[Event], seen: list[Event]) -> Iterator[Event]:
    for event in events:
        if isinstance(event, Epoch | Finished):
            seen.append(event)
        yield event


def _kept(seen: list[Event], folder: Path, error: UserError | None = None) -> str:
    kept = error.kept if isinstance(error, NonFiniteError) else ""
    epochs = [event for event in seen if isinstance(event, Epoch)]
    if kept and not epochs:
        return f"{folder} holds the weights {kept} (last)."
    if not epochs:
        return f"No epoch had ended, so {folder} holds no weights."
    best = next(event.epoch for event in reversed(epochs) if event.improved)
    last = kept or f"of epoch {epochs[-1].epoch}"
    return f"{folder} holds the weights {last} (last) and {best} (best)."


def _ended(event: Finished) -> str:
    return f"{test_result(event.test)}, with the weights of epoch {event.epoch}"
