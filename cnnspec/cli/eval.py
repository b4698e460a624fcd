"""`cnnspec eval`: the test of a run again, from its folder alone."""

from __future__ import annotations

from pathlib import Path

import click

from cnnspec.cli.options import echo_json, format_option, load
from cnnspec.cli.train import read_data
from cnnspec.core.errors import UserError
from cnnspec.train.threads import wait_briefly


@click.command("eval")
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.option(
    "--weights",
    type=click.Choice(["best", "last"]),
    default="best",
    show_default=True,
    help="Those of the best epoch, or of the last.",
)
@click.option(
    "--device", help="auto, cpu, cuda, cuda:0 or mps; default: the one it was trained on, if it is said."
)
@format_option("text", "json")
def command(run: Path, weights: str, device: str | None, form: str) -> None:
    r"""Test a trained network again: the accuracy and the loss that its training ended with.

    RUN is a run folder. Its spec says which data set is read.

    \b
    Example:
      cnnspec eval runs/digits/1
    """
    spec = run / "spec.yaml"
    if not spec.is_file():
        raise UserError(f"{run}: not a run folder: it holds no spec.yaml")
    result = load(str(spec), [] if device is None else [f"train.device={device}"])
    raw = read_data(result)
    wait_briefly()
    from cnnspec.train.fit import evaluate  # noqa: PLC0415 -- imports torch, seconds

    assert result.plan is not None
    assert result.train is not None
    epoch, score = evaluate(result.plan, result.train, raw, run / f"{weights}.safetensors")
    found = {
        "run": str(run),
        "weights": weights,
        "epoch": epoch,
        "images": score.images,
        "correct": score.correct,
        "test_loss": score.loss,
        "test_accuracy": score.accuracy,
    }
    if form == "json":
        echo_json(found)
    else:
        click.echo(
            f"test accuracy {100 * score.accuracy:.2f} % ({score.correct:,} of {score.images:,}), "
            f"loss {score.loss:.4f}, with the {weights} weights, of epoch {epoch}"
        )
