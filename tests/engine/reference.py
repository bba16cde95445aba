"""Random circuits over the whole gate table, and Qiskit as the judge, without qlab.interop on purpose."""

from __future__ import annotations

import numpy as np
from qiskit.circuit import QuantumCircuit
from qiskit.circuit import library as lib
from qiskit.quantum_info import SparsePauliOp, Statevector

from qlab.circuit import GATES, Circuit

QISKIT = {
    "id": lib.IGate,
    "h": lib.HGate,
    "x": lib.XGate,
    "y": lib.YGate,
    "z": lib.ZGate,
    "s": lib.SGate,
    "sdg": lib.SdgGate,
    "t": lib.TGate,
    "tdg": lib.TdgGate,
    "sx": lib.SXGate,
    "sxdg": lib.SXdgGate,
    "rx": lib.RXGate,
    "ry": lib.RYGate,
    "rz": lib.RZGate,
    "p": lib.PhaseGate,
    "r": lib.RGate,
    "u": lib.UGate,
    "swap": lib.SwapGate,
    "iswap": lib.iSwapGate,
    "ecr": lib.ECRGate,
    "dcx": lib.DCXGate,
    "rxx": lib.RXXGate,
    "ryy": lib.RYYGate,
    "rzz": lib.RZZGate,
    "rzx": lib.RZXGate,
    "xx_plus_yy": lib.XXPlusYYGate,
    "xx_minus_yy": lib.XXMinusYYGate,
    "gphase": lib.GlobalPhaseGate,
}
UNITARY = [name for name, row in GATES.items() if row.unitary]


def random_angle(rng: np.random.Generator, n_inputs: int, n_weights: int) -> str:
    """Return a number, a symbol, or an expression of both kinds of symbols."""
    x, w, v = (
        f"x[{rng.integers(n_inputs)}]",
        f"w[{rng.integers(n_weights)}]",
        f"w[{rng.integers(n_weights)}]",
    )
    forms = [
        f"{rng.uniform(-4, 4):.6f}",
        x,
        w,
        w,
        w,
        f"2*{x}-1",
        f"-{w}/3+pi",
        f"{x}*{w}",
        f"sin({w})*{v}",
        f"{x}+{w}",
        f"(pi-{x})*cos({x}*{v})",
        f"{w}**2",
        f"arctan({x})",
    ]
    return str(forms[rng.integers(len(forms))])


def random_circuit(
    rng: np.random.Generator,
    n: int,
    gates: int,
    *,
    n_inputs: int = 3,
    n_weights: int = 4,
    names: list[str] | None = None,
) -> Circuit:
    """Return a circuit of random gates, angles, controls and anti-controls on random wires."""
    circuit = Circuit(n)
    pool = [name for name in (names or UNITARY) if GATES[name].targets <= n]
    while len(circuit.ops) < gates:
        name = pool[rng.integers(len(pool))]
        row = GATES[name]
        wires = rng.permutation(n)
        targets, rest = wires[: row.targets], wires[row.targets :]
        n_controls = min(len(rest), int(rng.choice(4, p=[0.55, 0.3, 0.1, 0.05]))) if row.controllable else 0
        controls = rest[:n_controls]
        anti = rng.random(n_controls) < 0.4
        circuit = circuit.append(
            name,
            [int(q) for q in targets],
            *[random_angle(rng, n_inputs, n_weights) for _ in row.params],
            controls=[int(q) for q in controls[~anti]],
            anticontrols=[int(q) for q in controls[anti]],
        )
    # Both symbol vectors get a fixed length, whatever was drawn.
    return circuit.append("rz", 0, f"x[{n_inputs - 1}]").append("rx", n - 1, f"w[{n_weights - 1}]")


def qiskit_state(circuit: Circuit, x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return Qiskit's amplitudes at one sample."""
    qc = QuantumCircuit(circuit.n_qubits)
    for op in circuit.ops:
        if op.gate in ("barrier", "measure"):
            continue
        angles = [float(p.evaluate(x, w)) for p in op.params]
        gate = QISKIT[op.gate](*angles)
        controls = [*op.controls, *op.anticontrols]
        if controls:
            state = sum(1 << k for k in range(len(op.controls)))
            gate = gate.control(len(controls), ctrl_state=state, annotated=False)
        qc.append(gate, [*controls, *op.qubits])
    return np.asarray(Statevector(qc).data)


def qiskit_expectation(state: np.ndarray, observable: dict[str, float], n: int) -> float:
    """Return the expectation of a Pauli sum given as ``{"X0 Z1": weight}``."""
    total = 0.0
    for text, weight in observable.items():
        label = ["I"] * n
        for factor in text.split():
            if factor != "I":
                label[n - 1 - int(factor[1:])] = factor[0]
        total += float(np.real(Statevector(state).expectation_value(SparsePauliOp("".join(label))))) * weight
    return total


def random_observable(rng: np.random.Generator, n: int) -> dict[str, float]:
    """Return one to three weighted Pauli strings."""
    terms: dict[str, float] = {}
    for _ in range(rng.integers(1, 4)):
        wires = sorted(int(q) for q in rng.permutation(n)[: rng.integers(0, n + 1)])
        terms[" ".join(f"{'XYZ'[rng.integers(3)]}{q}" for q in wires) or "I"] = float(rng.normal())
    return terms
