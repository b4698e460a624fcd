"""Runs the checks that a spec needs: found by their folders, imported when first needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from cnnspec.compiler.checks.context import BudgetContext, Context, DataContext, TrainContext
from cnnspec.compiler.checks.interface import Check, Finding, Need
from cnnspec.compiler.plan import Plan
from cnnspec.core.diagnostic import Diagnostic, Findings, Place, Report
from cnnspec.language.spec import Spec
from cnnspec.reader.node import Mapping, Node, Sequence
from cnnspec.settings.datasets.base import Data
from cnnspec.settings.train import Train

if TYPE_CHECKING:
    from cnnspec.settings.budget import Budget

FOLDERS = ("network", "training", "data", "names", "budget")
"""The folders of checks, in the order in which they are run."""


def run_checks(
    spec: Spec,
    file: Mapping,
    plan: Plan | None,
    train: Train | None,
    data: Data | None,
    findings: Report,
    budget: Budget | None = None,
) -> None:
    """Report what the checks find. What is wrong, or not there, is None."""
    known: set[Need] = {"train"} if train is not None else set()
    if plan is not None and plan.complete and not plan.open_inputs:
        known.add("shapes")
    asked = spec.train is not None or spec.data is not None
    folders = {
        "network": True,
        "training": asked and train is not None,
        "data": data is not None and plan is not None,
        "names": bool(spec.variables or spec.blocks),
        "budget": False,
    }
    checks = [check for folder in FOLDERS if folders[folder] for check in checks_of(folder)]
    _run(checks, _context(spec, file, plan, train, data), known, findings)
    if budget is not None and plan is not None:
        limits = BudgetContext(plan, spec, file, train or Train(), budget)
        _run(checks_of("budget"), limits, known, findings)


def _context(spec: Spec, file: Mapping, plan: Plan | None, train: Train | None, data: Data | None) -> Context:
    plan = plan or Plan(spec.name, {}, (), ())
    if data is not None:
        return DataContext(plan, spec, file, train or Train(), data)
    return Context(plan, spec, file) if train is None else TrainContext(plan, spec, file, train)


def _run(checks: Iterable[Check], context: Context, known: set[Need], findings: Report) -> None:
    """Run all checks, those that need `no errors` last and only while there is none."""
    early = [check for check in checks if check.needs <= known]
    late = [check for check in checks if "no errors" in check.needs and check.needs <= known | {"no errors"}]
    for check in early:
        _report(check, context, findings)
    for check in late:
        if not findings.errors:
            _report(check, context, findings)


def _report(check: Check, context: Context, findings: Findings) -> None:
    for found in check.rule(context):
        findings.add(_diagnostic(found, context.spec))


def _diagnostic(found: Finding, spec: Spec) -> Diagnostic:
    place = _field_place(found.at, spec) if isinstance(found.at, str) else found.at.place
    return Diagnostic(found.code, found.message, place, found.hint, found.severity)


def _field_place(field: str, spec: Spec) -> Place:
    """Where a field is written, or what holds it; where there is no `train:`, the data asks for training."""
    steps = field.split(".")
    node: Node = spec.root
    for step in ["data"] if steps[0] == "train" and spec.train is None else steps:
        inner = _inner(node, step)
        if inner is None:
            break
        node = inner
    return node.place


def _inner(node: Node, step: str) -> Node | None:
    if isinstance(node, Mapping):
        return node.get(step)
    return node.items[int(step)] if isinstance(node, Sequence) and step.isdigit() else None


@cache
def checks_of(folder: str) -> tuple[Check, ...]:
    """The checks of a folder."""
    found = (value for module in check_modules(folder) for value in vars(module).values())
    return tuple(check for check in found if isinstance(check, Check))


def check_modules(folder: str) -> Iterator[ModuleType]:
    """The files of a folder, each a check."""
    package = import_module(f"{__package__}.{folder}")
    (folder,) = package.__path__
    for file in sorted(Path(folder).glob("[a-z]*.py")):
        yield import_module(f"{package.__name__}.{file.stem}")
