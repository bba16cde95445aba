"""What an angle's expression is where it is affine, and its slopes where it is not: numbers, no formulas.

Dual numbers: every node gives its value and its slope by each symbol, for a whole batch at once. It must not know
gates.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from qlab.circuit.expr import Bin, Call, Expr, Neg, Num, Pi, Sym, exponent_of

from .arrays import FloatArray

Affine = tuple[float, float, Sym | None]
Slopes = dict[Sym, Any]  # a number, or one per sample

_TWO: dict[str, Callable[[Any, Any], Any]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}
_SLOPE: dict[str, Callable[[Any, Any], Any]] = {  # of the argument and the value
    "sin": lambda u, f: np.cos(u),
    "cos": lambda u, f: -np.sin(u),
    "tan": lambda u, f: 1 + f * f,
    "arcsin": lambda u, f: 1 / np.sqrt(1 - u * u),
    "arccos": lambda u, f: -1 / np.sqrt(1 - u * u),
    "arctan": lambda u, f: 1 / (1 + u * u),
    "exp": lambda u, f: f,
    "log": lambda u, f: 1 / u,
    "sqrt": lambda u, f: 0.5 / f,
}


def affine(e: Expr) -> Affine | None:
    """Return (offset, scale, symbol) of ``offset + scale * symbol``, as its tree says it; None for anything else.

    Example:
        >>> from qlab.circuit.expr import parse
        >>> affine(parse("pi-x[0]/2"))[1:], affine(parse("x[0]*w[0]"))
        ((-0.5, Expr('x[0]')), None)
    """
    match e:
        case Sym():
            return 0.0, 1.0, e
        case Num(value):
            return value, 0.0, None
        case Pi():
            return math.pi, 0.0, None
        case Neg(a):
            one = affine(a)
            return one and (-one[0], -one[1], one[2])
        case Bin(op, a, b):
            one, two = affine(a), affine(b)
            if one is None or two is None or (one[2] and two[2] and (one[2] != two[2] or op not in "+-")):
                return None
            if one[2] is None and two[2] is None:
                return float(e.evaluate()), 0.0, None
            return _combined(op, one, two)
        case Call(_, a):
            one = affine(a)
            return None if one is None or one[2] else (float(e.evaluate()), 0.0, None)
    return None


def _combined(op: str, one: Affine, two: Affine) -> Affine | None:
    (a, s, x), (b, t, y) = one, two
    if op in "+-":
        return (a + b, s + t, x or y) if op == "+" else (a - b, s - t, x or y)
    if op == "*":
        return (a * b, s * b, x) if x else (a * b, a * t, y)
    if op == "**":
        return one if b == 1.0 and x else None
    return (a / b, s / b, x) if x and b else None


def slopes(e: Expr, x: FloatArray, w: FloatArray) -> Slopes:
    """Return the slope of an expression by each symbol it reads.

    Args:
        x: Inputs, (batch, n_inputs), or empty where none is read. w: Weights, (n_weights,).
    """
    with np.errstate(all="ignore"):
        return _dual(e, x, w)[1]


def _dual(e: Expr, x: FloatArray, w: FloatArray) -> tuple[Any, Slopes]:
    match e:
        case Sym(kind, index):
            return (x[:, index] if kind == "x" else w[index]), {e: 1.0}
        case Num(value):
            return np.float64(value), {}
        case Neg(a):
            value, found = _dual(a, x, w)
            return -value, {s: -d for s, d in found.items()}
        case Call(fn, a):
            u, found = _dual(a, x, w)
            value = getattr(np, fn)(u)
            if not found:
                return value, found
            outer = _SLOPE[fn](u, value)
            return value, {s: outer * d for s, d in found.items()}
        case Bin("**", a, b):
            (u, found), n = _dual(a, x, w), exponent_of(b)
            if n == 0:
                return np.float_power(u, 0), {}
            outer = n * np.float_power(u, n - 1)
            return np.float_power(u, n), {s: outer * d for s, d in found.items()}
        case Bin(op, a, b):
            (u, left), (v, right) = _dual(a, x, w), _dual(b, x, w)
            if op == "/":
                value, by_u, by_v = u / v, 1 / v, -u / (v * v)
            else:
                value = _TWO[op](u, v)
                by_u, by_v = (v, u) if op == "*" else (1.0, 1.0 if op == "+" else -1.0)
            found = {s: by_u * d for s, d in left.items()}
            for s, d in right.items():
                found[s] = found[s] + by_v * d if s in found else by_v * d
            # A slope that cancelled stays zero, whatever it would be multiplied with: sqrt(x-x) has slope 0 by x.
            return value, {s: d for s, d in found.items() if not (isinstance(d, float) and d == 0.0)}
    return np.float64(math.pi), {}


__all__ = ["affine", "slopes"]
