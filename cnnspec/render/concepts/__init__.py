"""Ideas of the field in plain words, a page each: what a learner needs beside the words of the language.

A page is a Markdown file here, called as `cnnspec explain` finds it:

    # its title
                     a sentence: what it is
    Also called: …   other words that lead here
                     paragraphs and ```yaml examples, which tests check
    Source: …        where claims come from that are not arithmetic
    See: …           words of the language, codes and other concepts

An example that begins with `# input: […]` is worked: the compiler's numbers are added to it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

_FENCE = re.compile(r"```yaml\n(.*?)\n```", re.DOTALL)
_MARKS = ("Also called", "Source", "See")


class Example(NamedTuple):
    """A ```yaml block of a page."""

    text: str


class Concept(NamedTuple):
    """What there is to say of an idea."""

    title: str
    summary: str
    body: tuple[str | Example, ...]
    """Paragraphs, a line each, and examples, in order."""
    names: tuple[str, ...] = ()
    """What else it is called."""
    source: str = ""
    see: tuple[str, ...] = ()


def read_concept(text: str) -> Concept:
    """The concept that a page explains."""
    title, summary, *parts = (_part(part) for part in _blocks(text))
    assert isinstance(title, str) and isinstance(summary, str)
    marked = dict.fromkeys(_MARKS, "")
    body: list[str | Example] = []
    for part in parts:
        mark, colon, rest = part.partition(": ") if isinstance(part, str) else ("", "", "")
        if colon and mark in marked:
            marked[mark] = rest
        else:
            body.append(part)
    names, source, see = marked.values()
    return Concept(title.removeprefix("# "), summary, tuple(body), _listed(names), source, _listed(see))


def _blocks(text: str) -> list[str]:
    """Paragraphs and fenced examples, whatever empty lines an example has."""
    parts: list[str] = []
    for index, piece in enumerate(_FENCE.split(text)):
        parts += [f"```{piece}"] if index % 2 else filter(None, map(str.strip, piece.split("\n\n")))
    return parts


def _part(block: str) -> str | Example:
    return Example(block[3:]) if block.startswith("```") else " ".join(block.split())


def _listed(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.removesuffix(".").split(",") if word.strip())


CONCEPTS = {
    file.stem: read_concept(file.read_text("utf-8")) for file in sorted(Path(__file__).parent.glob("*.md"))
}
"""The word that finds it -> the concept, in the order of the alphabet."""
