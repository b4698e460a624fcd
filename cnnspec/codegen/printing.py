"""Small pieces of Python: values, calls, names."""

from __future__ import annotations

import builtins
import json
import keyword
import textwrap
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

WIDTH = 110
RUN = 3
"""So many equal modules in a row are written as a loop."""
USED = frozenset(
    {"self", "torch", "nn", "F", "OrderedDict", "name", "model", "module", "i", "_", *dir(builtins)}
)
"""Names that printed code uses, and that nothing in it may hide."""


class Hole(NamedTuple):
    """A place for an argument of a call, or for a comment, which has no name."""

    name: str = ""
    keyword: bool = False
    default: str | None = None
    """What the argument is where it is not written."""
    path: tuple[str, ...] = ()
    """The keys that lead to the module it is an argument of."""


def literal(value: object) -> str:
    """A value as Python source."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)  # JSON's escapes are Python's
    return tuple_of(list(map(literal, value))) if isinstance(value, list | tuple) else repr(value)


def tuple_of(texts: list[str]) -> str:
    """A tuple of these values."""
    return f"({texts[0]},)" if len(texts) == 1 else f"({', '.join(texts)})"


def docstring(*paragraphs: str) -> str:
    """A docstring that holds any text as text: wrapped, then escaped."""
    lines = [textwrap.fill(" ".join(text.split()), WIDTH - 10) for text in paragraphs if text.strip()]
    whole = "".join(c if c.isprintable() or c == "\n" else "·" for c in "\n\n".join(lines))
    escaped = whole.replace("\\", "\\\\").replace('"', "'")
    return f'"""{escaped}\n"""' if "\n" in escaped else f'"""{escaped}"""'


def arguments(holes: Iterable[Hole], texts: Iterable[str]) -> list[str]:
    """A call's arguments, without keywords that have their default."""
    return [
        f"{hole.name}={text}" if hole.keyword else text
        for hole, text in zip(holes, texts, strict=True)
        if text != hole.default
    ]


def call(function: str, parts: list[str], indent: int, before: int = 0, after: str = "") -> str:
    """A call on one line; where that is too long the arguments go on the next, or on one each.

    `before` counts what stands before it on its line, `after` follows it.
    """
    inside = ", ".join(parts)
    if indent + before + len(f"{function}({inside}){after}") <= WIDTH:
        return f"{function}({inside}){after}"
    pad = " " * (indent + 4)
    lines = [inside] if len(pad + inside) <= WIDTH else [f"{part}," for part in parts]
    inner = "".join(f"{pad}{line}\n" for line in lines)
    return f"{function}(\n{inner}{' ' * indent}){after}"


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
