"""Train a network on its data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cnnspec.cli.options import load, settings_option, spec_argument
from cnnspec.cli.output import echo_line, test_result
from cnnspec.cli.progress import Terminated, ignore_interrupts, one_interrupt, progress
from cnnspec.cli.training import read_data
from cnnspec.core.errors import UserError
from cnnspec.runner.training_events import NonFiniteError, TrainingEnd

if TYPE_CHECKING:
    from cnnspec.compiler.check import Result
    from cnnspec.data.dataset import Dataset
    from cnnspec.runner.setup import Training

INTERRUPTED, TERMINATED = 130, 143
"""128 and the number of SIGINT, of SIGTERM, as shells have it."""


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
    weights. Ctrl-C keeps the weights of the last finished epoch, and exits 130; so does SIGTERM, with 143.

    \b
    Example:
      cnnspec train specs/digits.yaml --epochs 5 --seed 1
    """
    written = {"train.epochs": epochs, "train.device": device, "train.seed": seed}
    shortcuts = [f"{path}={value}" for path, value in written.items() if value is not None]
    result = load(spec, (*settings, *shortcuts))
    dataset = read_data(result)
    _warn_of_spare_outputs(result, dataset)
    training = _start(result, dataset, out)
    click.echo(_ended(_run_training(training)))
    click.echo(training.folder)


def _warn_of_spare_outputs(result: Result, dataset: Dataset) -> None:
    """What the check could not say without the files."""
    from cnnspec.data.class_count import output_warning  # noqa: PLC0415 -- after the checks

    assert result.data is not None
    if spare := output_warning(dataset, result.require_plan(), result.data):
        echo_line(f"warning: {spare}", err=True)


def _start(result: Result, dataset: Dataset, out: Path) -> Training:
    from cnnspec.runner.setup import start_training  # noqa: PLC0415 -- imports torch, seconds

    assert result.train is not None
    return start_training(
        result.require_plan(),
        result.train,
        dataset,
        spec=result.resolved,
        out=out,
        command=["cnnspec", *sys.argv[1:]],
    )


def _run_training(training: Training) -> TrainingEnd:
    """Show the training until its end; whatever ends it early, say where its weights are."""
    end: TrainingEnd | None = None
    try:
        with one_interrupt(), progress() as show:
            for event in training.events:
                end = event if isinstance(event, TrainingEnd) else end
                show(event)
    except KeyboardInterrupt as interrupt:
        ignore_interrupts()
        word, code = (
            ("Terminated", TERMINATED) if isinstance(interrupt, Terminated) else ("Interrupted", INTERRUPTED)
        )
        echo_line(f"{word}. {_weights_text(training.folder)}", err=True)
        raise SystemExit(code) from None
    except UserError as error:
        error.hint = f"{error.hint} {_weights_text(training.folder, error)}".strip()
        raise
    assert end is not None
    return end


def _weights_text(folder: Path, error: UserError | None = None) -> str:
    """The weights in the folder: the files say, since writing one of them may be what has failed."""
    from cnnspec.runner.checkpoint import epoch_of  # noqa: PLC0415 -- imports torch, which is there by now

    last, best = (epoch_of(folder / f"{name}.safetensors") for name in ("last", "best"))
    weights = [f"of epoch {last} (last)"] * (last is not None) + [f"of epoch {best} (best)"] * (
        best is not None
    )
    if isinstance(error, NonFiniteError) and error.weights_from and last is not None:
        weights[0] = f"{error.weights_from} (last)"
    if not weights:
        return f"{folder} holds no weights: they are written when an epoch ends."
    return f"{folder} holds the weights {' and '.join(weights)}."


def _ended(event: TrainingEnd) -> str:
    return f"{test_result(event.test)}, with the weights of epoch {event.epoch}"
