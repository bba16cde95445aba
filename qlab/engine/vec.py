"""Eight doubles as one value inside numba kernels: load, store, splat, hsum and + - *.

numba's loop vectoriser needs runtime alias checks that cost more than a gate does on a few samples; a vector
type leaves nothing to guess. LLVM splits the eight lanes where the machine's registers are narrower. It must
not know any physics.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from ._jit import cgutils, extending, numba
from ._jit import llvm as ir

types, intrinsic, overload = numba.types, extending.intrinsic, extending.overload

LANES = 8
_VECTOR = ir.VectorType(ir.DoubleType(), LANES)
_CONTRACT = ("contract",)  # let a*b+c become one fused operation


class Vec8(types.Type):  # type: ignore[misc,name-defined]
    """numba's name for ``<8 x double>``."""

    def __init__(self) -> None:
        super().__init__(name="Vec8")


vec8 = Vec8()


@extending.register_model(Vec8)
class _Vec8Model(extending.models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, fe_type: Any) -> None:
        super().__init__(manager, fe_type, _VECTOR)


def _address(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    data = cgutils.create_struct_proxy(array_type)(context, builder, value=array).data
    return builder.bitcast(builder.gep(data, [index]), _VECTOR.as_pointer())


@intrinsic  # type: ignore[untyped-decorator]
def load(typingctx: Any, array: Any, index: Any) -> Any:
    """Return ``array[index : index + 8]``; no bounds check."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value = builder.load(_address(context, builder, signature.args[0], args[0], args[1]))
        value.align = 8
        return value

    return vec8(array, types.int64), codegen


@intrinsic  # type: ignore[untyped-decorator]
def store(typingctx: Any, array: Any, index: Any, value: Any) -> Any:
    """Set ``array[index : index + 8] = value``; no bounds check."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        done = builder.store(args[2], _address(context, builder, signature.args[0], args[0], args[1]))
        done.align = 8
        return context.get_dummy_value()

    return types.void(array, types.int64, vec8), codegen


@intrinsic  # type: ignore[untyped-decorator]
def splat(typingctx: Any, value: Any) -> Any:
    """Return eight copies of a double."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        one = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), args[0], ir.Constant(ir.IntType(32), 0))
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        return builder.shuffle_vector(one, ir.Constant(_VECTOR, ir.Undefined), zeros)

    return vec8(types.float64), codegen


@intrinsic  # type: ignore[untyped-decorator]
def hsum(typingctx: Any, value: Any) -> Any:
    """Return the sum of the lanes, always in the order 0 to 7."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        total = builder.extract_element(args[0], ir.Constant(ir.IntType(32), 0))
        for lane in range(1, LANES):
            total = builder.fadd(total, builder.extract_element(args[0], ir.Constant(ir.IntType(32), lane)))
        return total

    return types.float64(vec8), codegen


@intrinsic  # type: ignore[untyped-decorator]
def odd_parity(typingctx: Any, value: Any) -> Any:
    """Return 1 where an int64 has an odd number of set bits, else 0."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.and_(builder.ctpop(args[0]), ir.Constant(ir.IntType(64), 1))

    return types.int64(types.int64), codegen


def _operator(symbol: Callable[..., Any], instruction: str) -> None:
    @intrinsic  # type: ignore[untyped-decorator]
    def apply(typingctx: Any, left: Any, right: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return getattr(builder, instruction)(args[0], args[1], flags=_CONTRACT)

        return vec8(vec8, vec8), codegen

    def typed(left, right):  # type: ignore[no-untyped-def]  # numba compares signatures, annotations too
        if isinstance(left, Vec8) and isinstance(right, Vec8):
            return lambda left, right: apply(left, right)
        return None

    overload(symbol)(typed)


_operator(operator.add, "fadd")
_operator(operator.sub, "fsub")
_operator(operator.mul, "fmul")
