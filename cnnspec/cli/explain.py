"""`cnnspec explain`: a kind or a code, from its declaration."""

from __future__ import annotations

import click

from cnnspec.cli.options import echo
from cnnspec.core.suggest import nearest
from cnnspec.layers import KINDS
from cnnspec.layers.foreign import kind_for


@click.command("explain")
@click.argument("subject", metavar="[KIND|CODE]", required=False)
def command(subject: str | None) -> None:
    """Explain a layer kind (what it does, its formula, when it is used) or a diagnostic's code.

    Without an argument: all kinds, a line each.

    \b
    Example:
      cnnspec explain conv
      cnnspec explain wrong-assertion
    """
    from cnnspec.core.codes import CODES  # noqa: PLC0415 -- with the command
    from cnnspec.render.reference import code_text, kind_text, kinds_text  # noqa: PLC0415 -- with the command

    if subject is None:
        echo(kinds_text())
    elif subject in KINDS:
        echo(kind_text(subject))
    elif subject in CODES:
        echo(code_text(subject, CODES[subject]))
    else:
        meant = kind_for(subject) or nearest(subject, [*KINDS, *CODES])
        hint = f"Did you mean {meant}?" if meant else "`cnnspec explain` lists the kinds."
        raise click.UsageError(f"{subject} is neither a layer kind nor a code. {hint}")
