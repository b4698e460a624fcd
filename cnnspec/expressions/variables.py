"""The variables that a text reads, found without parsing it. What has no `$` in it is no expression."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cnnspec.core.plain_values import Plain

IDENTIFIER = r"[^\W\d]\w*"

Variables = Mapping[str, Plain]
"""The variables that an expression sees."""

_NAME = re.compile(rf"\$\$|\$({IDENTIFIER})")


def variable_names(text: str) -> frozenset[str]:
    """The variables that a text reads, as a value or as a name; it needn't be valid."""
    return frozenset(filter(None, _NAME.findall(text)))
