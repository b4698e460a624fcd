"""Python as data: expressions and statements are made, compared and folded first, and printed last."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from cnnspec.codegen.identifiers import is_attribute

WIDTH = 110
REPEATED = 3
"""So many equal modules in a row of an nn.Sequential are printed as a loop."""
_ATTRIBUTE = re.compile(r"([^\W\d]\w*?)([1-9]\d*|0)")


@dataclass(frozen=True, slots=True)
class Parts:
    """Expressions between two brackets, or in an infix operation between none: `(a, b)`, `name=value`, `a + b`."""

    opening: str
    items: tuple[Expression, ...]
    closing: str = ""
    separator: str = ", "

    def __str__(self) -> str:
        return f"{self.opening}{self.separator.join(map(str, self.items))}{self.closing}"


@dataclass(frozen=True, slots=True)
class Call:
    """`function(a, name=b)`."""

    function: str | Member | IndexedMember
    arguments: tuple[Expression, ...]

    def __str__(self) -> str:
        return f"{self.function}({', '.join(map(str, self.arguments))})"


@dataclass(frozen=True, slots=True)
class Member:
    """`self.key`: a submodule, a parameter or an attribute."""

    key: str

    def __str__(self) -> str:
        return f"self.{self.key}" if is_attribute(self.key) else f'getattr(self, "{self.key}")'

    @property
    def numbered(self) -> tuple[str, int] | None:
        """`unit12` as `unit` and 12; None where the key does not end in a number."""
        found = _ATTRIBUTE.fullmatch(self.key)
        return (found[1], int(found[2])) if found else None


@dataclass(frozen=True, slots=True)
class IndexExpression:
    """`start + step * i`, in a loop over i."""

    start: int
    step: int

    def __str__(self) -> str:
        term = "i" if abs(self.step) == 1 else f"{abs(self.step)} * i"
        if self.start == 0 and self.step > 0:
            return term
        if self.step == 1:
            return f"i + {self.start}"
        return f"{self.start} {'+' if self.step > 0 else '-'} {term}"


@dataclass(frozen=True, slots=True)
class IndexedMember:
    """A member whose key ends in a number that counts, in a loop over i."""

    stem: str
    number: IndexExpression

    def __str__(self) -> str:
        return f"getattr(self, {self.key})"

    @property
    def key(self) -> str:
        """The key as an expression."""
        return f'f"{self.stem}{{{self.number}}}"'


@dataclass(frozen=True, slots=True)
class SequentialEntry:
    """A module of an nn.Sequential under its key, with the shape that it gives for a comment."""

    key: str
    module: Expression
    comment: str


@dataclass(frozen=True, slots=True)
class Sequential:
    """An nn.Sequential; `numbered`: its keys are positions."""

    entries: tuple[SequentialEntry, ...]
    numbered: bool


SlotValue = int | str | Parts
"""What a slot takes: a value, or a parameter's name. A whole number is itself, all else its source: 2.0 is not 2."""
Expression = SlotValue | Member | Call | IndexExpression | IndexedMember | Sequential


@dataclass(frozen=True, slots=True)
class MemberAssignment:
    """`self.key = module`, in a constructor."""

    member: Member | IndexedMember
    value: Expression
    is_parameter: bool = False
    comment: str = field(default="", compare=False)

    def source(self, indent: int) -> str:
        """Its lines."""
        head, tail = f"{self.member} = ", ""
        if isinstance(self.member, IndexedMember):
            head, tail = f"self.add_module({self.member.key}, ", ")"
        elif not is_attribute(self.member.key):
            method = "register_parameter" if self.is_parameter else "add_module"
            head, tail = f'self.{method}("{self.member.key}", ', ")"
        return _statement(head, self.value, indent) + tail + comment(self.comment)


@dataclass(frozen=True, slots=True)
class Assign:
    """`x, y = value`."""

    targets: tuple[str, ...]
    value: Expression

    def source(self, indent: int) -> str:
        """Its lines."""
        return _statement(f"{', '.join(self.targets)} = ", self.value, indent)


@dataclass(frozen=True, slots=True)
class Return:
    """`return value`."""

    value: Expression

    def source(self, indent: int) -> str:
        """Its lines."""
        return _statement("return ", self.value, indent)


@dataclass(frozen=True, slots=True)
class CompoundStatement:
    """`if self.training:` or `for i in range(5):`, and what stands below it."""

    head: str
    body: tuple[MemberAssignment | Assign | Return, ...]

    def source(self, indent: int) -> str:
        """Its lines."""
        return "\n".join(
            [" " * indent + self.head, *(statement.source(indent + 4) for statement in self.body)]
        )


Statement = MemberAssignment | Assign | Return | CompoundStatement


def literal(value: object) -> SlotValue:
    """A value as an expression."""
    if isinstance(value, list | tuple):
        return Parts("(", tuple(map(literal, value)), ",)" if len(value) == 1 else ")")
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)  # JSON's escapes are Python's
    return value if type(value) is int else repr(value)


def keyword(name: str, value: Expression) -> Parts:
    """`name=value` in a call."""
    return Parts(f"{name}=", (value,))


def comment(text: str) -> str:
    """A text as a comment after code."""
    return f"  # {text}" if text else ""


def layout(expression: Expression, indent: int, before: int = 0, after: str = "") -> str:
    """An expression on one line; where a call is too long its arguments go on the next, or on one each.

    `before` counts what stands before it on its line, `after` follows it.
    """
    if isinstance(expression, Sequential):
        return _sequential(expression, indent) + after
    line = f"{expression}{after}"
    if not isinstance(expression, Call) or indent + before + len(line) <= WIDTH:
        return line
    pad = " " * (indent + 4)
    inside = ", ".join(map(str, expression.arguments))
    rows = [inside] if len(pad + inside) <= WIDTH else [f"{argument}," for argument in expression.arguments]
    inner = "".join(f"{pad}{row}\n" for row in rows)
    return f"{expression.function}(\n{inner}{' ' * indent}){after}"


def _statement(head: str, value: Expression, indent: int) -> str:
    return f"{' ' * indent}{head}{layout(value, indent, len(head))}"


def _sequential(whole: Sequential, indent: int) -> str:
    """A line for each module, equal ones in a row as a loop; an OrderedDict where keys are not positions."""
    pad = " " * (indent + 4)
    if whole.numbered:
        return f"nn.Sequential(\n{''.join(_rows(whole.entries, indent + 4))}{' ' * indent})"
    pairs = "".join(
        f'{pad}        ("{entry.key}", {layout(entry.module, indent + 12, len(entry.key) + 5)}),{comment(entry.comment)}\n'
        for entry in whole.entries
    )
    inner = f"{pad}OrderedDict(\n{pad}    [\n{pairs}{pad}    ]\n{pad})\n"
    return f"nn.Sequential(\n{inner}{' ' * indent})"


def _rows(entries: tuple[SequentialEntry, ...], indent: int) -> Iterator[str]:
    pad = " " * indent
    for (module, text), equal in groupby(entries, lambda entry: (entry.module, entry.comment)):
        times, source = len(list(equal)), layout(module, indent)
        if times < REPEATED or "\n" in source:
            yield f"{pad}{source},{comment(text)}\n" * times
        else:
            yield f"{pad}*({source} for _ in range({times})),{comment(text)}\n"
