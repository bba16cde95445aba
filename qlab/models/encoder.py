"""Encoder circuits that read the features as angles. Builds circuits only; must not touch data or weights."""

from __future__ import annotations

from ..circuit import Circuit
from ..errors import TrainError
from .amplitude import amplitude_circuit

DRAWN = ("angle", "iqp", "basis")  # those whose gates read the features themselves, so that a drawing may hold them
ENCODINGS = ("angle", "iqp", "amplitude", "basis")


def encoder(encode: str, n_features: int, *, qubits: int | None = None) -> Circuit:
    """Return the circuit that writes the features into a state.

    Args:
        encode: ``"angle"``: RY(x[i]) on wire i. ``"iqp"``: H, RZ(x[i]) on each wire and RZZ(x[i]·x[i+1]) on
            neighbours, after Havlíček et al. 2019, doi:10.1038/s41586-019-0980-2. ``"basis"``: RY(π·x[i]), which flips
            the wire of a 1. ``"amplitude"``: the circuit of `amplitude_circuit`, whose x are `amplitude_angles`.
        n_features: number of features: angles in radians, bits, or 2**n amplitudes.
        qubits: wires of the circuit, at least ``n_features``; the others stay untouched.

    Raises:
        TrainError: unknown encoding, or fewer wires than features.

    Example:
        >>> encoder("angle", 2).n_inputs
        2
    """
    needed = max(1, (n_features - 1).bit_length()) if encode == "amplitude" else n_features
    wires = needed if qubits is None else qubits
    if needed > wires:
        raise TrainError(
            f"{n_features} features don't fit on {wires} wires, "
            + ("two to the power of the wires" if encode == "amplitude" else "one feature a wire"),
            where=f"encode={encode!r}",
            cure=f"reduce the features with qubits={wires}, or draw a circuit with {needed} wires",
            value=n_features,
        )
    circuit = Circuit(wires, name=encode)
    if encode == "angle":
        for i in range(n_features):
            circuit = circuit.append("ry", i, f"x[{i}]")
    elif encode == "basis":
        for i in range(n_features):
            circuit = circuit.append("ry", i, f"pi*x[{i}]")
    elif encode == "amplitude":
        return amplitude_circuit(needed, qubits=wires)
    elif encode == "iqp":
        for i in range(n_features):
            circuit = circuit.append("h", i).append("rz", i, f"x[{i}]")
        for i in range(n_features - 1):
            circuit = circuit.append("rzz", [i, i + 1], f"x[{i}]*x[{i + 1}]")
    else:
        raise TrainError(
            f"unknown encoding {encode!r}",
            where="features.encode",
            cure=f"use one of {', '.join(map(repr, ENCODINGS))}, or a circuit that reads x[0], x[1], …",
            value=encode,
        )
    return circuit


def in_front(first: Circuit, circuit: Circuit) -> Circuit:
    """Return ``circuit`` with the gates of ``first`` before its own, which keep their ids; wires as in ``circuit``."""
    for k, op in enumerate(first.ops):
        circuit = circuit.insert(k, op.gate, op.qubits, *op.params, controls=op.controls)
    return circuit
