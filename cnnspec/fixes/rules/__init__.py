"""What may mend a mistake: each rule looks at one and proposes changes, the likeliest first. Each is tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cnnspec.fixes.edits import Candidate
from cnnspec.fixes.mistake import Mistake
from cnnspec.fixes.rules.assertions import assertions
from cnnspec.fixes.rules.expressions import expressions
from cnnspec.fixes.rules.input import input_sizes
from cnnspec.fixes.rules.nesting import nesting
from cnnspec.fixes.rules.other_tools import other_tools
from cnnspec.fixes.rules.sizes import sizes
from cnnspec.fixes.rules.spelling import spelling
from cnnspec.fixes.rules.syntax import syntax
from cnnspec.fixes.rules.values import values

RULES: tuple[Callable[[Mistake], Iterator[Candidate]], ...] = (
    syntax,
    expressions,
    spelling,
    nesting,
    other_tools,
    values,
    assertions,
    sizes,
    input_sizes,
)
"""In this order candidates are tried."""
