"""YAML text as nodes with places: the door through which a spec, or a value of `--set`, comes in.

Any text and any bytes give a Document at once: no text makes reading raise, hang, or take more than its limits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import yaml
from yaml.error import MarkedYAMLError
from yaml.scanner import ScannerError

from cnnspec.core.diagnostic import Diagnostic, Place, Source
from cnnspec.core.gc_pause import gc_paused
from cnnspec.reader import encoding
from cnnspec.reader.compose import Composer
from cnnspec.reader.errors.structure import ReadError, empty_spec
from cnnspec.reader.node import Node, Scalar

if TYPE_CHECKING:
    from cnnspec.reader.compose import Parser

_LIBYAML_LIMIT = "maximum nesting depth"
"""Newer versions of libyaml look ahead through at most 1,000 brackets, and complain before our lower limit."""


class Document(NamedTuple):
    """What a text holds: no root where reading stopped; with any diagnostic it is not to be used."""

    root: Node | None
    diagnostics: tuple[Diagnostic, ...]
    source: Source
    """What the places point into: the text without a byte order mark."""


def read_bytes(name: str, raw: bytes) -> Document:
    """The content of a file; `name` is what the user calls it. MAX_BYTES and one byte more are enough of it."""
    source, problem = encoding.decode(name, raw)
    return Document(None, (problem,), source) if problem else read(source)


def read(
    source: Source, *, empty_ok: bool = False, parser: Callable[[str], Parser] | None = None
) -> Document:
    """A text; with `empty_ok` one without content is null, as in `--set name=`."""
    source, problem = encoding.check(source)
    if problem:
        return Document(None, (problem,), source)
    composer = Composer(source, (parser or _fastest_parser())(source.text))
    try:
        with gc_paused():
            root = composer.compose()
    except ReadError as error:
        return Document(None, (*composer.diagnostics, error.diagnostic), source)
    except MarkedYAMLError as error:
        if _LIBYAML_LIMIT in (error.problem or ""):
            return read(source, empty_ok=empty_ok, parser=PurePythonParser)
        from cnnspec.reader.errors.syntax import explain  # noqa: PLC0415 -- only a mistake pays for it

        return Document(None, (*composer.diagnostics, explain(source, error, composer.last_text())), source)
    empty = root is None or (isinstance(root, Scalar) and root.value is None and not root.text)
    if empty and not composer.diagnostics:
        return _empty(source, empty_ok=empty_ok)
    return Document(root, tuple(composer.diagnostics), source)


def _empty(source: Source, *, empty_ok: bool) -> Document:
    place = Place(source)
    if empty_ok:
        return Document(Scalar("", None, place), (), source)
    return Document(None, (empty_spec(place),), source)


def _fastest_parser() -> Callable[[str], Parser]:
    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else PurePythonParser
    return cast("Callable[[str], Parser]", loader)


class PurePythonParser(yaml.SafeLoader):
    """PyYAML's own parser, for where libyaml is missing; stricter than libyaml on tabs.

    An escape that stands for no character is a ScannerError, as it is in libyaml.
    """

    def scan_flow_scalar(self, style: str) -> Any:
        """The token of a quoted scalar."""
        start = self.get_mark()
        try:
            token = super().scan_flow_scalar(style)
            token.value.encode()
        except (ValueError, OverflowError):  # of chr(), or of a lone surrogate
            problem = "found invalid escape"
            raise ScannerError("while parsing a quoted scalar", start, problem, self.get_mark()) from None
        return token
