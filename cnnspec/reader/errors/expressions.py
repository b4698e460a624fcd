"""Forms of other languages' expressions that YAML stumbles over before they are read as expressions."""

from __future__ import annotations

import re

from cnnspec.expressions.functions import FUNCTIONS
from cnnspec.expressions.messages import ExpressionError
from cnnspec.expressions.syntax_errors import keyword
from cnnspec.expressions.tokens import tokenize
from cnnspec.language.values import lowered
from cnnspec.reader.errors.context import Fault, Finding

_START = re.compile(r"[{\[,]\s*|:\s+|(?:^|\s)-\s+")
_END = re.compile(r"[,}]|\s#")
_END_OF_CHOICE = re.compile(r"[,}\]]|\s#")
_FORMS = ("${", "[", "?")


def expression(fault: Fault) -> Finding | None:
    """`${w}`, `$w[0]`, `$w ? 3 : 4` or `$act in ['relu']`."""
    line, stop = fault.line, fault.place.column - 1
    start = max((found.end() for found in _START.finditer(line, 0, stop)), default=0)
    end = (_END_OF_CHOICE if fault.character == ":" else _END).search(line, stop)
    text = line[start : end.start() if end else len(line)]
    error = _foreign(text, stop - start) if "$" in line[start:stop] else None
    if error is None:
        return None
    begin = start + error.start + 1
    place = fault.place._replace(column=begin, end_column=start + error.end + 1)
    return Finding(lowered(error.message), error.hint, place, code="expression-syntax")


def _foreign(text: str, stop: int) -> ExpressionError | None:
    """The error for the first such form up to where YAML stopped; prose has none."""
    try:
        for token in tokenize(text):
            if token.kind == "word" and token.text not in FUNCTIONS:
                return keyword(token) if token.text == "in" else None
    except ExpressionError as error:
        return error if error.start <= stop and text.startswith(_FORMS, error.start) else None
    return None
