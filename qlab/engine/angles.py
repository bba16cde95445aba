"""Angles of a circuit as rows ``offset + scale * source``, and the chain rule back to inputs and weights.

A source is one input, one weight, or, for anything that isn't affine in a single symbol, an expression that
NumPy evaluates for the whole batch; its derivatives are formed once, symbolically. It must not know gates or
numba.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from qlab.circuit.expr import Expr, Sym
from qlab.errors import EngineError

from .arrays import FloatArray, IntArray


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


@dataclass(frozen=True, slots=True)
class General:
    """An expression NumPy evaluates, with its derivatives and the operation that reads it first."""

    expr: Expr
    derivatives: tuple[tuple[Sym, Expr], ...]
    op_id: str


@dataclass(slots=True)
class AngleTable:
    """The distinct angles of a circuit, and how many inputs and weights they read: one more than the largest index."""

    n_inputs: int = 0
    n_weights: int = 0
    shared: list[General] = field(default_factory=list)
    batched: list[General] = field(default_factory=list)
    _seen: dict[Expr, Angle] = field(default_factory=dict)

    def add(self, expr: Expr, op_id: str) -> Angle:
        """Return the angle of an expression; equal expressions share it."""
        found = self._seen.get(expr)
        if found is None:
            found = self._seen[expr] = self._new(expr, op_id)
        return found

    def _new(self, expr: Expr, op_id: str) -> Angle:
        if isinstance(expr, Sym):
            self._count(expr)
            return Angle(0.0, 1.0, _symbol(expr))
        symbols = expr.symbols()
        for s in symbols:
            self._count(s)
        if not symbols:
            value = float(expr.evaluate())
            if not np.isfinite(value):
                raise EngineError(f"the angle {expr} is {value}", where=f"op {op_id}", cure="use a finite angle")
            return Angle.constant(value)
        derivatives = tuple((s, expr.derivative(s)) for s in symbols)
        if len(symbols) == 1 and not derivatives[0][1].symbols():
            zeros = np.zeros(symbols[0].index + 1)
            offset, scale = float(expr.evaluate(zeros, zeros)), float(derivatives[0][1].evaluate())
            if np.isfinite(offset) and np.isfinite(scale):
                return Angle(offset, scale, _symbol(symbols[0]))
        kinds = {s.kind for s in symbols}
        rows = self.batched if "x" in kinds else self.shared
        rows.append(General(expr, derivatives, op_id))
        return Angle(0.0, 1.0, Source(len(rows) - 1, "x" in kinds, True, "x" in kinds, "w" in kinds))

    def _count(self, s: Sym) -> None:
        if s.kind == "x":
            self.n_inputs = max(self.n_inputs, s.index + 1)
        else:
            self.n_weights = max(self.n_weights, s.index + 1)


def _symbol(s: Sym) -> Source:
    is_x = s.kind == "x"
    return Source(s.index, is_x, False, is_x, not is_x)


def angle_arrays(angles: list[Angle]) -> tuple[IntArray, FloatArray, int, int]:
    """Return the kernel's ``angles`` and ``affine`` tables, and how many rows are shared and per sample."""
    table = np.zeros((max(1, len(angles)), 4), dtype=np.int64)[: len(angles)]
    affine = np.zeros((len(angles), 2), dtype=np.float64)
    counts = [0, 0]
    for k, angle in enumerate(angles):
        s = angle.source
        table[k] = s.batched, s.general, s.row, counts[s.batched]
        affine[k] = angle.offset, angle.scale
        counts[s.batched] += 1
    return table, affine, counts[0], counts[1]


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
    for general, grad in zip(rows, grads, strict=True):
        for symbol, derivative in general.derivatives:
            grad_w[symbol.index] += grad * float(derivative.evaluate(empty, w))


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
        for symbol, derivative in general.derivatives:
            if symbol.kind == "w":
                grad_w[symbol.index] += float(np.sum(grad * derivative.evaluate(x, w)))
            elif grad_x is not None:
                grad_x[:, symbol.index] += grad * derivative.evaluate(x, w)
