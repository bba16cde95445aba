"""Exact statistics of a circuit: depth, counts, light cone. js/src/core/stats.ts is its twin."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from qlab.circuit.model import Circuit
    from qlab.circuit.ops import Operation


class Stats(TypedDict):
    """What `stats` returns; plain JSON."""

    depth: int
    """Longest path, each operation but barriers counting one."""
    depth2: int
    """Longest path, only operations on two or more qubits counting."""
    gates: int
    """Operations without barriers."""
    gates2: int
    """Those on two or more qubits."""
    counts: dict[str, int]
    """By name (``"ccx"``), barriers included as ``"barrier"``, in order of first use."""
    weights: int
    """Distinct weights read."""
    inputs: int
    """Distinct inputs read."""
    light_cone: list[int]
    """The qubits that Z on qubit 0 at the end can depend on, ascending."""


def stats(circuit: Circuit) -> Stats:
    """Return the statistics of a circuit, its blocks written out.

    Depth is Qiskit's: classical bits are wires too, barriers align wires without counting.

    Example:
        >>> from qlab.circuit import Circuit
        >>> stats(Circuit(2).append("h", 0).append("cx", [0, 1]))["counts"]
        {'h': 1, 'cx': 1}
    """
    circuit = circuit.flattened()
    counted = [op for op in circuit.ops if op.gate != "barrier"]
    counts: dict[str, int] = {}
    for op in circuit.ops:
        counts[op.display] = counts.get(op.display, 0) + 1
    symbols = circuit.symbols
    return {
        "depth": _depth(circuit, least=0),
        "depth2": _depth(circuit, least=2),
        "gates": len(counted),
        "gates2": sum(len(op.wires) >= 2 for op in counted),
        "counts": counts,
        "weights": sum(s.kind == "w" for s in symbols),
        "inputs": sum(s.kind == "x" for s in symbols),
        "light_cone": _light_cone(circuit),
    }


def _touched(op: Operation, n_qubits: int) -> list[int]:
    """Its qubits and, numbered behind them, its classical bits."""
    bits = op.clbits if op.condition is None else (*op.clbits, *op.condition.clbits)
    return [*op.wires, *(n_qubits + c for c in bits)]


def _depth(circuit: Circuit, least: int) -> int:
    reached = [0] * (circuit.n_qubits + circuit.n_clbits)
    for op in circuit.ops:
        touched = _touched(op, circuit.n_qubits)
        if not touched:
            continue
        counts = op.gate != "barrier" and len(op.wires) >= least
        level = max(reached[w] for w in touched) + counts
        for w in touched:
            reached[w] = level
    return max(reached, default=0)


def _light_cone(circuit: Circuit) -> list[int]:
    cone = {0}
    for op in reversed(circuit.ops):
        touched = _touched(op, circuit.n_qubits)
        if op.gate != "barrier" and not cone.isdisjoint(touched):
            cone.update(touched)
    return sorted(w for w in cone if w < circuit.n_qubits)
