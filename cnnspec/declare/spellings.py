"""Spellings of other libraries: words are alike that differ in case, separators or a module's path alone."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping


def normalise(word: str) -> str:
    """Without case, separators, a module's path before it or an empty call behind it."""
    return re.sub(r"[_\- ]", "", word.strip().removesuffix("()").rpartition(".")[2]).lower()


def names_by_spelling(table: Mapping[str, str]) -> dict[str, str]:
    """Foreign spelling, normalised -> our name, of a table of our names and the spellings of each."""
    return {normalise(word): name for name, words in table.items() for word in words.split()}


def spellings_by_name(table: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Our name -> the foreign spellings of it, normalised."""
    return {name: frozenset(map(normalise, words.split())) for name, words in table.items()}


def argument_for(fields: Container[str], foreign: str, spellings: Mapping[str, frozenset[str]]) -> str | None:
    """The one of the fields that another library calls `foreign`."""
    sought = normalise(foreign)
    names = (field for field, words in spellings.items() if sought in words or sought == normalise(field))
    return next((field for field in names if field in fields), None)
