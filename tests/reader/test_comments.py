"""Comments of a text: what stands behind a `#` that begins one."""

from __future__ import annotations

import re

import pytest
import yaml

from cnnspec.core.diagnostic import Source
from cnnspec.reader.comments import in_comments

MARK = re.compile(r"#\s*mark")


def lines(text: str) -> list[int]:
    return [line for line, _ in in_comments(Source("a.yaml", text), MARK)]


@pytest.mark.parametrize("with_libyaml", [True, False])
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: 1", []),
        ("# mark\na: 1  # mark\n# mark", [1, 2, 3]),
        ("a: 1 # 16×8×8 # mark", [1]),
        ("a: '# mark'\nb: \"# mark\" # mark", [2]),
        ("a: b#mark\nc: d", []),
        ("a: |\n  # mark\n  text\n# mark", [4]),
        ('a: "two\n  # mark\n  lines" # mark', [3]),
        ("[a, # mark\r\n b] # mark", [1, 2]),
        ("größe: 'ü# mark'  # mark\x85# mark", [1, 2]),
    ],
)
def test_what_a_text_holds_is_no_comment(monkeypatch, text, found, with_libyaml):
    monkeypatch.setattr(yaml, "__with_libyaml__", with_libyaml)
    assert found == lines(text)
