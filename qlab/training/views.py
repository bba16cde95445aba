"""Figures of a run that are worked out when somebody asks: a map of decisions, of the embedding, a transpiled circuit.

Must not be called by a step. The work is done on the caller's thread, and is kept: asking again costs nothing until
the run has made another step.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import TrainError, not_one_of
from ..models.losses import Array, softmax
from ..models.model import Model, circuit_inputs
from ..models.trained import class_index
from .metrics import CHUNK, score_all
from .status import finite

if TYPE_CHECKING:
    from .run_view import RunView

NAMES = ("decision", "embedding", "transpiled")
SPLITS = ("train", "val", "test")
MOST = 400  # rows shown
KEPT = 16  # answers
_kept: OrderedDict[tuple[Any, ...], dict[str, Any]] = OrderedDict()


def view(run: RunView, name: str, options: dict[str, Any]) -> dict[str, Any]:
    """Return one of the figures: see `RunView.view`."""
    if name not in NAMES:
        raise not_one_of(TrainError, "view", name, NAMES, where="view")
    call: Any = {"decision": decision, "embedding": embedding, "transpiled": transpiled}[name]
    try:
        key = (run.id, 0 if name == "transpiled" else run.step, name, *sorted(options.items()))
        found = _kept.get(key)
    except TypeError:  # a backend that can't be a key
        key, found = (), None
    if found is None:
        try:
            found = finite(call(run, **options))
        except TypeError as error:
            raise TrainError(
                f"view {name!r} can't take {', '.join(map(str, options))}", where="view", cure="see Run.view"
            ) from error
        if key:
            _kept[key] = found
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
    return found


def decision(run: RunView, *, grid: int = 48, rows: str = "val") -> dict[str, Any]:
    """Return what the model answers on a plane of the encoded features.

    Two features are the plane themselves. Of more, it is the one through the mean of the training rows along their
    first two principal components: a cut, off which the rows lie, as ``explained``, their share of the variance, tells.
    """
    if isinstance(grid, bool) or not isinstance(grid, int) or not 2 <= grid <= 200:
        raise TrainError(
            f"a grid of {grid!r} points", where="grid", cure="give a whole number from 2 to 200", value=grid
        )
    model, features, theta = _parts(run)
    state = run.step
    train = _inputs(model, features.train)
    n = train.shape[1]
    centre = train.mean(axis=0)
    if n <= 2:
        basis, explained = np.eye(n), None
        centre = np.zeros(n)
        names = [str(name) for name in getattr(features, "columns", ())]
        axes = names if len(names) == n else [f"x[{k}]" for k in range(n)]
    else:
        basis, explained = _components(train - centre)
        axes = ["component 1", "component 2"]
    flat = (train - centre) @ basis.T
    sides = [_side(flat[:, k], grid) for k in range(flat.shape[1])]
    xs, ys = sides[0], sides[1] if len(sides) > 1 else np.zeros(1)
    places = np.stack([a.ravel() for a in np.meshgrid(xs, ys)], axis=1)[:, : len(sides)]
    scores = score_all(model, theta, np.ascontiguousarray(centre + places @ basis))
    label, p = _answers(model, scores)
    shape = len(ys), len(xs)
    return {
        "step": state,
        "axes": axes if n > 1 else [*axes, ""],
        "plane": "line" if n == 1 else "features" if n == 2 else "pca",
        "explained": explained,
        "x": xs.tolist(),
        "y": ys.tolist(),
        "classes": _classes(model),
        "label": None if label is None else label.reshape(shape).tolist(),
        "p": p.reshape(shape).tolist(),
        "lo": float(p.min()),
        "hi": float(p.max()),
        "points": _points(model, theta, features, rows, lambda X, _: (X - centre) @ basis.T),
    }


def embedding(run: RunView, *, rows: str = "val") -> dict[str, Any]:
    """Return where the circuit puts the rows: their expectation values along the two principal components of these."""
    model, features, theta = _parts(run)
    step, values = run.step, _expectations(model, theta, _inputs(model, features.train))
    centre = values.mean(axis=0)
    if values.shape[1] <= 2:
        basis, explained = np.eye(values.shape[1]), None
        axes = [str(one) for one in model.observables] + [""] * (2 - values.shape[1])
    else:
        basis, explained = _components(values - centre)
        axes = ["component 1", "component 2"]

    def place(X: Array, seen: Array) -> Array:
        return (seen - (centre if explained is not None else 0.0)) @ basis.T

    points = _points(model, theta, features, rows, place)
    return {"step": step, "axes": axes, "explained": explained, "classes": _classes(model), "points": points}


def transpiled(run: RunView, *, backend: Any = "line", level: int = 1) -> dict[str, Any]:
    """Return depth and gates of the run's circuit after Qiskit's transpiler: see `qlab.interop.transpiled`."""
    from ..interop.transpiled import transpiled as work

    return work(run._model_parts()[0].circuit, backend, level=level)


def _parts(run: RunView) -> tuple[Model, Any, Array]:
    """Return model, features and weights.

    Raises:
        TrainError: there are no weights yet, or the rows are gone.
    """
    model, features = run._model_parts()
    theta = run._weights()
    if theta is None:
        raise TrainError(f"run {run.id} has made no step yet", where="view", cure="wait for the first one")
    if getattr(features, "train", None) is None:
        raise TrainError(
            f"the rows of run {run.id} are not in memory",
            where="view",
            cure="make the features again and resume or branch the run with data=features",
        )
    return model, features, theta


def _inputs(model: Model, split: Any) -> Array:
    return np.ascontiguousarray(split.X[:, : model.n_inputs], dtype=np.float64)


def _components(X: Array) -> tuple[Array, list[float]]:
    """Return the first two principal axes of centred rows, (2, n), and their shares of the variance.

    The largest part of each axis is positive, so that a map doesn't flip from one step to the next.
    """
    _, size, axes = np.linalg.svd(X, full_matrices=False)
    found = np.zeros((2, X.shape[1]))
    found[: min(2, len(axes))] = axes[:2]
    signs = np.sign(found[np.arange(2), np.abs(found).argmax(axis=1)])
    shares = size**2 / max(float((size**2).sum()), 1e-300)
    return found * np.where(signs == 0, 1.0, signs)[:, None], [float(s) for s in np.resize(shares[:2], 2)]


def _side(values: Array, grid: int) -> Array:
    low, high = float(values.min()), float(values.max())
    margin = 0.05 * (high - low) or 0.5
    return np.linspace(low - margin, high + margin, grid)


def _answers(model: Model, scores: Array) -> tuple[NDArray[np.int64] | None, Array]:
    """Return class index and probability of the answer a row; in regression None and the value."""
    if model.task == "regression" or model.classes is None:
        return None, model.y_shift + model.y_scale * scores[:, 0]
    if model.head == "identity":  # expectations, or shares already
        shares = 0.5 * (1.0 + np.concatenate([-scores, scores], axis=1)) if scores.shape[1] == 1 else scores
        p = np.clip(shares, 0.0, None)
        p /= np.maximum(p.sum(axis=1, keepdims=True), 1e-300)
    else:
        p = softmax(scores)
    label = class_index(scores)
    return label, p[np.arange(len(p)), label]


def _classes(model: Model) -> list[str] | None:
    return None if model.task == "regression" or model.classes is None else [str(c) for c in model.classes]


def _expectations(model: Model, theta: Array, X: Array) -> Array:
    w = theta[model.slices["circuit"]]
    blocks = [circuit_inputs(model, theta, X[i : i + CHUNK])[0] for i in range(0, len(X), CHUNK)]
    return np.concatenate([model.plan.expectations(block, w) for block in blocks])


def _points(model: Model, theta: Array, features: Any, rows: str, place: Any) -> dict[str, Any]:
    """Return up to 400 rows of a split, evenly taken: where they lie, what they are and whether the answer is right."""
    if rows not in SPLITS:
        raise not_one_of(TrainError, "split", rows, SPLITS, where="rows")
    split = getattr(features, rows, None)
    if split is None or not len(split.y):
        rows, split = "train", features.train
    chosen = np.unique(np.linspace(0, len(split.y) - 1, min(MOST, len(split.y))).astype(np.int64))
    X, y = _inputs(model, split)[chosen], np.asarray(split.y)[chosen]
    flat = np.asarray(place(X, _expectations(model, theta, X)))
    label, _ = _answers(model, score_all(model, theta, X))
    told: dict[str, Any] = {"x": flat[:, 0].tolist(), "split": rows}
    told["y"] = flat[:, 1].tolist() if flat.shape[1] > 1 else [0.0] * len(flat)
    if label is None:
        return {**told, "value": y.astype(float).tolist(), "right": None}
    return {**told, "label": y.astype(int).tolist(), "right": (label == y).tolist()}
