"""PyYAML's own parser, taught to judge as libyaml does: for machines that have no libyaml.

Its scanner differs in tabs, in tags, in `?` and `:` within flow collections, and in impossible escapes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner, ScannerError
from yaml.tokens import DirectiveToken, ScalarToken, TagToken

if TYPE_CHECKING:
    from yaml.error import Mark

_BREAKS = "\r\n\x85\u2028\u2029"
_ENDS = "\0 \t" + _BREAKS
_URI = r"(?:[\w;/?:@&=+$.!~*'()-]|%[0-9a-fA-F]{2})"
_TAG = re.compile(rf"!<(?:{_URI}|[,\[\]])+>|!!{_URI}+|(![\w-]+!){_URI}+|!(?![\w-]*!){_URI}*", re.ASCII)
_SURROGATE = re.compile("[\ud800-\udfff]")


class Twin(Reader, Scanner, Parser):
    """A stream of events, as `yaml.cyaml.CParser` is one."""

    def __init__(self, text: str) -> None:
        """`text` holds no character that YAML forbids: the reader has looked."""
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)

    def fetch_stream_end(self) -> None:
        """The end, where a line that needed a colon has none any more."""
        for key in self.possible_simple_keys.values():
            if key.required:
                self._fail("while scanning a simple key", key.mark, "could not find expected ':'")
        super().fetch_stream_end()

    def scan_flow_scalar(self, style: str) -> ScalarToken:
        """A quoted scalar, whose escapes are characters of Unicode."""
        start = self.get_mark()
        try:
            token = super().scan_flow_scalar(style)
        except (ValueError, OverflowError):  # from chr()
            self._fail("while parsing a quoted scalar", start, "found invalid escape")
        if _SURROGATE.search(token.value):
            self._fail("while parsing a quoted scalar", start, "found invalid escape")
        return token

    def _fail(self, context: str, start: Mark, problem: str) -> NoReturn:
        raise ScannerError(context, start, problem, self.get_mark())

    def scan_directive(self) -> DirectiveToken:
        """A line that begins with `%`."""
        token = super().scan_directive()
        if token.name not in {"YAML", "TAG"}:
            self._fail("while scanning a directive", token.start_mark, "found unknown directive name")
        return token

    def scan_tag(self) -> TagToken:
        """A `!tag`; a handle of its own (`!mine!tag`) is for the parser to refuse: none is ever declared."""
        start = self.get_mark()
        found = _TAG.match(self.buffer, self.pointer)
        ends = _ENDS + "," if self.flow_level else _ENDS
        if not found or self.buffer[found.end()] not in ends:
            self._fail("while scanning a tag", start, "found no tag")
        self.forward(len(found[0]))
        return TagToken((found[1], found[0]), start, self.get_mark())

    def scan_to_next_token(self) -> None:
        """Skip blanks and comments; a tab is a blank where no key may begin."""
        while True:
            blanks = " \t" if self.flow_level or not self.allow_simple_key else " "
            while self.peek() in blanks:
                self.forward()
            if self.peek() == "#":
                self._skip_line()
            if not self._line_break():
                return
            self.allow_simple_key = self.allow_simple_key or not self.flow_level

    def _line_break(self) -> str:
        found: str = self.scan_line_break()  # type: ignore[no-untyped-call]
        return found

    def _skip_line(self) -> None:
        while self.peek() not in "\0" + _BREAKS:
            self.forward()

    def scan_plain(self) -> ScalarToken:
        """An unquoted scalar, over several lines perhaps."""
        start = end = self.get_mark()
        chunks: list[str] = []
        spaces: list[str] = []
        while self.peek() != "#" and not self._at_document_mark():
            length = self._plain_length(start)
            if not length:
                break
            chunks += [*spaces, self.prefix(length)]
            self.forward(length)
            end = self.get_mark()
            self.allow_simple_key = False
            spaces = self._plain_spaces(start)
            if not spaces or not (self.flow_level or self.column > self.indent):
                break
        return ScalarToken("".join(chunks), True, start, end)

    def _at_document_mark(self) -> bool:
        return self.column == 0 and self.prefix(3) in {"---", "..."} and self.peek(3) in _ENDS

    def _plain_length(self, start: Mark) -> int:
        length = 0
        while (character := self.peek(length)) not in _ENDS:
            follower = self.peek(length + 1) if character == ":" else ""
            if follower and self.flow_level and follower in ",?[]{}":
                self._fail("while scanning a plain scalar", start, "found unexpected ':'")
            if (follower and follower in _ENDS) or (self.flow_level and character in ",[]{}"):
                break
            length += 1
        return length

    def _plain_spaces(self, start: Mark) -> list[str]:
        blanks, first, breaks = "", "", []
        while (character := self.peek()) in " \t" + _BREAKS:
            if character in _BREAKS:
                line_break = self._line_break()
                breaks += [line_break] if first else []
                first = first or line_break
                self.allow_simple_key = True
                continue
            if first and character == "\t" and self.column <= self.indent:
                self._fail("while scanning a plain scalar", start, "found a tab as indentation")
            blanks += "" if first else character
            self.forward()
        if not first:
            return [blanks] if blanks else []
        folded = [] if breaks else [" "]
        return [*(folded if first == "\n" else [first]), *breaks]

    def scan_block_scalar_indicators(self, start_mark: Mark) -> tuple[bool | None, int | None]:  # noqa: ARG002
        """Whether `+` or `-` follows `|` or `>`, and which digit; the rest of the line judges them."""
        chomping: bool | None = None
        increment: int | None = None
        for _ in range(2):
            character = self.peek()
            if character in "+-" and chomping is None:
                chomping = character == "+"
            elif character in "123456789" and increment is None:
                increment = int(character)
            else:
                break
            self.forward()
        return chomping, increment

    def scan_block_scalar_ignored_line(self, start_mark: Mark) -> None:
        """The rest of the line after `|` or `>`: blanks and a comment."""
        while self.peek() in " \t":
            self.forward()
        if self.peek() == "#":
            self._skip_line()
        if self.peek() not in "\0" + _BREAKS:
            self._fail("while scanning a block scalar", start_mark, "expected a line break")
        self._line_break()

    def scan_block_scalar_indentation(self) -> tuple[list[str], int, Mark]:
        """The indentation of the first line that isn't blank."""
        found = super().scan_block_scalar_indentation()
        self._refuse_tab()
        return found

    def scan_block_scalar_breaks(self, indent: int) -> tuple[list[str], Mark]:
        """Blank lines, and the indentation of the line after them."""
        found = super().scan_block_scalar_breaks(indent)
        if self.column < indent:
            self._refuse_tab()
        return found

    def _refuse_tab(self) -> None:
        if self.peek() == "\t":
            mark = self.get_mark()
            self._fail("while scanning a block scalar", mark, "found a tab where a space is expected")
