"""docs/api.md runs, and so does a typed program of a user."""

from __future__ import annotations

import re

from torch import nn

from tests.docs import typed_user
from tests.docs.test_api import PAGE, WIDE


def test_every_block_of_the_page_runs_in_order():
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    shown: list[str] = []
    names = {"print": lambda *values: shown.append(" ".join(map(str, values)))}
    for block in blocks:
        exec(compile(block, "docs/api.md", "exec"), names)
    assert "8 wrong-assertion linear: in_features says 576, the input has 5760" in shown[0]
    assert "small.yaml:8:27: error[wrong-assertion]" in shown[1]
    assert "resnet50 23528522" in shown[2]
    assert "3×224×224" in shown


def test_a_typed_program_runs():
    assert isinstance(typed_user.network(WIDE % 3), nn.Conv2d | nn.Sequential)
    (message,) = typed_user.network(WIDE % 9)
    assert message.startswith("4: conv: ")
