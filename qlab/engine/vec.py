"""Eight numbers as one value inside numba kernels: load, store, splat, hsum, sines; and what threads share.

numba's loop vectoriser needs runtime alias checks that cost more than a gate does on a few samples; a vector
type leaves nothing to guess. LLVM splits the eight lanes where the machine's registers are narrower. The type
follows the array that a vector is loaded from, so one kernel source serves both precisions. Arithmetic is
emitted (see `emit`). It must not know any physics.
"""

from __future__ import annotations

import math
from typing import Any

from ._jit import cgutils, extending, numba
from ._jit import llvm as ir
from .emit import LANES, Emitter, Numbers, Value, emitted

types, intrinsic = numba.types, extending.intrinsic


@emitted(1)
def load(e: Emitter, array: Numbers, index: Value) -> Value:
    """Return ``array[index : index + 8]``; no bounds check."""
    return array.load(index)


@emitted()
def store(e: Emitter, array: Numbers, index: Value, value: Value) -> None:
    """Set ``array[index : index + 8] = value``, rounded to the array's precision; no bounds check."""
    array.store(index, value)


@emitted(1)
def splat(e: Emitter, like: Numbers, value: Value) -> Value:
    """Return eight copies of a number, in the precision of the array ``like``."""
    return like.copies(value)


@emitted(1)
def signed(e: Emitter, value: Value, negative: Value) -> Value:
    """Return a vector, with the other sign where the flag holds."""
    return value.negative(negative)


@intrinsic  # type: ignore[untyped-decorator]
def hsum(typingctx: Any, value: Any) -> Any:
    """Return the sum of the lanes as a double, always in the order 0 to 7."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        def lane(k: int) -> Any:
            one = builder.extract_element(args[0], ir.Constant(ir.IntType(32), k))
            return one if signature.args[0].dtype == types.float64 else builder.fpext(one, ir.DoubleType())

        total = lane(0)
        for k in range(1, LANES):
            total = builder.fadd(total, lane(k))
        return total

    return types.float64(value), codegen


@intrinsic  # type: ignore[untyped-decorator]
def odd_parity(typingctx: Any, value: Any) -> Any:
    """Return 1 where an int64 has an odd number of set bits, else 0."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.and_(builder.ctpop(args[0]), ir.Constant(ir.IntType(64), 1))

    return types.int64(types.int64), codegen


@intrinsic  # type: ignore[untyped-decorator]
def pointer(typingctx: Any, address: Any, like: Any) -> Any:
    """Return an address as a pointer to numbers of the type of ``like``, for ``numba.carray``."""
    kind = types.CPointer(like)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.inttoptr(args[0], context.get_value_type(kind))

    return kind(types.int64, like), codegen


@intrinsic  # type: ignore[untyped-decorator]
def atomic_add(typingctx: Any, array: Any, index: Any, value: Any) -> Any:
    """Add to an element of an int64 array and return what it was, in one step for all threads."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data = cgutils.create_struct_proxy(signature.args[0])(context, builder, value=args[0]).data
        return builder.atomic_rmw("add", builder.gep(data, [args[1]]), args[2], "seq_cst")

    return types.int64(array, types.int64, types.int64), codegen


@intrinsic  # type: ignore[untyped-decorator]
def atomic_load(typingctx: Any, array: Any, index: Any) -> Any:
    """Return an element of an int64 array as other threads last wrote it."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data = cgutils.create_struct_proxy(signature.args[0])(context, builder, value=args[0]).data
        return builder.load_atomic(builder.gep(data, [args[1]]), "seq_cst", 8)

    return types.int64(array, types.int64), codegen


_TURN = 6.283185307179586  # 2 pi in three parts, each but the last short enough that k * part is exact
_TURN_1, _TURN_2, _TURN_3 = 6.28125, 0.0019353071795649157, 2.1561211432632476e-14
_ROUND = 6755399441055744.0  # 1.5 * 2**52: adding and taking it away rounds to a whole number


@emitted(2)
def sincos(e: Emitter, like: Numbers, angle: Value, half: Value) -> tuple[Value, Value]:
    """Return sine and cosine of eight doubles below 1e5 in magnitude, or of their halves, to 1e-15.

    Taylor series at an eighth of the angle in (-pi, pi], then three doublings of (sin, 1 - cos); no branch.
    """
    number = like.copies
    angle = (angle * number(0.5)).where(half, angle)
    turns = (angle * number(1.0 / _TURN) + number(_ROUND)) - number(_ROUND)
    h = angle - turns * number(_TURN_1)
    h = (h - turns * number(_TURN_2) - turns * number(_TURN_3)) * number(0.125)
    q = h * h
    s = _series(q, [number((-1) ** k / math.factorial(2 * k + 1)) for k in range(1, 7)]) * q * h + h
    v = _series(q, [number((-1) ** k / math.factorial(2 * k + 2)) for k in range(7)]) * q
    for _ in range(3):
        n = s - s * v
        s, v = n + n, s * s + s * s
    return s, number(1.0) - v


def _series(q: Value, coefficients: list[Value]) -> Value:
    """Return the polynomial ``sum(coefficients[k] * q**k)``."""
    total = coefficients[-1]
    for c in reversed(coefficients[:-1]):
        total = total * q + c
    return total
