"""Check specs, and explain every mistake at its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

from cnnspec.cli.options import format_option, settings_option
from cnnspec.cli.output import echo, echo_json, severity_counts
from cnnspec.compiler.check import check_document, variants
from cnnspec.library.specs import open_spec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.compiler.check import Result
    from cnnspec.core.diagnostic import Diagnostic


@click.command("validate")
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True)
@settings_option
@click.option(
    "--input",
    "inputs",
    metavar="SIZES",
    multiple=True,
    help="Try another size of the input: 3,300,300; with several inputs name=3,300,300, once for each.",
)
@format_option("text", "json", "github")
def command(specs: tuple[str, ...], settings: tuple[str, ...], inputs: tuple[str, ...], form: str) -> None:
    """Check specs: every shape is inferred, and every mistake explained at its line.

    A spec with variants is checked as it stands and in each variant; SPEC@variant checks one.
    Exits 1 when there is an error in any of them; warnings alone exit 0.

    \b
    Example:
      cnnspec validate specs/mnist.yaml
      cnnspec validate specs/*.yaml --format github
      cnnspec validate unet --input 1,300,300
    """
    if inputs:
        from cnnspec.cli.input_sizes import settings_for  # noqa: PLC0415 -- few ask for it

        settings = (*settings, *settings_for(inputs))
    checked = [found for spec in specs for found in _checked(spec, settings)]
    {"text": _text, "json": _json, "github": _github}[form](checked)
    if not all(found.result.ok for found in checked):
        raise SystemExit(1)


class _Checked(NamedTuple):
    """A spec or a variant, and what is to be said of it."""

    label: str
    result: Result
    diagnostics: list[Diagnostic]


def _checked(spec: str, settings: tuple[str, ...]) -> Iterator[_Checked]:
    """The spec, then each variant unless one is named; diagnostics of the base are not repeated."""
    opened = open_spec(spec)
    base = check_document(opened.document, variant=opened.variant, settings=settings)
    yield _Checked(opened.label, base, list(base.diagnostics))
    if opened.variant is not None:
        return
    known = {_key(found) for found in base.diagnostics}
    for variant in variants(opened.document):
        result = check_document(opened.document, variant=variant, settings=settings)
        new = [found for found in result.diagnostics if _key(found) not in known]
        named = [found._replace(message=f"{found.message} (variant {variant})") for found in new]
        yield _Checked(f"{opened.label}@{variant}", result, named)


def _key(found: Diagnostic) -> tuple[object, ...]:
    """What makes two findings the same; a setting's text is read anew for each variant."""
    return (found.code, found.place.source.name, *found.place[1:])


def _text(checked: list[_Checked]) -> None:
    for label, result, diagnostics in checked:
        for diagnostic in diagnostics:
            from cnnspec.render.diagnostics import render  # noqa: PLC0415 -- only a mistake is rendered

            echo(render(diagnostic))
        if result.ok:
            echo(_line(label, result))
    found = [diagnostic for entry in checked for diagnostic in entry.diagnostics]
    if found:
        echo(severity_counts(found))


def _line(label: str, result: Result) -> str:
    from cnnspec.core.terminal import printable  # noqa: PLC0415 -- as above
    from cnnspec.render.headline import cost, shapes  # noqa: PLC0415 -- JSON needs no table

    plan = result.plan
    assert plan is not None, "a right spec has one"
    return f"{printable(label)}: ok, {shapes(plan)}, {cost(plan)}"


def _json(checked: list[_Checked]) -> None:
    from cnnspec.render.json_data import file_data  # noqa: PLC0415 -- text needs no data

    echo_json({"files": [file_data(label, found, ok=result.ok) for label, result, found in checked]})


def _github(checked: list[_Checked]) -> None:
    from cnnspec.render.github_annotations import render  # noqa: PLC0415 -- text needs no workflow commands

    for _, _, diagnostics in checked:
        for diagnostic in diagnostics:
            echo(render(diagnostic))
