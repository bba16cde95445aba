"""Figures beyond the columns, read only while somebody looks: a pane asks by name, and pays for what it shows.

Must not be called by default: a run that nobody watches evaluates no circuit for them. Names and values:

============ ============== ===================================================================================
name         read           values
============ ============== ===================================================================================
layers       each step      ``norm`` and ``variance`` of the gradient by ``layer`` of weights, and ``qubits``
weights      validations    ``edges`` (41,), ``counts`` (40,) of the circuit's weights in [−π, π); ``w``, the first 64
entanglement validations    ``q``: Meyer–Wallach measure of the state, mean over up to 32 validation rows
outputs      validations    ``classes``, and ``counts`` (classes, 20): the answers given to the rows of each class
bits         validations    ``labels``, and ``p`` (classes, ≤ 16): the likeliest bitstrings of the rows of each class
============ ============== ===================================================================================
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..models.depth import depth_of_weights
from ..models.losses import Array, softmax
from ..models.model import Model, circuit_inputs
from .events import Measured
from .snapshot import Snapshot

NAMES = ("layers", "weights", "entanglement", "outputs", "bits")
ROWS = 32  # validation rows that a state is looked at for
BINS = 40
TRACED = 64  # weights whose way is followed one by one
_layers: dict[int, tuple[Any, tuple[str, ...], NDArray[np.int64], NDArray[np.int64]]] = {}


def measured(
    wanted: Collection[str],
    model: Model,
    state: Snapshot,
    grad: Array | None,
    scores: Array | None,
    val: tuple[Array, NDArray[Any]],
    time: float,
) -> Iterator[Measured]:
    """Yield the figures that are asked for.

    Args:
        wanted: names in `NAMES`; others are passed over.
        model: exact.
        state: after the step.
        grad: (size,) gradient of the step, or None.
        scores: (rows, n_outputs) of the validation rows, or None where the step was not validated.
        val: validation rows.
        time: seconds since the start.
    """
    if "layers" in wanted and grad is not None:
        yield Measured(state.step, time, "layers", layers(model, grad))
    if scores is None:
        return
    if "weights" in wanted:
        w = state.theta[model.slices["circuit"]]
        yield Measured(state.step, time, "weights", {**histogram(w), "w": w[:TRACED].tolist()})
    quantum = hasattr(model.plan, "statevector")
    inputs = circuit_inputs(model, state.theta, val[0])[0]
    w = state.theta[model.slices["circuit"]]
    if "entanglement" in wanted and quantum and inputs.shape[0]:
        q = meyer_wallach(model.plan.statevector(inputs[:ROWS], w))
        yield Measured(state.step, time, "entanglement", {"q": float(q.mean())})
    if "outputs" in wanted and model.classes is not None:
        yield Measured(state.step, time, "outputs", answers(model, scores, val[1]))
    if "bits" in wanted and quantum and model.classes is not None:
        yield Measured(state.step, time, "bits", likeliest(model, inputs, w, val[1]))


def layers(model: Model, grad: Array) -> dict[str, Any]:
    """Return norm and variance of the gradient by layer of the circuit's weights, then by each classical part.

    A layer is `depth_of_weights`: the weights with as many trained angles before them on their wires.
    """
    found = _layers.get(id(model))
    if found is None or found[0] is not model:
        depth = depth_of_weights(model.circuit)
        labels = np.zeros(model.size, dtype=np.int64)
        labels[model.slices["circuit"]] = depth
        names = [f"layer {k + 1}" for k in range(int(depth.max(initial=-1)) + 1)]
        for name, part in model.slices.items():
            if name != "circuit" and part.stop > part.start:
                labels[part] = len(names)
                names.append(name)
        _layers.clear()  # of one run at a time: a cache that grew would keep dead models
        found = _layers[id(model)] = (model, tuple(names), labels, np.bincount(labels, minlength=len(names)))
    _, named, labels, counts = found
    squares = np.bincount(labels, grad * grad, minlength=len(named))
    means = np.bincount(labels, grad, minlength=len(named)) / np.maximum(counts, 1)
    variance = np.maximum(squares / np.maximum(counts, 1) - means * means, 0.0)
    told = {"layer": list(named), "norm": np.sqrt(squares).tolist(), "variance": variance.tolist()}
    return {**told, "qubits": model.circuit.n_qubits}


def histogram(weights: Array) -> dict[str, Any]:
    """Return the histogram of angles wrapped to [−π, π)."""
    wrapped = (weights + np.pi) % (2.0 * np.pi) - np.pi
    counts, edges = np.histogram(wrapped, bins=BINS, range=(-np.pi, np.pi))
    return {"edges": edges.tolist(), "counts": counts.tolist()}


def meyer_wallach(states: NDArray[np.complex128]) -> Array:
    """Return Q = 2·(1 − mean over the qubits of Tr ρ²), shape (rows,): 0 for products, 1 for GHZ states.

    Args:
        states: (rows, 2**n) normalised amplitudes, qubit 0 least significant.

    Source: Meyer and Wallach, J. Math. Phys. 43 (2002) 4273, in the form of Brennen, quant-ph/0305094.
    """
    rows, size = states.shape
    n = size.bit_length() - 1
    purity = np.zeros(rows)
    for q in range(n):
        parts = states.reshape(rows, -1, 2, 1 << q)
        zero, one = parts[:, :, 0].reshape(rows, -1), parts[:, :, 1].reshape(rows, -1)
        a, b = (np.abs(zero) ** 2).sum(axis=1), (np.abs(one) ** 2).sum(axis=1)
        c = np.abs((zero.conj() * one).sum(axis=1)) ** 2
        purity += a * a + b * b + 2.0 * c
    return np.asarray(2.0 * (1.0 - purity / n))


def answers(model: Model, scores: Array, y: NDArray[Any]) -> dict[str, Any]:
    """Return, for the rows of each class, a histogram of the probability given to their own class."""
    p = softmax(scores)
    own = p[np.arange(len(y)), y]
    classes = model.classes or ()
    edges = np.linspace(0.0, 1.0, 21)
    counts = [np.histogram(own[y == k], bins=edges)[0].tolist() for k in range(len(classes))]
    return {"classes": [str(c) for c in classes], "edges": edges.tolist(), "counts": counts}


def likeliest(model: Model, inputs: Array, w: Array, y: NDArray[Any]) -> dict[str, Any]:
    """Return the 16 likeliest bitstrings over the first rows of each class, qubit 0 rightmost, and their chances."""
    classes = model.classes or ()
    n = model.circuit.n_qubits
    means = []
    for k in range(len(classes)):
        rows = inputs[y == k][:ROWS]
        means.append(model.plan.probabilities(rows, w).mean(axis=0) if len(rows) else np.zeros(1 << n))
    table = np.array(means)
    top = np.argsort(-table.sum(axis=0), kind="stable")[:16]
    labels = [format(int(b), f"0{n}b") for b in top]
    return {"classes": [str(c) for c in classes], "labels": labels, "p": table[:, top].tolist()}
