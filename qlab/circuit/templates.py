"""Ready circuits. Those with a namesake in Qiskit have its gates, its unitary and its order of parameters."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from qlab.circuit.gates import lookup
from qlab.circuit.model import Circuit
from qlab.circuit.ops import Operation, normalise
from qlab.errors import CircuitError

Step = tuple[str, tuple[int, ...], tuple[str, ...]]
ENTANGLEMENT = ("full", "linear", "reverse_linear", "circular")


def _build(n: int, name: str, steps: Sequence[Step]) -> Circuit:
    if n < 1:
        raise CircuitError(f"{name} needs at least 1 qubit, got {n}", where="argument n", cure="use 1 or more", value=n)
    ops = []
    for i, (gate, qubits, params) in enumerate(steps, 1):
        row, targets, angles, controls, _ = normalise(gate, qubits, params, (), (), f"op g{i}")
        ops.append(Operation(f"g{i}", row.name, targets, angles, controls))
    return Circuit(n, ops, name=name)


def _pairs(n: int, entanglement: str) -> list[tuple[int, int]]:
    """Source: qiskit.circuit.library, get_entanglement."""
    chain = [(i, i + 1) for i in range(n - 1)]
    if entanglement == "full":
        return list(combinations(range(n), 2))
    if entanglement == "linear":
        return chain
    if entanglement == "reverse_linear":
        return chain[::-1]
    if entanglement == "circular":
        return ([(n - 1, 0)] if n > 2 else []) + chain
    raise CircuitError(
        f"the entanglement {entanglement!r} is unknown",
        where="argument entanglement",
        cure="use " + ", ".join(ENTANGLEMENT),
        value=entanglement,
    )


def _count(value: int, what: str) -> int:
    if value < 0:
        raise CircuitError(f"{what} can't be {value}", where=f"argument {what}", cure="use 0 or more", value=value)
    return value


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
    return _build(n, "angle_encoding", [(gate, (i,), (f"x[{i}]",)) for i in range(n)])


def reuploading(n: int, layers: int = 1) -> Circuit:
    """Return data re-uploading: a layer is RY(x[i]), trained RY and RZ on every qubit, a ring of CX.

    Weights: 2·n a layer, RY and RZ of qubit 0 first. Source: Pérez-Salinas et al., Quantum 4, 226 (2020).
    """
    steps: list[Step] = []
    for layer in range(_count(layers, "layers")):
        steps += [("ry", (i,), (f"x[{i}]",)) for i in range(n)]
        for i in range(n):
            k = 2 * (layer * n + i)
            steps += [("ry", (i,), (f"w[{k}]",)), ("rz", (i,), (f"w[{k + 1}]",))]
        steps += _ring(n)
    return _build(n, "reuploading", steps)


def hardware_efficient(n: int, layers: int = 1) -> Circuit:
    """Return layers of trained RY and RZ on every qubit and a CX chain; 2·n weights a layer, all RY first."""
    steps: list[Step] = []
    for layer in range(_count(layers, "layers")):
        k = 2 * n * layer
        steps += [("ry", (i,), (f"w[{k + i}]",)) for i in range(n)]
        steps += [("rz", (i,), (f"w[{k + n + i}]",)) for i in range(n)]
        steps += [("cx", pair, ()) for pair in _pairs(n, "linear")]
    return _build(n, "hardware_efficient", steps)


def real_amplitudes(n: int, reps: int = 3, entanglement: str = "reverse_linear") -> Circuit:
    """Return Qiskit's `real_amplitudes`: reps + 1 layers of RY(w) with CX between; (reps + 1)·n weights."""
    return _build(n, "real_amplitudes", _two_local(n, ("ry",), reps, entanglement))


def efficient_su2(n: int, reps: int = 3, entanglement: str = "reverse_linear") -> Circuit:
    """Return Qiskit's `efficient_su2`: reps + 1 layers of RY, RZ, with CX between; 2·(reps + 1)·n weights."""
    return _build(n, "efficient_su2", _two_local(n, ("ry", "rz"), reps, entanglement))


def zz_feature_map(n: int, reps: int = 2, entanglement: str = "full") -> Circuit:
    """Return Qiskit's `zz_feature_map`: reps times H, P(2·x[i]), CX P(2·(π−x[i])·(π−x[j])) CX; n inputs."""
    steps: list[Step] = []
    for _ in range(_count(reps, "reps")):
        steps += [("h", (i,), ()) for i in range(n)]
        steps += [("p", (i,), (f"2*x[{i}]",)) for i in range(n)]
        for i, j in _pairs(n, entanglement):
            angle = f"2*(pi-x[{i}])*(pi-x[{j}])"
            steps += [("cx", (i, j), ()), ("p", (j,), (angle,)), ("cx", (i, j), ())]
    return _build(n, "zz_feature_map", steps)


def _two_local(n: int, gates: tuple[str, ...], reps: int, entanglement: str) -> list[Step]:
    steps: list[Step] = []
    k = 0
    for layer in range(_count(reps, "reps") + 1):
        if layer:
            steps += [("cx", pair, ()) for pair in _pairs(n, entanglement)]
        for gate in gates:
            steps += [(gate, (i,), (f"w[{k + i}]",)) for i in range(n)]
            k += n
    return steps


def _ring(n: int) -> list[Step]:
    pairs = [(i, (i + 1) % n) for i in range(n)] if n > 2 else _pairs(n, "linear")
    return [("cx", pair, ()) for pair in pairs]
