"""Angles of a circuit as rows ``offset + scale * source``, and the chain rule back to inputs and weights.

A source is one input, one weight, or, for anything that isn't affine in a single symbol, an expression that
NumPy evaluates for the whole batch, and whose slopes come with its value (`slopes`): a circuit that nobody has seen
forms no derivatives. It must not know gates or numba.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from qlab.circuit.expr import Expr, Sym, iter_symbols
from qlab.errors import EngineError

from .arrays import FloatArray
from .slopes import Affine, affine, slopes


class Source(NamedTuple):  # a tuple: made and hashed hundreds of times for a new circuit
    """Where an angle's value comes from: a symbol's number or a general expression's row; −1 is none."""

    row: int = -1
    batched: bool = False
    general: bool = False
    reads_x: bool = False
    reads_w: bool = False


class Angle(NamedTuple):
    """``offset + scale * source`` in radians."""

    offset: float
    scale: float
    source: Source

    @staticmethod
    def constant(value: float) -> Angle:
        """Return an angle that reads nothing."""
        return Angle(value, 0.0, _NOWHERE)

    @property
    def known(self) -> float | None:
        """The value of a constant angle."""
        return self.offset if self.source.row < 0 else None

    def __neg__(self) -> Angle:
        return Angle(-self.offset, -self.scale, self.source)


_NOWHERE = Source()


class General(NamedTuple):
    """An expression NumPy evaluates, and the operation that reads it first."""

    expr: Expr
    op_id: str


@dataclass(slots=True)
class AngleTable:
    """The distinct angles of a circuit, and how many inputs and weights they read: one more than the largest index."""

    n_inputs: int = 0
    n_weights: int = 0
    shared: list[General] = field(default_factory=list)
    batched: list[General] = field(default_factory=list)
    _seen: dict[Expr, Angle] = field(default_factory=dict)
    _same: dict[int, Angle] = field(default_factory=dict)  # by address, while the circuit holds the expressions

    def add(self, expr: Expr, op_id: str) -> Angle:
        """Return the angle of an expression; equal expressions share it."""
        found = self._same.get(id(expr))
        if found is None:
            found = self._seen.get(expr)
            if found is None:
                found = self._seen[expr] = self._new(expr, op_id)
            self._same[id(expr)] = found
        return found

    def _new(self, expr: Expr, op_id: str) -> Angle:
        if isinstance(expr, Sym):
            self._count(expr)
            return Angle(0.0, 1.0, _symbol(expr))
        found, symbols = _form(expr)
        if found is not None:
            offset, scale, symbol = found
            if symbol is None and not math.isfinite(offset):
                raise EngineError(f"the angle {expr} is {offset}", where=f"op {op_id}", cure="use a finite angle")
            if symbol is None:
                return Angle.constant(offset)
            self._count(symbol)
            if math.isfinite(offset) and math.isfinite(scale):
                return Angle(offset, scale, _symbol(symbol))
        kinds = {s.kind for s in symbols}
        for s in symbols:
            self._count(s)
        rows = self.batched if "x" in kinds else self.shared
        rows.append(General(expr, op_id))
        return Angle(0.0, 1.0, Source(len(rows) - 1, "x" in kinds, True, "x" in kinds, "w" in kinds))

    def _count(self, s: Sym) -> None:
        if s.kind == "x":
            self.n_inputs = max(self.n_inputs, s.index + 1)
        else:
            self.n_weights = max(self.n_weights, s.index + 1)


@lru_cache(maxsize=4096)
def _form(expr: Expr) -> tuple[Affine | None, tuple[Sym, ...]]:
    """Return what an expression is: most circuits' are those of the circuit before."""
    return affine(expr), tuple(set(iter_symbols(expr)))


def _symbol(s: Sym) -> Source:
    is_x = s.kind == "x"
    return Source(s.index, is_x, False, is_x, not is_x)


def evaluate(rows: list[General], x: FloatArray, w: FloatArray, out: FloatArray) -> None:
    """Write the value of every expression into ``out[row]`` (a number, or one per sample).

    Raises:
        EngineError: naming the operation and the row of X where a value isn't finite.
    """
    for k, general in enumerate(rows):
        out[k] = general.expr.evaluate(x, w)
    if not np.isfinite(out).all():
        bad = np.argwhere(~np.isfinite(out))[0]
        general = rows[bad[0]]
        row = f", row {bad[1]} of X" if len(bad) > 1 else ""
        raise EngineError(
            f"the angle {general.expr} is {out[tuple(bad)]}",
            where=f"op {general.op_id}{row}",
            cure="keep its argument inside the function's domain, for example by scaling the inputs",
        )


def chain_shared(rows: list[General], w: FloatArray, grads: FloatArray, grad_w: FloatArray) -> None:
    """Add the gradients of weight-only expressions to those of their weights."""
    empty = np.empty(0)
    for general, grad in zip(rows, grads.tolist(), strict=True):
        for symbol, slope in slopes(general.expr, empty, w).items():
            grad_w[symbol.index] += grad * slope


def chain_batched(
    rows: list[General],
    x: FloatArray,
    w: FloatArray,
    grads: FloatArray,
    grad_w: FloatArray,
    grad_x: FloatArray | None,
) -> None:
    """Add the gradients (row, sample) of per-sample expressions to those of weights and inputs."""
    for general, grad in zip(rows, grads, strict=True):
        for symbol, slope in slopes(general.expr, x, w).items():
            if symbol.kind == "w":
                grad_w[symbol.index] += float((grad * slope).sum())
            elif grad_x is not None:
                grad_x[:, symbol.index] += grad * slope
