"""`validate --fix` and `--diff`: what is certain is written, or shown."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cnnspec.cli.output import echo, echo_line
from cnnspec.core import atomic_files
from cnnspec.core.diagnostic import Source
from cnnspec.fixes.repair import repair
from cnnspec.reader.document import read

if TYPE_CHECKING:
    from cnnspec.fixes.repair import Repair
    from cnnspec.library.specs import SpecFile

_BOM = b"\xef\xbb\xbf"


def require_own_files(opened: Iterable[SpecFile], settings: tuple[str, ...], option: str) -> None:
    """Raise click.UsageError for what no fix can be written to: a spec that ships, a value of `--set`."""
    if settings:
        message = f"{option} changes files, and --set is in none: leave it out."
        raise click.UsageError(message)
    for spec in opened:
        if spec.ships:
            message = (
                f"{option} changes files, and {spec.label} ships with cnnspec: copy it with `cnnspec new`."
            )
            raise click.UsageError(message)


def fixed(spec: SpecFile) -> SpecFile:
    """The spec with every certain fix, written to its file; from standard input, to standard output.

    Raises UserError where the file can't be written.
    """
    if _is_partial(spec):
        return spec
    result = _repair(spec)
    if spec.path is None:
        click.echo(result.text, nl=False)
    elif result.mended:
        _write(spec.path, result.text)
        for title in _titles(result):
            echo_line(f"{spec.label}: {title}", err=True)
    return spec._replace(document=read(Source(spec.document.source.name, result.text)))


def print_diff(spec: SpecFile) -> bool:
    """Print what `--fix` would change, as a unified diff; whether there is anything."""
    from difflib import unified_diff  # noqa: PLC0415 -- only a mistake pays for it

    if _is_partial(spec):
        return False
    name = spec.document.source.name
    before, after = spec.document.source.text, _repair(spec).text
    lines = unified_diff(before.splitlines(), after.splitlines(), name, f"{name} (fixed)", lineterm="")
    for line in lines:
        echo(_coloured(line))
    return before != after


def _is_partial(spec: SpecFile) -> bool:
    """Whether the text is not all that the file holds: bytes that are no UTF-8, or too many of them. It is left alone."""
    return any(found.code in {"not-utf8", "too-large"} for found in spec.document.diagnostics)


def _repair(spec: SpecFile) -> Repair:
    source = spec.document.source
    return repair(source.text, source.name, spec.variant)


def _titles(result: Repair) -> list[str]:
    """What was done, each once: `line 4: write …`."""
    said = (f"line {found.place.line}: {found.fixes[0].title}" for found in result.mended)
    return list(dict.fromkeys(said))


def _write(path: Path, text: str) -> None:
    """Put the text in the place of the file's, its byte order mark and its permissions kept; a link stays one."""
    path = path.resolve()
    mark = _BOM if path.read_bytes().startswith(_BOM) else b""
    mode = path.stat().st_mode
    atomic_files.write(path, mark + text.encode())
    path.chmod(mode)


def _coloured(line: str) -> str:
    colours = {"+": "green", "-": "red", "@": "cyan"}
    from cnnspec.core.terminal import printable  # noqa: PLC0415 -- as above

    return click.style(printable(line), fg=colours.get(line[:1]))
