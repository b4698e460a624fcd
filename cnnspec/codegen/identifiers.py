"""Names in printed code: what may be one, and how a text becomes one."""

from __future__ import annotations

import builtins
import keyword
import unicodedata

USED = frozenset(
    {"self", "torch", "nn", "F", "OrderedDict", "name", "model", "module", "i", "_", *dir(builtins)}
)
"""Names that printed code uses, and that nothing in it may hide."""


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
