"""Comments of a text. Nodes know nothing of them, so that they are looked for in the text, when someone asks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

import yaml

from cnnspec.core.diagnostic import LINE_BREAK, Source


def in_comments(source: Source, pattern: re.Pattern[str]) -> Iterator[tuple[int, re.Match[str]]]:
    """Where a pattern that begins with `#` matches in a comment, and not in a text: the line, from 1, and the match.

    The source must be right YAML.
    """
    lines = enumerate(LINE_BREAK.split(source.text))
    found = [(number, match) for number, line in lines for match in pattern.finditer(line)]
    if not found:
        return
    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    tokens = [token for token in yaml.scan(source.text, loader) if isinstance(token, yaml.ScalarToken)]
    starts = [(token.start_mark.line, token.start_mark.column) for token in tokens]
    for number, match in found:
        before = bisect_right(starts, (number, match.start())) - 1
        end = tokens[before].end_mark if before >= 0 else None
        if end is None or (end.line, end.column) <= (number, match.start()):
            yield number + 1, match
