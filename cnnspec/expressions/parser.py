"""From tokens to an expression, by precedence climbing.

More than 64 levels of nesting are refused, so that neither parsing nor computing can exhaust the stack. A chain
of one precedence (`a + b - c`) is one level, however long.
"""

from __future__ import annotations

from collections.abc import Callable

from cnnspec.expressions import conditions, elements, operators, syntax_errors
from cnnspec.expressions.expression import Expression, constant, variable
from cnnspec.expressions.functions import FUNCTIONS, call
from cnnspec.expressions.limits import Number, result
from cnnspec.expressions.tokens import CONSTANTS, Token

MAX_NESTING = 64

_OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _SIGN = range(1, 8)
_PRECEDENCES = {
    "or": _OR,
    "and": _AND,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), _COMPARISON),
    **dict.fromkeys(("+", "-"), _SUM),
    **dict.fromkeys(("*", "/", "//", "%"), _PRODUCT),
}
_CHAINS: dict[int, Callable[[Expression, list[tuple[Token, Expression]]], Expression]] = {
    _OR: conditions.connection,
    _AND: conditions.connection,
    _COMPARISON: operators.comparison,
    _SUM: operators.arithmetic,
    _PRODUCT: operators.arithmetic,
}


def parse(tokens: list[Token], end: Token) -> Expression:
    """The expression that the tokens are; `end` stands for what comes after it.

    Raises ExpressionError: expression-syntax, bare-word, unknown-function, unbalanced-parenthesis,
    number-too-large or too-long.
    """
    syntax_errors.require_balance(tokens)
    parser = _Parser([*tokens, end])
    expression = parser.choice()
    if parser.token is not end:
        raise syntax_errors.leftover(parser.token, parser.previous)
    return expression


class _Parser:
    """A position in the tokens; each method parses one form and moves the position behind it."""

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

    def choice(self) -> Expression:
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

    def chain(self, least: int) -> Expression:
        """Operands and the operators between them that bind at least as tightly as `least`."""
        self._depth += 1
        if self._depth > MAX_NESTING + 1:
            raise syntax_errors.too_deep(self.token, MAX_NESTING)
        left = self._operand(least)
        while (precedence := self._precedence()) >= least:
            rest = []
            while self._precedence() == precedence:
                rest.append((self._advance(), self.chain(precedence + 1)))
            left = _CHAINS[precedence](left, rest)
        self._depth -= 1
        return left

    def _precedence(self) -> int:
        return _PRECEDENCES.get(self.token.text, 0) if self.token.kind == "operator" else 0

    def _operand(self, least: int) -> Expression:
        token = self.token
        if token.kind == "operator" and token.text in {"+", "-"}:
            return operators.sign(self._advance(), self.chain(_SIGN))
        if token.kind == "operator" and token.text == "not" and least <= _NOT:
            return conditions.negation(self._advance(), self.chain(_NOT))
        return self._primary()

    def _primary(self) -> Expression:
        token = self._advance()
        if token.kind == "variable":
            return self._indexes(variable(token))
        if token.kind == "number":
            return constant(_number(token), token)
        if token.kind == "text":
            return constant(token.text, token)
        if token.kind == "constant":
            return constant(CONSTANTS[token.text], token)
        if token.kind == "word" and self.token[:2] == ("operator", "("):
            return self._call(token)
        if token[:2] == ("operator", "("):
            return self._group(token)
        raise syntax_errors.no_operand(token, self._tokens[max(self._position - 2, 0)])

    def _indexes(self, base: Expression) -> Expression:
        """`$row.0.channels`: a loop, so that a long path is no deep one."""
        keys = []
        while self.token.kind == "index":
            keys.append(self._key(self._advance()))
        return elements.element(base, keys) if keys else base

    def _key(self, dot: Token) -> Expression:
        token = self._advance()
        if token.kind == "key":
            return elements.key(token)
        if token.start == dot.end and token.kind == "variable":
            return variable(token)
        if token.start == dot.end and token[:2] == ("operator", "("):
            return self._group(token)
        raise syntax_errors.no_index(token, dot)

    def _group(self, opening: Token) -> Expression:
        inner = self.choice()
        return Expression(inner.run, opening.start, self._close().end)

    def _call(self, name: Token) -> Expression:
        """`name(a, b)`; the parenthesis has been seen."""
        function = FUNCTIONS.get(name.text)
        if function is None:
            raise syntax_errors.unknown_function(name)
        self._advance()
        arguments: list[Expression] = []
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
        is_next = self.token[:2] == ("operator", text)
        self._position += is_next
        return is_next

    def _advance(self) -> Token:
        self._position += 1
        return self.previous


def _number(token: Token) -> Number:
    """A whole number keeps all its digits."""
    digits = token.text
    return result(int(digits) if digits.isdigit() else float(digits), token.start, token.end)
