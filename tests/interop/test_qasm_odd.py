"""Odd but legal OpenQASM programs: the unitary that Qiskit reads, or a refusal with place and cure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit, qasm2
from qiskit.quantum_info import Operator

from qlab.errors import CircuitError
from qlab.interop.qasm import from_qasm, to_qasm
from qlab.interop.qiskit import to_qiskit
from tests.vectors import odd

ROWS = json.loads((Path(odd.HERE) / "odd.json").read_text(encoding="utf-8"))


def unitary(qc: QuantumCircuit) -> np.ndarray[Any, Any]:
    """Of all but measurements, resets and barriers; symbols bound in order of their names."""
    plain = QuantumCircuit(qc.num_qubits)
    for item in qc.data:
        if item.operation.name not in ("measure", "reset", "barrier"):
            plain.append(item.operation, [qc.find_bit(q).index for q in item.qubits])
    values = {p: 0.1 + 0.37 * i for i, p in enumerate(sorted(plain.parameters, key=lambda p: p.name))}
    return np.asarray(Operator(plain.assign_parameters(values)).data)


def test_the_file_holds_these_programs() -> None:
    assert {row["name"]: row["text"] for row in ROWS} == odd.PROGRAMS
    assert {row["name"]: row["refused"] for row in ROWS if row["refused"]} == odd.REFUSED


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_is_read_as_qiskit_reads_it_or_refused_by_place(row: dict[str, Any]) -> None:
    if row["name"] in odd.REFUSED:
        with pytest.raises(CircuitError) as caught:
            from_qasm(row["text"], file="odd.qasm")
        where = f"odd.qasm:{odd.REFUSED[row['name']]}"
        assert caught.value.where == where
        assert caught.value.cure
        return
    circuit = from_qasm(row["text"], file="odd.qasm")
    again = from_qasm(to_qasm(circuit))
    assert again.n_qubits == circuit.n_qubits
    if row["reading"]:
        expected = Operator(qasm2.loads(row["reading"])).data
        for c in (circuit, again):
            found = unitary(to_qiskit(c))
            assert found.shape == expected.shape
            assert abs(abs(np.vdot(found, expected)) / len(expected) - 1) < 1e-8
