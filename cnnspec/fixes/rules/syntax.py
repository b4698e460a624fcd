"""Text that is no YAML, or other YAML than was meant: brackets, quotes, colons, dashes, tabs, indentation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnnspec.core.diagnostic import Edit, Place, Source
from cnnspec.fixes.edits import Candidate, insertion, replacement, short
from cnnspec.fixes.mistake import Mistake
from cnnspec.fixes.rules.values import CURLY

_CLOSERS = {"[": "]", "{": "}"}
_OPENERS = {"]": "[", "}": "{"}
_NO_COMMA = re.compile(r"(?<=[\w\]}]) +(?=[A-Za-z_]\w*:)")
"""The blanks between two entries."""
_MOST_LINES = 12
_MOST_ABOVE = 40
_CODES = {
    "yaml-syntax",
    "tag-not-allowed",
    "several-documents",
    "complex-key",
    "expression-syntax",
    "unknown-alias",
    "merge-key",
    "duplicate-key",
}


def syntax(mistake: Mistake) -> Iterator[Candidate]:
    """Changes of a character or two with which the text may be YAML, and mean what was meant."""
    if mistake.root is not None and mistake.diagnostic.severity == "error":
        yield from _dashes(mistake.place)
        yield from _entries(mistake.place)
    if mistake.code == "tag-not-allowed":
        yield from _without_tag(mistake)
    if mistake.code == "unknown-alias":
        word = mistake.place.text
        yield replacement(mistake.place, f"${word[1:]}")
    if mistake.root is not None or mistake.code not in _CODES:
        return
    place = mistake.place
    opening = min([place.line, *(related.place.line for related in mistake.diagnostic.related)])
    yield from _tabs(place)
    yield from _curly_quotes(place)
    yield from _dashes(place)
    yield from _colons(place)
    yield from _brackets(place.source, opening, place)
    yield from _commas(place)
    yield from _quotes(place)
    yield from _item_lines(place)
    yield from _indentation(place)


def _line_edit(source: Source, number: int, start: int, end: int, text: str, title: str = "") -> Candidate:
    """A change within a line, columns from 0."""
    line = source.line(number)
    place = Place(source, number, start + 1, number, end + 1)
    return Candidate(
        (Edit(place, text),), title or f"write `{short((line[:start] + text + line[end:]).strip())}`"
    )


def _bare(line: str) -> str:
    """The line without its comment, and blanks in the place of what is quoted."""
    found, quote = [], ""
    for index, character in enumerate(line):
        if quote:
            quote = "" if character == quote else quote
            found.append(" ")
        elif character in "'\"" and (not found or found[-1] in " [{,:("):
            quote = character
            found.append(" ")
        elif character == "#" and (index == 0 or line[index - 1] in " \t"):
            break
        else:
            found.append(character)
    return "".join(found)


def _around(place: Place, above: int = 2, below: int = 1) -> range:
    return range(max(1, place.line - above), place.line + below + 1)


def _tabs(place: Place) -> Iterator[Candidate]:
    """Two spaces for each tab that indents."""
    source = place.source
    edits = []
    for number, line in enumerate(source.text.splitlines(), 1):
        blank = line[: len(line) - len(line.lstrip())]
        if "\t" in blank:
            edits.append(Edit(Place(source, number, 1, number, len(blank) + 1), blank.replace("\t", "  ")))
    if edits:
        yield Candidate(tuple(edits), "indent with spaces, two in the place of each tab")
    line = source.line(place.line)
    if "\t" in line:
        yield _line_edit(source, place.line, 0, len(line), line.replace("\t", "  "))


def _curly_quotes(place: Place) -> Iterator[Candidate]:
    for number in _around(place, 1, 0):
        line = place.source.line(number)
        plain = line.translate({key: value for key, value in CURLY.items() if key > 127})  # noqa: PLR2004 -- ASCII
        if plain != line:
            yield _line_edit(place.source, number, 0, len(line), plain)


def _dashes(place: Place) -> Iterator[Candidate]:
    """`-relu`: a space behind each dash that lacks one."""
    source = place.source
    edits, lines = [], []
    for number in range(max(1, place.line - _MOST_LINES), min(place.end_line, place.line + _MOST_LINES) + 2):
        found = re.match(r"( *(?:- +)*-)([A-Za-z_{\[$])", source.line(number))
        if found:
            edits.append(insertion(source, source.offset(number, found.end(1) + 1), " "))
            lines.append(source.line(number).strip())
    if edits:
        first = lines[0]
        written = first.replace("-", "- ", 1) if not first.startswith("- ") else first
        yield Candidate(tuple(edits), f"write `{short(written)}`, with a space behind the dash")
        if len(edits) > 1:
            yield Candidate(tuple(edits[:1]), f"write `{short(written)}`, with a space behind the dash")


def _entries(place: Place) -> Iterator[Candidate]:
    """`{kernel_size:3}`, `{kernel_size 3}`, `{kernel_size=3}`: a colon and a space."""
    source, number = place.source, place.line
    bare = _bare(source.line(number))
    for found in re.finditer(_NO_COMMA, bare):
        yield _line_edit(source, number, found.start(), found.end(), ", ")
    for pattern in (
        r"(?<![\w$])([A-Za-z_]\w*):(?=[^\s:/])",
        r"(?:[{,]\s*|- )([A-Za-z_]\w*)(?: *= *| +)(?=[^\s:=,}\]])",
    ):
        for found in re.finditer(pattern, bare):
            place = Place(source, number, found.start(1) + 1, number, found.end() + 1)
            yield replacement(
                place, f"{found[1]}: ", f"write `{_entry(source.line(number), found, f'{found[1]}: ')}`"
            )


def _entry(line: str, found: re.Match[str], text: str) -> str:
    """The entry that a match begins, with another beginning."""
    rest = re.split(r"[,}\]]|\s#", line[found.end() :])[0]
    return short(f"{text}{rest.strip()}")


def _without_tag(mistake: Mistake) -> Iterator[Candidate]:
    place = mistake.place
    line = place.source.line(place.line)
    rest = line[place.end_column - 1 :]
    blanks = len(rest) - len(rest.lstrip(" "))
    yield _line_edit(place.source, place.line, place.column - 1, place.end_column - 1 + blanks, "")
    word = line[place.column - 1 :].split(",")[0].split("}")[0].split("]")[0].rstrip()
    yield _line_edit(place.source, place.line, place.column - 1, place.column - 1 + len(word), f"'{word}'")


def _colons(place: Place) -> Iterator[Candidate]:
    """A colon that is missing, or a space behind one."""
    source = place.source
    for number in _around(place, 1, 0):
        line = source.line(number)
        bare = _bare(line)
        for found in re.finditer(r"(?:^|[\s\[{,])([A-Za-z_]\w*)( *)(?=[{\[])", bare):
            yield _line_edit(source, number, found.start(1), found.end(), f"{found[1]}: ")
        for found in re.finditer(r"([A-Za-z_]\w*):(?=[^\s:/])", bare):
            yield _line_edit(source, number, found.start(), found.end(), f"{found[1]}: ")
        for found in re.finditer(r"(?:^|[\s\[{,])([A-Za-z_]\w*) *= *(?=\S)", bare):
            yield _line_edit(source, number, found.start(1), found.end(), f"{found[1]}: ")
        for found in re.finditer(r"(?:^|[\[{,]|- )\s*([A-Za-z_]\w*) +(?=[\w$.'\"-])", bare):
            yield _line_edit(source, number, found.start(1), found.end(), f"{found[1]}: ")
        if re.fullmatch(r"\s*(?:- +)*[A-Za-z_]\w*\s*", bare):
            end = len(bare.rstrip())
            yield _line_edit(source, number, end, end, ":")
        if re.search(r"\S\s*: .*:\s", bare) and "{" not in bare:
            key, _, value = line.partition(": ")
            yield _line_edit(source, number, len(key) + 2, len(line.rstrip()), f"{{{value.strip()}}}")


def _brackets(source: Source, opening: int, place: Place) -> Iterator[Candidate]:
    """A bracket closed where an entry or a line ends, or the wrong one changed or taken out."""
    lines = source.text.splitlines()
    last = min(place.line, len(lines), opening + _MOST_LINES)
    stack: list[tuple[str, int, int]] = []
    for number in range(opening, last + 1):
        bare = _bare(source.line(number))
        for column, character in enumerate(bare):
            if character in _CLOSERS:
                stack.append((character, number, column))
            elif character in _OPENERS:
                if stack and stack[-1][0] == _OPENERS[character]:
                    stack.pop()
                    continue
                # The wrong one: another is missing before it, or it is too many, or the wrong kind.
                if stack:
                    closer = _CLOSERS[stack[-1][0]]
                    yield _line_edit(source, number, column, column, closer)
                    yield _line_edit(source, number, column, column + 1, closer)
                    yield from _closings(source, stack[-1], number, column)
                yield _line_edit(source, number, column, column + 1, "")
                return
        if stack:
            end = len(bare.rstrip())
            closers = "".join(_CLOSERS[bracket] for bracket, _, _ in reversed(stack))
            yield _line_edit(source, number, end, end, closers)
            yield from _closings(source, stack[-1], number, end, closers)
            if len(stack) > 1:
                yield from _closings(source, stack[0], number, end, closers)
    return


def _closings(
    source: Source, opener: tuple[str, int, int], number: int, end: int, closers: str = ""
) -> Iterator[Candidate]:
    """The bracket closed before one of the commas and closing brackets behind it in its line."""
    bracket, line, column = opener
    if line != number:
        return
    bare = _bare(source.line(number))
    spots = [i for i in range(column + 1, end + 1) if i == len(bare) or bare[i] in ",]}"]
    rest = closers[1:]
    for spot in spots:
        if not rest:
            yield _line_edit(source, number, spot, spot, _CLOSERS[bracket])
        elif spot < end:
            text = bare[spot:end]
            yield _line_edit(source, number, spot, end, _CLOSERS[bracket] + text + rest)


def _commas(place: Place) -> Iterator[Candidate]:
    """A comma that is missing before the place, doubled, or at the end of a line."""
    source, line, column = place.source, place.source.line(place.line), place.column - 1
    bare = _bare(line)
    before = line[:column].rstrip()
    if before and before[-1] not in ",:{[-":
        yield _line_edit(source, place.line, len(before), len(before), ",")
    for found in re.finditer(_NO_COMMA, bare):
        yield _line_edit(source, place.line, found.start(), found.end(), ", ")
    for found in re.finditer(r",\s*(?=,)", bare):
        yield _line_edit(source, place.line, found.start(), found.end(), "")
    if bare.rstrip().endswith((",", ";")):
        end = len(bare.rstrip())
        yield _line_edit(source, place.line, end - 1, end, "")
    if column < len(line) and line[column] in ",;]})":
        yield _line_edit(source, place.line, column, column + 1, "")


def _quotes(place: Place) -> Iterator[Candidate]:
    """A value in quotes, or with its other quote."""
    source = place.source
    for number in _around(place, 1, 0):
        line = source.line(number)
        for quote in "'\"":
            if line.count(quote) % 2:
                position = line.index(quote)
                spots = [m.start() for m in re.finditer(r"[,}\]]|\s+#|\s*$", line) if m.start() > position]
                for spot in spots[:3]:
                    yield _line_edit(source, number, spot, spot, quote)
                yield _line_edit(source, number, position, position + 1, "")
    line = source.line(place.line)
    value = re.compile(r"[^\s,\]}#][^,\]}#]*").match(line, place.column - 1)
    if value:
        word = value[0].rstrip()
        yield _line_edit(source, place.line, value.start(), value.start() + len(word), _quoted(word))
    found = re.match(r"(\s*(?:- +)*[\w-]+: +)(\S.*?)\s*$", line)
    if found and found[2][0] not in "[{'\"":
        yield _line_edit(source, place.line, found.start(2), found.end(2), _quoted(found[2]))
    for escape in re.finditer(r"\\(?![\\\"/abefnrtv0 ])", line):
        yield _line_edit(source, place.line, escape.start(), escape.end(), "\\\\")


def _quoted(text: str) -> str:
    return (
        f'"{text}"'
        if "'" in text and '"' not in text and "\\" not in text
        else "'" + text.replace("'", "''") + "'"
    )


def _item_lines(place: Place) -> Iterator[Candidate]:
    """A dash that is missing, and a key beneath an item that has no colon."""
    source = place.source
    for number in _around(place, 1, 0):
        line = source.line(number)
        indent = len(line) - len(line.lstrip(" "))
        text = line[indent:]
        if text and not text.startswith(("-", "#")):
            yield _line_edit(source, number, indent, indent, "- ")
            if indent >= 2:  # noqa: PLR2004 -- room for a dash and a space
                yield _line_edit(source, number, indent - 2, indent, "- ")
        found = re.fullmatch(
            r"( *- +)([A-Za-z_]\w*)\s*", _bare(source.line(number - 1)) if number > 1 else ""
        )
        if found and text and not text.startswith(("-", "#")):
            yield _line_edit(source, number - 1, found.end(2), found.end(2), ":")
        if found := re.fullmatch(r"( *[\w-]+:) +(- .*)", line):
            column = len(found[1]) - len(found[1].lstrip()) + 2
            yield _line_edit(source, number, found.end(1), found.start(2), f"\n{' ' * column}")


def _indentation(place: Place) -> Iterator[Candidate]:
    """The line, alone or with what is further in below it, in a column where a line above begins."""
    source = place.source
    for number in (place.line, place.line - 1):
        if number < 1 or not source.line(number).strip():
            continue
        indent = _indent(source.line(number))
        inside = [number, *_further_in(source, number, indent)]
        columns = (column for column in _columns_above(source, number) if column != indent)
        for column in sorted(set(columns), key=lambda c: abs(c - indent))[:5]:
            for lines in ([number], inside) if len(inside) > 1 else ([number],):
                edits = tuple(_shifted(source, each, column - indent) for each in lines)
                yield Candidate(edits, f"begin line {number} in column {column + 1}")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _columns_above(source: Source, number: int) -> Iterator[int]:
    """Where the lines above begin, what stands behind their dashes, and two columns further in."""
    for above in range(number - 1, max(0, number - _MOST_ABOVE), -1):
        text = source.line(above)
        if text.strip() and not text.lstrip().startswith("#"):
            yield _indent(text)
            yield _indent(text) + 2
            if found := re.match(r" *(?:- +)+", text):
                yield found.end()


def _further_in(source: Source, number: int, indent: int) -> Iterator[int]:
    """The lines below that are indented further."""
    for further in range(number + 1, number + _MOST_LINES):
        if not source.line(further).strip() or _indent(source.line(further)) <= indent:
            return
        yield further


def _shifted(source: Source, number: int, by: int) -> Edit:
    if by > 0:
        return Edit(Place(source, number, 1, number, 1), " " * by)
    return Edit(Place(source, number, 1, number, 1 - by), "")
