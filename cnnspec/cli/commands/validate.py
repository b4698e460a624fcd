"""Check specs, and explain every mistake at its line."""

from __future__ import annotations

import sys
from contextlib import nullcontext, redirect_stdout
from typing import TYPE_CHECKING, NamedTuple

import click

from cnnspec.cli.options import format_option, settings_option
from cnnspec.cli.output import echo, echo_json, severity_counts
from cnnspec.compiler.check import variants
from cnnspec.fixes.check import check_with_fixes
from cnnspec.library.folders import open_specs
from cnnspec.library.specs import STDIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnspec.compiler.check import Result
    from cnnspec.core.diagnostic import Diagnostic
    from cnnspec.library.specs import SpecFile


@click.command("validate")
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True)
@settings_option
@click.option("--only-specs", is_flag=True, help="Pass over files that are no specs.")
@click.option(
    "--against",
    type=click.Choice(["torch"]),
    help="Also build and run each spec that is right, and compare every shape and parameter.",
)
@click.option(
    "--fix", is_flag=True, help="Write what mends a mistake where that is certain; of `-`, print the text."
)
@click.option(
    "--diff", is_flag=True, help="Show what --fix would write, and write nothing; exits 1 if there is any."
)
@click.option(
    "--input",
    "inputs",
    metavar="SIZES",
    multiple=True,
    help="Try another size of the input: 3,300,300; with several inputs name=3,300,300, once for each.",
)
@click.option("--strict", is_flag=True, help="Exit 1 for warnings, too.")
@format_option("text", "json", "github", "sarif")
def command(
    specs: tuple[str, ...],
    settings: tuple[str, ...],
    only_specs: bool,
    against: str | None,
    fix: bool,
    diff: bool,
    inputs: tuple[str, ...],
    strict: bool,
    form: str,
) -> None:
    """Check specs: every shape is inferred, and every mistake explained at its line.

    A spec with variants is checked as it stands and in each variant; SPEC@variant checks one. `-` is standard input.
    Of a folder all specs in it are checked: YAML files that have a line that begins `cnnspec:`.
    Exits 1 when there is an error in any of them; warnings alone exit 0, unless --strict is given.

    \b
    Example:
      cnnspec validate specs/mnist.yaml
      cnnspec validate specs --format github
      cnnspec validate unet --input 1,300,300
    """
    if inputs:
        from cnnspec.cli.input_sizes import settings_for  # noqa: PLC0415 -- few ask for it

        settings = (*settings, *settings_for(inputs))
    opened: Iterable[SpecFile] = open_specs(specs, only_specs=only_specs)
    if fix or diff:
        opened = _fixed(list(opened), settings, diff=diff)
    checked = [found._replace(strict=strict) for file in opened for found in _checked(file, settings)]
    if against:
        checked = list(_against_torch(checked))
    printed_text = fix and any(file.document.source.name == STDIN for file in opened)
    with redirect_stdout(sys.stderr) if printed_text else nullcontext():
        {"text": _text, "json": _json, "github": _github, "sarif": _sarif}[form](checked)
    if not all(found.ok for found in checked):
        raise SystemExit(1)


def _fixed(opened: list[SpecFile], settings: tuple[str, ...], *, diff: bool) -> list[SpecFile]:
    """The specs with what is certain mended; with `diff` that is shown alone, and the command ends here."""
    from cnnspec.cli import fixes  # noqa: PLC0415 -- checking fixes nothing

    fixes.require_own_files(opened, settings, "--diff" if diff else "--fix")
    if diff:
        raise SystemExit(int(sum(map(fixes.print_diff, opened)) > 0))
    return [fixes.fixed(spec) for spec in opened]


class _Checked(NamedTuple):
    """A spec or a variant, and what is to be said of it."""

    label: str
    result: Result
    diagnostics: list[Diagnostic]
    compared_on: str = ""
    """The device that torch ran it on, where it was compared with torch."""
    strict: bool = False

    @property
    def ok(self) -> bool:
        """Whether there is no error; nor a warning, where these count."""
        return self.result.ok and not (self.strict and self.diagnostics)


def _checked(opened: SpecFile, settings: tuple[str, ...]) -> Iterator[_Checked]:
    """The spec, then each variant unless one is named; diagnostics of the base are not repeated."""
    base = check_with_fixes(opened.document, variant=opened.variant, settings=settings)
    names = variants(opened.document) if opened.variant is None else []
    others = [check_with_fixes(opened.document, variant=name, settings=settings) for name in names]
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


def _against_torch(checked: list[_Checked]) -> Iterator[_Checked]:
    """The same with what torch has otherwise; a spec with errors can't be built."""
    from cnnspec.cli.training import require_torch  # noqa: PLC0415 -- nothing else here knows torch

    require_torch("--against torch")
    from cnnspec.backend.comparison import compare  # noqa: PLC0415 -- imports torch

    for entry in checked:
        if entry.result.ok:
            found, device = compare(entry.result.require_plan())
            result = entry.result._replace(diagnostics=(*entry.result.diagnostics, *found))
            said = [*entry.diagnostics, *found]
            yield entry._replace(result=result, diagnostics=said, compared_on=device)
        else:
            yield entry


def _text(checked: list[_Checked]) -> None:
    for entry in checked:
        for diagnostic in entry.diagnostics:
            from cnnspec.render.diagnostics import render  # noqa: PLC0415 -- only a mistake is rendered

            echo(render(diagnostic))
        if entry.ok:
            echo(f"{_line(entry.label, entry.result)}{_COMPARED_ON[entry.compared_on]}")
    found = [diagnostic for entry in checked for diagnostic in entry.diagnostics]
    if found:
        echo(severity_counts(found))


_COMPARED_ON = {
    "": "",
    "cpu": ", as in torch",
    "meta": ", as in torch, on its meta device (too large to run: shapes alone)",
}


def _line(label: str, result: Result) -> str:
    from cnnspec.core.terminal import printable  # noqa: PLC0415 -- as above
    from cnnspec.render.headline import cost, shapes  # noqa: PLC0415 -- JSON needs no table

    plan = result.plan
    assert plan is not None, "a right spec has one"
    return f"{printable(label)}: ok, {shapes(plan)}, {cost(plan)}"


def _json(checked: list[_Checked]) -> None:
    from cnnspec.render.json_data import file_data  # noqa: PLC0415 -- text needs no data

    echo_json(
        {
            "files": [
                file_data(entry.label, entry.diagnostics, ok=entry.ok)
                | ({"compared_on": entry.compared_on} if entry.compared_on else {})
                for entry in checked
            ]
        }
    )


def _github(checked: list[_Checked]) -> None:
    from cnnspec.render.github_annotations import render  # noqa: PLC0415 -- text needs no workflow commands

    for entry in checked:
        for diagnostic in entry.diagnostics:
            echo(render(diagnostic))


def _sarif(checked: list[_Checked]) -> None:
    from cnnspec import __version__  # noqa: PLC0415 -- text needs no SARIF
    from cnnspec.render.sarif import sarif_log  # noqa: PLC0415 -- as above

    files = [(entry.result.source.name, entry.diagnostics) for entry in checked]
    echo_json(sarif_log(__version__, files))
