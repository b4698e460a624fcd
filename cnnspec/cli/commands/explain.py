"""Explain a word of the language, or a diagnostic's code."""

from __future__ import annotations

import click

from cnnspec.cli.output import echo


@click.command("explain")
@click.argument("word", metavar="[WORD]", required=False)
def command(word: str | None) -> None:
    """Explain a word: a layer kind (what it does, its formula, when it is used), a key, an initialiser,
    a data set, an optimizer, a loss, an argument, or a diagnostic's code.

    Without a word: all kinds, a line each, and the other words.

    \b
    Example:
      cnnspec explain conv
      cnnspec explain repeat
      cnnspec explain wrong-assertion
    """
    from cnnspec.render.explain import explain, overview  # noqa: PLC0415 -- with the command

    if word is None:
        echo(overview())
    elif text := explain(word):
        echo(text)
    else:
        raise click.UsageError(f"{word} is no word of the language, and no code. {_hint(word)}")


def _hint(word: str) -> str:
    from cnnspec.core.suggest import nearest  # noqa: PLC0415 -- only a mistake pays for it
    from cnnspec.layers.other_libraries import kind_for  # noqa: PLC0415 -- as above
    from cnnspec.render.explain import all_words  # noqa: PLC0415 -- as above

    meant = kind_for(word) or nearest(word, all_words())
    return f"Did you mean {meant}?" if meant else "`cnnspec explain` lists the words."
