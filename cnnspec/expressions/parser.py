"""From tokens to code, by precedence climbing.

Depth is counted in one place: what nests deeper than 64 levels is refused, so neither parsing nor computing
can exhaust the stack. A chain of one precedence (`a + b - c`) is one level, however long.
"""

from __future__ import annotations

from collections.abc import Callable

from cnnspec.expressions import closures, conditions, operators, syntax_errors, variables
from cnnspec.expressions.closures import Code
from cnnspec.expressions.functions import FUNCTIONS, call
from cnnspec.expressions.tokens import CONSTANTS, Token
from cnnspec.expressions.values import Number, whole

MAX_NESTING = 64

_OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _SIGN = range(1, 8)
_POWERS = {
    "or": _OR,
    "and": _AND,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), _COMPARISON),
    **dict.fromkeys(("+", "-"), _SUM),
    **dict.fromkeys(("*", "/", "//", "%"), _PRODUCT),
}
_CHAINS: dict[int, Callable[[Code, list[tuple[Token, Code]]], Code]] = {
    _OR: conditions.connection,
    _AND: conditions.connection,
    _COMPARISON: operators.comparison,
    _SUM: operators.arithmetic,
    _PRODUCT: operators.arithmetic,
}


def parse(tokens: list[Token], end: Token) -> Code:
    """The code of an expression; `end` stands for what comes after it.

    Raises ExpressionError: expression-syntax, bare-word, unknown-function, unbalanced-parenthesis,
    number-too-large or too-long.
    """
    syntax_errors.require_balance(tokens)
    parser = _Parser([*tokens, end])
    code = parser.choice()
    if parser.token is not end:
        raise syntax_errors.leftover(parser.token, parser.previous)
    return code


class _Parser:
    """Where in the tokens the parser stands; every method reads one form and moves behind it."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0

    @property
    def token(self) -> Token:
        """The next token."""
        return self._tokens[self._position]

    @property
    def previous(self) -> Token:
        """The token before, or the next one at the very beginning."""
        return self._tokens[max(self._position - 1, 0)]

    def choice(self) -> Code:
        """`a if c else b if d else e`: a loop, so that a long ladder is no deep one."""
        value = self.chain(_OR)
        cases = []
        while self._take("if"):
            condition = self.chain(_OR)
            if not self._take("else"):
                raise syntax_errors.missing_else(self.token, self.previous)
            cases.append((condition, value))
            value = self.chain(_OR)
        return conditions.choice(cases, value) if cases else value

    def chain(self, least: int) -> Code:
        """Operands and the operators between them that bind at least as tightly as `least`."""
        self._depth += 1
        if self._depth > MAX_NESTING + 1:
            raise syntax_errors.too_deep(self.token, MAX_NESTING)
        code = self._operand(least)
        while (power := self._power()) >= least:
            rest = []
            while self._power() == power:
                rest.append((self._advance(), self.chain(power + 1)))
            code = _CHAINS[power](code, rest)
        self._depth -= 1
        return code

    def _power(self) -> int:
        return _POWERS.get(self.token.text, 0) if self.token.kind == "operator" else 0

    def _operand(self, least: int) -> Code:
        token = self.token
        if token.kind == "operator" and token.text in {"+", "-"}:
            return operators.sign(self._advance(), self.chain(_SIGN))
        if token.kind == "operator" and token.text == "not" and least <= _NOT:
            return conditions.negation(self._advance(), self.chain(_NOT))
        return self._primary()

    def _primary(self) -> Code:
        token = self._advance()
        if token.kind == "variable":
            return self._indexes(closures.variable(token))
        if token.kind == "number":
            return closures.constant(_number(token), token)
        if token.kind == "text":
            return closures.constant(token.text, token)
        if token.kind == "constant":
            return closures.constant(CONSTANTS[token.text], token)
        if token.kind == "word" and self.token[:2] == ("operator", "("):
            return self._call(token)
        if token[:2] == ("operator", "("):
            return self._group(token)
        raise syntax_errors.no_operand(token, self._tokens[max(self._position - 2, 0)])

    def _indexes(self, base: Code) -> Code:
        """`$row.0.channels`: a loop, so that a long path is no deep one."""
        keys = []
        while self.token.kind == "index":
            keys.append(self._key(self._advance()))
        return variables.element(base, keys) if keys else base

    def _key(self, dot: Token) -> Code:
        token = self._advance()
        if token.kind == "key":
            return variables.key(token)
        if token.start == dot.end and token.kind == "variable":
            return closures.variable(token)
        if token.start == dot.end and token[:2] == ("operator", "("):
            return self._group(token)
        raise syntax_errors.no_index(token, dot)

    def _group(self, opening: Token) -> Code:
        code = self.choice()
        return Code(code.run, opening.start, self._close().end)

    def _call(self, name: Token) -> Code:
        """`name(a, b)`; the parenthesis has been seen."""
        function = FUNCTIONS.get(name.text)
        if function is None:
            raise syntax_errors.unknown_function(name)
        self._advance()
        arguments: list[Code] = []
        while not arguments or self._take(","):
            if not arguments and self.token[:2] == ("operator", ")"):
                break
            arguments.append(self.choice())
        end = self._close().end
        if not function.fewest <= len(arguments) <= function.most:
            raise syntax_errors.wrong_count(function.usage, len(arguments), name.start, end)
        return call(function, arguments, name.start, end)

    def _close(self) -> Token:
        if self.token[:2] != ("operator", ")"):
            raise syntax_errors.leftover(self.token, self.previous)
        return self._advance()

    def _take(self, text: str) -> bool:
        """Move behind an operator if it comes next."""
        found = self.token[:2] == ("operator", text)
        self._position += found
        return found

    def _advance(self) -> Token:
        self._position += 1
        return self.previous


def _number(token: Token) -> Number:
    """A whole number keeps all its digits."""
    digits = token.text
    return whole(int(digits) if digits.isdigit() else float(digits), token.start, token.end)
