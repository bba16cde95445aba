"""Gates on the three lowest bits of an index: vectors of neighbouring amplitudes with their lanes exchanged.

Lane ``k`` of a vector holds the amplitude whose lowest three memory bits are ``k``. It must not know any
physics.
"""

from __future__ import annotations

from typing import Any

from ._jit import extending, inlined
from ._jit import llvm as ir
from .vec import LANES

_I32 = ir.IntType(32)


def _swap(distance: int) -> Any:
    @extending.intrinsic  # type: ignore[untyped-decorator]
    def swap(typingctx: Any, value: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            lanes = ir.Constant(ir.VectorType(_I32, LANES), [k ^ distance for k in range(LANES)])
            return builder.shuffle_vector(args[0], ir.Constant(args[0].type, ir.Undefined), lanes)

        return value(value), codegen

    return swap


_swap1, _swap2, _swap4 = _swap(1), _swap(2), _swap(4)


@inlined
def turned(value: Any, s: int) -> Any:
    """Return the vector whose lane ``k`` is lane ``k ^ s``."""
    if s & 1:
        value = _swap1(value)
    if s & 2:
        value = _swap2(value)
    if s & 4:
        value = _swap4(value)
    return value
