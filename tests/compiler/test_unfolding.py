"""Specs that unfold to more than they look: within the limit they are walked whole, beyond it told at once."""

from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cnnspec.compiler.check import check_text
from cnnspec.compiler.walk import limits
from tests.findings import codes

FEW_ITEMS = 1_000
"""A limit that is reached sooner than the real one."""
Level = tuple[int, int, str]
"""How many calls of the level below it a block holds, how often each is repeated, and in what they stand."""

WRAPPED = {
    "plain": "{{{call}, repeat: {rounds}}}",
    "named": "{{{call}, repeat: {{row: {rounds}}}, name: n{index}}}",
    "group": "{{layers: [{call}], repeat: {rounds}}}",
    "when": "{{{call}, repeat: {rounds}, when: $i >= 0}}",
    "branch": "{{add: [[{{{call}, repeat: {rounds}}}], []]}}",
}
"""A call of the block below; `group` and `branch` are items around it."""


def _item(level: Level, call: str, index: int) -> str:
    _, rounds, form = level
    return WRAPPED[form].format(call=call, rounds=rounds, index=index)


def _spec(levels: list[Level]) -> str:
    blocks = ["  b0: {layers: [relu]}"]
    for depth, level in enumerate(levels, start=1):
        items = ", ".join(_item(level, f"b{depth - 1}: {{}}", index) for index in range(level[0]))
        blocks.append(f"  b{depth}: {{layers: [{items}]}}")
    return "\n".join(
        ["cnnspec: 1", "input: [3, 4, 4]", "blocks:", *blocks, f"layers: [{{b{len(levels)}: {{}}}}]"]
    )


def _items(levels: list[Level]) -> int:
    """How many items the walk meets, each round being one."""
    inside = 1
    for calls, rounds, form in levels:
        each = {"group": rounds * (2 + inside), "branch": 1 + rounds * (1 + inside)}
        inside = calls * each.get(form, rounds * (1 + inside))
    return 1 + inside


LEVELS = st.lists(
    st.tuples(
        st.integers(1, 4), st.sampled_from([1, 2, 3, 30, 400, 10**9]), st.sampled_from(sorted(WRAPPED))
    ),
    min_size=1,
    max_size=12,
)


@pytest.fixture
def few(monkeypatch) -> None:
    monkeypatch.setattr(limits, "MOST_ITEMS", FEW_ITEMS)


@pytest.mark.usefixtures("few")
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LEVELS)
@example([(2, 1, "plain")] * 20)
@example([(1, 10**9, "named")])
@example([(1, 1, "branch")] * 14)
def test_what_unfolds_to_too_much_is_told_and_what_does_not_is_walked(levels: list[Level]) -> None:
    result = check_text(_spec(levels))
    if _items(levels) > FEW_ITEMS:
        assert {"too-many-items"} == {found.code for found in result.diagnostics if found.severity == "error"}
    else:
        assert result.ok
        relus = math.prod(calls * rounds for calls, rounds, _ in levels)
        assert relus == sum(node.kind == "relu" for node in result.plan.nodes)


def test_the_limit_is_a_hundred_thousand_items() -> None:
    assert 100_000 == limits.MOST_ITEMS
    doubling = check_text(_spec([(2, 1, "plain")] * 40))
    assert ["too-many-items"] == [found.code for found in doubling.diagnostics]


@pytest.mark.usefixtures("few")
def test_a_spec_of_just_the_limit_is_fine() -> None:
    levels = [(1, FEW_ITEMS // 2 - 1, "plain")]
    assert (FEW_ITEMS - 1, True) == (_items(levels), check_text(_spec(levels)).ok)


def test_blocks_may_nest_so_far_and_no_further():
    blocks = "".join(f"  b{i}: {{layers: [b{i + 1}]}}\n" for i in range(70)) + "  b70: {layers: [relu]}\n"
    assert ["too-deep"] == codes(f"input: [1, 8, 8]\nlayers: [b0]\nblocks:\n{blocks}")
    assert "too-deep" not in codes(f"input: [1, 8, 8]\nlayers: [b10]\nblocks:\n{blocks}")
