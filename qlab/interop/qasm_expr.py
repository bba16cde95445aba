"""Angles in OpenQASM as qlab's expressions; what qlab's grammar lacks becomes a number or is refused."""

from __future__ import annotations

import math
from collections.abc import Mapping

from qlab.circuit.expr import FUNCTIONS, MAX_DEPTH, Bin, Call, Expr, Neg, Num, Pi, number
from qlab.errors import CircuitError
from qlab.interop.qasm_lex import Token, Tokens, whole

MAX_TOKENS = 300
_CALLS = {name: name for name in FUNCTIONS} | {"ln": "log", "asin": "arcsin", "acos": "arccos", "atan": "arctan"}
_CONSTANTS: dict[str, Expr] = {
    "pi": Pi(), "π": Pi(), "tau": Bin("*", Num(2.0), Pi()), "τ": Bin("*", Num(2.0), Pi()),
    "euler": Num(math.e), "ℇ": Num(math.e),
}  # fmt: skip


def expression(tokens: Tokens, names: Mapping[str, Expr]) -> Expr:
    """Read one expression; ``names`` are those that may stand in it, beside pi, tau and euler."""
    start = tokens.at
    left = _product(tokens, names)
    while op := tokens.take("+", "-"):
        left = Bin(op.text, left, _product(tokens, names))
        _check_length(tokens, start)
    return left


def _check_length(tokens: Tokens, start: int) -> None:
    """A long row of operators is a deep tree, which would exhaust the stack of all that walks it."""
    if tokens.at - start > MAX_TOKENS:
        tokens.fail("the angle is too long", tokens.source.tokens[start], "shorten it, or write its value")


def _product(tokens: Tokens, names: Mapping[str, Expr]) -> Expr:
    start = tokens.at
    left = _factor(tokens, names)
    while op := tokens.take("*", "/"):
        middle, right = tokens.at, _factor(tokens, names)
        if op.text == "/" and tokens.cuts and _integers(tokens, start, middle - 1) and _integers(tokens, middle):
            _check_quotient(tokens, op, left, right)
        left = Bin(op.text, left, right)
        _check_length(tokens, start)
    return left


def _integers(tokens: Tokens, start: int, stop: int | None = None) -> bool:
    """Return whether all that was read from one token to before another, by default the next, is integers."""
    return all(
        (token.kind == "number" and whole(token.text) is not None)
        or (token.kind == "op" and token.text in ("+", "-", "*", "**", "/", "(", ")"))
        or token.text in tokens.integers
        for token in tokens.source.tokens[start : tokens.at if stop is None else stop]
    )


def _check_quotient(tokens: Tokens, op: Token, left: Expr, right: Expr) -> None:
    """Refuse a quotient of integers that version 3 cuts off: half of those who write it mean the fraction."""
    a, b = float(left.evaluate()), float(right.evaluate())
    if b == 0 or not math.isfinite(a / b) or a / b == math.trunc(a / b):
        return
    rest = f"{math.trunc(a / b):g}"
    cure = f"write a decimal point, as in 1.0, for {a / b:g}, or {rest}"
    tokens.fail(f"{a:g}/{b:g} is a division of integers, in OpenQASM 3 {rest}", op, cure)


def _factor(tokens: Tokens, names: Mapping[str, Expr]) -> Expr:
    minus = 0
    while sign := tokens.take("-", "+"):  # a loop, so that a row of signs can't exhaust the stack
        minus += sign.text == "-"
    inner = _power(tokens, names)
    for _ in range(minus if minus <= MAX_DEPTH else minus % 2):
        inner = Neg(inner)
    return inner


def _power(tokens: Tokens, names: Mapping[str, Expr]) -> Expr:
    base = _atom(tokens, names)
    mark = tokens.take("**", "^")
    if mark is None:
        return base
    sign = tokens.take("-", "+")
    exponent = _atom(tokens, names)
    if tokens.now.text in ("**", "^"):
        tokens.fail("a power of a power needs parentheses", tokens.now, "write (a**2)**3")
    return power(tokens, mark, base, Neg(exponent) if sign is not None and sign.text == "-" else exponent)


def power(tokens: Tokens, mark: Token, base: Expr, exponent: Expr) -> Expr:
    """Return ``base ** exponent`` as far as it can be said: an integer or a half, or numbers only."""
    if exponent.symbols():
        tokens.fail("the exponent must be a number", mark, "write a**2")
    n = value_of(tokens, mark, exponent)
    if n == int(n):
        return Bin("**", base, number(n))
    if not base.symbols():
        try:
            return number(float(value_of(tokens, mark, base) ** n))
        except (TypeError, CircuitError, ArithmeticError):
            tokens.fail("the power has no finite real value", mark, "change it")
    if abs(n) != 0.5:
        tokens.fail(f"the exponent {n:g} is no integer", mark, "use an integer or 0.5")
    root = Call("sqrt", base)
    return root if n > 0 else Bin("/", Num(1.0), root)


def value_of(tokens: Tokens, mark: Token, e: Expr) -> float:
    """Return the finite value of an expression without symbols."""
    value = float(e.evaluate())
    if not math.isfinite(value):
        tokens.fail("the expression has no finite value", mark, "change it")
    return value


def _number(text: str) -> float:
    try:
        return float(int(text, 0)) if text[:2].lower() in ("0x", "0o", "0b") else float(text)
    except OverflowError:
        return math.inf
    except ValueError:  # 0x without digits
        return math.nan


def _atom(tokens: Tokens, names: Mapping[str, Expr]) -> Expr:
    token = tokens.step()
    if token.kind == "number":
        value = _number(token.text.replace("_", ""))
        if not math.isfinite(value):
            tokens.fail(f"the number {token.text[:40]} is too large", token, "use a finite number")
        return Num(value)
    if token.text == "(":
        inner = expression(tokens, names)
        tokens.expect(")")
        return inner
    if token.kind == "name":
        if tokens.now.text == "(":
            if token.text not in _CALLS and token.text not in ("pow", "float", "angle"):
                tokens.fail(f"the function {token.text!r} is unknown", token, "use " + " ".join(FUNCTIONS))
            return _call(tokens, token, names)
        if token.text in names:
            return names[token.text]
        if token.text in _CONSTANTS:
            return _CONSTANTS[token.text]
        if token.text in ("float", "angle") and tokens.take("["):
            tokens.integer("the width")
            tokens.expect("]")
            return _call(tokens, token, names)
        tokens.fail(f"the name {token.text[:40]!r} is unknown", token, "declare it with input float, or write a number")
    tokens.at -= token.kind != "end"
    return tokens.fail(f"a value was expected before {tokens.shown()}", token, "write a number or an expression")


def _call(tokens: Tokens, name: Token, names: Mapping[str, Expr]) -> Expr:
    tokens.expect("(")
    inner = expression(tokens, names)
    if name.text == "pow":
        tokens.expect(",")
        inner = power(tokens, name, inner, expression(tokens, names))
    tokens.expect(")")
    return Call(_CALLS[name.text], inner) if name.text in _CALLS else inner
