"""Derivatives and substitution of angles, with just enough simplification to keep them short.

It must stay exact: no rule here may change the value of an expression where it is defined.
"""

from __future__ import annotations

from qlab.circuit.expr import Bin, Call, Expr, Neg, Num, Sym, exponent_of, iter_symbols, number


def _const(e: Expr) -> float | None:
    match e:
        case Num(value):
            return value
        case Neg(Num(value)):
            return -value
    return None


def _add(a: Expr, b: Expr) -> Expr:
    ca, cb = _const(a), _const(b)
    if ca is not None and cb is not None:
        return number(ca + cb)
    return b if ca == 0 else a if cb == 0 else Bin("+", a, b)


def _mul(a: Expr, b: Expr) -> Expr:
    ca, cb = _const(a), _const(b)
    if ca is not None and cb is not None:
        return number(ca * cb)
    if ca == 0 or cb == 0:
        return Num(0.0)
    if ca == 1 or cb == 1:
        return b if ca == 1 else a
    if ca == -1 or cb == -1:
        return _neg(b if ca == -1 else a)
    return Bin("*", a, b)


def _div(a: Expr, b: Expr) -> Expr:
    return a if _const(a) == 0 or _const(b) == 1 else Bin("/", a, b)


def _neg(a: Expr) -> Expr:
    if isinstance(a, Neg):
        return a.a
    return a if _const(a) == 0 else Neg(a)


def _pow(a: Expr, n: int) -> Expr:
    return Num(1.0) if n == 0 else a if n == 1 else Bin("**", a, number(float(n)))


def derivative(e: Expr, s: Sym) -> Expr:
    """Return ∂e/∂s."""
    match e:
        case Sym():
            return Num(1.0 if e == s else 0.0)
        case Neg(a):
            return _neg(derivative(a, s))
        case Bin("+", a, b):
            return _add(derivative(a, s), derivative(b, s))
        case Bin("-", a, b):
            return _add(derivative(a, s), _neg(derivative(b, s)))
        case Bin("*", a, b):
            return _add(_mul(derivative(a, s), b), _mul(a, derivative(b, s)))
        case Bin("/", a, b):
            da, db = derivative(a, s), derivative(b, s)
            return _add(_div(da, b), _neg(_div(_mul(a, db), _pow(b, 2))))
        case Bin("**", a, b):
            n = exponent_of(b)
            return _mul(_mul(number(float(n)), _pow(a, n - 1)), derivative(a, s))
        case Call(fn, a):
            return _mul(_outer(fn, a), derivative(a, s))
        case _:
            return Num(0.0)


def _outer(fn: str, u: Expr) -> Expr:
    """The derivative of fn at u."""
    one, square = Num(1.0), _pow(u, 2)
    match fn:
        case "sin":
            return Call("cos", u)
        case "cos":
            return Neg(Call("sin", u))
        case "tan":
            return _div(one, _pow(Call("cos", u), 2))
        case "arcsin":
            return _div(one, Call("sqrt", Bin("-", one, square)))
        case "arccos":
            return _neg(_div(one, Call("sqrt", Bin("-", one, square))))
        case "arctan":
            return _div(one, Bin("+", one, square))
        case "exp":
            return Call("exp", u)
        case "log":
            return _div(one, u)
        case _:
            return _div(one, _mul(Num(2.0), Call("sqrt", u)))


def substitute(e: Expr, values: dict[Sym, float | Expr], fold: bool) -> Expr:
    """Return e with symbols replaced, parts that read none any more folded to numbers."""
    match e:
        case Sym():
            new = values.get(e, e)
            return new if isinstance(new, Expr) else number(float(new))
        case Neg(a):
            out: Expr = Neg(substitute(a, values, fold))
        case Call(fn, a):
            out = Call(fn, substitute(a, values, fold))
        case Bin("**", a, b):
            out = Bin("**", substitute(a, values, fold), b)
        case Bin(op, a, b):
            out = Bin(op, substitute(a, values, fold), substitute(b, values, fold))
        case _:
            return e
    if not fold or out == e or next(iter_symbols(out), None) is not None:
        return out
    return number(float(out.evaluate()))
