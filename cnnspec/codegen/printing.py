"""Small pieces of Python: values, calls, names."""

from __future__ import annotations

import builtins
import json
import keyword
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping

WIDTH = 100
USED = frozenset({"self", "torch", "nn", "F", "OrderedDict", "name", "model", *dir(builtins)})
"""Names that printed code uses, and that nothing in it may hide."""


def literal(value: object) -> str:
    """A value as Python source."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)  # JSON's escapes are Python's
    if isinstance(value, list | tuple):
        inside = ", ".join(map(literal, value))
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    return repr(value)


def docstring(*paragraphs: str) -> str:
    """A docstring that holds any text as text: wrapped, then escaped."""
    lines = [textwrap.fill(" ".join(text.split()), WIDTH - 10) for text in paragraphs if text.strip()]
    whole = "".join(c if c.isprintable() or c == "\n" else "·" for c in "\n\n".join(lines))
    escaped = whole.replace("\\", "\\\\").replace('"', "'")
    return f'"""{escaped}\n"""' if "\n" in escaped else f'"""{escaped}"""'


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
    name = "".join(word[0].upper() + word[1:] for word in _words(text)) or "Net"
    return name if name.isidentifier() and not keyword.iskeyword(name) else f"Net{name}"


def snake(text: str) -> str:
    """A variable or function name."""
    name = unicodedata.normalize("NFKC", "_".join(_words(text)).lower()) or "net"
    if not name.isidentifier():
        name = f"net_{name}"
    return f"{name}_" if keyword.iskeyword(name) or keyword.issoftkeyword(name) else name


def _words(text: str) -> list[str]:
    """What of a text may stand in an identifier, which Python reads in normal form."""
    normal = unicodedata.normalize("NFKC", text).replace("_", " ")
    return "".join(c if f"a{c}".isidentifier() else " " for c in normal).split()


def is_attribute(key: str) -> bool:
    """Whether a name can be written after a dot; in a class Python renames what begins with `__`."""
    return key.isidentifier() and not keyword.iskeyword(key) and not key.startswith("__")


def member(owner: str, key: str) -> str:
    """How a submodule or a parameter is read."""
    return f"{owner}.{key}" if is_attribute(key) else f'getattr({owner}, "{key}")'
