"""Tell for which input sizes a spec is valid, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnnspec.cli.options import format_option, settings_option, spec_argument
from cnnspec.cli.output import echo, echo_diagnostics, echo_json
from cnnspec.compiler.check import check_document
from cnnspec.library.specs import open_spec

if TYPE_CHECKING:
    from cnnspec.compiler.check import Result


@click.command("sizes")
@spec_argument
@settings_option
@format_option("text", "json")
def command(spec: str, settings: tuple[str, ...], form: str) -> None:
    """Tell for which input sizes a spec is valid, and which layers refuse others.

    Sizes that `input` leaves open are called as it calls them, as in [3, H, W]. A spec of fixed sizes is answered for
    its axes, L, or H and W, or D, H and W, with the weights that it has; where the given size is not valid, the
    nearest that are. Exits 1 where the spec is wrong, or the given size is not valid.

    \b
    Example:
      cnnspec sizes unet
      cnnspec sizes specs/mnist.yaml --format json
    """
    from cnnspec.compiler.valid_sizes import OpenAxes, ValidSizes  # noqa: PLC0415 -- no other command needs it here
    from cnnspec.render.size_answer import answer_data, answer_text, given_text  # noqa: PLC0415 -- as above

    opened = open_spec(spec)
    result = check_document(opened.document, variant=opened.variant, settings=settings)
    answer, given = result.sizes, None
    if answer is None and result.plan is not None:
        axes = OpenAxes(result.plan)
        given = axes.given
        if result.ok:
            answer = ValidSizes(result.plan, axes.inputs, weights_stay=True)
        elif axes.setting:
            left_open = check_document(
                opened.document, variant=opened.variant, settings=(*settings, axes.setting)
            )
            answer = left_open.sizes
    if answer is None:
        _failed(result, form)
    elif form == "json":
        echo_json(answer_data(answer))
    else:
        echo(answer_text(answer))
        if given:
            echo(given_text(given, answer))
    if answer is None or answer.refused is not None or (given is not None and not answer.allows(given)):
        raise SystemExit(1)


def _failed(result: Result, form: str) -> None:
    """A spec with mistakes that no size mends."""
    if form == "text":
        echo_diagnostics(result.diagnostics)
        return
    from cnnspec.render.json_data import diagnostic_data  # noqa: PLC0415 -- only a mistake needs it

    nothing = {"symbols": [], "constraints": [], "coupled": [], "exact": False, "proved_to": None}
    echo_json({**nothing, "diagnostics": [diagnostic_data(found) for found in result.diagnostics]})
