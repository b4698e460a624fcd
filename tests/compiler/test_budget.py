"""Limits that can't be looked at. What can be is in tests/cases/17-budget.md."""

from __future__ import annotations

import cnnspec
from cnnspec.compiler.checks.budget.limits import limits
from cnnspec.compiler.checks.context import BudgetContext
from cnnspec.core.shape import Shape
from cnnspec.settings.budget import Budget
from cnnspec.settings.train import Train


def test_memory_that_is_not_known_is_a_warning():
    plan = cnnspec.check_text("cnnspec: 1\ninput: [8]\nlayers: [relu]\n").require_plan()
    plan.nodes[0].shape = Shape((None,))
    context = BudgetContext(plan, None, None, Train(), Budget(memory=1))
    assert [("unknown-budget", "warning")] == [(found.code, found.severity) for found in limits.rule(context)]


def test_a_budget_without_a_network_is_no_budget():
    found = cnnspec.check_text("cnnspec: 1\nlayers: [relu]\nbudget: {params: 1}\n").diagnostics
    assert ["missing-key"] == [diagnostic.code for diagnostic in found]


def test_a_limit_can_be_set_from_outside():
    codes = [
        [found.code for found in cnnspec.check("mnist", {"budget.params": limit}).diagnostics]
        for limit in ("21840", 21840, 21839, "20k")
    ]
    assert [[], [], ["over-budget"], ["over-budget"]] == codes


def test_a_network_without_layers_takes_the_memory_of_its_input():
    text = "cnnspec: 1\ninput: [1, 28, 28]\nlayers: [{relu, when: false}]\nbudget: {memory: 1}\ntrain: {batch_size: 4}\n"
    (found,) = cnnspec.check_text(text).diagnostics
    assert "over-budget" == found.code
