"""Reference values for the vectors, from Python's arithmetic and from Qiskit; nothing here uses qlab's own numerics."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Gate
from qiskit.circuit import library as lib
from qiskit.quantum_info import Operator, Statevector

from qlab.circuit import Circuit

_SCOPE = {
    "sin": math.sin, "cos": math.cos, "tan": math.tan, "arcsin": math.asin, "arccos": math.acos,
    "arctan": math.atan, "exp": math.exp, "log": math.log, "sqrt": math.sqrt, "pi": math.pi,
}  # fmt: skip

_CLASSES: dict[str, type[Gate]] = {
    "h": lib.HGate, "x": lib.XGate, "y": lib.YGate, "z": lib.ZGate, "s": lib.SGate, "sdg": lib.SdgGate,
    "t": lib.TGate, "tdg": lib.TdgGate, "sx": lib.SXGate, "sxdg": lib.SXdgGate, "id": lib.IGate,
    "rx": lib.RXGate, "ry": lib.RYGate, "rz": lib.RZGate, "p": lib.PhaseGate, "r": lib.RGate, "u": lib.UGate,
    "swap": lib.SwapGate, "iswap": lib.iSwapGate, "ecr": lib.ECRGate, "dcx": lib.DCXGate, "rxx": lib.RXXGate,
    "ryy": lib.RYYGate, "rzz": lib.RZZGate, "rzx": lib.RZXGate, "xx_plus_yy": lib.XXPlusYYGate,
    "xx_minus_yy": lib.XXMinusYYGate, "gphase": lib.GlobalPhaseGate,
}  # fmt: skip


def python_value(text: str, x: Sequence[float], w: Sequence[float]) -> float:
    """The value of a trusted text of cases.py by Python itself; nan outside a domain."""
    python = re.sub(r"(?<![0-9.])0+(?=[0-9])", "", text.strip().replace("π", "pi"))  # no leading zeros
    try:
        return float(eval(python, {"__builtins__": {}}, {**_SCOPE, "x": x, "w": w}))
    except (ValueError, ZeroDivisionError, OverflowError):
        return math.nan


def slope(text: str, symbol: str, x: Sequence[float], w: Sequence[float]) -> float:
    """The derivative by complex-free Richardson extrapolation of central differences, good to about 1e-10."""
    kind, index = symbol[0], int(symbol[2:-1])

    def at(shift: float) -> float:
        xs, ws = list(x), list(w)
        (xs if kind == "x" else ws)[index] += shift
        return python_value(text, xs, ws)

    def central(h: float) -> float:
        return (at(h) - at(-h)) / (2 * h)

    h = 1e-2
    table = [central(h / 2**k) for k in range(5)]
    for order in range(1, 5):
        table = [(4**order * b - a) / (4**order - 1) for a, b in pairwise(table)]
    return table[0]


def matrix(name: str, params: Sequence[float]) -> np.ndarray:
    """Qiskit's matrix of a base gate."""
    return np.asarray(Operator(_CLASSES[name](*params)).data)


def with_controls(own: np.ndarray, ones: int, zeros: int) -> np.ndarray:
    """The matrix with controls as its lowest qubits. Qiskit's own `UnitaryGate.control` aborts on some matrices."""
    k = ones + zeros
    full = np.eye(len(own) << k, dtype=complex)
    at = [(row << k) | ((1 << ones) - 1) for row in range(len(own))]
    full[np.ix_(at, at)] = own
    return full


def to_reference(circuit: Circuit, x: Sequence[float], w: Sequence[float]) -> QuantumCircuit | None:
    """The circuit for Qiskit with numbers in it, built apart from qlab.interop; None unless it is unitary."""
    out = QuantumCircuit(circuit.n_qubits)
    for op in circuit.ops:
        if op.gate == "barrier":
            continue
        if op.condition is not None:
            return None
        if op.matrix is not None or op.block is not None:
            inner = None if op.block is None else to_reference(circuit.block(op.block), x, w)
            own = Operator(inner).data if inner is not None else np.array(op.matrix)
            ones, zeros = len(op.controls), len(op.anticontrols)
            wires = [*op.controls, *op.anticontrols, *op.qubits]
            out.append(lib.UnitaryGate(with_controls(own, ones, zeros)), wires)
            continue
        if op.gate in _CLASSES:
            gate = _CLASSES[op.gate](*[python_value(str(p), x, w) for p in op.params])
        else:
            return None
        controls = [*op.controls, *op.anticontrols]
        if controls:
            state = "0" * len(op.anticontrols) + "1" * len(op.controls)
            gate = gate.control(len(controls), ctrl_state=state, annotated=False)
        out.append(gate, [*controls, *op.qubits])
    return out


def amplitudes(circuit: Circuit, x: Sequence[float], w: Sequence[float]) -> np.ndarray | None:
    """The final state from |0…0⟩, qubit 0 the least significant; None for more than 5 qubits or no unitary."""
    if circuit.n_qubits > 5:
        return None
    reference = to_reference(circuit, x, w)
    return None if reference is None else np.asarray(Statevector(reference).data)
