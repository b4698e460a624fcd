"""Bytes as one reads them: in powers of 1000, as disks and cards are sold."""

from __future__ import annotations

_UNITS = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


def memory_text(number: int) -> str:
    """`8.40 GB`, `312 MB`, `96 bytes`: three digits, or more where they stand before the point."""
    for unit, name in _UNITS:
        if number >= unit:
            value = number / unit
            return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f} {name}"  # noqa: PLR2004 -- decimal digits
    return f"{number} bytes"
