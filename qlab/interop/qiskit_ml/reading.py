"""Qiskit circuits for the engine: every parameter an input, in a given order; final measurements only.

It refuses what has no state vector at the end, naming the instruction; it must not run anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qiskit.circuit import Parameter, ParameterVector, QuantumCircuit

from qlab.circuit import Circuit, Operation, Sym
from qlab.errors import EngineError
from qlab.interop.qiskit import from_qiskit


def read(circuit: QuantumCircuit, parameters: Sequence[Parameter]) -> Circuit:
    """Return a Qiskit circuit whose parameters, all of them, are ``x[0], x[1], ...`` in the order given.

    Raises:
        EngineError: naming the instruction that is a condition, a reset or a measurement before the end.
        CircuitError: as `qlab.interop.qiskit.from_qiskit`.
    """
    refuse_dynamic(circuit)
    names = dict(zip(parameters, ParameterVector("x", len(parameters)), strict=True))
    renamed = circuit.assign_parameters(names) if names else circuit.copy()
    renamed.metadata = {}  # names that qlab left there are of the parameters before
    found = from_qiskit(renamed)
    kept = without_leading_resets(found.ops)
    return found if len(kept) == len(found.ops) else Circuit(found.qubits, kept, clbits=found.clbits)


def refuse_dynamic(circuit: QuantumCircuit) -> None:
    """Raise EngineError for the first instruction that makes a circuit more than gates and final measurements."""
    measured: dict[int, int] = {}
    touched: set[int] = set()
    for i, item in enumerate(circuit.data):
        name = item.operation.name
        if name == "barrier" or name == "delay":
            continue
        qubits = [circuit.find_bit(q).index for q in item.qubits]
        where = f"instruction {i}"
        if item.is_control_flow():
            raise EngineError(
                f"instruction {i} ({name}) depends on a classical value while the circuit runs",
                where=where,
                cure="replace the condition by a controlled gate, or remove it",
                value=name,
            )
        if name == "reset" and touched.intersection(qubits):
            raise EngineError(
                f"instruction {i} ({name}) resets qubit {qubits[0]} after gates on it",
                where=where,
                cure="use a fresh qubit instead, or remove the reset",
                value=name,
            )
        late = next((q for q in qubits if q in measured), None)
        if late is not None and name != "measure":
            raise EngineError(
                f"instruction {measured[late]} measures qubit {late} before instruction {i} ({name}) acts on it",
                where=f"instruction {measured[late]}",
                cure="move the measurement to the end of the circuit",
                value=name,
            )
        if name == "measure":
            measured.setdefault(qubits[0], i)
        elif name != "reset":
            touched.update(qubits)


def without_leading_resets(ops: Sequence[Operation]) -> list[Operation]:
    """Return the operations without the resets of qubits that nothing has touched: they change nothing."""
    touched: set[int] = set()
    kept = []
    for op in ops:
        if op.gate == "reset" and op.condition is None and op.qubits[0] not in touched:
            continue
        if op.gate != "barrier":
            touched.update(op.wires)
        kept.append(op)
    return kept


def all_inputs(circuit: Circuit) -> Circuit:
    """Return the circuit with weight j as input ``n_inputs + j``: an angle per sample, so a gradient per sample."""
    n = circuit.n_inputs
    moved = {Sym("w", j): Sym("x", n + j) for j in range(circuit.n_weights)}
    ops = [replace(op, params=tuple(p.substitute(dict(moved)) for p in op.params)) for op in circuit.ops]
    return Circuit(circuit.qubits, ops, clbits=circuit.clbits)


def measured_qubits(circuit: Circuit) -> dict[int, int]:
    """Return which qubit each classical bit ends up holding; a later measurement overwrites an earlier one."""
    return {op.clbits[0]: op.qubits[0] for op in circuit.ops if op.gate == "measure"}
