"""From bytes to characters that YAML allows: what is checked before the text is parsed."""

from __future__ import annotations

import re

from cnnspec.core.diagnostic import LINE_BREAK, Diagnostic, Place, Source
from cnnspec.reader.limits import MAX_BYTES

_BOM = "\ufeff"
# What YAML forbids: control characters, halves of surrogate pairs, a byte order mark inside, non-characters.
# One set of them all would take longer to compile than most specs to check.
_FORBIDDEN = tuple(
    map(
        re.compile,
        ("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]", "[\ud800-\udfff]", "\ufeff", "[\ufffe\uffff]"),
    )
)
# Anything but the version may rename tags (`%TAG`) or mean nothing at all; libyaml takes time that is
# quadratic in the number of directives.
_PROLOGUE = re.compile(r"(?:[ \t]*(?:#.*)?|%YAML[ ]+1\.[12][ ]*(?:[ ]#.*)?)")


def place_at(source: Source, index: int, length: int = 1) -> Place:
    """The place of `length` characters of one line, from their index in the text."""
    lines = LINE_BREAK.split(source.text[:index])
    line, column = len(lines), len(lines[-1]) + 1
    return Place(source, line, column, line, column + length)


def decode(name: str, raw: bytes) -> tuple[Source, Diagnostic | None]:
    """The text of a file, and what is wrong with its bytes, if anything is."""
    if len(raw) > MAX_BYTES:
        source = Source(name, raw[:MAX_BYTES].decode("utf-8", "replace").removeprefix(_BOM))
        return source, _too_large(source, len(raw))
    if other := _other_encoding(raw):
        source = Source(name)
        return source, Diagnostic("not-utf8", f"the file is {other} text", Place(source), "Save it as UTF-8.")
    body = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        return Source(name, body.decode()), None
    except UnicodeDecodeError as error:
        source = Source(name, body.decode("utf-8", "replace"))
        place = place_at(source, len(body[: error.start].decode()))
        message = f"the byte {body[error.start]:#04x} is no UTF-8 text"
        return source, Diagnostic("not-utf8", message, place, "Save the file as UTF-8.")


def _other_encoding(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "UTF-32"
    # Without a mark: plain English in UTF-16 has a zero in every other byte.
    halves = raw[0:4:2], raw[1:4:2]
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or (b"\0\0" in halves and raw[:4].count(0) == len(halves)):
        return "UTF-16"
    return ""


def check(source: Source) -> tuple[Source, Diagnostic | None]:
    """The source without a byte order mark, and what is wrong with its characters, if anything is."""
    if source.text.startswith(_BOM):
        source = Source(source.name, source.text[1:])
    text = source.text
    size = len(text) if len(text) > MAX_BYTES else len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        return source, _too_large(source, size)
    if text.replace("\n", "").isprintable():  # a quick look: most texts have nothing that could be wrong
        return source, _directive(source) if "%" in text else None
    found = [bad.start() for pattern in _FORBIDDEN if (bad := pattern.search(text))]
    if found:
        return source, _forbidden(source, min(found))
    return source, _directive(source) if "%" in text else None


def _too_large(source: Source, size: int) -> Diagnostic:
    kept = source.text.encode("utf-8", "surrogatepass")[:MAX_BYTES].decode("utf-8", "ignore")
    message = f"the text has {size:,} bytes; at most {MAX_BYTES:,} are read"
    hint = "Say what repeats once: with `repeat`, or as a block under `blocks`."
    return Diagnostic("too-large", message, place_at(source, len(kept), 0), hint)


def _forbidden(source: Source, index: int) -> Diagnostic:
    character = source.text[index]
    code = f"U+{ord(character):04X}"
    if character == _BOM:
        message, hint = f"a byte order mark ({code}) stands inside the text", "Remove it; it is invisible."
    elif "\ud800" <= character <= "\udfff":
        message, hint = f"{code} is half of a character (a lone surrogate)", "Remove it."
    else:
        message = f"the control character {code} can't be in YAML"
        hint = f'Remove it, or write it in double quotes: "\\x{ord(character):02x}".'
    return Diagnostic("yaml-syntax", message, place_at(source, index), hint)


def _directive(source: Source) -> Diagnostic | None:
    lines = enumerate(LINE_BREAK.split(source.text), 1)
    number, line = next(((n, line) for n, line in lines if not _PROLOGUE.fullmatch(line)), (1, ""))
    if not line.startswith("%"):
        return None
    place = Place(source, number, 1, number, len(line) + 1)
    word = line.split()[0][:40]
    if word == "%TAG":
        return Diagnostic("tag-not-allowed", "tags can't be declared here", place, "Remove the line.")
    message = f"a line at the start that begins with `%` is a directive of YAML, and `{word}` isn't known"
    return Diagnostic("yaml-syntax", message, place, "Remove the line, or quote the text.")
