"""Loops: statements that are alike but for numbers that count on become one, over i."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from cnnspec.codegen.syntax import (
    WIDTH,
    Assign,
    Call,
    CompoundStatement,
    IndexedMember,
    IndexExpression,
    Member,
    MemberAssignment,
    Parts,
    Return,
    Statement,
)

_FEWEST_STATEMENTS = 5
"""So many statements are a loop; fewer are read more easily as they are."""
_WITH_PARTS = (Parts, Call, MemberAssignment, Assign)
"""The nodes in which something may count."""


def with_loops(
    constructor: Sequence[MemberAssignment], forward: Sequence[Statement]
) -> tuple[list[Statement], list[Statement]]:
    """The statements of both methods; a forward loops over the members that the constructor loops over."""
    members = _with_loops(constructor, _counts_a_module)
    stems = {
        stem
        for statement in members
        if isinstance(statement, CompoundStatement)
        for stem in _stems(statement.body)
    }
    if not stems:
        return members, list(forward)
    assigned = _last_assigned(forward)
    calls = _with_loops(assigned, lambda body: not stems.isdisjoint(_stems(body)))
    if assigned is not forward and calls[-2:] == assigned[-2:]:  # the last is no part of a loop
        calls[-2:] = forward[-1:]
    return members, calls


def _with_loops(statements: Sequence[Statement], allowed: Callable[[Any], bool]) -> list[Statement]:
    folded: list[Statement] = []
    start = 0
    while start < len(statements):
        body, times = _run(statements, start)
        loop = CompoundStatement(f"for i in range({times}):", (body,))
        if (
            times >= _FEWEST_STATEMENTS
            and allowed(body)
            and max(map(len, loop.source(8).splitlines())) <= WIDTH
        ):
            folded.append(loop)
            start += times
        else:
            stop = start + max(1, times - 1)  # the last of a run may begin another
            folded += statements[start:stop]
            start = stop
    return folded


def _run(statements: Sequence[Statement], start: int) -> tuple[Any, int]:
    """The statement over i that those from `start` are, and how many they are."""
    pair = [_without_comment(statement) for statement in statements[start : start + 2]]
    body = _generalisation(*pair) if len(pair) == 2 else None  # noqa: PLR2004 -- a pair
    if body is None:
        return None, 1
    stop = start + 2
    while stop < len(statements) and _instance(body, stop - start) == statements[stop]:
        stop += 1
    if isinstance(body, MemberAssignment):
        comments = {getattr(statement, "comment", "") for statement in statements[start:stop]}
        body = replace(body, comment=comments.pop() if len(comments) == 1 else "")
    return body, stop - start


def _without_comment(statement: Statement) -> Statement:
    return replace(statement, comment="") if isinstance(statement, MemberAssignment) else statement


def _generalisation(first: Any, second: Any) -> Any:
    """What is `first` for i = 0 and `second` for i = 1; None where nothing is."""
    if first == second:
        return first
    if type(first) is not type(second):
        return None
    if type(first) is int:
        return IndexExpression(first, second - first) if min(first, second) >= 0 else None
    if isinstance(first, Member):
        return _counted_member(first.numbered, second.numbered)
    if not isinstance(first, (tuple, *_WITH_PARTS)) or len(_parts(first)) != len(_parts(second)):
        return None
    parts = [_generalisation(*pair) for pair in zip(_parts(first), _parts(second), strict=True)]
    return None if None in parts else _with_parts(first, parts)


def _counted_member(first: tuple[str, int] | None, second: tuple[str, int] | None) -> IndexedMember | None:
    if first is None or second is None or first[0] != second[0]:
        return None
    return IndexedMember(first[0], IndexExpression(first[1], second[1] - first[1]))


def _instance(node: Any, i: int) -> Any:
    """A node of a loop's body, in the round i."""
    if isinstance(node, IndexExpression):
        return node.start + node.step * i
    if isinstance(node, IndexedMember):
        return Member(f"{node.stem}{node.number.start + node.number.step * i}")
    if isinstance(node, (tuple, *_WITH_PARTS)):
        return _with_parts(node, [_instance(part, i) for part in _parts(node)])
    return node


def _parts(node: Any) -> Sequence[Any]:
    return node if isinstance(node, tuple) else [getattr(node, name) for name in node.__match_args__]


def _with_parts(node: Any, parts: list[Any]) -> Any:
    return tuple(parts) if isinstance(node, tuple) else type(node)(*parts)


def _counts_a_module(body: MemberAssignment) -> bool:
    return isinstance(body.member, IndexedMember) and not body.is_parameter


def _stems(node: Any) -> Iterator[str]:
    """The members in it that count."""
    if isinstance(node, IndexedMember):
        yield node.stem
    elif isinstance(node, (tuple, *_WITH_PARTS)):
        for part in _parts(node):
            yield from _stems(part)


def _last_assigned(forward: Sequence[Statement]) -> Sequence[Statement]:
    """The statements with what is returned assigned first, as all before it are."""
    *rest, last = forward
    before = rest[-1] if rest else None
    if not isinstance(last, Return) or not isinstance(before, Assign) or len(before.targets) != 1:
        return forward
    if isinstance(last.value, Parts) and not last.value.opening and last.value.separator == ", ":  # names
        return forward
    return [*rest, Assign(before.targets, last.value), Return(before.targets[0])]
