"""Eight floats or doubles as one value inside numba kernels, with lane flips and table look-ups.

The engine's vectors are doubles and never look across lanes; QAOA needs both widths, and its lowest three qubits live
within a vector. It must not know any physics.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from ..engine._jit import cgutils, extending, numba
from ..engine._jit import llvm as ir

types, intrinsic, overload = numba.types, extending.intrinsic, extending.overload

LANES = 8
_CONTRACT = ("contract",)  # let a*b+c become one fused operation
_I32 = ir.IntType(32)


class Vec(types.Type):  # type: ignore[misc,name-defined]
    """numba's name for ``<8 x double>`` and ``<8 x float>``."""

    def __init__(self, scalar: Any) -> None:
        self.scalar = scalar
        super().__init__(name=f"Vec8({scalar})")


def _llvm(scalar: Any) -> Any:
    return ir.VectorType(ir.DoubleType() if scalar == types.float64 else ir.FloatType(), LANES)


@extending.register_model(Vec)
class _VecModel(extending.models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, fe_type: Any) -> None:
        super().__init__(manager, fe_type, _llvm(fe_type.scalar))


def _array(context: Any, builder: Any, array_type: Any, array: Any) -> Any:
    return cgutils.create_struct_proxy(array_type)(context, builder, value=array).data


def _pointer(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    return builder.gep(_array(context, builder, array_type, array), [index])


def _shuffle(builder: Any, a: Any, b: Any, lanes: list[int]) -> Any:
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(_I32, len(lanes)), lanes))


@intrinsic  # type: ignore[untyped-decorator]
def load(typingctx: Any, array: Any, index: Any) -> Any:
    """Return ``array[index : index + 8]``; no bounds check."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        at = _pointer(context, builder, signature.args[0], args[0], args[1])
        value = builder.load(builder.bitcast(at, _llvm(signature.args[0].dtype).as_pointer()))
        value.align = 4
        return value

    return Vec(array.dtype)(array, types.int64), codegen


@intrinsic  # type: ignore[untyped-decorator]
def store(typingctx: Any, array: Any, index: Any, value: Any) -> Any:
    """Set ``array[index : index + 8] = value``; no bounds check."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        at = _pointer(context, builder, signature.args[0], args[0], args[1])
        done = builder.store(args[2], builder.bitcast(at, _llvm(signature.args[0].dtype).as_pointer()))
        done.align = 4
        return context.get_dummy_value()

    return types.void(array, types.int64, value), codegen


@intrinsic  # type: ignore[untyped-decorator]
def splat(typingctx: Any, like: Any, value: Any) -> Any:
    """Return eight copies of a number, in the width of the array ``like``."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        number = args[1]
        if signature.return_type.scalar == types.float32:
            number = builder.fptrunc(number, ir.FloatType())
        undefined = ir.Constant(_llvm(signature.return_type.scalar), ir.Undefined)
        one = builder.insert_element(undefined, number, ir.Constant(_I32, 0))
        return _shuffle(builder, one, undefined, [0] * LANES)

    return Vec(like.dtype)(like, types.float64), codegen


@intrinsic  # type: ignore[untyped-decorator]
def hsum(typingctx: Any, value: Any) -> Any:
    """Return the sum of the lanes as a double, always in the order 0 to 7."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        total = ir.Constant(ir.DoubleType(), 0.0)
        for lane in range(LANES):
            one = builder.extract_element(args[0], ir.Constant(_I32, lane))
            if signature.args[0].scalar == types.float32:
                one = builder.fpext(one, ir.DoubleType())
            total = builder.fadd(total, one)
        return total

    return types.float64(value), codegen


def _codes(context: Any, builder: Any, signature: Any, args: Any) -> list[Any]:
    """Return the eight codes from ``codes[index]`` on as 64-bit numbers."""
    at = builder.gep(_array(context, builder, signature.args[1], args[1]), [args[2]])
    wide = ir.IntType(64)
    return [builder.zext(builder.load(builder.gep(at, [ir.Constant(wide, k)])), wide) for k in range(LANES)]


@intrinsic  # type: ignore[untyped-decorator]
def gather(typingctx: Any, table: Any, codes: Any, index: Any) -> Any:
    """Return ``table[codes[index + lane]]`` for the eight lanes; no bounds check."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data = _array(context, builder, signature.args[0], args[0])
        out = ir.Constant(context.get_value_type(signature.return_type), ir.Undefined)
        for lane, code in enumerate(_codes(context, builder, signature, args)):
            out = builder.insert_element(out, builder.load(builder.gep(data, [code])), ir.Constant(_I32, lane))
        return out

    return Vec(table.dtype)(table, codes, types.int64), codegen


@intrinsic  # type: ignore[untyped-decorator]
def gather2(typingctx: Any, table: Any, codes: Any, index: Any) -> Any:
    """Return two vectors, ``table[2c]`` and ``table[2c + 1]`` for the eight codes c: one load a pair."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data = _array(context, builder, signature.args[0], args[0])
        pair = ir.VectorType(data.type.pointee, 2)
        parts = []
        for code in _codes(context, builder, signature, args):
            where = builder.gep(data, [builder.shl(code, ir.Constant(ir.IntType(64), 1))])
            one = builder.load(builder.bitcast(where, pair.as_pointer()))
            one.align = 4
            parts.append(one)
        while len(parts) > 1:
            width = 2 * LANES // len(parts)
            parts = [_shuffle(builder, parts[k], parts[k + 1], list(range(2 * width))) for k in range(0, len(parts), 2)]
        even = _shuffle(builder, parts[0], parts[0], list(range(0, 2 * LANES, 2)))
        odd = _shuffle(builder, parts[0], parts[0], list(range(1, 2 * LANES, 2)))
        return context.make_tuple(builder, signature.return_type, [even, odd])

    return types.UniTuple(Vec(table.dtype), 2)(table, codes, types.int64), codegen


@intrinsic  # type: ignore[untyped-decorator]
def numbers(typingctx: Any, like: Any, codes: Any, index: Any) -> Any:
    """Return the eight codes from ``codes[index]`` on as numbers of the precision of the array ``like``."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        at = builder.gep(_array(context, builder, signature.args[1], args[1]), [args[2]])
        eight = builder.load(builder.bitcast(at, ir.VectorType(ir.IntType(16), LANES).as_pointer()))
        eight.align = 2
        wide = builder.zext(eight, ir.VectorType(_I32, LANES))
        return builder.sitofp(wide, context.get_value_type(signature.return_type))

    return Vec(like.dtype)(like, codes, types.int64), codegen


def _flip(mask: int) -> Any:
    @intrinsic  # type: ignore[untyped-decorator]
    def flip(typingctx: Any, value: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return _shuffle(builder, args[0], args[0], [lane ^ mask for lane in range(LANES)])

        return value(value), codegen

    return flip


flip1, flip2, flip4, flip7 = _flip(1), _flip(2), _flip(4), _flip(7)  # lane k becomes lane k ^ mask


def _operator(symbol: Callable[..., Any], instruction: str) -> None:
    @intrinsic  # type: ignore[untyped-decorator]
    def apply(typingctx: Any, left: Any, right: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return getattr(builder, instruction)(args[0], args[1], flags=_CONTRACT)

        return left(left, right), codegen

    def typed(left, right):  # type: ignore[no-untyped-def]  # numba compares signatures, annotations too
        if isinstance(left, Vec) and left == right:
            return lambda left, right: apply(left, right)
        return None

    overload(symbol)(typed)


_operator(operator.add, "fadd")
_operator(operator.sub, "fsub")
_operator(operator.mul, "fmul")
