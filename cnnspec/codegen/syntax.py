"""Python as data: expressions and statements are made, compared and folded first, and printed last."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from cnnspec.codegen.identifiers import is_attribute

WIDTH = 110
REPEATED = 3
"""So many equal modules in a row of an nn.Sequential are printed as a loop."""
_ATTRIBUTE = re.compile(r"([^\W\d]\w*?)([1-9]\d*|0)")


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, text, boolean or None. Equal constants have equal text: 2 is not 2.0, nor 1 True."""

    text: str
    value: object = field(default=None, compare=False)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Tuple:
    """`(a, b)`."""

    items: tuple[Expression, ...]

    def __str__(self) -> str:
        comma = "," if len(self.items) == 1 else ""
        return f"({_joined(self.items)}{comma})"


@dataclass(frozen=True, slots=True)
class List:
    """`[a, b]`."""

    items: tuple[Expression, ...]

    def __str__(self) -> str:
        return f"[{_joined(self.items)}]"


@dataclass(frozen=True, slots=True)
class Dict:
    """`{"key": value}`."""

    items: tuple[tuple[Expression, Expression], ...]

    def __str__(self) -> str:
        return "{" + ", ".join(f"{key}: {value}" for key, value in self.items) + "}"


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, a parameter, or a class or function by its dotted name."""

    text: str

    def __str__(self) -> str:
        return self.text


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
class Keyword:
    """`name=value` in a call."""

    name: str
    value: Expression

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


@dataclass(frozen=True, slots=True)
class Call:
    """`function(a, name=b)`."""

    function: Name | Member | CountedMember
    arguments: tuple[Expression, ...]

    def __str__(self) -> str:
        return f"{self.function}({_joined(self.arguments)})"


@dataclass(frozen=True, slots=True)
class Infix:
    """`a + b + c`."""

    operator: str
    operands: tuple[Expression, ...]

    def __str__(self) -> str:
        return f" {self.operator} ".join(map(str, self.operands))


@dataclass(frozen=True, slots=True)
class Count:
    """`start + step * i`, in a loop over i."""

    start: int
    step: int

    def __str__(self) -> str:
        term = "i" if abs(self.step) == 1 else f"{abs(self.step)} * i"
        if self.start == 0 and self.step > 0:
            return term
        return (
            f"i + {self.start}" if self.step == 1 else f"{self.start} {'+' if self.step > 0 else '-'} {term}"
        )


@dataclass(frozen=True, slots=True)
class CountedMember:
    """A member whose key ends in a number that counts, in a loop over i."""

    stem: str
    number: Count

    def __str__(self) -> str:
        return f"getattr(self, {self.key})"

    @property
    def key(self) -> str:
        """The key as an expression."""
        return f'f"{self.stem}{{{self.number}}}"'


@dataclass(frozen=True, slots=True)
class Entry:
    """A module of an nn.Sequential under its key, with the shape that it gives for a comment."""

    key: str
    module: Expression
    comment: str


@dataclass(frozen=True, slots=True)
class Sequential:
    """An nn.Sequential; `numbered`: its keys are positions."""

    entries: tuple[Entry, ...]
    numbered: bool

    def __str__(self) -> str:
        return _sequential(self, 0)


Atom = Constant | Tuple | Name
"""What a slot takes: a value, or a parameter's name."""
Expression = Atom | List | Dict | Member | Keyword | Call | Infix | Count | CountedMember | Sequential


@dataclass(frozen=True, slots=True)
class SetMember:
    """`self.key = module`, in a constructor."""

    member: Member | CountedMember
    value: Expression
    is_parameter: bool = False
    comment: str = field(default="", compare=False)

    def lines(self, indent: int) -> Iterator[str]:
        """Its source."""
        head, tail = self._around()
        value = layout(self.value, indent, len(head))
        yield f"{' ' * indent}{head}{value}{tail}{comment(self.comment)}"

    def _around(self) -> tuple[str, str]:
        if isinstance(self.member, CountedMember):
            return f"self.add_module({self.member.key}, ", ")"
        if is_attribute(self.member.key):
            return f"{self.member} = ", ""
        return (
            f'self.{"register_parameter" if self.is_parameter else "add_module"}("{self.member.key}", ',
            ")",
        )


@dataclass(frozen=True, slots=True)
class Assign:
    """`x, y = value`."""

    targets: tuple[str, ...]
    value: Expression

    def lines(self, indent: int) -> Iterator[str]:
        """Its source."""
        head = f"{', '.join(self.targets)} = "
        yield f"{' ' * indent}{head}{layout(self.value, indent, len(head))}"


@dataclass(frozen=True, slots=True)
class Return:
    """`return a, b`; `is_tuple`: also where it is one value."""

    values: tuple[Expression, ...]
    is_tuple: bool = False

    def lines(self, indent: int) -> Iterator[str]:
        """Its source."""
        head = f"{' ' * indent}return "
        if len(self.values) == 1:
            yield f"{head}{layout(self.values[0], indent, len('return '))}{',' if self.is_tuple else ''}"
        else:
            yield f"{head}{_joined(self.values)}"


@dataclass(frozen=True, slots=True)
class InTraining:
    """`if self.training:`."""

    body: tuple[Assign | Return, ...]

    def lines(self, indent: int) -> Iterator[str]:
        """Its source."""
        yield f"{' ' * indent}if self.training:"
        for statement in self.body:
            yield from statement.lines(indent + 4)


@dataclass(frozen=True, slots=True)
class Loop:
    """`for i in range(times):`."""

    times: int
    body: SetMember | Assign

    def lines(self, indent: int) -> Iterator[str]:
        """Its source."""
        yield f"{' ' * indent}for i in range({self.times}):"
        yield from self.body.lines(indent + 4)


Statement = SetMember | Assign | Return | InTraining | Loop


def literal(value: object) -> Constant | Tuple:
    """A value as an expression."""
    if isinstance(value, list | tuple):
        return Tuple(tuple(map(literal, value)))
    # JSON's escapes are Python's
    return Constant(json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value), value)


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
    inside = _joined(expression.arguments)
    rows = [inside] if len(pad + inside) <= WIDTH else [f"{argument}," for argument in expression.arguments]
    inner = "".join(f"{pad}{row}\n" for row in rows)
    return f"{expression.function}(\n{inner}{' ' * indent}){after}"


def _joined(expressions: Iterable[Expression]) -> str:
    return ", ".join(map(str, expressions))


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


def _rows(entries: tuple[Entry, ...], indent: int) -> Iterator[str]:
    pad = " " * indent
    for (module, text), equal in groupby(entries, lambda entry: (entry.module, entry.comment)):
        times, source = len(list(equal)), layout(module, indent)
        if times < REPEATED or "\n" in source:
            yield f"{pad}{source},{comment(text)}\n" * times
        else:
            yield f"{pad}*({source} for _ in range({times})),{comment(text)}\n"
