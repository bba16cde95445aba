"""A network of qiskit-machine-learning as a model of the one training loop. Must not import that library itself.

What is kept of theirs: forward, backward, loss, starting point. What isn't: the optimizer, which can't be paused.
The gradient is the one of the loss: theirs of cross-entropy takes the network's probabilities for logits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import TrainError
from ..models.model import Model
from .run import Run


class Follower:
    """Puts the weights of a run back into the object that was given, when the run ends.

    Args:
        adopted: what `qlab.interop.networks` read.
        features: the training rows, with their labels.
    """

    def __init__(self, adopted: Any, features: Any) -> None:
        self.kind: str = adopted.kind
        self._adopted, self._features = adopted, features

    def follow(self, run: Run) -> None:
        """Wait for the end of a run, without a thread: the run tells."""
        run.at_end.append(self._put_back)

    def _put_back(self, run: Run) -> None:
        model = run.model
        if model.theta is None:
            return
        train = self._features.train
        y = np.asarray(train.y)
        labels = y if model.model.classes is None else np.asarray(model.model.classes)[y]
        X = np.asarray(train.X, dtype=np.float64)[:, : model.model.n_inputs]
        loss = run.metrics.get("train_loss", float("nan"))
        self._adopted.put_back(model.theta[model.model.slices["circuit"]], loss, X, labels, model.model.classes)


def adopt(network: Any, features: Any, given: Mapping[str, Any]) -> tuple[Follower, Model, str | None]:
    """Return what follows the run, the model, and the loss that the object names, if it does.

    Args:
        network: a ``NeuralNetwork``, ``NeuralNetworkClassifier``, ``-Regressor``, ``VQC`` or ``VQR``.
        features: the rows it will be trained on.
        given: options of `qlab.train` that only fit a drawn circuit, by name; None where they weren't given.

    Raises:
        TrainError: it can't be trained here, doesn't fit the features, or an option doesn't fit it.
    """
    from ..interop.networks import Adopted

    adopted = Adopted(network)
    for name in ("observables", "before", "after", "input_scaling", "shots"):
        if given.get(name) is not None:
            raise TrainError(
                f"{name} can't be set for a {adopted.kind}, which says itself what it measures",
                where=name,
                cure="leave it out, or train a qlab.Circuit",
                value=given[name],
            )
    task = features.task
    if adopted.task is not None and adopted.task != task:
        raise TrainError(
            f"a {adopted.kind} is for {adopted.task}, and the target makes this a {task}",
            where="qlab.train",
            cure="choose another target column, or another estimator",
        )
    classes = None if features.classes is None else tuple(features.classes)
    plan = adopted.ready(0 if classes is None else len(classes))
    if plan.n_inputs != features.n_features:
        raise TrainError(
            f"the network reads {plan.n_inputs} inputs and there are {features.n_features} features",
            where=adopted.kind,
            cure=f"make the features with qubits={plan.n_inputs}",
            value=plan.n_inputs,
        )
    head, loss = given.get("head"), adopted.loss
    bare = adopted.task is None
    if head is None:
        one_each = classes is not None and plan.n_observables == len(classes) and adopted.probabilities
        head = ("probability" if one_each else "linear") if bare else "identity"
        head = "probability" if loss == "cross_entropy" else head
    elif not bare:
        raise TrainError(
            f"head can't be set for a {adopted.kind}", where="head", cure="give its bare network instead", value=head
        )
    shift, scale = 0.0, 1.0
    if task == "regression" and bare:
        y = np.asarray(features.train.y, dtype=np.float64)
        shift, scale = float(y.mean()), float(y.std()) or 1.0
    outputs = tuple(f"output {k}" for k in range(plan.n_observables))
    model = Model(adopted.circuit, outputs, head, task, classes, shift, scale, plan=plan)
    return Follower(adopted, features), model, loss
