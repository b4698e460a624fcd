"""What the printed file imports, what it names, and the helpers that it carries with it."""

from __future__ import annotations

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
        self._sounds: set[str] = set()

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
        while name in self.taken or _sound(name) in self._sounds:
            name, number = f"{wish}{number}", number + 1
        self.taken.add(name)
        self._sounds.add(_sound(name))
        return name

    def text(self) -> str:
        """The import lines."""
        lines = ["from collections import OrderedDict", ""] if self.ordered_dict else []
        lines += ["import torch"]
        lines += ["import torch.nn.functional as F"] if self._functional or self._helpers else []
        return "\n".join([*lines, "from torch import nn"])

    def helpers_source(self) -> str:
        """The classes of the helpers that are used, as they stand in their files."""
        return "\n\n\n".join(_class_source(HELPERS[name]) for name in self._helpers)


def _sound(name: str) -> str:
    return name.replace("_", "").lower()


def _class_source(module: str) -> str:
    """A helper's file from its class on: its imports are the printed file's own."""
    text = (files("cnnspec.codegen.helpers") / f"{module}.py").read_text("utf-8")
    return text[text.index("\nclass ") + 1 :].strip("\n")
