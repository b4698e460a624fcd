"""Finding a layer of a network by what a person calls it: its path, a part of it, an output, a line of the file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from cnnspec.core.suggest import nearest

if TYPE_CHECKING:
    from cnnspec.compiler.plan import Plan, Value

_LINE = re.compile(r"(?:line |:)?(\d+)")
_MOST = 3


class FoundValue(NamedTuple):
    """What a name stands for in a network."""

    value: Value
    remark: str = ""
    """How the name led here, where it is not the path itself; or nothing."""


def find_value(plan: Plan, name: str) -> FoundValue | None:
    """The node or input that a name stands for: a path, an input, an output's key, a namespace, a line; else None."""
    if not name:
        return None
    paths = {node.path: node for node in plan.nodes}
    values: dict[str, Value] = {**plan.inputs, **paths}
    if name in values:
        return FoundValue(values[name])
    outputs = {output.key: output.value for output in plan.outputs if output.key}
    if name in outputs:
        return FoundValue(outputs[name], f"The output {name} is {_called(outputs[name])}.")
    return _in_namespace(plan, name) or _at_line(plan, name) or _by_its_end(plan, name)


def _called(value: Value) -> str:
    return value.node.path if value.node is not None else value.name or "the input"


def _in_namespace(plan: Plan, name: str) -> FoundValue | None:
    inside = [node for node in plan.nodes if node.path.startswith(f"{name}.")]
    if not inside:
        return None
    return FoundValue(
        inside[-1], f"{name} holds {len(inside)} layers; the last of them is {inside[-1].path}."
    )


def _at_line(plan: Plan, name: str) -> FoundValue | None:
    match = _LINE.fullmatch(name)
    there = [node for node in plan.nodes if match and node.place.line == int(match[1])]
    if not there or match is None:
        return None
    others = f", the first of {len(there)} layers that line gives" if len(there) > 1 else ""
    return FoundValue(there[0], f"Line {match[1]} is {there[0].path}{others}.")


def _by_its_end(plan: Plan, name: str) -> FoundValue | None:
    """A name without the namespaces around it, where only one node has it."""
    ends = [node for node in plan.nodes if node.path.endswith(f".{name}")]
    return FoundValue(ends[0], f"{name} is {ends[0].path}.") if len(ends) == 1 else None


def near_nodes(plan: Plan, name: str) -> list[str]:
    """What resembles a name which is none: paths, or lines; for no name at all, the last layer."""
    paths = [node.path for node in plan.nodes]
    if not name:
        return paths[-1:]
    if match := _LINE.fullmatch(name):
        lines = {node.place.line for node in plan.nodes}
        return [f"line {line}" for line in sorted(lines, key=lambda line: abs(line - int(match[1])))[:1]]
    alike = [node.path for node in plan.nodes if node.path.endswith(f".{name}") or node.kind == name]
    return alike[:_MOST] or _resembling(name, [*plan.inputs, *paths, *_namespaces(paths)])


def _namespaces(paths: Iterable[str]) -> list[str]:
    """What paths are in: all their beginnings, once each."""
    parts = (path.split(".") for path in paths)
    return list(dict.fromkeys(".".join(p[:length]) for p in parts for length in range(1, len(p))))


def _resembling(name: str, candidates: Iterable[str]) -> list[str]:
    from difflib import get_close_matches  # noqa: PLC0415 -- only a mistake pays for it

    known = list(candidates)
    found = nearest(name, known)
    close = get_close_matches(name, known, _MOST, 0.8)
    return list(dict.fromkeys([found, *close] if found else close))[:_MOST]
