"""Angles: small expressions over numbers, pi, data inputs ``x[i]`` and weights ``w[j]``.

The nodes, how they print and evaluate. The parser is in `parser.py`, derivatives are in `calculus.py`. This
module knows nothing of gates or circuits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qlab.errors import CircuitError

FUNCTIONS = ("sin", "cos", "tan", "arcsin", "arccos", "arctan", "exp", "log", "sqrt")
MAX_LENGTH = 200  # characters, of the text and of its normal form
MAX_DEPTH = 20  # parentheses, calls and signs within each other
MAX_EXPONENT = 16
MAX_INDEX = 9999

_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(5)
_BINDING = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "**": _POWER}


class ExprError(CircuitError):
    """An angle that doesn't parse.

    Args:
        message: What is wrong.
        column: Where, counted from 1.
        where: The place in words; by default ``"column N"``.
        cure: What to write instead.
        value: The text of the angle.
    """

    def __init__(
        self,
        message: str,
        *,
        column: int,
        where: str | None = None,
        cure: str | None = None,
        value: object = None,
    ) -> None:
        super().__init__(message, where=where or f"column {column}", cure=cure, value=value)
        self.column = column

    def at(self, place: str) -> ExprError:
        """Return the same error with a place before the column: ``"op g3, field params[0], column 5"``."""
        return ExprError(
            self.message,
            column=self.column,
            where=f"{place}, column {self.column}",
            cure=self.cure,
            value=self.value,
        )


class Expr:
    """An angle in radians; immutable, hashable, equal when its tree is equal.

    Build one with `qlab.circuit.expr.parse`, or from nodes.
    """

    __slots__ = ()

    def __str__(self) -> str:
        return _print(self)[0]

    def __repr__(self) -> str:
        return f"Expr({str(self)!r})"

    def evaluate(self, x: ArrayLike = (), w: ArrayLike = ()) -> NDArray[np.float64]:
        """Return the value in radians.

        Args:
            x: Inputs, shape ``(..., n_inputs)``.
            w: Weights, shape ``(n_weights,)``, or any shape whose leading axes broadcast with those of ``x``.

        Returns:
            float64, the broadcast leading shape; ``()`` where nothing is read; nan or inf outside a domain.

        Raises:
            CircuitError: when an index read is not in ``x`` or ``w``.

        Example:
            >>> float(parse("2*x[0]+w[1]").evaluate([0.5], [0.0, 0.25]))
            1.25
        """
        with np.errstate(all="ignore"):
            xs, ws = np.asarray(x, dtype=np.float64), np.asarray(w, dtype=np.float64)
            return np.asarray(_value(self, xs, ws), dtype=np.float64)

    def derivative(self, symbol: Sym) -> Expr:
        """Return ∂self/∂symbol, lightly simplified.

        Example:
            >>> str(parse("sin(2*x[0])").derivative(Sym("x", 0)))
            'cos(2*x[0])*2'
        """
        from qlab.circuit.calculus import derivative

        return derivative(self, symbol)

    def symbols(self) -> tuple[Sym, ...]:
        """Return the distinct symbols read, inputs first, by index."""
        return tuple(sorted(set(iter_symbols(self)), key=lambda s: (s.kind != "x", s.index)))

    def substitute(self, values: dict[Sym, float | Expr], *, fold: bool = True) -> Expr:
        """Return the expression with symbols replaced; with ``fold`` parts that read none any more become numbers."""
        from qlab.circuit.calculus import substitute

        return substitute(self, values, fold)


@dataclass(frozen=True, slots=True, repr=False)
class Num(Expr):
    """A finite number, never negative: −2 is ``Neg(Num(2))``."""

    value: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.value) or self.value < 0:
            raise CircuitError(f"the number {self.value!r} can't be a literal", cure="use number(value)")
        object.__setattr__(self, "value", abs(float(self.value)))


@dataclass(frozen=True, slots=True, repr=False)
class Pi(Expr):
    """π."""


@dataclass(frozen=True, slots=True, repr=False)
class Sym(Expr):
    """A symbol: input ``x[index]`` or weight ``w[index]``."""

    kind: str
    index: int


@dataclass(frozen=True, slots=True, repr=False)
class Neg(Expr):
    """−a."""

    a: Expr


@dataclass(frozen=True, slots=True, repr=False)
class Bin(Expr):
    """``a op b`` with op one of ``+ - * / **``; the exponent of ``**`` is an integer literal."""

    op: str
    a: Expr
    b: Expr


@dataclass(frozen=True, slots=True, repr=False)
class Call(Expr):
    """``fn(a)`` with fn one of `FUNCTIONS`."""

    fn: str
    a: Expr


def number(value: float) -> Expr:
    """Return the literal of a finite number of any sign.

    Raises:
        CircuitError: for nan and infinity.
    """
    if not math.isfinite(value):
        raise CircuitError(f"the angle {value!r} is not a finite number", cure="use a finite number", value=value)
    return Neg(Num(-value)) if value < 0 else Num(value)


def parse(text: str) -> Expr:
    """Return the expression a text stands for; see `qlab.circuit.parser`.

    Raises:
        ExprError: with the column.
    """
    from qlab.circuit.parser import parse_expr

    return parse_expr(text)


def format_number(value: float) -> str:
    """Return a finite number ≥ 0 as JavaScript's ``String(value)`` does.

    Source: ECMA-262, Number::toString; the shortest digits are the same as those of Python's repr.
    """
    mantissa, _, exponent = repr(value).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    if not digits:
        return "0"
    k = len(digits)
    if k <= point <= 21:
        return digits + "0" * (point - k)
    if 0 < point <= 21:
        return digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    head = digits if k == 1 else digits[0] + "." + digits[1:]
    return f"{head}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def _print(e: Expr) -> tuple[str, int]:
    """The text and how tightly its outermost operator binds."""
    match e:
        case Num(value):
            return format_number(value), _ATOM
        case Sym(kind, index):
            return f"{kind}[{index}]", _ATOM
        case Bin(op, a, b):
            binding = _BINDING[op]
            if op == "**":
                return f"{_wrap(a, _ATOM)}**{_print(b)[0]}", _POWER
            return f"{_wrap(a, binding)}{op}{_wrap(b, binding + 1)}", binding
        case Neg(a):
            return "-" + _wrap(a, _SIGN), _SIGN
        case Call(fn, a):
            return f"{fn}({_print(a)[0]})", _ATOM
        case _:
            return "pi", _ATOM


def _wrap(e: Expr, at_least: int) -> str:
    text, binding = _print(e)
    return text if binding >= at_least else f"({text})"


def iter_symbols(e: Expr) -> Iterator[Sym]:
    """Yield the symbols of e from left to right, repeats included."""
    match e:
        case Sym():
            yield e
        case Neg(a) | Call(_, a):
            yield from iter_symbols(a)
        case Bin(_, a, b):
            yield from iter_symbols(a)
            yield from iter_symbols(b)


def exponent_of(e: Expr) -> int:
    """Return the integer an exponent literal stands for."""
    match e:
        case Num(value):
            return int(value)
        case Neg(Num(value)):
            return -int(value)
        case _:
            raise CircuitError(f"the exponent {e} is not an integer literal", cure="use an integer, x[0]**2")


def _value(e: Expr, x: NDArray[np.float64], w: NDArray[np.float64]) -> Any:
    match e:
        case Num(value):
            return np.float64(value)
        case Pi():
            return np.float64(np.pi)
        case Sym(kind, index):
            source = x if kind == "x" else w
            if source.ndim == 0 or index >= source.shape[-1]:
                have = source.shape[-1] if source.ndim else 0
                what = "inputs x" if kind == "x" else "weights w"
                raise CircuitError(
                    f"{e} is read, but only {have} {what} were given",
                    cure=f"give at least {index + 1} {what}",
                    value=str(e),
                )
            return source[..., index]
        case Neg(a):
            return -_value(a, x, w)
        case Call(fn, a):
            return getattr(np, fn)(_value(a, x, w))
        case Bin("**", a, b):
            return np.float_power(_value(a, x, w), exponent_of(b))
        case Bin(op, a, b):
            left, right = _value(a, x, w), _value(b, x, w)
            return {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}[op](left, right)
    raise TypeError(f"not an expression: {e!r}")
