"""Exact results of circuits with measurements, resets, conditions and noise: Qiskit's density matrices, by branches.

Every string of classical bits keeps a density matrix of its own, whose trace is its probability.
"""

from __future__ import annotations

import itertools

import numpy as np
from qiskit.circuit import library as lib
from qiskit.quantum_info import DensityMatrix, Kraus, Operator, Pauli, SparsePauliOp

from qlab.circuit import Circuit, Operation
from qlab.engine import NoiseModel
from tests.vectors.reference import to_reference

Bits = tuple[int, ...]


def depolarising(p: float, k: int) -> Kraus:
    """With probability p the maximally mixed state of k qubits."""
    strings = ["".join(letters) for letters in itertools.product("IXYZ", repeat=k)]
    weights = [1 - p + p / 4**k if set(s) == {"I"} else p / 4**k for s in strings]
    return Kraus([np.sqrt(weight) * Pauli(s).to_matrix() for weight, s in zip(weights, strings, strict=True)])


def damping(gamma: float) -> Kraus:
    """Amplitude damping."""
    return Kraus([np.array([[1, 0], [0, np.sqrt(1 - gamma)]]), np.array([[0, np.sqrt(gamma)], [0, 0]])])


RESET = Kraus([np.array([[1, 0], [0, 0]]), np.array([[0, 1], [0, 0]])])
PROJECT = [np.diag([1, 0]).astype(complex), np.diag([0, 1]).astype(complex)]


def exact(circuit: Circuit, x: list[float], w: list[float], noise: NoiseModel | None = None) -> dict[Bits, np.ndarray]:
    """Return the unnormalised density matrix of every string of classical bits."""
    n = circuit.n_qubits
    start = np.zeros((2**n, 2**n), dtype=complex)
    start[0, 0] = 1
    found: dict[Bits, np.ndarray] = {(0,) * circuit.n_clbits: start}
    for op in circuit.flattened().ops:
        after: dict[Bits, np.ndarray] = {}
        for bits, rho in found.items():
            for new_bits, new in _one(op, bits, rho, circuit, x, w, noise):
                after[new_bits] = after.get(new_bits, 0) + new
        found = after
    return found


def _one(
    op: Operation,
    bits: Bits,
    rho: np.ndarray,
    circuit: Circuit,
    x: list[float],
    w: list[float],
    noise: NoiseModel | None,
) -> list[tuple[Bits, np.ndarray]]:
    c = op.condition
    if op.gate == "barrier" or (c and any(bits[b] != c.value >> k & 1 for k, b in enumerate(c.clbits))):
        return [(bits, rho)]
    state = DensityMatrix(rho)
    if op.gate == "reset":
        return [(bits, state.evolve(RESET, list(op.qubits)).data)]
    if op.gate == "measure":
        out = []
        for value in (0, 1):
            kept = state.evolve(Operator(PROJECT[value]), list(op.qubits)).data
            wrong = noise.wrong[value] if noise else 0.0
            for read, chance in ((value, 1 - wrong), (1 - value, wrong)):
                if chance:
                    new = list(bits)
                    new[op.clbits[0]] = read
                    out.append((tuple(new), kept * chance))
        return out
    alone = Circuit(
        circuit.n_qubits,
        [Operation("g1", op.gate, op.qubits, op.params, op.controls, op.anticontrols, matrix=op.matrix)],
    )
    gate = to_reference(alone, x, w)
    assert gate is not None
    state = state.evolve(Operator(gate))
    wires = list(op.wires)
    if noise and wires:
        p = noise.depolarizing_1q if len(wires) == 1 else noise.depolarizing_2q
        if p:
            state = state.evolve(depolarising(p, len(wires)), wires)
        if noise.amplitude_damping:
            for q in wires:
                state = state.evolve(damping(noise.amplitude_damping), [q])
    return [(bits, state.data)]


def readout(probabilities: np.ndarray, n: int, wrong: tuple[float, float]) -> np.ndarray:
    """Return a distribution over basis states as a faulty readout shows it."""
    confusion = np.array([[1 - wrong[0], wrong[1]], [wrong[0], 1 - wrong[1]]])
    table = probabilities.reshape([2] * n)
    for axis in range(n):
        table = np.moveaxis(np.tensordot(confusion, table, axes=(1, axis)), 0, axis)
    return table.reshape(-1)


def expectation(rho: np.ndarray, label: str, n: int, wrong: tuple[float, float] = (0.0, 0.0)) -> float:
    """Return a Pauli string's expectation, measured by turning its wires and reading them, errors included."""
    state = DensityMatrix(rho)
    mask = 0
    for factor in label.split():
        q = int(factor[1:])
        mask |= 1 << q
        if factor[0] == "X":
            state = state.evolve(lib.HGate(), [q])
        elif factor[0] == "Y":
            state = state.evolve(lib.SdgGate(), [q]).evolve(lib.HGate(), [q])
    seen = readout(np.real(np.diag(state.data)), n, wrong)
    signs = [(-1) ** (k & mask).bit_count() for k in range(2**n)]
    if not any(wrong):
        ops = SparsePauliOp("".join("Z" if mask >> q & 1 else "I" for q in reversed(range(n))))
        assert abs(np.dot(signs, seen) - state.expectation_value(ops).real) < 1e-12
    return float(np.dot(signs, seen))
