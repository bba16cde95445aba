"""One operation from what a person writes: names of wires, aliases of gates, texts as angles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict

from qlab.circuit.names import wire_indices
from qlab.circuit.ops import Condition, Operation, Param, check, normalise
from qlab.circuit.unitary import to_matrix

Wires = int | str | Sequence[int | str]
If = Condition | tuple[Wires, int] | None


class Fields(TypedDict, total=False):
    """The keyword arguments of `Circuit.append`."""

    controls: Wires
    anticontrols: Wires
    clbits: Wires
    condition: If
    id: str | None
    matrix: Any
    label: str | None


def make_operation(
    id: str,
    gate: str,
    qubits: Wires,
    params: Iterable[Param],
    controls: Wires,
    anticontrols: Wires,
    clbits: Wires,
    condition: If,
    matrix: Any,
    label: str | None,
    names: tuple[tuple[str, ...], tuple[str, ...]],
    sizes: Mapping[str, int],
) -> Operation:
    """Return the operation in normal form.

    ``names`` are those of all qubits and of all classical bits, ``sizes`` the qubits of each block.

    Raises:
        CircuitError: when it isn't legal there.
    """
    where = f"op {id}"
    quantum, classical = names
    targets = wire_indices(qubits, quantum, f"{where}, field qubits")
    if gate == "barrier" and not targets:
        targets = tuple(range(len(quantum)))
    ones = wire_indices(controls, quantum, f"{where}, field controls")
    zeros = wire_indices(anticontrols, quantum, f"{where}, field anticontrols")
    row, targets, angles, ones, zeros = normalise(gate, targets, params, ones, zeros, where)
    if condition is not None and not isinstance(condition, Condition):
        bits, value = condition
        condition = Condition(wire_indices(bits, classical, f"{where}, field if"), int(value))
    bits_written = wire_indices(clbits, classical, f"{where}, field clbits")
    rows = None if matrix is None else to_matrix(matrix, f"{where}, field matrix")
    op = Operation(id, row.name, targets, angles, ones, zeros, bits_written, condition, rows, label)
    check(op, len(quantum), len(classical), sizes)
    return op
