"""Diagnostics for a person, in colours; whoever prints them drops the colours where they are not wanted."""

from __future__ import annotations

import click

from cnnspec.core.diagnostic import Diagnostic
from cnnspec.core.diagnostic_text import Role, diagnostic_text

_COLOURS = {"place": None, "error": "red", "warning": "yellow"}


def render(diagnostic: Diagnostic) -> str:
    """One diagnostic on a few lines."""
    return diagnostic_text(diagnostic, _style)


def _style(text: str, role: Role) -> str:
    return click.style(text, fg=_COLOURS[role], bold=True)
