"""What the printed file imports, what it names, and the helpers that it carries with it."""

from __future__ import annotations

import ast
from importlib.resources import files

from cnnspec.codegen.helpers import HELPERS
from cnnspec.codegen.identifiers import USED

_PREFIXES = {"torch.nn.functional": "F", "torch.nn": "nn", "torch": "torch"}


class Imports:
    """Collects the names that the printed file uses."""

    def __init__(self) -> None:
        self.ordered_dict = False
        self._functional = False
        self._helpers: list[str] = []
        self.taken = {*USED, *HELPERS}
        """Names that nothing new may have."""
        self._comparison_keys: set[str] = set()

    def name(self, target: str) -> str:
        """How a target is written: `nn.Conv2d`, `F.interpolate`, `torch.cat`, or a helper's name."""
        prefix, _, name = target.rpartition(".")
        if target.startswith("helper:"):
            helper = target.removeprefix("helper:")
            if helper not in self._helpers:
                self._helpers.append(helper)
            return helper
        self._functional |= prefix == "torch.nn.functional"
        return f"{_PREFIXES[prefix]}.{name}"

    def free(self, wish: str) -> str:
        """A name for a class or function that nothing else has, nor in other letters: no `block` beside `Block`."""
        name, number = wish, 2
        while name in self.taken or _comparison_key(name) in self._comparison_keys:
            name, number = f"{wish}{number}", number + 1
        self.taken.add(name)
        self._comparison_keys.add(_comparison_key(name))
        return name

    def text(self) -> str:
        """The import lines."""
        lines = ["from collections import OrderedDict", ""] if self.ordered_dict else []
        lines += ["import torch"]
        lines += ["import torch.nn.functional as F"] if self._functional else []
        return "\n".join([*lines, "from torch import nn"])

    def helpers_source(self) -> str:
        """The classes of the helpers that are used, as they stand in their files, bases first."""
        classes: dict[str, str] = {}
        for name in self._helpers:
            _add_class(name, classes)
        return "\n\n\n".join(classes.values())


def _comparison_key(name: str) -> str:
    return name.replace("_", "").lower()


def _add_class(name: str, classes: dict[str, str]) -> None:
    """Add a helper's source, after that of the helpers it inherits from."""
    text = (files("cnnspec.codegen.helpers") / f"{HELPERS[name]}.py").read_text("utf-8")
    (found,) = (node for node in ast.parse(text).body if isinstance(node, ast.ClassDef) and node.name == name)
    for base in found.bases:
        if isinstance(base, ast.Name):
            _add_class(base.id, classes)
    classes.setdefault(name, ast.get_source_segment(text, found) or "")
