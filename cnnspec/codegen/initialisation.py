"""Initialisation: a loop over modules where all of a class start alike, else loops over parameters' names."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from cnnspec.codegen.syntax import WIDTH, Call, keyword, layout, literal
from cnnspec.core.emit import Module
from cnnspec.layers.initialisers import INITIALISERS

if TYPE_CHECKING:
    from cnnspec.codegen.imports import Imports
    from cnnspec.codegen.tree import Container
    from cnnspec.compiler.plan import Initialisation, Node, Plan
    from cnnspec.layers.initialisers import Initialiser

Rules = dict[str, dict[str, "Initialiser | None"]]
"""For each torch class, how each of its parameters starts; None is torch's own way."""


def init_lines(plan: Plan, root: Container, imports: Imports, owner: str, indent: int) -> list[str]:
    """Statements that start the parameters of `owner`, in construction order where numbers are drawn."""
    if not plan.init:
        return []
    modules = [
        (child.node, child.emit.target) for child in root.operations() if isinstance(child.emit, Module)
    ]
    rules = _rules(plan, modules)
    if rules is None:
        return [line for run in _runs(plan.init) for line in _by_name(*run, owner, indent)]
    return _by_class(rules, _optional(modules), imports, owner, indent)


def _rules(plan: Plan, modules: list[tuple[Node, str]]) -> Rules | None:
    """What holds for every module of a class; None where modules of one class start in different ways."""
    starts = dict(plan.init)
    rules: Rules = {}
    for node, target in modules:
        for name, path in _parameters(node):
            start = starts.pop(path, None)
            if rules.setdefault(target, {}).setdefault(name, start) != start:
                return None
    named = {target: own for target, own in rules.items() if any(own.values())}
    # A bare parameter is in no module of its own; a helper is a subclass of what it helps.
    helpers = {target.removeprefix("helper:") for target in rules if target.startswith("helper:")}
    helped = any(helper.startswith(target.rpartition(".")[2]) for helper in helpers for target in named)
    return None if starts or helped else named


def _parameters(node: Node) -> list[tuple[str, str]]:
    """The names of a module's parameters, and their paths."""
    assert node.weights is not None, "only a plan without errors is printed"
    return [(name, f"{node.path}.{name}") for name in node.weights.parameters]


def _optional(modules: list[tuple[Node, str]]) -> set[tuple[str, str]]:
    """Parameters that some modules of a class have, and some don't."""
    counts: Counter[tuple[str, str]] = Counter()
    instances: Counter[str] = Counter()
    for node, target in modules:
        instances[target] += 1
        counts.update((target, name) for name, _ in _parameters(node))
    return {held for held, count in counts.items() if count < instances[held[0]]}


def _by_class(
    rules: Rules, optional: set[tuple[str, str]], imports: Imports, owner: str, indent: int
) -> list[str]:
    pad = " " * indent
    lines = [f"{pad}for module in {owner}.modules():"]
    for index, (target, own) in enumerate(rules.items()):
        lines.append(f"{pad}    {'el' if index else ''}if isinstance(module, {imports.name(target)}):")
        for name, start in own.items():
            if start is None:
                continue
            guarded = (target, name) in optional
            if guarded:
                lines.append(f"{pad}        if module.{name} is not None:")
            inner = indent + (12 if guarded else 8)
            lines.append(" " * inner + _init_call(f"module.{name}", start, inner))
    return lines


def _runs(init: tuple[Initialisation, ...]) -> list[tuple[Initialiser, list[str]]]:
    """Parameters that start alike: those that draw numbers keep their order, the others are together."""
    alike = groupby((start for start in init if start.initialiser.draws), lambda start: start.initialiser)
    drawn = [(initialiser, [start.parameter for start in run]) for initialiser, run in alike]
    constant: dict[Initialiser, list[str]] = {}
    for start in init:
        if not start.initialiser.draws:
            constant.setdefault(start.initialiser, []).append(start.parameter)
    return [*drawn, *constant.items()]


def _by_name(start: Initialiser, names: list[str], owner: str, indent: int) -> list[str]:
    pad = " " * indent
    if len(names) == 1:
        return [pad + _init_call(f'{owner}.get_parameter("{names[0]}")', start, indent)]
    head = f"{pad}for name in ({', '.join(str(literal(name)) for name in names)}):"
    if len(head) > WIDTH:
        rows = "\n".join(f'{pad}    "{name}",' for name in names)
        head = f"{pad}for name in (\n{rows}\n{pad}):"
    return [head, f"{pad}    {_init_call(f'{owner}.get_parameter(name)', start, indent + 4)}"]


def _init_call(parameter: str, start: Initialiser, indent: int) -> str:
    """The call of torch.nn.init that fills a parameter."""
    changed = start.changed(*type(start).model_fields)
    keywords = (keyword(name, literal(value)) for name, value in changed.items())
    return layout(Call(f"nn.init.{INITIALISERS.name_of(type(start))}_", (parameter, *keywords)), indent)
