"""The numbers that the gate program and its kernels share: kinds of gates, columns of tables, fields of a job.

It must not import numba. Memory indices and masks in the tables are already multiplied by `AMPLITUDE`.
"""

from __future__ import annotations

AMPLITUDE = 16  # numbers of one amplitude of a group: 8 real, 8 imaginary

# Kinds of gates inside a pass (see `lower`).
RX, RY, RZ, P, GPHASE, CONST = range(6)

# Columns of `ops`, one row per sweep. LO/HI are pieces of `lists` whose pairwise xor are the amplitudes of the
# 0 branch, V0.. lead to the 1 branches of up to three turns, M0.. are the masks that tell the branches apart,
# E0.. are rows of `entries`; WANT says whether a gradient is. A diagonal has in `lists` at AT an entry (or -1)
# per basis vector of LO and HI, and at EXTRA further pieces (entry, lo, lo_n, hi, hi_n); its table is at V0.
# SHIFT and FLIP are the Pauli frame at that place, written at run time.
KIND, LO, LO_N, HI, HI_N, V0, V1, V2, M0, M1, M2, E0, E1, E2, WANT, STILL, AT, EXTRA, EXTRA_N, SHIFT, FLIP = range(21)
OP_COLUMNS = 21
# INIT: a product state. TURN1..3: shared RY on 1..3 qubits in tan form; STILL ones only read gradients.
# ROTATE: one RY in (cos, sin) form, per sample or under conditions. PHASES: a diagonal shared by all samples.
# BATCHED: a diagonal per sample.
INIT, TURN1, TURN2, TURN3, ROTATE, PHASES, BATCHED = range(7)
# Columns of `moves`, one row per sweep, written at run time: what a sweep multiplies the missing scale by, the
# tangents of its turns, and the square of the scale that is missing after it.
FOLD, TAN0, TAN1, TAN2, MISSING = range(5)
MOVE_COLUMNS = 5

# Columns of `entries`, one row per merged angle: its terms, is it per sample, its row of values, its row of
# gradients (-1: nobody wants it), is half the angle used, the sweep that gives the gradient.
FROM, TO, PER_SAMPLE, ROW, SLOT, HALF, OP = range(7)
ENTRY_COLUMNS = 7
# Columns of `terms`: is the source per sample, which one, is its gradient wanted.
TERM_BATCHED, TERM_SOURCE, TERM_WANT = range(3)
TERM_COLUMNS = 3
# Columns of the values of a shared entry.
COS, SIN, ANGLE = range(3)
VALUE_COLUMNS = 3

# Columns of `paulis`, the terms of observables with an X part: X mask, Z mask, the power of i mod 2,
# observable, highest bit of the X mask.
PAULI_COLUMNS = 5

# A job: numbers, then the addresses and the lengths of arrays. NEXT is the next group nobody has claimed;
# ORIGIN is the group at the start of `psi`, -1 where each worker has one state; FIRST is the earliest sweep
# with a wanted gradient; PREPARE, EVALUATE and FINISH say what else a call does; SCRATCH is the length of one
# worker's part of `work`, which begins with N_CS and N_BUILD numbers.
NEXT, STOP, ORIGIN, PHASE, PREPARE, EVALUATE, FINISH, WORKERS, ADDRESS = range(9)
N_OBS, GROUPS, SIZE, FIRST, SCRATCH, N_CS, N_BUILD, GRADIENT, X_FRAME, Z_FRAME, NEGATIVE = range(9, 20)
NUMBERS = 24
OPS, LISTS, ENTRIES, TERMS, COEF, OFFSETS, SOURCES_W, SOURCES_X, VALUES, MOVES, BUILD = range(11)
PAULIS, PAULI_COEF, ROWS, INDEX, WEIGHT, GRAD_W, GRAD_X = range(11, 18)
TABLES, PSI, WORK, EXPECT, COTANGENT, SLOTS = range(18, 24)  # these have the precision of the state
ARRAYS = 24
JOB_FIELDS = NUMBERS + 2 * ARRAYS
# Phases of a job.
FORWARD, BACKWARD = range(2)
# The board where waiting threads find a job: its address or 0, how many were posted, how many threads are in
# one; apart so that they don't share a cache line.
JOB, TICKET, ENTERED, BOARD_SIZE = 0, 8, 16, 24
