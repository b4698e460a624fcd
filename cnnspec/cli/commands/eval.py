"""Test a trained network again, from its run folder."""

from __future__ import annotations

import json
import math
from pathlib import Path

import click

from cnnspec.cli.options import format_option, load, run_device_option, weights_option
from cnnspec.cli.output import echo_json, test_result
from cnnspec.cli.training import echo_skipped, read_data, run_spec
from cnnspec.render import numbers


@click.command("eval")
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@weights_option
@run_device_option
@format_option("text", "json")
def command(run: Path, weights: str, device: str | None, form: str) -> None:
    """Test a trained network again: the accuracy and the loss that its training ended with.

    RUN is a run folder. Its spec says which data set is read.

    \b
    Example:
      cnnspec eval runs/digits/1
    """
    result = load(str(run_spec(run)), [] if device is None else [f"train.device={device}"])
    raw = read_data(result)
    from cnnspec.runner.setup import evaluate_run  # noqa: PLC0415 -- imports torch, seconds

    assert result.train is not None
    tested = evaluate_run(result.require_plan(), result.train, raw, run / f"{weights}.safetensors")
    score, epoch = tested.score, tested.epoch
    echo_skipped(tested.bad)
    if not tested.same_images:
        click.echo("warning: these are not the images and labels that the training was tested with", err=True)
    elif weights == "best":
        _compare(run, score.loss, score.accuracy)
    found = {
        "run": str(run),
        "weights": weights,
        "epoch": epoch,
        "images": score.images,
        "correct": score.correct,
        "test_loss": score.loss,
        "test_accuracy": score.accuracy,
        "skipped": [{"file": file, "reason": reason} for file, reason in tested.bad],
    }
    if form == "json":
        echo_json(found)
    else:
        click.echo(f"{test_result(score)}, with the {weights} weights, of epoch {epoch}")


def _compare(run: Path, loss: float, accuracy: float) -> None:
    """Warn where the training ended with another result: spec or weights were changed since."""
    try:
        row = json.loads((run / "metrics.jsonl").read_text("utf-8").splitlines()[-1])
        before = (float(row["test_loss"]), float(row["test_accuracy"]))
    except (OSError, ValueError, TypeError, KeyError, IndexError):
        click.echo("warning: metrics.jsonl holds no test to compare this with", err=True)
        return
    if not (math.isclose(before[0], loss, rel_tol=1e-3) and math.isclose(before[1], accuracy, abs_tol=2e-3)):
        ending = f"accuracy {100 * before[1]:.2f} %, loss {numbers.loss(before[0])}"
        click.echo(f"warning: the training ended with {ending}: spec or weights were changed since", err=True)
