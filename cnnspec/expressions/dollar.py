"""Whether a text has expressions in it, and which variables they read, without parsing them."""

from __future__ import annotations

import re

IDENTIFIER = r"[^\W\d]\w*"

_NAME = re.compile(rf"\$\$|\$({IDENTIFIER})")


def has_dollar(text: str) -> bool:
    """Whether there is anything to evaluate or to fill in a text."""
    return "$" in text


def variable_names(text: str) -> frozenset[str]:
    """The variables that a text reads, as a value or as a name; it needn't be valid."""
    return frozenset(name for name in _NAME.findall(text) if name)
