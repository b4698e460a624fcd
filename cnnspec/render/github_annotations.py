"""Diagnostics as GitHub's workflow commands, which it shows as annotations beside the lines of a change."""

from __future__ import annotations

from cnnspec.core.diagnostic import Diagnostic
from cnnspec.core.terminal import printable


def render(diagnostic: Diagnostic) -> str:
    """One `::error …::message` line."""
    place = diagnostic.place
    where = {
        "file": place.source.name,
        "line": place.line,
        "col": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    in_a_file = not place.source.name.startswith("--set ")
    properties = {**(where if in_a_file else {}), "title": diagnostic.code}
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    text = f"{diagnostic.message}. {diagnostic.hint}" if diagnostic.hint else diagnostic.message
    text = text if in_a_file else f"{place.source.name}: {text}"
    return f"::{diagnostic.severity} {listed}::{_data(printable(text))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")
