"""`cnnspec tune`: numbers of a training that a short trial finds."""

from __future__ import annotations

import math

import click

from cnnspec.cli.options import echo_json, format_option, settings_option, spec_argument
from cnnspec.cli.train import trainable
from cnnspec.core.errors import UserError
from cnnspec.language.optimizers import OPTIMIZERS
from cnnspec.render.text import terminal_width
from cnnspec.train.threads import wait_briefly

_HEIGHT = 12


@click.group("tune")
def command() -> None:
    """Find a number that a training needs, by a short trial.

    \b
    Example:
      cnnspec tune lr specs/digits.yaml
    """


@command.command("lr")
@spec_argument
@settings_option
@click.option(
    "--low",
    type=click.FloatRange(min=0, min_open=True),
    default=1e-6,
    show_default=True,
    help="The first rate.",
)
@click.option(
    "--high",
    type=click.FloatRange(min=0, min_open=True),
    default=10.0,
    show_default=True,
    help="The last rate.",
)
@click.option(
    "--steps",
    type=click.IntRange(min=10, max=100_000),
    default=150,
    show_default=True,
    help="How many rates are tried.",
)
@format_option("text", "json")
def lr(spec: str, settings: tuple[str, ...], low: float, high: float, steps: int, form: str) -> None:
    """Find a learning rate: it grows step by step while the loss is watched (Smith, 2017).

    The rate at which the loss falls fastest is suggested. Nothing is written.

    \b
    Example:
      cnnspec tune lr specs/digits.yaml
    """
    if not low < high < math.inf:
        raise click.UsageError(f"--low {low:g} must be less than --high {high:g}, which must be finite.")
    plan, train, raw = trainable(spec, settings)
    wait_briefly()
    from cnnspec.train.faults import in_our_words  # noqa: PLC0415 -- as below
    from cnnspec.train.fit import prepare  # noqa: PLC0415 -- imports torch, seconds
    from cnnspec.train.tune import range_test  # noqa: PLC0415 -- as above

    fit = prepare(plan, train, raw)
    with in_our_words(train.batch_size):
        curve = range_test(fit, low, high, steps)
    if len(curve.lrs) < _FEWEST:
        message = f"the loss runs away at once, at lr {low:g}"
        raise UserError(message, f"Try lower rates, such as --low {low / 1000:g}.")
    suggested = float(f"{curve.suggested:.2g}")
    path = f"train.optimizer.{OPTIMIZERS.name_of(type(train.optimizer))}.lr"
    if form == "json":
        echo_json(
            {"suggested": suggested, "set": f"{path}={suggested:g}", "lr": curve.lrs, "loss": curve.losses}
        )
        return
    from cnnspec.render.curve import draw  # noqa: PLC0415 -- only the picture needs it

    width = min(terminal_width(), 80)
    click.echo("loss, smoothed, against the learning rate")
    click.echo(draw(curve.lrs, curve.losses, width=width, height=_HEIGHT, mark=suggested))
    if len(curve.lrs) < steps:
        click.echo(
            f"The loss ran away after {len(curve.lrs)} of {steps} steps, above lr {curve.lrs[-1]:.2g}."
        )
    click.echo(f"The loss falls fastest at lr {suggested:g}: --set {path}={suggested:g}")


_FEWEST = 3
