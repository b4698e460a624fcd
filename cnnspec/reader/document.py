"""YAML text as nodes with places: the only door through which a spec, or a value of `--set`, comes in.

Any text and any bytes give a Document, at once: nothing that is written makes reading raise, hang or
take more than its budgets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from yaml.error import MarkedYAMLError

from cnnspec.core.diagnostic import Diagnostic, Place, Source
from cnnspec.core.gc_pause import gc_paused
from cnnspec.reader import encoding
from cnnspec.reader.compose import Composer
from cnnspec.reader.errors.structure import Stop, empty_spec
from cnnspec.reader.node import Scalar
from cnnspec.reader.scalars import scalar_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnspec.reader.events import Events
    from cnnspec.reader.node import Node

__all__ = ["MAX_BYTES", "Document", "read", "read_bytes", "scalar_value"]

_ITS_LIMIT = "maximum nesting depth"
"""Newer versions of libyaml have a limit of their own, of brackets that they look at ahead of what is read; its twin
has none, so that ours, which is lower, gets its say."""
MAX_BYTES = encoding.MAX_BYTES
"""A file's reader need not take in more than this and one byte."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a text holds: no root where reading stopped; with any diagnostic it is not to be used."""

    root: Node | None
    diagnostics: tuple[Diagnostic, ...]
    source: Source
    """What the places point into: the text without a byte order mark."""


def read_bytes(name: str, raw: bytes) -> Document:
    """A file's content; `name` is what the user calls the file."""
    source, problem = encoding.decode(name, raw)
    return Document(None, (problem,), source) if problem else read(source)


def read(
    source: Source, *, empty_ok: bool = False, parser: Callable[[str], Events] | None = None
) -> Document:
    """A text; with `empty_ok` one that says nothing is null, as for `--set name=`."""
    source, problem = encoding.check(source)
    if problem:
        return Document(None, (problem,), source)
    composer = Composer(source, (parser or _parser())(source.text))
    try:
        with gc_paused():
            root = composer.compose()
    except Stop as stop:
        return Document(None, (*composer.diagnostics, stop.diagnostic), source)
    except MarkedYAMLError as error:
        if _ITS_LIMIT in (error.problem or ""):
            return read(source, empty_ok=empty_ok, parser=_twin())
        from cnnspec.reader.errors.syntax import explain  # noqa: PLC0415 -- only a mistake pays for it

        return Document(None, (*composer.diagnostics, explain(source, error, composer.last)), source)
    unsaid = root is None or (isinstance(root, Scalar) and root.value is None and not root.text)
    if unsaid and not composer.diagnostics:
        return _empty(source, empty_ok=empty_ok)
    return Document(root, tuple(composer.diagnostics), source)


def _empty(source: Source, *, empty_ok: bool) -> Document:
    place = Place(source)
    if empty_ok:
        return Document(Scalar("", None, place), (), source)
    return Document(None, (empty_spec(place),), source)


def _twin() -> Callable[[str], Events]:
    from cnnspec.reader.pure_python_parser import Twin  # noqa: PLC0415 -- seldom needed

    return cast("Callable[[str], Events]", Twin)


def _parser() -> Callable[[str], Events]:
    try:
        from yaml._yaml import CParser  # noqa: PLC0415 -- libyaml isn't everywhere
    except ImportError:
        return _twin()
    return cast("Callable[[str], Events]", CParser)
