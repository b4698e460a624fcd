"""How large a spec may be: what is beyond is not read."""

from __future__ import annotations

MAX_BYTES = 1_000_000
"""The longest text. A spec of a thousand layers has 50,000 bytes."""
MAX_DEPTH = 64
"""Levels of lists and mappings within each other."""
MAX_NODES = 100_000
"""Keys and values, those that an alias repeats included."""
