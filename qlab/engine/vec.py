"""Eight numbers as one value inside numba kernels: load, store, splat, hsum, sines, and + - *.

numba's loop vectoriser needs runtime alias checks that cost more than a gate does on a few samples; a vector
type leaves nothing to guess. LLVM splits the eight lanes where the machine's registers are narrower. The type
follows the array that a vector is loaded from, so one kernel source serves both precisions. It must not know
any physics.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from ._jit import cgutils, extending, inlined, numba
from ._jit import llvm as ir

types, intrinsic, overload = numba.types, extending.intrinsic, extending.overload

LANES = 8
_CONTRACT = ("contract",)  # let a*b+c become one fused operation


class Vec(types.Type):  # type: ignore[misc,name-defined]
    """numba's name for ``<8 x double>`` and ``<8 x float>``."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        super().__init__(name=f"Vec8({dtype})")


def _vector(dtype: Any) -> Any:
    return ir.VectorType(ir.FloatType() if dtype == types.float32 else ir.DoubleType(), LANES)


@extending.register_model(Vec)
class _VecModel(extending.models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, fe_type: Any) -> None:
        super().__init__(manager, fe_type, _vector(fe_type.dtype))


def _address(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    data = cgutils.create_struct_proxy(array_type)(context, builder, value=array).data
    return builder.bitcast(builder.gep(data, [index]), _vector(array_type.dtype).as_pointer())


@intrinsic  # type: ignore[untyped-decorator]
def load(typingctx: Any, array: Any, index: Any) -> Any:
    """Return ``array[index : index + 8]``; no bounds check."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value = builder.load(_address(context, builder, signature.args[0], args[0], args[1]))
        value.align = 4
        return value

    return Vec(array.dtype)(array, types.int64), codegen


@intrinsic  # type: ignore[untyped-decorator]
def store(typingctx: Any, array: Any, index: Any, value: Any) -> Any:
    """Set ``array[index : index + 8] = value``, rounded to the array's precision; no bounds check."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        into, new = signature.args[0], args[2]
        if into.dtype != signature.args[2].dtype:
            new = builder.fptrunc(new, _vector(into.dtype))
        done = builder.store(new, _address(context, builder, into, args[0], args[1]))
        done.align = 4
        return context.get_dummy_value()

    return types.void(array, types.int64, value), codegen


@intrinsic  # type: ignore[untyped-decorator]
def splat(typingctx: Any, like: Any, value: Any) -> Any:
    """Return eight copies of a number, in the precision of the array ``like``."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        dtype = signature.return_type.dtype
        vector, number = _vector(dtype), args[1]
        if dtype == types.float32:
            number = builder.fptrunc(number, ir.FloatType())
        one = builder.insert_element(ir.Constant(vector, ir.Undefined), number, ir.Constant(ir.IntType(32), 0))
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        return builder.shuffle_vector(one, ir.Constant(vector, ir.Undefined), zeros)

    return Vec(like.dtype)(like, types.float64), codegen


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


def _operator(symbol: Callable[..., Any], instruction: str) -> None:
    @intrinsic  # type: ignore[untyped-decorator]
    def apply(typingctx: Any, left: Any, right: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return getattr(builder, instruction)(args[0], args[1], flags=_CONTRACT)

        return left(left, left), codegen

    def typed(left, right):  # type: ignore[no-untyped-def]  # numba compares signatures, annotations too
        if isinstance(left, Vec) and left == right:
            return lambda left, right: apply(left, right)
        return None

    overload(symbol)(typed)


_operator(operator.add, "fadd")
_operator(operator.sub, "fsub")
_operator(operator.mul, "fmul")

_TURN = 6.283185307179586  # 2 pi in three parts, each but the last short enough that k * part is exact
_TURN_1, _TURN_2, _TURN_3 = 6.28125, 0.0019353071795649157, 2.1561211432632476e-14
_ROUND = 6755399441055744.0  # 1.5 * 2**52: adding and taking it away rounds to a whole number


@inlined
def sincos(like: Any, angle: Any) -> tuple[Any, Any]:
    """Return sine and cosine of eight doubles below 1e5 in magnitude, to 1e-15.

    Taylor series at an eighth of the angle in (-pi, pi], then three doublings of (sin, 1 - cos); no branch.
    """
    half, magic = splat(like, 0.125), splat(like, _ROUND)
    turns = (angle * splat(like, 1.0 / _TURN) + magic) - magic
    h = angle - turns * splat(like, _TURN_1)
    h = (h - turns * splat(like, _TURN_2) - turns * splat(like, _TURN_3)) * half
    q = h * h
    s = splat(like, 1.0 / 6227020800.0)
    s = s * q - splat(like, 1.0 / 39916800.0)
    s = s * q + splat(like, 1.0 / 362880.0)
    s = s * q - splat(like, 1.0 / 5040.0)
    s = s * q + splat(like, 1.0 / 120.0)
    s = s * q - splat(like, 1.0 / 6.0)
    s = s * q * h + h
    v = splat(like, 1.0 / 87178291200.0)
    v = v * q - splat(like, 1.0 / 479001600.0)
    v = v * q + splat(like, 1.0 / 3628800.0)
    v = v * q - splat(like, 1.0 / 40320.0)
    v = v * q + splat(like, 1.0 / 720.0)
    v = v * q - splat(like, 1.0 / 24.0)
    v = (v * q + splat(like, 0.5)) * q
    for _ in range(3):
        n = s - s * v
        s, v = n + n, s * s + s * s
    return s, splat(like, 1.0) - v
