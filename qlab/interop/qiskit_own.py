"""What has a meaning of its own, for Qiskit: matrices as `UnitaryGate`, blocks as instructions with a definition.

Only qiskit.py uses it. Qiskit's own `UnitaryGate.control` is avoided: its synthesis aborts on some matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ControlledGate
from qiskit.circuit import library as lib

from qlab.circuit import Block, Operation
from qlab.circuit.blocks import placed
from qlab.circuit.synth import decomposed
from qlab.circuit.unitary import TOLERANCE, Matrix, to_matrix

Emit = Callable[[QuantumCircuit, Operation], None]


def _local(op: Operation) -> Operation:
    """The same operation on wires 0, 1, ...: controls, then anti-controls, then targets."""
    ones, zeros = len(op.controls), len(op.anticontrols)
    at = range(ones + zeros, ones + zeros + len(op.qubits))
    return replace(
        op,
        qubits=tuple(at),
        controls=tuple(range(ones)),
        anticontrols=tuple(range(ones, ones + zeros)),
        condition=None,
    )


def _definition(op: Operation, name: str, ops: Iterable[Operation], emit: Emit) -> QuantumCircuit:
    out = QuantumCircuit(len(op.wires), name=name)
    for one in ops:
        emit(out, one)
    return out


def matrix_gate(op: Operation, emit: Emit) -> Any:
    """Return the gate of a ``unitary`` operation, on its controls, anti-controls and targets in this order."""
    base = lib.UnitaryGate(np.array(op.matrix), label=op.label)
    controls = len(op.controls) + len(op.anticontrols)
    if not controls:
        return base
    # ControlledGate puts X around a definition for controls on 1, as ctrl_state says.
    on_ones = replace(_local(op), controls=tuple(range(controls)), anticontrols=())
    return ControlledGate(
        "c_unitary", controls + len(op.qubits), list(base.params),
        num_ctrl_qubits=controls,
        definition=_definition(op, "c_unitary", decomposed(on_ones), emit),
        ctrl_state=(1 << len(op.controls)) - 1,
        base_gate=base,
    )  # fmt: skip


def instance_gate(op: Operation, block: Block, emit: Emit) -> Any:
    """Return a block's instance as a gate (an instruction where it holds a barrier) with its definition."""
    local = _local(op)
    name = "c" * (len(op.controls) + len(op.anticontrols)) + block.name
    circuit = _definition(op, name, (one for inner in block.ops for one in placed(inner, local)), emit)
    holds_barrier = any(item.operation.name == "barrier" or not hasattr(item.operation, "control") for item in circuit)
    return circuit.to_instruction() if holds_barrier else circuit.to_gate()


def matrix_of(gate: Any) -> Matrix | None:
    """Return the matrix of a Qiskit gate on up to three qubits, made exactly unitary; None where it has none."""
    from qiskit.exceptions import QiskitError
    from qiskit.quantum_info import Operator

    try:
        array = np.asarray(gate.to_matrix() if isinstance(gate, lib.UnitaryGate) else Operator(gate).data)
    except (QiskitError, TypeError, ValueError, AttributeError):
        return None
    if not 2 <= len(array) <= 8:
        return None
    if np.abs(array.conj().T @ array - np.eye(len(array))).max() > TOLERANCE / 10:  # Qiskit is content with 1e-8
        left, _, right = np.linalg.svd(array)
        array = left @ right
    return to_matrix(array, gate.name)
