"""The parser of angles: text to `Expr`, by recursive descent, never ``eval``.

    expr   = term (("+" | "-") term)*
    term   = factor (("*" | "/") factor)*
    factor = ("-" | "+") factor | power
    power  = atom ["**" ["-" | "+"] integer]
    atom   = number | "pi" | "x[" integer "]" | "w[" integer "]" | function "(" expr ")" | "(" expr ")"

js/src/core/expr.ts says the same in the same words; tests/vectors/expr.json holds both to it.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import NamedTuple

from qlab.circuit.expr import (
    FUNCTIONS,
    MAX_DEPTH,
    MAX_EXPONENT,
    MAX_INDEX,
    MAX_LENGTH,
    Bin,
    Call,
    Expr,
    ExprError,
    Neg,
    Num,
    Pi,
    Sym,
)

_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*|π)|(?P<op>\*\*|[-+*/()\[\]])"
)
_INTEGER = re.compile(r"[0-9]+")
# What people write instead, and what to write.
_HINTS = {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "ln": "log", "PI": "pi", "Pi": "pi",
    "X": "x[0]", "W": "w[0]",
}  # fmt: skip
_INDEXED = re.compile(r"([xw])_?([0-9]+)")


class _Token(NamedTuple):
    kind: str  # number, name, op, end
    text: str
    column: int


@lru_cache(maxsize=16384)
def parse_expr(text: str) -> Expr:
    """Return the expression of a text.

    Args:
        text: At most 200 characters, such as ``"2*pi*x[0]+w[3]"``.

    Raises:
        ExprError: naming the column, counted from 1.

    Example:
        >>> str(parse_expr("(2 * π) * x[0]"))
        '2*pi*x[0]'
    """
    if len(text) > MAX_LENGTH:
        raise ExprError(
            f"the angle has {len(text)} characters, more than {MAX_LENGTH}",
            column=MAX_LENGTH + 1,
            cure="shorten it",
            value=text[:MAX_LENGTH],
        )
    result = _Parser(text).whole()
    if len(str(result)) > MAX_LENGTH:
        raise ExprError(
            f"the angle has more than {MAX_LENGTH} characters in normal form",
            column=1,
            cure="shorten it",
            value=text,
        )
    return result


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.depth = 0
        self.before = ""  # the token before the current one, for messages
        self.position = 0
        self.token = self.scan()

    def scan(self) -> _Token:
        while self.position < len(self.text) and self.text[self.position] in " \t":
            self.position += 1
        column = self.position + 1
        if self.position == len(self.text):
            return _Token("end", "", column)
        found = _TOKEN.match(self.text, self.position)
        if found is None:
            char = self.text[self.position]
            if char == "^":
                raise self.error("^ is not a power", column, "use **")
            raise self.error(f'the character "{char}" has no place in an angle', column, "remove it")
        self.position = found.end()
        return _Token(str(found.lastgroup), found.group(), column)

    def error(self, message: str, column: int, cure: str | None = None) -> ExprError:
        return ExprError(message, column=column, cure=cure, value=self.text)

    def step(self) -> _Token:
        token = self.token
        self.before = token.text
        self.token = self.scan()
        return token

    def take(self, *ops: str) -> _Token | None:
        return self.step() if self.token.kind == "op" and self.token.text in ops else None

    def whole(self) -> Expr:
        if self.token.kind == "end":
            raise self.error("the angle is empty", 1, "write a number, pi, x[0] or w[0]")
        result = self.sum()
        if self.token.kind != "end":
            if self.token.text == ")":
                raise self.error(") has no ( before it", self.token.column, "remove it")
            raise self.not_an_operator()
        return result

    def not_an_operator(self) -> ExprError:
        if self.token.text == "**":
            return self.error("a power of a power needs parentheses", self.token.column, "write (x[0]**2)**3")
        return self.error(
            f"an operator was expected before {self.token.text}",
            self.token.column,
            "write * to multiply, as in 2*pi",
        )

    def sum(self) -> Expr:
        left = self.product()
        while op := self.take("+", "-"):
            left = Bin(op.text, left, self.product())
        return left

    def product(self) -> Expr:
        left = self.factor()
        while op := self.take("*", "/"):
            left = Bin(op.text, left, self.factor())
        return left

    def factor(self) -> Expr:
        sign = self.take("-", "+")
        if sign is None:
            return self.power()
        self.deeper(sign)
        inner = self.factor()
        self.depth -= 1
        return Neg(inner) if sign.text == "-" else inner

    def deeper(self, token: _Token) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(
                f"the angle is nested deeper than {MAX_DEPTH}",
                token.column,
                "write it with fewer parentheses",
            )

    def power(self) -> Expr:
        base = self.atom()
        if not self.take("**"):
            return base
        start = self.token.column
        sign = self.take("-", "+")
        digits = self.token.text
        if self.token.kind != "number" or not _INTEGER.fullmatch(digits) or int(digits) > MAX_EXPONENT:
            raise self.error(
                f"the exponent must be an integer from -{MAX_EXPONENT} to {MAX_EXPONENT}",
                start,
                "write x[0]**2 or x[0]**-1",
            )
        self.step()
        exponent = Num(float(digits))
        return Bin("**", base, Neg(exponent) if sign is not None and sign.text == "-" else exponent)

    def atom(self) -> Expr:
        token = self.token
        if token.kind == "number":
            self.step()
            value = float(token.text)
            if not math.isfinite(value):
                raise self.error(f"the number {token.text} is too large", token.column, "use a finite number")
            return Num(value)
        if token.kind == "name":
            return self.named()
        if opened := self.take("("):
            return self.group(opened)
        if token.text in ("[", "]"):
            raise self.error(f"{token.text} stands only after x or w", token.column, "write x[0] or w[0]")
        after = f"after {self.before}" if self.before else "at the start"
        raise self.error(f"a value was expected {after}", token.column, "write a number, pi, x[0] or w[0]")

    def group(self, opened: _Token) -> Expr:
        self.deeper(opened)
        inner = self.sum()
        self.depth -= 1
        if self.take(")"):
            return inner
        if self.token.kind == "end":
            raise self.error(f"the ( at column {opened.column} has no )", self.token.column, "add )")
        raise self.not_an_operator()

    def named(self) -> Expr:
        name = self.token
        if name.text in ("pi", "π"):
            self.step()
            return Pi()
        if name.text in ("x", "w"):
            self.step()
            return self.symbol(name)
        if name.text in FUNCTIONS:
            self.step()
            if opened := self.take("("):
                return Call(name.text, self.group(opened))
            raise self.error(f"{name.text} needs ( after it", self.token.column, f"write {name.text}(x[0])")
        hint = _HINTS.get(name.text)
        if indexed := _INDEXED.fullmatch(name.text):
            hint = f"{indexed[1]}[{indexed[2]}]"
        cure = f"write {hint}" if hint else "use x[i], w[j], pi, or one of " + " ".join(FUNCTIONS)
        raise self.error(f"the name {name.text} is unknown", name.column, cure)

    def symbol(self, name: _Token) -> Expr:
        if not self.take("["):
            raise self.error(f"{name.text} needs an index", self.token.column, f"write {name.text}[0]")
        index = self.token
        if index.kind != "number" or not _INTEGER.fullmatch(index.text) or int(index.text) > MAX_INDEX:
            raise self.error(
                f"the index of {name.text} must be an integer from 0 to {MAX_INDEX}",
                index.column,
                f"write {name.text}[0]",
            )
        self.step()
        if not self.take("]"):
            raise self.error(f"{name.text}[{index.text} has no ]", self.token.column, "add ]")
        return Sym(name.text, int(index.text))
