"""Explain a word of the language, an idea, a diagnostic's code, or a layer of a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnnspec.cli.options import settings_option
from cnnspec.cli.output import echo, echo_diagnostics

if TYPE_CHECKING:
    from cnnspec.compiler.plan import Plan


@click.command("explain")
@click.argument("words", metavar="[WORD | SPEC NODE]", nargs=-1)
@settings_option
def command(words: tuple[str, ...], settings: tuple[str, ...]) -> None:
    """Explain a word: a layer kind (what it does, its formula, an example with its numbers), a key, an initialiser,
    a data set, an optimizer, a loss, an argument (conv.padding), a diagnostic's code, or an idea of the field
    (receptive field). What other libraries call a thing leads to it as well (Dense).

    SPEC NODE: how a layer's shape, parameters, cost and view come about, step by step from the input on. NODE is a
    layer's name as `cnnspec summary` shows it, the name of a part of the network, an output, or `line 12`.

    Without a word: all that can be explained.

    \b
    Example:
      cnnspec explain conv
      cnnspec explain receptive field
      cnnspec explain wrong-assertion
      cnnspec explain resnet18 layer2.0.conv1
    """
    from cnnspec.render.explain import explain, overview  # noqa: PLC0415 -- with the command

    word = " ".join(words)
    if settings and len(words) <= 1:
        raise click.UsageError("--set goes with a SPEC and a NODE.")
    if not word.strip():
        echo(overview())
    elif text := explain(word):
        echo(text)
    else:
        _explain_node(words, settings)


def _explain_node(words: tuple[str, ...], settings: tuple[str, ...]) -> None:
    """The words are a spec and a node of it, or nothing that is known."""
    from cnnspec.compiler.check import check_document  # noqa: PLC0415 -- as above
    from cnnspec.library.specs import open_spec  # noqa: PLC0415 -- a word needs no spec
    from cnnspec.render.node_explanation import explain_node  # noqa: PLC0415 -- as above
    from cnnspec.render.node_names import find_value  # noqa: PLC0415 -- as above

    spec, *rest = words
    opened = open_spec(spec)
    if any(found.code == "unknown-spec" for found in opened.document.diagnostics):
        raise click.UsageError(_unknown(words, opened.document.diagnostics[0].hint))
    result = check_document(opened.document, variant=opened.variant, settings=settings)
    name = " ".join(rest)
    found = None if result.plan is None else find_value(result.plan, name)
    if result.plan is not None and found is not None:
        echo(explain_node(result.plan, found))
    if not result.ok:
        if found is not None:
            echo("")
        echo_diagnostics(result.diagnostics)
    if result.plan is not None and found is None:
        raise click.UsageError(_no_layer(spec, name, result.plan))
    if not result.ok:
        raise SystemExit(1)


def _no_layer(spec: str, name: str, plan: Plan) -> str:
    """What to write where the name is no layer's, or there is none."""
    from cnnspec.render.node_names import near_nodes  # noqa: PLC0415 -- only a mistake pays for it

    near = near_nodes(plan, name)
    if not name and near:
        return f"{spec} is a spec. Name a layer of it to have its numbers derived: `cnnspec explain {spec} {near[0]}`."
    hint = f"Did you mean {_listed(near)}?" if near else f"`cnnspec summary {spec}` lists the layers."
    return f"{name} is no layer of {spec}. {hint}"


def _unknown(words: tuple[str, ...], spec_hint: str) -> str:
    """Why the words mean nothing, and what resembles them."""
    from cnnspec.render.explain import explain, near  # noqa: PLC0415 -- only a mistake pays for it

    word = " ".join(words)
    if len(words) > 1 and explain(words[0]):
        return f"{word} is not one thing that can be explained, and {words[0]} is no spec: ask for one at a time."
    if found := near(word):
        return f"{word} is no word of the language, no idea explained here, and no code. Did you mean {_listed(found)}?"
    if len(words) > 1 and spec_hint.startswith("Did"):
        return f"no spec called {words[0]} ships with cnnspec. {spec_hint}"
    return f"{word} is no word of the language, no idea explained here, and no code. `cnnspec explain` lists the words."


def _listed(words: list[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last
