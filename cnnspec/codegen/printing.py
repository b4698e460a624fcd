"""Small pieces of Python: values, calls, names."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping

WIDTH = 100
USED = frozenset(
    {"self", "torch", "nn", "F", "OrderedDict", "super", "getattr", "dict", "tuple", "str", "name"}
)
"""Names that printed code uses, and that nothing in it may hide."""


def literal(value: object) -> str:
    """A value as Python source."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list | tuple):
        inside = ", ".join(map(literal, value))
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    return repr(value)


def arguments(args: Iterable[object], kwargs: Mapping[str, object]) -> list[str]:
    """A call's arguments."""
    return [literal(value) for value in args] + [f"{name}={literal(value)}" for name, value in kwargs.items()]


def call(function: str, parts: list[str], indent: int) -> str:
    """A call on one line, or with a line for each argument where it would be too long."""
    line = f"{function}({', '.join(parts)})"
    if indent + len(line) <= WIDTH:
        return line
    inner = "".join(f"{' ' * (indent + 4)}{part},\n" for part in parts)
    return f"{function}(\n{inner}{' ' * indent})"


def camel(text: str) -> str:
    """A class name: `layer1.0` becomes Layer10, `u-net` UNet."""
    words = [word for word in re.split(r"[\W_]+", text) if word]
    name = "".join(word[0].upper() + word[1:] for word in words) or "Net"
    return name if name.isidentifier() and not keyword.iskeyword(name) else f"Net{name}"


def snake(text: str) -> str:
    """A variable or function name."""
    name = re.sub(r"\W+", "_", text).strip("_").lower() or "net"
    if not name.isidentifier():
        name = f"net_{name}"
    return f"{name}_" if keyword.iskeyword(name) or keyword.issoftkeyword(name) else name


def is_attribute(key: str) -> bool:
    """Whether a name can be written after a dot."""
    return key.isidentifier() and not keyword.iskeyword(key)


def member(owner: str, key: str) -> str:
    """How a submodule or a parameter is read."""
    return f"{owner}.{key}" if is_attribute(key) else f'getattr({owner}, "{key}")'
