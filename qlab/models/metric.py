"""The Fubini–Study metric of a circuit, block by block, from expectations of the engine. Must not train.

The angles of one block act on different wires, with nothing between them, so that their generators commute and the
block of the metric is the covariance of the generators in the state in front of it:
F_ij = ⟨K_i K_j⟩ − ⟨K_i⟩⟨K_j⟩ for gates exp(−iθK). Source: Stokes et al., Quantum 4 (2020) 269, equation 12.
Covariances between blocks are left out: that is the block-diagonal approximation.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import numpy as np

from .. import engine
from ..circuit import Circuit, Expr, Operation, Sym
from ..errors import TrainError
from .depth import trained_depth
from .losses import Array

Pauli = tuple[tuple[int, str], ...]  # letters by wire, in the order of the wires; () is the identity
Sum = dict[Pauli, float]
LETTERS = {"rx": "X", "ry": "Y", "rz": "Z", "rxx": "XX", "ryy": "YY", "rzz": "ZZ", "rzx": "ZX"}


@dataclass(frozen=True, slots=True)
class _Angle:
    generator: Sum
    slopes: tuple[tuple[int, Expr], ...]  # number of a weight, ∂angle/∂weight


@dataclass(frozen=True, slots=True)
class _Block:
    plan: Any  # of what precedes the block; expectations of the generators, then of their products
    angles: tuple[_Angle, ...]


class Metric:
    """The metric of a circuit, ready to be evaluated at any weights.

    Args:
        circuit: trained angles in rotations about Paulis or in phases, with any controls.

    Raises:
        TrainError: a trained angle of another gate.

    Example:
        >>> Metric(Circuit(1).append("ry", 0, "w[0]")).at(np.zeros((1, 0)), np.zeros(1)).tolist()
        [[0.25]]
    """

    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit
        levels = trained_depth(circuit)
        self._blocks = tuple(self._block(levels, k) for k in range(1, max((at for at, _, _ in levels), default=0) + 1))

    def at(self, inputs: Array, weights: Array) -> Array:
        """Return the metric averaged over the rows, (n_weights, n_weights).

        Args:
            inputs: (rows, n_inputs) of the circuit.
            weights: (n_weights,).
        """
        size = self.circuit.n_weights
        out = np.zeros((size, size))
        for block in self._blocks:
            plan, m = block.plan, len(block.angles)
            values = plan.expectations(
                np.ascontiguousarray(inputs[:, : plan.n_inputs]), np.ascontiguousarray(weights[: plan.n_weights])
            )
            upper = np.triu_indices(m)
            each = np.zeros((values.shape[0], m, m))
            each[:, upper[0], upper[1]] = values[:, m:] - values[:, upper[0]] * values[:, upper[1]]
            each[:, upper[1], upper[0]] = each[:, upper[0], upper[1]]
            slopes = np.zeros((values.shape[0], m, size))
            for k, angle in enumerate(block.angles):
                for j, slope in angle.slopes:
                    slopes[:, k, j] = slope.evaluate(inputs, weights)
            out += np.einsum("rki,rkl,rlj->ij", slopes, each, slopes, optimize=True) / values.shape[0]
        return out

    def _block(self, levels: list[tuple[int, Operation, bool]], k: int) -> _Block:
        before = [op for at, op, trained in levels if at < k]
        angles = tuple(_angle(op) for at, op, trained in levels if at == k and trained)
        pairs = combinations_with_replacement(range(len(angles)), 2)
        sums = [a.generator for a in angles]
        sums += [_product(angles[i].generator, angles[j].generator) for i, j in pairs]
        observables = [{_text(p): c for p, c in s.items()} or {"I": 0.0} for s in sums]
        front = Circuit(self.circuit.n_qubits, before, name="front")
        return _Block(engine.compile(front, observables=observables), angles)


def _angle(op: Operation) -> _Angle:
    if op.gate not in LETTERS and op.gate not in ("p", "gphase"):
        raise TrainError(
            f"the natural gradient knows no generator of the trained gate {op.gate!r}",
            where=f"op {op.id}",
            cure="use rotations about X, Y, Z and their pairs, or another optimizer, such as adam",
            value=op.gate,
        )
    if op.gate in LETTERS:
        letters = LETTERS[op.gate]
        generator: Sum = {tuple(sorted(zip(op.qubits, letters, strict=True))): 0.5}
    elif op.gate == "p":
        generator = {((op.qubits[0], "Z"),): 0.5, (): -0.5}
    else:
        generator = {(): -1.0}
    for wires, sign in ((op.controls, -0.5), (op.anticontrols, 0.5)):
        for q in wires:
            generator = _product(generator, {(): 0.5, ((q, "Z"),): sign})
    expr = op.params[0]
    return _Angle(generator, tuple((s.index, expr.derivative(s)) for s in dict.fromkeys(expr.symbols()) if _weight(s)))


def _weight(symbol: Sym) -> bool:
    return symbol.kind == "w"


_TIMES = {("X", "Y"): ("Z", 1j), ("Y", "Z"): ("X", 1j), ("Z", "X"): ("Y", 1j)}


def _product(a: Sum, b: Sum) -> Sum:
    """Return the product of two commuting sums of Pauli strings, which is a real sum again."""
    out: dict[Pauli, complex] = {}
    for p, c in a.items():
        for q, d in b.items():
            letters, factor = dict(p), complex(c * d)
            for wire, letter in q:
                mine = letters.pop(wire, None)
                if mine is None:
                    letters[wire] = letter
                elif mine != letter:
                    found = _TIMES.get((mine, letter))
                    third, turn = found if found is not None else (_TIMES[letter, mine][0], -1j)
                    letters[wire], factor = third, factor * turn
            key = tuple(sorted(letters.items()))
            out[key] = out.get(key, 0.0) + factor
    return {key: value.real for key, value in out.items() if abs(value.real) > 1e-15}


def _text(pauli: Pauli) -> str:
    return " ".join(f"{letter}{wire}" for wire, letter in pauli) or "I"
