"""The one function that Python calls: runs a job's groups, alone or with the hot threads of `pool`.

The circuit is data (``ops``, ``lists``, ``entries``): nothing here is compiled per circuit. A job is an array
of numbers and addresses (see `codes`), so that a waiting thread can take it without any Python in between.
Groups are claimed one by one; a group's result doesn't depend on who computed it, and sums over groups are
formed afterwards in a fixed order. No kernel allocates, and none may touch Python objects.
"""

from __future__ import annotations

from typing import Any

from . import codes
from ._jit import inlined, kernel, numba, pasted
from .arrays import FloatArray, IntArray
from .codes import (
    BATCHED,
    E0,
    FIRST,
    FOLD,
    FORWARD,
    GROUPS,
    INIT,
    KIND,
    NEXT,
    NUMBERS,
    PHASE,
    PHASES,
    ROTATE,
    SIZE,
    SLOT,
    STILL,
    TURN1,
    V0,
    WANT,
)
from .diagonals import build_batched, divide, fold, multiply
from .expect import adjoint_start, expect
from .prepare import evaluate_group, finish, prepare
from .sweeps import first_turn, product, turn, unturn
from .vec import atomic_add, atomic_load, pointer, store

carray = numba.carray


@pasted
def forward(
    size: int,
    ops: IntArray,
    lists: IntArray,
    entries: IntArray,
    values: FloatArray,
    moves: FloatArray,
    tables: Any,
    psi: Any,
    base: int,
    work: Any,
    cs: int,
    build: int,
    table: int,
) -> None:
    """Run one group from |0...0>."""
    for o in range(ops.shape[0]):
        kind = ops[o, KIND]
        if ops[o, STILL]:
            continue
        if kind == INIT:
            product(psi, base, size, lists, ops, o, entries, values, work, cs, build)
        elif kind <= ROTATE:
            c, s = first_turn(ops, o, entries, values, moves, work, cs)
            turn(psi, base, lists, ops, o, moves, c, s)
        else:
            if kind == BATCHED:
                build_batched(ops, o, lists, entries, work, cs, build, table, 1.0 / moves[o, FOLD])
            multiply(psi, base, size, tables, ops[o, V0], work, table, kind == PHASES)


@pasted
def backward(
    g: int,
    n_groups: int,
    size: int,
    first: int,
    ops: IntArray,
    lists: IntArray,
    entries: IntArray,
    values: FloatArray,
    moves: FloatArray,
    tables: Any,
    psi: Any,
    base: int,
    work: Any,
    lam: int,
    d: int,
    cs: int,
    build: int,
    table: int,
    slots: Any,
) -> None:
    """Walk one group back from its final state; fill its part of ``slots[slot, group, lane]``."""
    for o in range(ops.shape[0] - 1, first - 1, -1):
        kind, want, move = ops[o, KIND], ops[o, WANT] != 0, o > first and ops[o, STILL] == 0
        if kind == INIT:
            continue
        if kind <= ROTATE:
            c, s = first_turn(ops, o, entries, values, moves, work, cs)
            grads = unturn(psi, base, work, lam, lists, ops, o, moves, c, s, move)
            for q in range(kind - TURN1 + 1 if kind < ROTATE else 1):
                slot = entries[ops[o, E0 + q], SLOT]
                if slot >= 0:
                    store(slots, (slot * n_groups + g) * 8, grads[q])
        else:
            if kind == BATCHED:
                build_batched(ops, o, lists, entries, work, cs, build, table, 1.0 / moves[o, FOLD])
            divide(psi, base, work, lam, size, tables, ops[o, V0], table, d, kind == PHASES, want, move)
            if want:
                fold(ops, o, lists, entries, work, d, slots, g, n_groups)


@inlined
def _rows(job: IntArray, which: int, columns: int) -> Any:
    at = NUMBERS + 2 * which
    return carray(pointer(job[at], 0), (job[at + 1] // columns, columns))


@inlined
def _table(job: IntArray, which: int, columns: int) -> Any:
    at = NUMBERS + 2 * which
    return carray(pointer(job[at], 0.0), (job[at + 1] // columns, columns))


@inlined
def _ints(job: IntArray, which: int) -> Any:
    at = NUMBERS + 2 * which
    return carray(pointer(job[at], 0), (job[at + 1],))


@inlined
def _numbers(job: IntArray, which: int, like: Any) -> Any:
    at = NUMBERS + 2 * which
    return carray(pointer(job[at], like), (job[at + 1],))


@pasted
def drain(job: IntArray, worker: int, like: Any) -> None:
    """Claim and run groups of a job until there are none left."""
    ops, lists = _rows(job, codes.OPS, codes.OP_COLUMNS), _ints(job, codes.LISTS)
    entries, terms = _rows(job, codes.ENTRIES, codes.ENTRY_COLUMNS), _rows(job, codes.TERMS, codes.TERM_COLUMNS)
    coef, offsets = _numbers(job, codes.COEF, 0.0), _numbers(job, codes.OFFSETS, 0.0)
    w, x = _numbers(job, codes.SOURCES_W, 0.0), _numbers(job, codes.SOURCES_X, 0.0)
    values, moves = _table(job, codes.VALUES, codes.VALUE_COLUMNS), _table(job, codes.MOVES, codes.MOVE_COLUMNS)
    paulis, pauli_coef = _rows(job, codes.PAULIS, codes.PAULI_COLUMNS), _numbers(job, codes.PAULI_COEF, 0.0)
    rows, index, weight = _ints(job, codes.ROWS), _ints(job, codes.INDEX), _numbers(job, codes.WEIGHT, 0.0)
    tables, psi = _numbers(job, codes.TABLES, like), _numbers(job, codes.PSI, like)
    work, slots = _numbers(job, codes.WORK, like), _numbers(job, codes.SLOTS, like)
    expected, cotangent = _numbers(job, codes.EXPECT, like), _numbers(job, codes.COTANGENT, like)
    size, n_groups = job[SIZE], job[GROUPS]
    # One worker's part of `work`: cosines and outer products; lambda and d for a gradient; a table.
    cs = worker * job[codes.SCRATCH]
    build = cs + job[codes.N_CS]
    lam = build + job[codes.N_BUILD]
    d = lam + size
    table = lam + (size + size // 2 if job[codes.GRADIENT] else 0)
    g = atomic_add(job, NEXT, 1)
    while g < job[codes.STOP]:
        base = worker * size if job[codes.ORIGIN] < 0 else (g - job[codes.ORIGIN]) * size
        evaluate_group(g, n_groups * 8, entries, terms, coef, offsets, w, x, work, cs)
        if job[PHASE] == FORWARD:
            forward(size, ops, lists, entries, values, moves, tables, psi, base, work, cs, build, table)
            if job[codes.EVALUATE]:
                expect(g, job, paulis, pauli_coef, rows, index, weight, psi, base, expected)
        else:
            adjoint_start(g, job, paulis, pauli_coef, rows, index, weight, psi, base, work, lam, cotangent)
            backward(
                g,
                n_groups,
                size,
                job[FIRST],
                ops,
                lists,
                entries,
                values,
                moves,
                tables,
                psi,
                base,
                work,
                lam,
                d,
                cs,
                build,
                table,
                slots,
            )
        g = atomic_add(job, NEXT, 1)


@kernel
def serve(board: IntArray, job: IntArray, worker: int, spins: int, like: Any) -> float:
    """Run a job (worker 0), or help with what others post on the board until nothing came for ``spins`` looks.

    Worker 0 returns the scale that the final states lack. A helper counts itself in before it looks at the
    job, and worker 0 takes the job down and waits for the count to fall, so no helper touches a job whose
    memory is gone.
    """
    scale = 0.0
    shared = worker == 0 and job[codes.WORKERS] > 1
    if worker == 0 and job[codes.PREPARE]:
        scale = prepare(
            job,
            _rows(job, codes.OPS, codes.OP_COLUMNS),
            _ints(job, codes.LISTS),
            _rows(job, codes.ENTRIES, codes.ENTRY_COLUMNS),
            _rows(job, codes.TERMS, codes.TERM_COLUMNS),
            _numbers(job, codes.COEF, 0.0),
            _numbers(job, codes.OFFSETS, 0.0),
            _numbers(job, codes.SOURCES_W, 0.0),
            _table(job, codes.VALUES, codes.VALUE_COLUMNS),
            _table(job, codes.MOVES, codes.MOVE_COLUMNS),
            _numbers(job, codes.BUILD, 0.0),
            _numbers(job, codes.TABLES, like),
        )
    if shared:
        atomic_add(board, codes.JOB, job[codes.ADDRESS])
        atomic_add(board, codes.TICKET, 1)
    seen = atomic_load(board, codes.TICKET) - 1  # what was posted while a helper woke is looked at too
    idle = 0
    while idle <= spins:
        mine = job
        if worker > 0:
            ticket = atomic_load(board, codes.TICKET)
            if ticket == seen:
                idle += 1
                continue
            seen, idle = ticket, 0
            atomic_add(board, codes.ENTERED, 1)
            address = atomic_load(board, codes.JOB)
            if address != 0:
                mine = carray(pointer(address, 0), (codes.JOB_FIELDS,))
        if worker < mine[codes.WORKERS]:
            drain(mine, worker, like)
        if worker == 0:
            break
        atomic_add(board, codes.ENTERED, -1)
    if shared:
        atomic_add(board, codes.JOB, -job[codes.ADDRESS])
        while atomic_load(board, codes.ENTERED) > 0:
            pass
    if worker == 0 and job[codes.FINISH]:
        finish(
            job[GROUPS],
            _rows(job, codes.OPS, codes.OP_COLUMNS),
            _rows(job, codes.ENTRIES, codes.ENTRY_COLUMNS),
            _rows(job, codes.TERMS, codes.TERM_COLUMNS),
            _numbers(job, codes.COEF, 0.0),
            _table(job, codes.VALUES, codes.VALUE_COLUMNS),
            _table(job, codes.MOVES, codes.MOVE_COLUMNS),
            _numbers(job, codes.SLOTS, like),
            _numbers(job, codes.GRAD_W, 0.0),
            _numbers(job, codes.GRAD_X, 0.0),
        )
    return scale
