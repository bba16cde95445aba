"""Straight pieces of vector arithmetic, written directly as machine code that kernels call.

numba takes milliseconds of Python for every operation it has to infer and to lower; a sweep over eight amplitudes has
a hundred. An *emitted* function runs once while a kernel is compiled, as a small generator of instructions: its
arguments stand for values at run time, and its loops over qubits are unrolled. It must not know any physics.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ._jit import cgutils, extending, numba
from ._jit import llvm as ir

types = numba.types

LANES = 8
_CONTRACT = ("contract",)  # let a*b+c become one fused operation
_I32, _I64 = ir.IntType(32), ir.IntType(64)


class Vec(types.Type):  # type: ignore[misc,name-defined]
    """numba's name for ``<8 x double>`` and ``<8 x float>``."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        super().__init__(name=f"Vec8({dtype})")


def vector(dtype: Any) -> Any:
    """Return the machine's type of eight float64 or float32."""
    return ir.VectorType(ir.FloatType() if dtype == types.float32 else ir.DoubleType(), LANES)


@extending.register_model(Vec)
class _VecModel(extending.models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, fe_type: Any) -> None:
        super().__init__(manager, fe_type, vector(fe_type.dtype))


class Value:
    """A vector, whole number or flag of the running kernel; + - * ^ & write the instruction.

    Numbers of Python stand for whole numbers.
    """

    __slots__ = ("builder", "raw")

    def __init__(self, builder: Any, raw: Any) -> None:
        self.builder, self.raw = builder, raw

    def _two(self, other: Value | int, vectors: str, integers: str) -> Value:
        right = other.raw if isinstance(other, Value) else ir.Constant(_I64, other)
        if isinstance(self.raw.type, ir.IntType):
            return Value(self.builder, getattr(self.builder, integers)(self.raw, right))
        return Value(self.builder, getattr(self.builder, vectors)(self.raw, right, flags=_CONTRACT))

    def __add__(self, other: Value | int) -> Value:
        return self._two(other, "fadd", "add")

    def __sub__(self, other: Value) -> Value:
        return self._two(other, "fsub", "sub")

    def __mul__(self, other: Value) -> Value:
        return self._two(other, "fmul", "mul")

    def __xor__(self, other: Value | int) -> Value:
        return self._two(other, "xor", "xor")

    def __and__(self, other: Value | int) -> Value:
        return self._two(other, "and_", "and_")

    def __rshift__(self, bits: int) -> Value:
        return self._two(bits, "ashr", "ashr")

    def __neg__(self) -> Value:
        return Value(self.builder, self.builder.fneg(self.raw))

    def holds(self) -> Any:
        """Return the flag of a number that isn't 0."""
        if self.raw.type.width == 1:
            return self.raw
        return self.builder.icmp_signed("!=", self.raw, ir.Constant(self.raw.type, 0))

    def where(self, flag: Value, other: Value) -> Value:
        """Return this where the flag holds, else the other."""
        return Value(self.builder, self.builder.select(flag.holds(), self.raw, other.raw))

    def negative(self, flag: Value) -> Value:
        """Return this with the other sign where the flag holds."""
        return (-self).where(flag, self)

    def lanes(self, order: list[int]) -> Value:
        """Return the vector whose lane k is this one's lane ``order[k]``."""
        mask = ir.Constant(ir.VectorType(_I32, LANES), order)
        return Value(
            self.builder, self.builder.shuffle_vector(self.raw, ir.Constant(self.raw.type, ir.Undefined), mask)
        )


class Numbers:
    """An array of the running kernel; no bounds are checked."""

    __slots__ = ("builder", "data", "dtype")

    def __init__(self, builder: Any, data: Any, dtype: Any) -> None:
        self.builder, self.data, self.dtype = builder, data, dtype

    def _at(self, index: Value) -> Any:
        return self.builder.bitcast(self.builder.gep(self.data, [index.raw]), vector(self.dtype).as_pointer())

    def load(self, index: Value) -> Value:
        """Return ``array[index : index + 8]``."""
        value = self.builder.load(self._at(index))
        value.align = 4
        return Value(self.builder, value)

    def store(self, index: Value, value: Value) -> None:
        """Set ``array[index : index + 8]``, rounded to the array's precision."""
        raw, kind = value.raw, vector(self.dtype)
        if raw.type != kind:
            raw = self.builder.fptrunc(raw, kind)
        self.builder.store(raw, self._at(index)).align = 4

    def spread(self, index: Value) -> Value:
        """Return eight copies of ``array[index]``."""
        return spread(self.builder, self.builder.load(self.builder.gep(self.data, [index.raw])))

    def copies(self, number: Value | float) -> Value:
        """Return eight copies of a number, in the array's precision."""
        element = vector(self.dtype).element
        if not isinstance(number, Value):
            return Value(self.builder, ir.Constant(vector(self.dtype), [number] * LANES))
        raw = number.raw if number.raw.type == element else self.builder.fptrunc(number.raw, element)
        return spread(self.builder, raw)


def spread(builder: Any, number: Any) -> Value:
    """Return eight copies of a machine number."""
    kind = ir.VectorType(number.type, LANES)
    undefined = ir.Constant(kind, ir.Undefined)
    one = builder.insert_element(undefined, number, ir.Constant(_I32, 0))
    return Value(builder, builder.shuffle_vector(one, undefined, ir.Constant(ir.VectorType(_I32, LANES), [0] * LANES)))


class Emitter:
    """What an emitted function needs beside its arguments."""

    def __init__(self, builder: Any) -> None:
        self.builder = builder

    @contextmanager
    def when(self, flag: Value) -> Iterator[None]:
        """Run what is emitted in the block only where the flag holds."""
        with self.builder.if_then(flag.holds()):
            yield


def emitted(results: int = 0) -> Callable[[Callable[..., Any]], Any]:
    """Make a function ``(emitter, *arguments)`` callable in kernels.

    Args:
        results: How many vectors it returns, of the precision of its first array or vector; several as a tuple.
    """

    def make(function: Callable[..., Any]) -> Any:
        def typed(typingctx: Any, *kinds: Any) -> Any:
            like = next(kind for kind in kinds if isinstance(kind, types.Array | Vec))
            returned = types.void if results == 0 else Vec(like.dtype)
            if results > 1:
                returned = types.UniTuple(returned, results)
            return returned(*[types.int64 if isinstance(k, types.Integer) else k for k in kinds]), codegen

        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            values = [_wrapped(context, builder, *one) for one in zip(signature.args, args, strict=True)]
            out = function(Emitter(builder), *values)
            if results == 0:
                return context.get_dummy_value()
            if results == 1:
                return out.raw
            return context.make_tuple(builder, signature.return_type, [one.raw for one in out])

        names = list(inspect.signature(function).parameters.values())[1:]
        context_name = inspect.Parameter("typingctx", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        typed.__signature__ = inspect.Signature([context_name, *names])  # type: ignore[attr-defined]  # numba reads it
        typed.__name__, typed.__doc__ = function.__name__, function.__doc__
        return extending.intrinsic(typed)

    return make


def _wrapped(context: Any, builder: Any, kind: Any, raw: Any) -> Value | Numbers:
    if isinstance(kind, types.Array):
        return Numbers(builder, cgutils.create_struct_proxy(kind)(context, builder, value=raw).data, kind.dtype)
    return Value(builder, raw)
