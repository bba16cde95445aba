"""The numbers that the gate program and its kernels share: columns of the tables, kinds of slots and factors.

A *slot* is one pass over a state: a 2x2 matrix on pairs of amplitudes, a phase or a swap on a part of them. A
*factor* is one gate inside a slot's matrix. An *angle* is ``offset + scale * source``. It must not import
numba.
"""

from __future__ import annotations

# Columns of `slots`; LO/HI are two pieces of `table` whose xor are the amplitudes of the 0 branch, and V (an
# xor mask) leads to the 1 branch. Amplitude numbers in `table` and V are already multiplied by 16 doubles.
KIND, V, LO, LO_N, HI, HI_N, U, U_STRIDE, T_SLOT, F_FROM, F_TO, BATCHED = range(12)
SLOT_COLUMNS = 12
GENERAL, REAL, DIAGONAL, PHASE, SWAP = range(5)

# Columns and kinds of `factors`: F_ANGLE is a row of `angles`, or of `constants` where the kind is CONST.
F_KIND, F_ANGLE, F_WANT, F_AXIS = range(4)
RX, RY, RZ, P, GPHASE, CONST = range(6)

# Columns of `angles`: is it per sample; does it need `Expr.evaluate`; index of its source (-1: none); its row
# of cosines.
A_BATCHED, A_GENERAL, A_INDEX, A_ROW = range(4)

# Columns of `terms`: X mask, Z mask (both times 16), the power of i mod 2, observable, highest bit of the X
# mask.
TERM_COLUMNS = 5
