"""What the templates are made of: steps to a circuit, pairs of qubits, checks of their arguments."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from qlab.circuit.gates import lookup
from qlab.circuit.model import Circuit
from qlab.circuit.ops import Operation, normalise
from qlab.errors import CircuitError

Step = tuple[str, tuple[int, ...], tuple[str, ...]]
ENTANGLEMENT = ("full", "linear", "reverse_linear", "circular")


def build(n: int, name: str, steps: Sequence[Step]) -> Circuit:
    if n < 1:
        raise CircuitError(f"{name} needs at least 1 qubit, got {n}", where="argument n", cure="use 1 or more", value=n)
    ops = []
    for i, (gate, qubits, params) in enumerate(steps, 1):
        row, targets, angles, controls, _ = normalise(gate, qubits, params, (), (), f"op g{i}")
        ops.append(Operation(f"g{i}", row.name, targets, angles, controls))
    return Circuit(n, ops, name=name)


def tuples(n: int, k: int, entanglement: str) -> list[tuple[int, ...]]:
    """Return the groups of k qubits that an entanglement joins. Source: qiskit.circuit.library, get_entanglement."""
    chain = [tuple(range(i, i + k)) for i in range(n - k + 1)]
    if entanglement == "full":
        return list(combinations(range(n), k))
    if entanglement == "linear":
        return chain
    if entanglement == "reverse_linear":
        return chain[::-1]
    if entanglement == "circular":
        wrapped = [tuple((i + j) % n for j in range(k)) for i in range(n - k + 1, n)]
        return (wrapped if n > k else []) + chain
    raise CircuitError(
        f"the entanglement {entanglement!r} is unknown",
        where="argument entanglement",
        cure="use " + ", ".join(ENTANGLEMENT),
        value=entanglement,
    )


def count(value: int, what: str) -> int:
    if value < 0:
        raise CircuitError(f"{what} can't be {value}", where=f"argument {what}", cure="use 0 or more", value=value)
    return value


def two_local_steps(
    n: int, gates: Sequence[str], entanglers: Sequence[str], reps: int, entanglement: str
) -> list[Step]:
    """Return reps + 1 layers of trained rotations with entangling gates between; a rotation takes n weights."""
    steps: list[Step] = []
    k = 0
    for layer in range(count(reps, "reps") + 1):
        for name in entanglers if layer else ():
            angles = len(lookup(name, "argument entanglers")[0].params)
            for pair in tuples(n, 2, entanglement):
                steps.append((name, pair, tuple(f"w[{k + i}]" for i in range(angles))))
                k += angles
        for gate in gates:
            angles = len(lookup(gate, "argument gates")[0].params)
            for i in range(n):
                steps.append((gate, (i,), tuple(f"w[{k + a}]" for a in range(angles))))
                k += angles
    return steps


def ring(n: int) -> list[Step]:
    """Return a CX from each qubit to the next, the last to the first."""
    pairs = [(i, (i + 1) % n) for i in range(n)] if n > 2 else tuples(n, 2, "linear")
    return [("cx", pair, ()) for pair in pairs]
