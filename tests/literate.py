"""Literate cases: prose with specs in it, and beside their lines what must be said of them.

A ```yaml block is a whole spec, or a fragment: a list of items, before which comments say what enters
(`# input: [3, 8, 8]`). `# variant: tiny` and `# set: width=16` pick as the command line does. A mark
stands at the end of the line that it is about:

    # -> 16×8×8              the item written at this line gives this shape; of several items of the
                             line, rounds or calls, the last that is finished
    # at: stem.conv1         so begin the names of its parameters: its path; again the last one's
    # error: code            exactly these diagnostics belong to this line, or `# warning: code`;
    # error: code "text"     the text is in message or hint

What is said of the whole file belongs to the block's first line.

Errors are exactly those that are marked. Of the warnings those count whose code is named, in a mark or in the prose,
under the block's heading: others are no matter of these cases, and a new check does not break them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from cnnspec.compiler.check import Result, check_text
from cnnspec.compiler.walk.walk import Observer

FOLDER = Path(__file__).parent / "cases"

_BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ ", re.MULTILINE)
_WORD = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HEADER = re.compile(r"# (input|variant|set): (.*)")
_MARK = re.compile(r" *# (?:(->|at:) (\S+)|(error|warning): ([\w-]+)(?: \"([^\"]*)\")?) *(?=$| # )")


class Mark(NamedTuple):
    """What belongs to a line: its item's shape (`->`) or path (`at:`), or a diagnostic."""

    line: int
    sign: str
    word: str
    text: str = ""


class Case(NamedTuple):
    """A block of a file."""

    name: str
    first: int
    spec: str
    marks: tuple[Mark, ...]
    options: dict[str, str]
    named: frozenset[str]
    """The words under its heading: the codes that the case looks at are among them."""


def cases() -> list[Case]:
    """Every case of every file."""
    files = sorted(FOLDER.glob("*.md"))
    return [case for file in files for case in cases_of(file.name, file.read_text("utf-8"))]


def cases_of(name: str, text: str) -> list[Case]:
    """The cases of a text; lines are counted in the whole text."""
    return [
        _case(name, text.count("\n", 0, block.start(1)), block[1], _words_around(text, block.start()))
        for block in _BLOCK.finditer(text)
    ]


def _words_around(text: str, position: int) -> frozenset[str]:
    """The words from the heading before to the one after."""
    prose = _BLOCK.sub(lambda block: re.sub(r"^#", " ", block[0], flags=re.MULTILINE), text)
    headings = [heading.start() for heading in _HEADING.finditer(prose)]
    first = max((start for start in headings if start <= position), default=0)
    last = min((start for start in headings if start > position), default=len(text))
    return frozenset(_WORD.findall(text[first:last]))


def _case(name: str, above: int, block: str, named: frozenset[str]) -> Case:
    lines = [_MARK.sub("", line) for line in block.split("\n")]
    options = dict(header.groups() for line in lines if (header := _HEADER.fullmatch(line)))
    marks = [
        _mark(above + n, *m.groups(""))
        for n, line in enumerate(block.split("\n"), 1)
        for m in _MARK.finditer(line)
    ]
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    head = f"cnnspec: 1\ninput: {options['input']}\nlayers:\n" if first.startswith("- ") else ""
    # Blank lines in front let lines of the spec be lines of the file.
    room = "\n" * (above - head.count("\n"))
    return Case(name, above + 1, room + head + "\n".join(lines), tuple(sorted(marks)), options, named)


def _mark(line: int, arrow: str, shape: str, severity: str, code: str, text: str) -> Mark:
    return Mark(line, arrow, shape) if arrow else Mark(line, severity, code, text)


def found(case: Case) -> list[Mark]:
    """What is said of the case, as marks: every diagnostic that it looks at, and the shapes that it asks for."""
    shapes: dict[int, str] = {}
    result = checked(case, lambda item, value: shapes.update({item.place.line: str(value.shape)}))
    paths = {node.place.line: node.path for node in (result.plan.nodes if result.plan else ())}
    facts = {"->": shapes, "at:": paths}
    asked = [
        mark._replace(word=facts[mark.sign].get(mark.line, "nothing"))
        for mark in case.marks
        if mark.sign in facts
    ]
    wanted = [mark for mark in case.marks if mark.sign not in facts]
    looked_at = (d for d in result.diagnostics if d.severity == "error" or d.code in case.named)
    return sorted(asked + [_told(diagnostic, case, wanted) for diagnostic in looked_at])


def checked(case: Case, observer: Observer | None = None) -> Result:
    """What the checker makes of the case."""
    settings = [case.options["set"]] if "set" in case.options else []
    return check_text(
        case.spec, "case.yaml", variant=case.options.get("variant"), settings=settings, observer=observer
    )


def _told(diagnostic, case: Case, wanted: list[Mark]) -> Mark:
    """The mark that the diagnostic fulfils, taken from those that are wanted, else one with all it says."""
    line = max(diagnostic.place.line, case.first)
    words = " ".join(
        [diagnostic.message, diagnostic.hint, *(related.message for related in diagnostic.related)]
    )
    told = Mark(line, diagnostic.severity, diagnostic.code, words)
    fulfilled = next((mark for mark in wanted if mark[:3] == told[:3] and mark.text in told.text), told)
    if fulfilled in wanted:
        wanted.remove(fulfilled)
    return fulfilled
