"""Ready circuits. Those with a namesake in Qiskit have its gates, its unitary and its order of parameters."""

from __future__ import annotations

from qlab.circuit.gates import lookup
from qlab.circuit.model import Circuit
from qlab.circuit.template_parts import ENTANGLEMENT, Step, build, count, ring, tuples, two_local_steps
from qlab.circuit.templates_more import (
    amplitude_encoding,
    ghz,
    pauli_feature_map,
    qaoa,
    qcnn,
    qft,
    two_local,
    z_feature_map,
)
from qlab.errors import CircuitError

__all__ = [
    "ENTANGLEMENT",
    "amplitude_encoding",
    "angle_encoding",
    "efficient_su2",
    "ghz",
    "hardware_efficient",
    "pauli_feature_map",
    "qaoa",
    "qcnn",
    "qft",
    "real_amplitudes",
    "reuploading",
    "two_local",
    "z_feature_map",
    "zz_feature_map",
]


def angle_encoding(n: int, gate: str = "ry") -> Circuit:
    """Return one rotation ``gate(x[i])`` on each of n qubits.

    Args:
        n: Qubits, and inputs.
        gate: A one-qubit gate with one angle.

    Raises:
        CircuitError: for another gate.
    """
    row, controls = lookup(gate, "argument gate")
    if controls or row.targets != 1 or len(row.params) != 1:
        raise CircuitError(f"{gate} has not one qubit and one angle", where="argument gate", cure="use rx, ry, rz or p")
    return build(n, "angle_encoding", [(gate, (i,), (f"x[{i}]",)) for i in range(n)])


def reuploading(n: int, layers: int = 1) -> Circuit:
    """Return data re-uploading: a layer is RY(x[i]), trained RY and RZ on every qubit, a ring of CX.

    Weights: 2·n a layer, RY and RZ of qubit 0 first. Source: Pérez-Salinas et al., Quantum 4, 226 (2020).
    """
    steps: list[Step] = []
    for layer in range(count(layers, "layers")):
        steps += [("ry", (i,), (f"x[{i}]",)) for i in range(n)]
        for i in range(n):
            k = 2 * (layer * n + i)
            steps += [("ry", (i,), (f"w[{k}]",)), ("rz", (i,), (f"w[{k + 1}]",))]
        steps += ring(n)
    return build(n, "reuploading", steps)


def hardware_efficient(n: int, layers: int = 1) -> Circuit:
    """Return layers of trained RY and RZ on every qubit and a CX chain; 2·n weights a layer, all RY first."""
    steps: list[Step] = []
    for layer in range(count(layers, "layers")):
        k = 2 * n * layer
        steps += [("ry", (i,), (f"w[{k + i}]",)) for i in range(n)]
        steps += [("rz", (i,), (f"w[{k + n + i}]",)) for i in range(n)]
        steps += [("cx", pair, ()) for pair in tuples(n, 2, "linear")]
    return build(n, "hardware_efficient", steps)


def real_amplitudes(n: int, reps: int = 3, entanglement: str = "reverse_linear") -> Circuit:
    """Return Qiskit's `real_amplitudes`: reps + 1 layers of RY(w) with CX between; (reps + 1)·n weights."""
    return build(n, "real_amplitudes", two_local_steps(n, ("ry",), ("cx",), reps, entanglement))


def efficient_su2(n: int, reps: int = 3, entanglement: str = "reverse_linear") -> Circuit:
    """Return Qiskit's `efficient_su2`: reps + 1 layers of RY, RZ, with CX between; 2·(reps + 1)·n weights."""
    return build(n, "efficient_su2", two_local_steps(n, ("ry", "rz"), ("cx",), reps, entanglement))


def zz_feature_map(n: int, reps: int = 2, entanglement: str = "full") -> Circuit:
    """Return Qiskit's `zz_feature_map`: reps times H, P(2·x[i]), CX P(2·(π−x[i])·(π−x[j])) CX; n inputs."""
    steps: list[Step] = []
    for _ in range(count(reps, "reps")):
        steps += [("h", (i,), ()) for i in range(n)]
        steps += [("p", (i,), (f"2*x[{i}]",)) for i in range(n)]
        for i, j in tuples(n, 2, entanglement):
            angle = f"2*(pi-x[{i}])*(pi-x[{j}])"
            steps += [("cx", (i, j), ()), ("p", (j,), (angle,)), ("cx", (i, j), ())]
    return build(n, "zz_feature_map", steps)
