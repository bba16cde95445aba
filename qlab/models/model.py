"""What is trained, as a frozen description and pure functions of flat θ.

The walk of a row: features → dense layers before → scaled inputs → circuit → observables → dense layers after → head.
Each part but the circuit may be left out. Must not hold weights, know optimizers, or touch files.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from time import perf_counter as clock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import engine
from ..circuit import Circuit
from ..errors import TrainError, not_one_of
from . import dense
from .amplitude import amplitude_angles
from .dense import Dense
from .losses import LOSSES, Array, Loss

Observable = str | dict[str, float]
HEADS = ("linear", "direct", "probability", "identity")
TURN = np.pi / 2  # a dense layer in front gives angles in [−π/2, π/2], after Mari et al., Quantum 4 (2020) 340
LEAST = 1e-7  # added to a probability before its logarithm, so that a class never seen costs much, not everything


@dataclass(frozen=True, slots=True)
class Model:
    """A trainable map from features (rows, n_inputs) to scores (rows, n_outputs), without its weights.

    Args:
        circuit: the whole circuit, encoder included; reads x[i] and w[j].
        observables: Pauli strings ``"Z0"`` or weighted sums ``{"Z0 Z1": 0.5}``, one expectation value each.
        head: ``"linear"``: W·⟨O⟩ + b. ``"direct"``: scale·⟨O_k⟩ as score of class k. ``"probability"``: ⟨O_k⟩ is the
            probability of class k, as `bitstring_groups` makes it, and its logarithm the score. ``"identity"``: ⟨O_k⟩.
        task: ``"classification"`` or ``"regression"``.
        classes: the original labels by class index, or None.
        y_shift, y_scale: for regression, prediction = y_shift + y_scale · score.
        before: widths of the hidden layers between features and circuit; () is one layer straight to the circuit's
            inputs, None is none: the features are the inputs.
        after: widths of hidden layers between observables and a linear head.
        input_scaling: whether each input of the circuit is multiplied by a trained factor, 1 at the start.
        n_features: features a row where ``before`` is used; else the circuit's inputs.
        dtype: of the simulation, as `engine.compile` takes it.
        amplitudes: whether the features are amplitudes, and the circuit's inputs the angles that prepare them.
        plan: what evaluates: anything with ``expectations`` and ``value_and_vjp``; default the engine.
    """

    circuit: Circuit
    observables: tuple[Observable, ...]
    head: str
    task: str
    classes: tuple[Any, ...] | None = None
    y_shift: float = 0.0
    y_scale: float = 1.0
    before: tuple[int, ...] | None = None
    after: tuple[int, ...] = ()
    input_scaling: bool = False
    n_features: int = 0
    dtype: str = "complex128"
    amplitudes: bool = False
    plan: Any = field(default=None, compare=False, repr=False)
    n_outputs: int = field(init=False, compare=False, repr=False)  # scores a row
    n_inputs: int = field(init=False, compare=False, repr=False)  # features a row
    slices: dict[str, slice] = field(init=False, compare=False, repr=False)  # parts of θ by name
    size: int = field(init=False, compare=False, repr=False)  # length of θ
    layers_before: tuple[Dense, ...] = field(init=False, compare=False, repr=False)
    layers_after: tuple[Dense, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.head not in HEADS:
            raise not_one_of(TrainError, "head", self.head, HEADS, where="head")
        outputs = self._count_outputs()
        self._check(outputs)
        # a plan of somebody else's counts for itself: its circuit, if it has one, is only for show
        n_in = self.circuit.n_inputs if self.plan is None else self.plan.n_inputs
        n = self.circuit.n_weights if self.plan is None else self.plan.n_weights
        m = len(self.observables)
        parts = {"circuit": slice(0, n)}
        at = n
        before: tuple[Dense, ...] = ()
        after: tuple[Dense, ...] = ()
        if self.before is not None:
            before, at = dense.stack("before", (self.n_features, *self.before, n_in), at)
        if self.input_scaling:
            parts["scale"] = slice(at, at + n_in)
            at += n_in
        if self.after:
            after, at = dense.stack("after", (m, *self.after), at)
            m = self.after[-1]
        for layer in (*before, *after):
            parts |= {f"{layer.name}.w": layer.w, f"{layer.name}.b": layer.b}
        if self.head == "direct":
            parts["head.scale"] = slice(at, at + 1)
        elif self.head == "linear":
            w = at + outputs * m
            parts |= {"head.w": slice(at, w), "head.b": slice(w, w + outputs)}
        put = object.__setattr__  # derived once here: a step must not walk the circuit again
        put(self, "n_outputs", outputs)
        put(self, "n_inputs", self.n_features if self.before is not None or self.amplitudes else n_in)
        put(self, "slices", parts)
        put(self, "size", max(part.stop for part in parts.values()))
        put(self, "layers_before", before)
        put(self, "layers_after", after)
        if self.plan is None:
            observables = list(self.observables)
            plan = engine.compile(self.circuit, observables=observables, dtype=self.dtype)
            if plan.obstacle is not None:  # it could only be sampled: said here, not at the first step
                raise plan.obstacle
            put(self, "plan", plan)

    def __reduce__(self) -> tuple[Any, ...]:
        # a plan holds buffers that belong to this process; the engine makes it again
        given = [getattr(self, f.name) for f in fields(self) if f.init and f.name != "plan"]
        return Model, (*given, None if isinstance(self.plan, engine.Plan) else self.plan)

    def _check(self, outputs: int) -> None:
        if self.head != "linear" and len(self.observables) < outputs:
            raise TrainError(
                f"{outputs} classes need {outputs} observables for a {self.head} head, "
                f"and there are {len(self.observables)}",
                where="observables",
                cure="name one observable a class, or use head='linear'",
                value=self.observables,
            )
        if self.after and self.head != "linear":
            raise TrainError(
                f"layers after the circuit end in a linear head, not in {self.head!r}",
                where="after",
                cure="use head='linear', or leave after out",
                value=self.after,
            )
        if self.amplitudes and (self.before is not None or self.input_scaling):
            raise TrainError(
                "amplitudes go to the circuit as they are: no layer or factor can stand between",
                where="before" if self.before is not None else "input_scaling",
                cure="make the features with encode='angle'",
            )
        if self.before is not None and self.circuit.n_inputs == 0:
            raise TrainError(
                "layers before the circuit lead nowhere: the circuit reads no x[i]",
                where="before",
                cure="give gates angles such as x[0]",
            )

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
    n = parts["circuit"].stop
    start = getattr(model.plan, "initial", None)
    theta[parts["circuit"]] = rng.normal(0.0, 0.3, n) if start is None else start
    if model.head == "direct":
        theta[parts["head.scale"]] = 2.0
    elif model.head == "linear":
        head = parts["head.w"]
        wide = model.after[-1] if model.after else len(model.observables)
        theta[head] = rng.normal(0.0, 1.0 / np.sqrt(wide), head.stop - head.start)
    if model.input_scaling:
        theta[parts["scale"]] = 1.0
    dense.init(model.layers_before, theta, rng)
    dense.init(model.layers_after, theta, rng)
    return theta


def forward(model: Model, theta: Array, X: Array) -> Array:
    """Return scores, shape (rows, n_outputs), of inputs X (rows, n_inputs) in radians at weights θ."""
    return timed_forward(model, theta, X)[0]


def timed_forward(model: Model, theta: Array, X: Array) -> tuple[Array, float]:
    """Return what `forward` returns, and the seconds spent in the model's plan."""
    inputs, _ = circuit_inputs(model, theta, X)
    began = clock()
    values = model.plan.expectations(inputs, theta[model.slices["circuit"]])
    seconds = clock() - began
    return _scores(model, theta, values)[0], seconds


def loss_and_grad(
    model: Model, theta: Array, X: Array, y: NDArray[Any], loss: str | Loss = "cross_entropy"
) -> tuple[float, Array, Array]:
    """Return the mean loss, its gradient by θ, and the scores (rows, n_outputs), in one pass of the engine.

    Args:
        theta: (size,) weights.
        X: (rows, n_inputs) float64, radians, C-contiguous.
        y: (rows,) class index, or scaled target.
        loss: a name in `qlab.models.losses.LOSSES`, or what `criterion` returns.

    Raises:
        TrainError: the loss isn't finite.
    """
    return timed_loss_and_grad(model, theta, X, y, LOSSES[loss][1] if isinstance(loss, str) else loss)[:3]


def timed_loss_and_grad(
    model: Model, theta: Array, X: Array, y: NDArray[Any], loss: Loss
) -> tuple[float, Array, Array, float]:
    """Return what `loss_and_grad` returns, and the seconds spent in the model's plan."""
    parts = model.slices
    grad = np.empty(model.size)
    out: list[Any] = []

    def cotangent(values: Array) -> tuple[float, Array]:
        came = clock()
        scores, seen = _scores(model, theta, values)
        value, by_scores = loss(scores, y)
        if not math.isfinite(value):
            raise not_finite("loss", value)
        back = _by_values(model, theta, values, seen, by_scores, grad)
        out.extend((value, scores, clock() - came))
        return value, back

    inputs, seen = circuit_inputs(model, theta, X)
    want_x = seen is not None
    began = clock()
    _, by_weights, by_inputs = model.plan.value_and_vjp(inputs, theta[parts["circuit"]], cotangent, want_x)
    seconds = clock() - began
    grad[parts["circuit"]] = by_weights
    if seen is not None:
        _inputs_back(model, theta, seen, by_inputs, grad)
    value, scores, outside = out
    return value, grad, scores, seconds - outside


def circuit_inputs(model: Model, theta: Array, X: Array) -> tuple[Array, list[Array] | None]:
    """Return what the circuit reads, (rows, circuit.n_inputs), and what each layer gave; None: X as it is."""
    if model.amplitudes:
        return amplitude_angles(X), None
    if model.before is None and not model.input_scaling:
        return X, None
    seen = dense.forward(model.layers_before, theta, X)
    h = TURN * seen[-1] if model.before is not None else X
    return np.ascontiguousarray(h * theta[model.slices["scale"]] if model.input_scaling else h), seen


def _inputs_back(model: Model, theta: Array, seen: list[Array], by_inputs: Array, grad: Array) -> None:
    if model.input_scaling:
        part = model.slices["scale"]
        h = TURN * seen[-1] if model.before is not None else seen[-1]
        grad[part] = (by_inputs * h).sum(axis=0)
        by_inputs = by_inputs * theta[part]
    if model.before is not None:
        dense.backward(model.layers_before, theta, seen, TURN * by_inputs, grad)


def _scores(model: Model, theta: Array, values: Array) -> tuple[Array, list[Array]]:
    """Return the scores of expectation values, and what each layer after the circuit gave."""
    parts, k = model.slices, model.n_outputs
    if model.head == "linear":
        seen = dense.forward(model.layers_after, theta, values) if model.after else [values]
        if k == 1:  # the usual case, in fewer calls
            scores = seen[-1].dot(theta[parts["head.w"]])
            scores += theta[parts["head.b"]]
            return scores[:, None], seen
        return seen[-1] @ theta[parts["head.w"]].reshape(k, -1).T + theta[parts["head.b"]], seen
    values = values[:, :k]
    if model.head == "direct":
        return np.asarray(theta[parts["head.scale"]] * values), []
    if model.head == "probability":  # of one class of two: the log odds of class 1, whose probability is given
        p = np.maximum(values, 0.0) + LEAST
        return np.log(p) if k > 1 else np.log(p) - np.log(np.maximum(1.0 - values, 0.0) + LEAST), []
    return values, []


def _by_values(model: Model, theta: Array, values: Array, seen: list[Array], by_scores: Array, grad: Array) -> Array:
    """Write the gradient of head and layers after; return the one by the expectation values."""
    parts, k = model.slices, by_scores.shape[1]
    if model.head == "linear":
        np.matmul(by_scores.T, seen[-1], out=grad[parts["head.w"]].reshape(k, -1))
        np.add.reduce(by_scores, axis=0, out=grad[parts["head.b"]])
        back = by_scores @ theta[parts["head.w"]].reshape(k, -1)
        return dense.backward(model.layers_after, theta, seen, back, grad) if model.after else np.asarray(back)
    by_values = np.zeros_like(values)
    if model.head == "direct":
        grad[parts["head.scale"]] = np.sum(by_scores * values[:, :k])
        by_values[:, :k] = theta[parts["head.scale"]] * by_scores
    elif model.head == "probability":
        p = values[:, :k]
        slope = np.where(p > 0.0, 1.0 / (np.maximum(p, 0.0) + LEAST), 0.0)
        if k == 1:
            slope += np.where(p < 1.0, 1.0 / (np.maximum(1.0 - p, 0.0) + LEAST), 0.0)
        by_values[:, :k] = slope * by_scores
    else:
        by_values[:, :k] = by_scores
    return by_values


def not_finite(what: str, value: float) -> TrainError:
    """Return the error of a figure that overflowed."""
    return TrainError(
        f"the {what} is {value}, no longer a finite number",
        cure="lower lr; 0.05 is usual for adam",
        value=value,
    )
