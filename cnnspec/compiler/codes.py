"""Every code that a diagnostic can have, explained once, beside the rule that raises it.

That is the `codes.md` of the rule's room, or the docstring of a check. A code is a section:

    ## code
                     its title, one line; of a warning with `(warning)` behind it
                     why it is a mistake
    ```yaml …```     a small spec that has it
                     what to do
    ```yaml …```     the same spec, mended, where that can be shown

An example is a list of items, a whole spec, or top-level keys of one; `# set: …` and `# variant: …` stand for what
the command line says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cnnspec.compiler.checks.run import FOLDERS, check_modules

_PACKAGE = Path(__file__).parent.parent
_SECTION = re.compile(r"^## ", re.MULTILINE)
_EXAMPLE = re.compile(r"```yaml\n(.*?)\n```", re.DOTALL)


class Code(NamedTuple):
    """What there is to say of a code."""

    title: str
    why: str
    bad: str
    remedy: str
    good: str = ""


def codes_in(text: str) -> dict[str, Code]:
    """The codes that a text explains."""
    return dict(map(_code, _SECTION.split(text)[1:]))


def _code(section: str) -> tuple[str, Code]:
    said, bad, remedy, *rest = _EXAMPLE.split(section)
    name, title, *why = filter(None, said.split("\n"))
    return name, Code(title, " ".join(why), bad, " ".join(remedy.split()), rest[0] if rest else "")


def _texts() -> Iterator[str]:
    for file in sorted(_PACKAGE.glob("*/codes.md")):
        yield file.read_text("utf-8")
    for folder in FOLDERS:
        for module in check_modules(folder):
            yield module.__doc__ or ""


CODES = {name: code for text in _texts() for name, code in codes_in(text).items()}
"""code -> its explanation."""
