"""Expectations as a device would measure them: a number of shots each, and gradients by parameter shift.

A port like the engine's plan, so that models and the loop need not know of shots. Must not keep a generator running:
`ShotPlan.reseed` names the draw to come, so that any step can be drawn again.

Each Pauli string is measured by itself with its own shots. The number of +1 among them is binomial with the exact
probability (1 + ⟨P⟩)/2, which is the very law that sampling bitstrings in its basis follows; it is drawn from that law,
with no state sampled. Strings that a device could read from the same shots are drawn independently here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import engine
from ..circuit import Circuit, Expr, Operation, Sym
from ..circuit.expr import Bin
from ..errors import TrainError
from .losses import Array
from .model import Observable

TURNING = ("rx", "ry", "rz", "rxx", "ryy", "rzz", "rzx")


@dataclass(frozen=True, slots=True)
class _Place:
    """One angle of the circuit that a gradient is wanted of: its own shift weight, its rule, its slopes."""

    weight: int
    shifts: tuple[tuple[float, float], ...]  # (shift, coefficient)
    by_weight: tuple[tuple[int, Expr], ...]
    by_input: tuple[tuple[int, Expr], ...]


class ShotPlan:
    """A circuit and observables, measured with a finite number of shots.

    Args:
        circuit: any that the engine takes.
        observables: Pauli strings or weighted sums.
        shots: measurements of each Pauli string, each row and each shifted circuit.
        dtype: of the simulation.
        seed: of the first draws; see `reseed`.

    Raises:
        TrainError: shots below 1.

    Example:
        >>> plan = ShotPlan(Circuit(1).append("ry", 0, "w[0]"), ["Z0"], shots=100)
        >>> bool(abs(plan.expectations(np.zeros((1, 0)), np.array([1.0]))[0, 0] - 0.54) < 0.4)
        True
    """

    def __init__(
        self,
        circuit: Circuit,
        observables: Sequence[Observable],
        shots: int,
        *,
        dtype: str = "complex128",
        seed: Sequence[int] | int = 0,
    ) -> None:
        if isinstance(shots, bool) or not isinstance(shots, int) or shots < 1:
            raise TrainError(
                f"shots {shots!r} is not a whole number of at least 1",
                where="shots",
                cure="give shots such as 1000, or leave it out for exact expectations",
                value=shots,
            )
        self.circuit, self.shots = circuit, shots
        self.n_inputs, self.n_weights, self.n_observables = circuit.n_inputs, circuit.n_weights, len(observables)
        sums = [{o: 1.0} if isinstance(o, str) else dict(o) for o in observables]
        strings = list(dict.fromkeys(text for s in sums for text in s))
        self._mix = np.zeros((len(strings), len(sums)))
        for k, s in enumerate(sums):
            for text, weight in s.items():
                self._mix[strings.index(text), k] = weight
        self._low = np.array([0.0 if text.strip().startswith("|") else -1.0 for text in strings])  # a projector's
        shifted, self._places = _shifted(circuit)
        self._plan = engine.compile(shifted, observables=strings, dtype=dtype)
        self._rng = np.random.default_rng(seed)
        self.spread: float = 0.0  # standard error of the last loss that `value_and_vjp` was given, by shot noise

    def reseed(self, *key: int) -> None:
        """Name the draws to come: the same key gives the same ones."""
        self._rng = np.random.default_rng(list(key))

    def expectations(self, X: Any, w: Any) -> Array:
        """Return measured means, (rows, n_observables)."""
        return self._measure(X, self._all(w))[0]

    def value_and_vjp(self, X: Any, w: Any, cotangent: Any, want_x: bool = False) -> tuple[Array, Array, Array | None]:
        """Return measured means and the gradient of ``sum(cotangent · means)`` by parameter shift; see `engine.Plan`.

        Two measured circuits for each trained angle in a plain rotation, four in a controlled one.
        Source: Schuld et al., Phys. Rev. A 99 (2019) 032331; Wierichs et al., Quantum 6 (2022) 677.
        """
        X, full = np.asarray(X, dtype=np.float64), self._all(w)
        values, variance = self._measure(X, full)
        given = np.asarray(cotangent(values)[1] if callable(cotangent) else cotangent)
        self.spread = float(np.sqrt((given * given * variance).sum()))
        by_w = np.zeros(self.n_weights)
        by_x = np.zeros((values.shape[0], self.n_inputs)) if want_x else None
        weights = full[: self.n_weights]
        for place in self._places:
            if not place.by_weight and by_x is None:
                continue
            slope = np.zeros(values.shape[0])
            for shift, factor in place.shifts:
                moved = full.copy()
                moved[place.weight] = shift
                slope += factor * (given * self._measure(X, moved)[0]).sum(axis=1)
            for j, by in place.by_weight:
                by_w[j] += float((slope * by.evaluate(X, weights)).sum())
            if by_x is not None:
                for i, by in place.by_input:
                    by_x[:, i] += slope * by.evaluate(X, weights)
        return values, by_w, by_x

    def _all(self, w: Any) -> Array:
        full = np.zeros(self._plan.n_weights)
        full[: self.n_weights] = w
        return full

    def _measure(self, X: Any, w: Array) -> tuple[Array, Array]:
        """Return measured means and their variances, both (rows, n_observables)."""
        width = 1.0 - self._low
        p = np.clip((self._plan.expectations(X, w) - self._low) / width, 0.0, 1.0)
        means = self._low + width * (self._rng.binomial(self.shots, p) / self.shots)
        variance = width * width * p * (1.0 - p) / self.shots
        return means @ self._mix, variance @ (self._mix * self._mix)


def _shifted(circuit: Circuit) -> tuple[Circuit, tuple[_Place, ...]]:
    """Return the circuit with a weight of its own added to each angle that reads a symbol, and those places."""
    circuit = circuit.flattened()
    places: list[_Place] = []
    ops = []
    for op in circuit.ops:
        params = list(op.params)
        for k, expr in enumerate(op.params):
            symbols = dict.fromkeys(expr.symbols())
            if not symbols:
                continue
            weight = circuit.n_weights + len(places)
            slopes = {kind: tuple((s.index, expr.derivative(s)) for s in symbols if s.kind == kind) for kind in "wx"}
            places.append(_Place(weight, _rule(op, k), slopes["w"], slopes["x"]))
            params[k] = Bin("+", expr, Sym("w", weight))
        ops.append((op, params))
    for op, params in ops:
        if params:
            circuit = circuit.replace(op.id, params=tuple(params))
    return circuit, tuple(places)


def _rule(op: Operation, k: int) -> tuple[tuple[float, float], ...]:
    """Return the shifts of angle k of an operation: exact for the frequencies its expectations can have."""
    held = bool(op.controls or op.anticontrols)
    phase = op.gate in ("p", "gphase") or (op.gate == "u" and k > 0)
    if (op.gate == "r" or op.gate.startswith("xx_")) and k == 1:
        return _equidistant(2, 1.0)  # the axis turns on both sides of the gate
    if op.gate.startswith("xx_") or (held and not phase):
        return _equidistant(2, 0.5)
    return _equidistant(1, 1.0)


def _equidistant(count: int, base: float) -> tuple[tuple[float, float], ...]:
    """Return the rule for frequencies base, 2·base, …, count·base (Wierichs et al., equation 24)."""
    out = []
    for mu in range(1, 2 * count + 1):
        shift = (2 * mu - 1) * np.pi / (2 * count)
        out.append((float(shift / base), float(base * (-1) ** (mu - 1) / (4 * count * np.sin(shift / 2) ** 2))))
    return tuple(out)
