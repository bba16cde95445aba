"""One operation of a circuit: its fields, its colour family, and the check that it is legal on given wires.

It must not know the circuit, only how many wires there are; ids are the circuit's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qlab.circuit.expr import Expr, Sym, number, parse
from qlab.circuit.expr import ExprError as ExprError  # callers catch it beside CircuitError
from qlab.circuit.gates import BLOCK, Gate, lookup, row_of
from qlab.circuit.names import check_name
from qlab.circuit.unitary import MAX_TARGETS, Matrix, check_matrix
from qlab.errors import CircuitError

Param = Expr | str | float | int
_NO_BLOCKS: Mapping[str, int] = {}
ID = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,31}")


def in_order(symbols: Iterable[Sym]) -> tuple[Sym, ...]:
    """Return symbols sorted: inputs first, by index."""
    return tuple(sorted(symbols, key=lambda s: (s.kind != "x", s.index)))


@dataclass(frozen=True, slots=True)
class Condition:
    """Run an operation only if classical bits hold a value.

    Args:
        clbits: The bits, the first one the least significant.
        value: What they must hold, from 0 to 2**len(clbits) - 1.
    """

    clbits: tuple[int, ...]
    value: int = 1


@dataclass(frozen=True, slots=True)
class Operation:
    """One step of a circuit, in normal form.

    Args:
        id: Unique and stable within the circuit: ``"g3"``.
        gate: A name of the gate table, ``"unitary"``, or ``"block:NAME"``; ``cx`` is ``x`` with one control.
        qubits: The targets, in the gate's order.
        params: The angles.
        controls: Ascending; all must be 1.
        anticontrols: Ascending; all must be 0.
        clbits: Where ``measure`` writes.
        condition: Run only if.
        matrix: Of ``unitary`` only: rows of complex numbers, the first qubit the low bit of both indices.
        label: Of ``unitary`` only: what the drawing calls it.
    """

    id: str
    gate: str
    qubits: tuple[int, ...]
    params: tuple[Expr, ...] = ()
    controls: tuple[int, ...] = ()
    anticontrols: tuple[int, ...] = ()
    clbits: tuple[int, ...] = ()
    condition: Condition | None = None
    matrix: Matrix | None = None
    label: str | None = None

    @property
    def spec(self) -> Gate:
        """The row of the gate table; for a matrix or a block one made up for its qubits."""
        return row_of(self.gate, len(self.qubits), self.label)

    @property
    def block(self) -> str | None:
        """The name of the block it stands for, None for any other operation."""
        return self.gate[len(BLOCK) :] if self.gate.startswith(BLOCK) else None

    @property
    def wires(self) -> tuple[int, ...]:
        """All qubits touched, ascending."""
        return tuple(sorted((*self.qubits, *self.controls, *self.anticontrols)))

    @property
    def display(self) -> str:
        """The name people know it by: ``"ccx"``; an anti-control counts as a control."""
        return "c" * (len(self.controls) + len(self.anticontrols)) + (self.block or self.gate)

    @property
    def symbols(self) -> tuple[Sym, ...]:
        """The distinct symbols its angles read, inputs first; those inside a block are `Circuit.symbols`' business."""
        return in_order({s for p in self.params for s in p.symbols()})

    @property
    def family(self) -> str:
        """``"data" | "weight" | "mixed" | "read" | "entangle" | "fixed"``: what its colour says."""
        return self.family_with(self.symbols)

    def family_with(self, symbols: Iterable[Sym]) -> str:
        """Return its family when it reads these symbols: for a block, those of its definition."""
        kinds = {s.kind for s in symbols}
        if kinds:
            return "mixed" if len(kinds) == 2 else "data" if "x" in kinds else "weight"
        if not self.spec.unitary or self.condition is not None:
            return "read"
        return "entangle" if len(self.wires) > 1 else "fixed"


def to_expr(value: Param, place: str) -> Expr:
    """Return a parameter as an expression in normal form.

    Raises:
        CircuitError: naming the place; `ExprError` with the column for a text.
    """
    try:
        if isinstance(value, Expr):
            return parse(str(value))  # holds an expression built from nodes to the same limits as a text
        if isinstance(value, str):
            return parse(value)
        if isinstance(value, bool) or not hasattr(value, "__float__"):
            raise CircuitError(
                f"the angle {value!r} is neither a number nor a text", cure='write 0.5 or "x[0]"', value=value
            )
        return number(float(value))
    except ExprError as error:
        raise error.at(place) from None
    except CircuitError as error:
        raise CircuitError(error.message, where=place, cure=error.cure, value=error.value) from None


def normalise(
    gate: object,
    qubits: tuple[int, ...],
    params: Iterable[Param],
    controls: Iterable[int],
    anticontrols: Iterable[int],
    where: str,
) -> tuple[Gate, tuple[int, ...], tuple[Expr, ...], tuple[int, ...], tuple[int, ...]]:
    """Return ``(row, targets, params, controls, anticontrols)``, aliases resolved and controls sorted.

    Raises:
        CircuitError: for an unknown gate, a wrong number of qubits or angles, an angle that doesn't parse.
    """
    row, lead = lookup(gate, f"{where}, field gate")
    if lead < 0:
        lead = max(1, len(qubits) - row.targets)
    needed = row.targets + lead
    if len(qubits) < needed or (len(qubits) > needed and not row.variadic):
        least = "at least " if row.variadic else ""
        plural = "qubit" if needed == 1 else "qubits"
        raise CircuitError(
            f"{gate} needs {least}{needed} {plural}, got {len(qubits)}",
            where=f"{where}, field qubits",
            cure=f"give {least}{needed} {plural}" + (", the controls first" if lead else ""),
            value=qubits,
        )
    given = tuple(params)
    if len(given) != len(row.params):
        n = len(row.params)
        names = f" ({', '.join(row.params)})" if n else ""
        raise CircuitError(
            f"{gate} needs {n or 'no'} angle{'' if n == 1 else 's'}{names}, got {len(given)}",
            where=f"{where}, field params",
            cure=f"give {n} angle{'' if n == 1 else 's'}" if n else "leave the angles out",
            value=given,
        )
    angles = tuple(to_expr(p, f"{where}, field params[{i}]") for i, p in enumerate(given))
    return row, qubits[lead:], angles, tuple(sorted((*controls, *qubits[:lead]))), tuple(sorted(anticontrols))


def check(op: Operation, n_qubits: int, n_clbits: int, sizes: Mapping[str, int] = _NO_BLOCKS) -> None:
    """Raise CircuitError unless an operation in normal form is legal on this many wires.

    Args:
        op: The operation.
        n_qubits, n_clbits: The wires there are.
        sizes: How many qubits each block takes, by name.
    """
    where = f"op {op.id}"
    if op.block is not None:
        _check_block(op, sizes, where)
    row = op.spec
    if not isinstance(op.id, str) or not ID.fullmatch(op.id):
        raise CircuitError(
            f"the id {op.id!r} is not valid",
            where=where,
            cure="use up to 32 letters, digits or _, no digit first",
        )
    seen: set[int] = set()
    for field in ("qubits", "controls", "anticontrols"):
        for q in getattr(op, field):
            place = f"{where}, field {field}"
            if not 0 <= q < n_qubits:
                raise _range("qubit", q, n_qubits, place)
            if q in seen:
                raise CircuitError(
                    f"qubit {q} is used twice",
                    where=place,
                    cure="use a different qubit for each place",
                    value=q,
                )
            seen.add(q)
    if (op.controls or op.anticontrols) and not row.controllable:
        cure = "use p on the last control" if row.unitary else "leave them out, or use a condition"
        raise CircuitError(f"{op.gate} can't have controls", where=f"{where}, field controls", cure=cure)
    if len(op.clbits) != row.clbits:
        bits = "classical bit" if row.clbits == 1 else "classical bits"
        raise CircuitError(
            f"{op.gate} takes {row.clbits} {bits}, got {len(op.clbits)}",
            where=f"{where}, field clbits",
            cure="give clbits=[0]" if row.clbits else "leave clbits out",
        )
    for c in op.clbits:
        if not 0 <= c < n_clbits:
            raise _range("classical bit", c, n_clbits, f"{where}, field clbits")
    if op.gate == "unitary" or op.matrix is not None or op.label is not None:
        _check_unitary(op, where)
    if op.condition is not None:
        _check_condition(op, op.condition, n_clbits, f"{where}, field if")


def _check_block(op: Operation, sizes: Mapping[str, int], where: str) -> None:
    name = op.block or ""
    if name not in sizes:
        known = ", or use " + ", ".join(f'"{BLOCK}{k}"' for k in list(sizes)[:4]) if sizes else ""
        raise CircuitError(
            f'the block "{name}" is not defined', where=f"{where}, field gate", cure=f"define it in blocks{known}"
        )
    n, got = sizes[name], len(op.qubits)
    if n != got:
        plural = "qubit" if n == 1 else "qubits"
        raise CircuitError(
            f"block {name} acts on {n} {plural}, got {got}", where=f"{where}, field qubits", cure=f"give {n} {plural}"
        )


def _check_unitary(op: Operation, where: str) -> None:
    if op.gate != "unitary":
        field = "label" if op.matrix is None else "matrix"
        raise CircuitError(f"{op.gate} takes no {field}", where=f"{where}, field {field}", cure="leave it out")
    if op.label is not None:
        check_name(op.label, f"{where}, field label")
    n = len(op.qubits)
    if n > MAX_TARGETS:
        cure = f"use 1 to {MAX_TARGETS} qubits"
        message = f"unitary takes 1 to {MAX_TARGETS} qubits, got {n}"
        raise CircuitError(message, where=f"{where}, field qubits", cure=cure)
    place = f"{where}, field matrix"
    if op.matrix is None:
        cure = "give a matrix: [[[0, 0], [1, 0]], [[1, 0], [0, 0]]]"
        raise CircuitError("unitary needs a matrix", where=place, cure=cure)
    check_matrix(op.matrix, place)
    size = len(op.matrix)
    if size != 2**n:
        needs = f"{n} qubit{' needs' if n == 1 else 's need'} {2**n} × {2**n}"
        cure = "make matrix and qubits fit each other"
        raise CircuitError(f"the matrix is {size} × {size}, but {needs}", where=place, cure=cure)


def _check_condition(op: Operation, condition: Condition, n_clbits: int, where: str) -> None:
    if op.gate == "barrier":
        raise CircuitError("barrier can't have a condition", where=where, cure="leave it out")
    for c in condition.clbits:
        if not 0 <= c < n_clbits:
            raise _range("classical bit", c, n_clbits, where)
    if not condition.clbits or len(set(condition.clbits)) < len(condition.clbits):
        raise CircuitError("the condition needs distinct classical bits", where=where, cure="name each bit once")
    top = 2 ** len(condition.clbits) - 1
    if not 0 <= condition.value <= top:
        raise CircuitError(
            f"the value {condition.value} doesn't fit {len(condition.clbits)} bits",
            where=where,
            cure=f"use 0 to {top}",
        )


def _range(what: str, index: int, n: int, where: str) -> CircuitError:
    cure = f"use 0 to {n - 1}" if n else f"add a {what} to the circuit"
    return CircuitError(f"{what} {index} is out of range", where=where, cure=cure, value=index)
