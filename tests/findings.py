"""What is found in a text, in short."""

from __future__ import annotations

from cnnspec.compiler.check import check_text


def codes(text: str, **options: object) -> list[str]:
    """The codes of all that is found in a spec of version 1, in order."""
    return [found.code for found in check_text(f"cnnspec: 1\n{text}", **options).diagnostics]
