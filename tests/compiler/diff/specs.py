"""Specs to compare, in short."""

from __future__ import annotations

from cnnspec.compiler.check import Result, check_text
from cnnspec.compiler.diff.difference import Difference, difference


def checked(text: str, **options: object) -> Result:
    """A spec of version 1 that takes 4×8×8 where it doesn't say what."""
    head = "" if "input:" in text else "input: [4, 8, 8]\n"
    result = check_text(f"cnnspec: 1\n{head}{text}", **options)
    assert result.ok, result.diagnostics
    return result


def compared(before: str, after: str) -> Difference:
    """What differs between two specs."""
    return difference(checked(before), checked(after))


def listed(found: Difference) -> list[tuple[str, str | None, str | None]]:
    """What has become of each layer that differs, with both paths."""
    return [
        (change.sort, change.before and change.before.path, change.after and change.after.path)
        for change in found.layers
    ]
