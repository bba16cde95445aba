"""Encoder circuits that read the features as angles. Builds circuits only; must not touch data or weights."""

from __future__ import annotations

from ..circuit import Circuit
from ..errors import TrainError

ENCODINGS = ("angle", "iqp")


def encoder(encode: str, n_features: int, *, qubits: int | None = None) -> Circuit:
    """Return the circuit that writes one feature a wire.

    Args:
        encode: ``"angle"``: RY(x[i]) on wire i. ``"iqp"``: H, RZ(x[i]) on each wire and RZZ(x[i]·x[i+1]) on
            neighbours, after Havlíček et al. 2019, doi:10.1038/s41586-019-0980-2.
        n_features: number of features, each an angle in radians.
        qubits: wires of the circuit, at least ``n_features``; the others stay untouched.

    Raises:
        TrainError: unknown encoding, or fewer wires than features.

    Example:
        >>> encoder("angle", 2).n_inputs
        2
    """
    wires = n_features if qubits is None else qubits
    if n_features > wires:
        raise TrainError(
            f"{n_features} features don't fit on {wires} wires, one feature a wire",
            where=f"encode={encode!r}",
            cure=f"reduce the features with qubits={wires}, or draw a circuit with {n_features} wires",
            value=n_features,
        )
    circuit = Circuit(wires, name=encode)
    if encode == "angle":
        for i in range(n_features):
            circuit = circuit.append("ry", i, f"x[{i}]")
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
