"""Find a learning rate by a short trial."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import click

from cnnspec.cli.options import format_option, settings_option, spec_argument
from cnnspec.cli.output import echo_json
from cnnspec.cli.training import echo_skipped, trainable
from cnnspec.core.errors import UserError
from cnnspec.core.terminal import terminal_width
from cnnspec.settings.optimizers import OPTIMIZERS

if TYPE_CHECKING:
    from cnnspec.settings.optimizers import Optimizer

_HEIGHT = 12
_FEWEST = 3
_LOWEST, _HIGHEST = 1e-30, 1e30
"""Of rates that can be tried."""
_USUAL = 1e-6
"""The lowest rate, where none is given: networks that learn at all bear it."""


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
    default=_USUAL,
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
    if low < _LOWEST or high > _HIGHEST:
        raise click.UsageError(
            f"--low {low:g} and --high {high:g} must be from {_LOWEST:g} to {_HIGHEST:g}: fp32 holds little beyond."
        )
    plan, train, raw = trainable(spec, settings)
    name = OPTIMIZERS.name_of(type(train.optimizer))
    if not train.optimizer.rates:
        message = f"{name} finds its steps' lengths itself after the first: there is no lr to look for"
        raise UserError(message, "Leave its lr as it is.")
    from cnnspec.runner.lr_finder import range_test  # noqa: PLC0415 -- as above
    from cnnspec.runner.setup import training_state  # noqa: PLC0415 -- imports torch, seconds
    from cnnspec.runner.torch_errors import torch_errors_as_user_errors  # noqa: PLC0415 -- as below

    state = training_state(plan, train, raw)
    with torch_errors_as_user_errors(train.batch_size):
        curve = range_test(state, low, high, steps)
    echo_skipped(state.data.newly_bad())
    if len(curve.lrs) < _FEWEST:
        raise UserError(f"the loss runs away at once, at lr {curve.lrs[-1]:g}", _hint(low))
    suggested = float(f"{curve.suggested:.2g}")
    written = _written(train.optimizer, name, suggested)
    if form == "json":
        echo_json({"suggested": suggested, "set": written, "lr": curve.lrs, "loss": curve.losses})
        return
    from cnnspec.render.plot import plot  # noqa: PLC0415 -- only the picture needs it

    width = min(terminal_width(), 80)
    click.echo("loss, smoothed, against the learning rate")
    click.echo(plot(curve.lrs, curve.losses, width=width, height=_HEIGHT, mark=suggested))
    if len(curve.lrs) < steps:
        click.echo(
            f"The loss ran away after {len(curve.lrs)} of {steps} steps, above lr {curve.lrs[-1]:.2g}."
        )
    options = " ".join(f"--set {setting}" for setting in written)
    click.echo(f"The loss falls fastest at lr {suggested:g}:")
    click.echo(f"  {options}")


def _hint(low: float) -> str:
    """What to try where the loss runs away within the first rates."""
    lower = min(low / 1000, _USUAL)
    if lower < _LOWEST:
        return "Try a lower --high, or more --steps: the rate grows more slowly then."
    return f"Try lower rates, such as --low {lower:g}."


def _written(optimizer: Optimizer, name: str, lr: float) -> list[str]:
    """The settings of all its rates, which were tried in their proportions."""
    shares = (
        (rate, getattr(optimizer, rate) / optimizer.lr if optimizer.lr else 1.0) for rate in optimizer.rates
    )
    return [f"train.optimizer.{name}.{rate}={lr * share:g}" for rate, share in shares]
