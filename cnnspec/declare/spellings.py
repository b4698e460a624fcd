"""Spellings of other libraries: words that differ in case, separators or a module's path are one, `plain`."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping


def plain(word: str) -> str:
    """Without case, separators, a module's path before it or an empty call behind it."""
    return re.sub(r"[_\- ]", "", word.strip().removesuffix("()").rpartition(".")[2]).lower()


def inverse(table: Mapping[str, str]) -> dict[str, str]:
    """Foreign spelling, plain -> our name, of a table of our names and the spellings of each."""
    return {plain(word): name for name, words in table.items() for word in words.split()}


def spelt(table: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Our name -> the foreign spellings of it, plain."""
    return {name: frozenset(map(plain, words.split())) for name, words in table.items()}


def argument_for(fields: Container[str], foreign: str, spellings: Mapping[str, frozenset[str]]) -> str | None:
    """The one of the fields that another library calls `foreign`."""
    sought = plain(foreign)
    names = (field for field, words in spellings.items() if sought in words or sought == plain(field))
    return next((field for field in names if field in fields), None)
