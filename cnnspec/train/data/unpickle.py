"""Python's pickle, of which only data is built: dicts, lists, tuples, texts, bytes, whole numbers, arrays of bytes.

Nothing that a file names is imported or called. A NumPy array is known by the names that NumPy pickles it
under, and becomes an Array here. Opcodes: Lib/pickletools.py.
"""

from __future__ import annotations

import math
import pickletools
from collections.abc import Callable
from typing import Any, NamedTuple


class Array(NamedTuple):
    """An array of unsigned bytes, the last axis varying fastest."""

    shape: tuple[int, ...]
    values: bytes


class UnreadableError(ValueError):
    """The file is damaged, or holds more than data."""


class _Name(NamedTuple):
    """What a pickle would have imported."""

    module: str
    name: str


class _Blank:
    """An array or a dtype before its state is told."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.made: Array | None = None


_MARK = object()
_BYTES = "u1"
_KEYS = (str, bytes, int)
_VALUES = frozenset(
    (
        "NONE", "NEWTRUE", "NEWFALSE", "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4",
        "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "STRING", "BINSTRING",
        "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8",
    )
)  # fmt: skip
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_FEW = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


def unpickled(content: bytes) -> Any:
    """What was pickled. Raises UnreadableError."""
    try:
        return _resolved(_Machine().run(content))
    except UnreadableError:
        raise
    except (ValueError, IndexError, KeyError, TypeError, OverflowError, AssertionError) as error:
        raise UnreadableError(f"damaged: {error}") from error


class _Machine:
    """The stack that a pickle's opcodes work on."""

    def __init__(self) -> None:
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}
        self._do: dict[str, Callable[[Any], None]] = {
            "MARK": lambda _: self._stack.append(_MARK),
            "EMPTY_DICT": lambda _: self._stack.append({}),
            "EMPTY_LIST": lambda _: self._stack.append([]),
            "EMPTY_TUPLE": lambda _: self._stack.append(()),
            "TUPLE": lambda _: self._stack.append(tuple(self._since_mark())),
            "LIST": lambda _: self._stack.append(self._since_mark()),
            "DICT": lambda _: self._set_items({}, self._since_mark(), push=True),
            "APPEND": lambda _: self._extend([self._stack.pop()]),
            "APPENDS": lambda _: self._extend(self._since_mark()),
            "SETITEM": lambda _: self._set_items(None, self._last(2)),
            "SETITEMS": lambda _: self._set_items(None, self._since_mark()),
            "GLOBAL": lambda text: self._stack.append(_Name(*text.split(" ", 1))),
            "STACK_GLOBAL": lambda _: self._stack.append(_Name(*self._last(2))),
            "REDUCE": lambda _: self._stack.append(_called(*self._last(2))),
            "BUILD": lambda _: _tell(self._stack[-2], self._stack.pop()),
            "MEMOIZE": lambda _: self._remember(len(self._memo)),
            **dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT"), self._remember),
            **dict.fromkeys(
                ("GET", "BINGET", "LONG_BINGET"), lambda key: self._stack.append(self._memo[key])
            ),
            **dict.fromkeys(("PROTO", "FRAME"), lambda _: None),
        }

    def run(self, content: bytes) -> Any:
        """The value that the opcodes leave."""
        for opcode, argument, position in pickletools.genops(content):
            name = opcode.name
            if name in _VALUES:
                self._stack.append(_CONSTANTS.get(name, argument))
            elif name in _FEW:
                self._stack.append(tuple(self._last(_FEW[name])))
            elif name in self._do:
                self._do[name](argument)
            elif name != "STOP":
                raise UnreadableError(f"{name} at byte {position:,} is not data")
        return self._stack.pop()

    def _remember(self, key: int) -> None:
        self._memo[key] = self._stack[-1]

    def _last(self, count: int) -> list[Any]:
        return [self._stack.pop() for _ in range(count)][::-1]

    def _since_mark(self) -> list[Any]:
        start = len(self._stack) - 1
        while self._stack[start] is not _MARK:
            start -= 1
            if start < 0:
                raise IndexError("no mark")
        items = self._stack[start + 1 :]
        del self._stack[start:]
        return items

    def _extend(self, items: list[Any]) -> None:
        target = self._stack[-1]
        if not isinstance(target, list):
            raise UnreadableError("items for what is no list")
        target.extend(items)

    def _set_items(self, target: dict[Any, Any] | None, items: list[Any], *, push: bool = False) -> None:
        target = self._stack[-1] if target is None else target
        keys = items[::2]
        # a key of nested tuples could be too deep to be hashed
        if not isinstance(target, dict) or not all(isinstance(key, _KEYS) for key in keys):
            raise UnreadableError("items for what is no dict, or a key that is no text or number")
        target.update(zip(keys, items[1::2], strict=True))
        if push:
            self._stack.append(target)


def _called(name: object, arguments: object) -> object:
    """What calling this would have made: an array or a dtype, yet untold, or bytes. Nothing is called."""
    if not isinstance(name, _Name) or not isinstance(arguments, tuple):
        raise UnreadableError("a call of what is no name")
    if name == _Name("_codecs", "encode"):
        text, encoding = arguments
        if encoding == "latin1" and isinstance(text, str):
            return text.encode("latin-1")
    if name.name == "_reconstruct" and name.module in {"numpy.core.multiarray", "numpy._core.multiarray"}:
        return _Blank("array")
    if name == _Name("numpy", "dtype"):
        return _Blank(str(arguments[0]))
    raise UnreadableError(f"it names {name.module}.{name.name}, which is not data")


def _tell(blank: object, state: object) -> None:
    """Give an array its values, as ndarray.__setstate__ does; a dtype's state says nothing of bytes."""
    if not isinstance(blank, _Blank) or not isinstance(state, tuple):
        raise UnreadableError("state for what is no array")
    if blank.kind != "array":
        return
    _, shape, dtype, by_column, values = state
    if not isinstance(dtype, _Blank) or dtype.kind not in {_BYTES, "uint8", "|u1"}:
        raise UnreadableError("an array that is not of unsigned bytes")
    values = values.encode("latin-1") if isinstance(values, str) else values
    if not isinstance(shape, tuple) or not all(type(size) is int and size >= 0 for size in shape):
        raise UnreadableError("an array without a shape")
    if by_column or not isinstance(values, bytes) or len(values) != math.prod(shape):
        raise UnreadableError("an array that is not row by row, or of another size than its shape's")
    blank.made = Array(shape, values)


def _resolved(value: Any) -> Any:
    """The value, with arrays in their places where a dict's value is one."""
    if isinstance(value, dict):
        return {key: _array(item) for key, item in value.items()}
    return _array(value)


def _array(value: Any) -> Any:
    return value.made if isinstance(value, _Blank) else value
