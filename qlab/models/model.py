"""What is trained: encoder, circuit, observables, head, as a frozen description and pure functions of flat θ.

Must not hold weights, know optimizers, or touch files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .. import engine
from ..circuit import Circuit
from ..errors import TrainError
from .encoder import encoder
from .losses import LOSSES, Array

Observable = str | dict[str, float]
HEADS = ("linear", "direct")


class FeaturesLike(Protocol):
    """What a model needs to know of features; `qlab.data.Features` is one."""

    @property
    def task(self) -> str: ...
    @property
    def classes(self) -> Any: ...
    @property
    def encode(self) -> str: ...
    @property
    def n_features(self) -> int: ...
    @property
    def train(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Model:
    """A trainable map from inputs (rows, n_inputs) to scores (rows, n_outputs), without its weights.

    Args:
        circuit: the whole circuit, encoder included; reads x[i] and w[j].
        observables: Pauli strings ``"Z0"`` or weighted sums ``{"Z0 Z1": 0.5}``, one expectation value each.
        head: ``"linear"``: W·⟨O⟩ + b. ``"direct"``: scale·⟨O_k⟩ as score of class k.
        task: ``"classification"`` or ``"regression"``.
        classes: the original labels by class index, or None.
        y_shift, y_scale: for regression, prediction = y_shift + y_scale · score.
    """

    circuit: Circuit
    observables: tuple[Observable, ...]
    head: str
    task: str
    classes: tuple[Any, ...] | None = None
    y_shift: float = 0.0
    y_scale: float = 1.0
    plan: Any = field(default=None, compare=False, repr=False)
    n_outputs: int = field(init=False, compare=False, repr=False)  # scores a row
    n_inputs: int = field(init=False, compare=False, repr=False)  # features a row
    slices: dict[str, slice] = field(init=False, compare=False, repr=False)  # parts of θ by name
    size: int = field(init=False, compare=False, repr=False)  # length of θ

    def __post_init__(self) -> None:
        if self.head not in HEADS:
            raise TrainError(
                f"unknown head {self.head!r}", where="head", cure=f"use one of {', '.join(map(repr, HEADS))}"
            )
        outputs = self._count_outputs()
        if self.head == "direct" and len(self.observables) < outputs:
            raise TrainError(
                f"{outputs} classes need {outputs} observables for a direct head, "
                f"and there are {len(self.observables)}",
                where="observables",
                cure="name one observable a class, or use head='linear'",
                value=self.observables,
            )
        n, m = self.circuit.n_weights, len(self.observables)
        if self.head == "direct":
            parts = {"circuit": slice(0, n), "head.scale": slice(n, n + 1)}
        else:
            w = n + outputs * m
            parts = {"circuit": slice(0, n), "head.w": slice(n, w), "head.b": slice(w, w + outputs)}
        put = object.__setattr__  # derived once here: a step must not walk the circuit again
        put(self, "n_outputs", outputs)
        put(self, "n_inputs", self.circuit.n_inputs)
        put(self, "slices", parts)
        put(self, "size", max(part.stop for part in parts.values()))
        if self.plan is None:
            put(self, "plan", engine.compile(self.circuit, observables=list(self.observables)))

    def _count_outputs(self) -> int:
        if self.task == "regression" or self.classes is None:
            return 1
        if len(self.classes) == 2 and (self.head == "linear" or len(self.observables) == 1):
            return 1
        return len(self.classes)


def init(model: Model, seed: int) -> Array:
    """Return starting weights θ: small random angles, a small random head, no offset.

    Small angles keep the gradient of deep circuits away from the barren plateau of uniformly random ones
    (Grant et al. 2019, doi:10.22331/q-2019-12-09-214).
    """
    rng = np.random.default_rng([seed, 1])
    theta = np.zeros(model.size)
    parts = model.slices
    theta[parts["circuit"]] = rng.normal(0.0, 0.3, model.circuit.n_weights)
    if model.head == "direct":
        theta[parts["head.scale"]] = 2.0
    else:
        head = parts["head.w"]
        theta[head] = rng.normal(0.0, 1.0 / np.sqrt(len(model.observables)), head.stop - head.start)
    return theta


def forward(model: Model, theta: Array, X: Array) -> Array:
    """Return scores, shape (rows, n_outputs), of inputs X (rows, n_inputs) in radians at weights θ."""
    values = model.plan.expectations(X, theta[model.slices["circuit"]])
    return _head(model, theta, values)


def loss_and_grad(
    model: Model, theta: Array, X: Array, y: NDArray[Any], loss: str = "cross_entropy"
) -> tuple[float, Array, Array]:
    """Return the mean loss, its gradient by θ, and the scores (rows, n_outputs), in one pass of the engine.

    Args:
        theta: (size,) weights.
        X: (rows, n_inputs) float64, radians, C-contiguous.
        y: (rows,) class index, or scaled target.
        loss: a name in `qlab.models.losses.LOSSES`.

    Raises:
        TrainError: the loss isn't finite.
    """
    function = LOSSES[loss][1]
    parts = model.slices
    grad = np.empty(model.size)
    out: list[Any] = []

    def cotangent(values: Array) -> tuple[float, Array]:
        scores = _head(model, theta, values)
        value, by_scores = function(scores, y)
        if not np.isfinite(value):
            raise not_finite("loss", value)
        out.extend((value, scores))
        if model.head == "direct":
            k = scores.shape[1]
            grad[parts["head.scale"]] = np.sum(by_scores * values[:, :k])
            by_values = np.zeros_like(values)
            by_values[:, :k] = theta[parts["head.scale"]] * by_scores
            return value, by_values
        grad[parts["head.w"]] = (by_scores.T @ values).ravel()
        grad[parts["head.b"]] = by_scores.sum(axis=0)
        return value, by_scores @ theta[parts["head.w"]].reshape(scores.shape[1], -1)

    _, by_weights, _ = model.plan.value_and_vjp(X, theta[parts["circuit"]], cotangent)
    grad[parts["circuit"]] = by_weights
    return out[0], grad, out[1]


def not_finite(what: str, value: float) -> TrainError:
    """Return the error of a figure that overflowed."""
    return TrainError(
        f"the {what} is {value}, no longer a finite number",
        cure="lower lr; 0.05 is usual for adam",
        value=value,
    )


def build_model(
    circuit: Circuit,
    features: FeaturesLike,
    *,
    head: str | None = None,
    observables: Sequence[Observable] | None = None,
) -> Model:
    """Return the model of a drawn circuit for given features.

    A circuit that reads x[i] is used as it is; one that reads none gets the encoder of the features in front.

    Args:
        circuit: at least one weight w[j] or a linear head is trained.
        features: encoded features; only their description is read.
        head: ``"linear"`` (default) or ``"direct"``.
        observables: default Z on every wire.

    Raises:
        TrainError: wires or inputs don't fit the features, or nothing reads them.
        EngineError: an observable on a wire that isn't there, or an operation that can't be simulated.
    """
    n = features.n_features
    if circuit.n_inputs > n:
        raise TrainError(
            f"the circuit reads {circuit.n_inputs} inputs, up to x[{circuit.n_inputs - 1}], and there are {n} features",
            where=f"circuit {circuit.name!r}",
            cure=f"use x[0] to x[{n - 1}] only, or make the features with qubits={circuit.n_inputs}",
            value=circuit.n_inputs,
        )
    if circuit.n_inputs == 0:
        circuit = _with_encoder(circuit, features.encode, n)
    if circuit.n_weights == 0 and head == "direct":
        raise TrainError(
            "the circuit has no weight to train",
            where=f"circuit {circuit.name!r}",
            cure="give a gate an angle such as w[0], or use head='linear'",
        )
    wires = len(circuit.qubits)
    chosen = tuple(observables) if observables is not None else tuple(f"Z{q}" for q in range(wires))
    if not chosen:
        raise TrainError("no observable to measure", where="observables", cure="name one, such as observables=['Z0']")
    shift, scale = 0.0, 1.0
    if features.task == "regression":
        y = np.asarray(features.train.y, dtype=np.float64)
        shift, scale = float(y.mean()), float(y.std()) or 1.0
    classes = None if features.classes is None else tuple(features.classes)
    return Model(circuit, chosen, head or "linear", features.task, classes, shift, scale)


def _with_encoder(circuit: Circuit, encode: str, n: int) -> Circuit:
    wires = len(circuit.qubits)
    if encode == "raw":
        raise TrainError(
            "nothing reads the features: the circuit has no x[i] and the features are encoded 'raw'",
            where=f"circuit {circuit.name!r}",
            cure="give gates angles such as x[0], or make the features with encode='angle'",
        )
    if wires < n:
        raise TrainError(
            f"the circuit has {wires} wires and the features need {n}, one each",
            where=f"circuit {circuit.name!r}",
            cure=f"add {n - wires} wires, make the features with qubits={wires}, or draw x[0] to x[{n - 1}]",
            value=wires,
        )
    for k, op in enumerate(encoder(encode, n, qubits=wires).ops):  # in front, so that drawn gates keep their ids
        circuit = circuit.insert(k, op.gate, op.qubits, *op.params)
    return circuit


def _head(model: Model, theta: Array, values: Array) -> Array:
    parts, k = model.slices, model.n_outputs
    if model.head == "direct":
        return np.asarray(theta[parts["head.scale"]] * values[:, :k])
    return np.asarray(values @ theta[parts["head.w"]].reshape(k, -1).T + theta[parts["head.b"]])
