"""Diagnostics as a SARIF log (OASIS SARIF 2.1.0), which code hosts and editors read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

from cnnspec.compiler.codes import CODES, Code
from cnnspec.core.diagnostic import Diagnostic, Fix, Place
from cnnspec.core.terminal import printable

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LINE_BREAKS = ["\r\n", "\n", "\r", "\x85", "\u2028", "\u2029"]
"""Where our lines end: as YAML has it."""
_ROOT = "%SRCROOT%"
"""What relative paths start from, by the name that code hosts know."""


def sarif_log(version: str, files: Iterable[tuple[str, Iterable[Diagnostic]]]) -> dict[str, Any]:
    """A log of one run of this version of cnnspec: what was found in each file."""
    found = [(file, diagnostic) for file, diagnostics in files for diagnostic in diagnostics]
    indices = {code: index for index, code in enumerate(dict.fromkeys(one.code for _, one in found))}
    driver = {
        "name": "cnnspec",
        "semanticVersion": version,
        "rules": [_rule(code, CODES[code]) for code in indices],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "newlineSequences": _LINE_BREAKS,
        "results": [_result(diagnostic, file, indices) for file, diagnostic in found],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(name: str, code: Code) -> dict[str, Any]:
    """What there is to say of a code, as a text and as Markdown."""
    title = code.title.removesuffix(" (warning)")
    parts = [code.why, *_example(code.bad), code.remedy, *(_example(code.good) if code.good else [])]
    return {
        "id": name,
        "shortDescription": {"text": f"{title}."},
        "fullDescription": {"text": code.why},
        "defaultConfiguration": {"level": "warning" if title != code.title else "error"},
        "help": {
            "text": f"{code.why} {code.remedy} `cnnspec explain {name}` shows an example.",
            "markdown": "\n".join(parts),
        },
    }


def _example(spec: str) -> list[str]:
    return ["", "```yaml", spec, "```", ""]


def _result(diagnostic: Diagnostic, file: str, indices: Mapping[str, int]) -> dict[str, Any]:
    """One diagnostic. Braces in texts stay as they are: readers replace none but `{0}` and its like."""
    source = diagnostic.place.source.name
    elsewhere = "" if source == file else f"{source}: "
    hint = f". {diagnostic.hint}" if diagnostic.hint else ""
    related = [
        {"id": number, **_location(one.place, file), "message": {"text": printable(one.message)}}
        for number, one in enumerate(diagnostic.related, 1)
    ]
    return {
        "ruleId": diagnostic.code,
        "ruleIndex": indices[diagnostic.code],
        "level": diagnostic.severity,
        "message": {"text": printable(f"{elsewhere}{diagnostic.message}{hint}")},
        "locations": [_location(diagnostic.place, file)],
        **({"relatedLocations": related} if related else {}),
        **({"fixes": fixes} if (fixes := _fixes(diagnostic, file)) else {}),
    }


def _fixes(diagnostic: Diagnostic, file: str) -> list[dict[str, Any]]:
    """What mends it in its file; a value of `--set` is in none."""
    inside = (fix for fix in diagnostic.fixes if all(edit.place.source.name == file for edit in fix.edits))
    return [_fix(fix, file) for fix in inside]


def _fix(fix: Fix, file: str) -> dict[str, Any]:
    replacements = [
        {"deletedRegion": _region(edit.place), "insertedContent": {"text": edit.text}} for edit in fix.edits
    ]
    change = {"artifactLocation": _artifact(file), "replacements": replacements}
    return {"description": {"text": printable(fix.title)}, "artifactChanges": [change]}


def _location(place: Place, file: str) -> dict[str, Any]:
    """A place in the file; one in a `--set` is told of the file as a whole."""
    region = {"region": _region(place)} if place.source.name == file else {}
    return {"physicalLocation": {"artifactLocation": _artifact(file), **region}}


def _region(place: Place) -> dict[str, int]:
    """Ours are counted as SARIF counts: from 1, the end exclusive."""
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _artifact(file: str) -> dict[str, str]:
    """A file's URI: relative to the working folder where it is in it."""
    path = PurePath(os.path.normpath(file))
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    name = quote(os.fsencode(path.as_posix()))
    return {"uri": f"file://{name}"} if path.is_absolute() else {"uri": name, "uriBaseId": _ROOT}
