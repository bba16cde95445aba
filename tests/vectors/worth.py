"""What an ansatz is worth, computed apart from the browser, by Qiskit's states and numpy: the content of worth.json.

Expressibility after Sim et al. (2019) with 75 bins, Meyer and Wallach's Q from Qiskit's reduced states, slopes by the
parameter-shift rule.
"""

from __future__ import annotations

import json

import numpy as np
from qiskit.quantum_info import Statevector, partial_trace

from qlab.circuit import Circuit, templates
from tests.vectors.reference import to_reference

BINS = 75


def _state(c: Circuit, x: list[float], w: list[float]) -> Statevector:
    return Statevector(to_reference(c, x, w))


def _z0(state: Statevector) -> float:
    p = state.probabilities([0])
    return float(p[0] - p[1])


def _q(state: Statevector) -> float:
    n = state.num_qubits or 1
    purities = [partial_trace(state, [i for i in range(n) if i != k]).purity().real for k in range(n)]
    return float(2 * (1 - np.mean(purities)))


def worth_text() -> str:
    rng = np.random.default_rng(11)
    rows = []
    for c in (templates.real_amplitudes(3, 1), templates.reuploading(2, 1), templates.hardware_efficient(4, 2)):
        n, x = c.n_qubits, [0.3, -1.1, 0.7, 2.2][: c.n_inputs]
        pairs, fidelities, qs, slopes = [], [], [], []
        for _ in range(10):
            a, b = ([float(f"{v:.9g}") for v in rng.uniform(0, 2 * np.pi, c.n_weights)] for _ in range(2))
            j = int(rng.integers(c.n_weights))
            one, two = _state(c, x, a), _state(c, x, b)
            fidelities.append(float(abs(np.vdot(one.data, two.data)) ** 2))
            qs += [_q(one), _q(two)]
            plus, minus = (
                _z0(_state(c, x, [v + s * (i == j) for i, v in enumerate(a)])) for s in (np.pi / 2, -np.pi / 2)
            )
            slopes.append((plus - minus) / 2)
            pairs.append({"a": a, "b": b, "j": j})
        counts, edges = np.histogram(fidelities, bins=BINS, range=(0, 1))
        p = counts / len(fidelities)
        haar = (1 - edges[:-1]) ** (2**n - 1) - (1 - edges[1:]) ** (2**n - 1)
        some = p > 0
        row = {
            "name": c.name,
            "text": c.to_text(),
            "x": x,
            "pairs": pairs,
            "fidelities": fidelities,
            "kl": float(np.sum(p[some] * np.log(p[some] / haar[some]))),
            "q": qs,
            "q_mean": float(np.mean(qs)),
            "q_error": float(np.std(qs, ddof=1) / np.sqrt(len(qs))),
            "slopes": slopes,
            "variance": float(np.var(slopes, ddof=1)),
        }
        rows.append({key: _rounded(value) for key, value in row.items()})
    return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n"


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return float(f"{value:.11g}") + 0.0
    if isinstance(value, list) and value and isinstance(value[0], float):
        return [float(f"{v:.11g}") + 0.0 for v in value]
    return value
