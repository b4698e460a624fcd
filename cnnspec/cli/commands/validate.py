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
@click.option("--strict", is_flag=True, help="Exit 1 for warnings, too.")
@format_option("text", "json", "github")
def command(specs: tuple[str, ...], settings: tuple[str, ...], strict: bool, form: str) -> None:
    """Check specs: every shape is inferred, and every mistake explained at its line.

    A spec with variants is checked as it stands and in each variant; SPEC@variant checks one.
    Exits 1 when there is an error in any of them; warnings alone exit 0, unless --strict is given.

    \b
    Example:
      cnnspec validate specs/mnist.yaml
      cnnspec validate specs/*.yaml --format github
    """
    checked = [found._replace(strict=strict) for spec in specs for found in _checked(spec, settings)]
    {"text": _text, "json": _json, "github": _github}[form](checked)
    if not all(found.ok for found in checked):
        raise SystemExit(1)


class _Checked(NamedTuple):
    """A spec or a variant, and what is to be said of it."""

    label: str
    result: Result
    diagnostics: list[Diagnostic]
    strict: bool = False

    @property
    def ok(self) -> bool:
        """Whether there is no error; nor a warning, where these count."""
        return self.result.ok and not (self.strict and self.diagnostics)


def _checked(spec: str, settings: tuple[str, ...]) -> Iterator[_Checked]:
    """The spec, then each variant unless one is named; diagnostics of the base are not repeated."""
    opened = open_spec(spec)
    base = check_document(opened.document, variant=opened.variant, settings=settings)
    names = variants(opened.document) if opened.variant is None else []
    others = [check_document(opened.document, variant=name, settings=settings) for name in names]
    idle = [] if settings else _needed_by_none([base, *others])
    yield _Checked(opened.label, base, [*base.diagnostics, *(idle if others else [])])
    known = {_key(found) for found in base.diagnostics}
    for variant, result in zip(names, others, strict=True):
        new = [found for found in result.diagnostics if _key(found) not in known]
        named = [found._replace(message=f"{found.message} (variant {variant})") for found in new]
        yield _Checked(f"{opened.label}@{variant}", result, named)


def _needed_by_none(results: list[Result]) -> list[Diagnostic]:
    """The warnings of ignores that neither the spec as it stands nor any variant needs."""
    first, *others = results
    return [found for found in first.unused_ignores if all(found in other.unused_ignores for other in others)]


def _key(found: Diagnostic) -> tuple[object, ...]:
    """What makes two findings the same; a setting's text is read anew for each variant."""
    return (found.code, found.place.source.name, *found.place[1:])


def _text(checked: list[_Checked]) -> None:
    for entry in checked:
        for diagnostic in entry.diagnostics:
            from cnnspec.render.diagnostics import render  # noqa: PLC0415 -- only a mistake is rendered

            echo(render(diagnostic))
        if entry.ok:
            echo(_line(entry.label, entry.result))
    found = [diagnostic for entry in checked for diagnostic in entry.diagnostics]
    if found:
        echo(severity_counts(found))


def _line(label: str, result: Result) -> str:
    from cnnspec.core.terminal import printable  # noqa: PLC0415 -- as above
    from cnnspec.render.headline import cost, shapes  # noqa: PLC0415 -- JSON needs no table

    plan = result.require_plan()
    return f"{printable(label)}: ok, {shapes(plan)}, {cost(plan)}"


def _json(checked: list[_Checked]) -> None:
    from cnnspec.render.json_data import file_data  # noqa: PLC0415 -- text needs no data

    echo_json({"files": [file_data(entry.label, entry.diagnostics, ok=entry.ok) for entry in checked]})


def _github(checked: list[_Checked]) -> None:
    from cnnspec.render.github_annotations import render  # noqa: PLC0415 -- text needs no workflow commands

    for entry in checked:
        for diagnostic in entry.diagnostics:
            echo(render(diagnostic))
