"""Networks of qiskit-machine-learning as a port of the trainer: its forward and backward, nobody else's arithmetic.

Must not train, and must not know qlab's models: `qlab.training.networks` makes a model of what is read here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import LabelEncoder

from ..circuit import Circuit
from ..errors import QlabError, TrainError

Array = NDArray[np.float64]


class NetworkPlan:
    """A ``NeuralNetwork`` with the face of the engine's plan.

    Args:
        network: whose ``forward`` gives (rows, outputs) and ``backward`` (rows, outputs, weights).
        initial: (n_weights,) starting weights, or None.
    """

    def __init__(self, network: Any, initial: Array | None) -> None:
        self.network, self.initial = network, initial
        self.n_inputs, self.n_weights = int(network.num_inputs), int(network.num_weights)
        self.n_observables = int(network.output_shape[0])

    def expectations(self, X: Any, w: Any) -> Array:
        """Return the outputs, (rows, outputs)."""
        return np.asarray(self.network.forward(X, w), dtype=np.float64).reshape(len(X), -1)

    def value_and_vjp(self, X: Any, w: Any, cotangent: Any, want_x: bool = False) -> tuple[Array, Array, Array | None]:
        """Return the outputs and the gradient of ``sum(cotangent · outputs)``."""
        values = self.expectations(X, w)
        given = np.asarray(cotangent(values)[1] if callable(cotangent) else cotangent)
        if want_x:
            before, self.network.input_gradients = self.network.input_gradients, True
            try:
                by_x, by_w = self.network.backward(X, w)
            finally:
                self.network.input_gradients = before
        else:
            by_x, by_w = self.network.backward(X, w)
        rows = len(values)
        grad = np.einsum("ro,row->w", given, np.asarray(by_w, dtype=np.float64).reshape(rows, given.shape[1], -1))
        if not want_x:
            return values, grad, None
        by_x = np.asarray(by_x, dtype=np.float64).reshape(rows, given.shape[1], -1)
        return values, grad, np.einsum("ro,roi->ri", given, by_x)


class Signs(LabelEncoder):  # type: ignore[misc]
    """Two labels as −1 and +1, as a classifier of one output in [−1, 1] means them, and back."""

    def of(self, classes: Any) -> Signs:
        """Take two labels in the order given, where `fit` would sort them; return itself."""
        self.classes_ = np.asarray(classes)
        return self

    def transform(self, y: Any) -> NDArray[np.int64]:
        """Return +1 for the second label and −1 for any other, (rows,)."""
        return np.where(np.ravel(y) == self.classes_[1], 1, -1)

    def inverse_transform(self, y: Any) -> NDArray[Any]:
        """Return the labels of signs, (rows,); 0 is the first label."""
        return np.asarray(self.classes_)[(np.ravel(y) > 0).astype(np.int64)]


class Adopted:
    """What a network or a trainable model of qiskit-machine-learning says about itself.

    Args:
        given: a ``NeuralNetwork``, or a ``TrainableModel`` around one.

    Attributes:
        kind: the name of its class.
        plan: its network as a port.
        circuit: of its network, for the statistics; an empty one where it has none that can be read.
        task: ``"classification"``, ``"regression"`` or None for a bare network.
        loss: the name its loss has in qlab, or None.
        probabilities: whether the outputs are the probabilities of the classes.

    Raises:
        TrainError: it is neither, or it trains in a way that the loop can't.
    """

    def __init__(self, given: Any) -> None:
        self.kind, self._given = type(given).__name__, given
        names = {base.__name__ for base in type(given).__mro__}
        trainable = "TrainableModel" in names
        network = given.neural_network if trainable else given
        if not all(hasattr(network, name) for name in ("forward", "backward", "num_weights", "output_shape")):
            raise TrainError(
                f"a {self.kind} can't be trained",
                where="qlab.train",
                cure="give a qlab.Circuit, or a network or classifier of qiskit-machine-learning",
            )
        if getattr(network, "sparse", False) or len(network.output_shape) != 1:
            raise TrainError(
                f"the network of this {self.kind} gives sparse or many-dimensional outputs",
                where="qlab.train",
                cure="make it with sparse=False and one output shape, such as output_shape=2",
                value=network.output_shape,
            )
        self.network, self.task, self.loss = network, None, None
        initial = None
        if trainable:
            self.task = "regression" if "NeuralNetworkRegressor" in names else "classification"
            self.loss = self._loss_name(given)
            point = given.initial_point
            initial = None if point is None else np.asarray(point, dtype=np.float64)
        self._initial = initial
        self.probabilities = hasattr(network, "interpret") or hasattr(network, "sampler")
        self.circuit = _circuit_of(network)

    def ready(self, classes: int) -> NetworkPlan:
        """Return the port; a VQC's network first learns how many classes there are, as its own fit would tell it.

        Raises:
            TrainError: the outputs don't fit the classes.
        """
        network = self.network
        if hasattr(self._given, "interpret") and hasattr(network, "set_interpret"):
            network.set_interpret(self._given.interpret, classes)
        outputs = int(network.output_shape[0])
        one_hot = bool(getattr(self._given, "_one_hot", True))
        if self.task == "regression" and outputs != 1:
            raise TrainError(
                f"a regression by {outputs} outputs is not supported here",
                where=self.kind,
                cure="give the network one output",
                value=outputs,
            )
        if self.task == "classification" and outputs > 1 and not one_hot:
            raise TrainError(
                f"this {self.kind} takes its {outputs} outputs as chances of single answers",
                where=self.kind,
                cure="make it with one_hot=True",
                value=outputs,
            )
        if self.task == "classification" and outputs != classes and not (outputs == 1 and classes == 2):
            raise TrainError(
                f"the network has {outputs} outputs and there are {classes} classes",
                where=self.kind,
                cure="give it one output for each class, or one for two classes",
                value=outputs,
            )
        return NetworkPlan(network, self._initial)

    def put_back(self, weights: Array, loss: float, X: Array, labels: NDArray[Any], classes: Any) -> None:
        """Make a trainable model a fitted one: its ``predict``, ``score`` and ``weights`` work from now on.

        Args:
            weights: (n_weights,) of the network.
            loss: over the training rows.
            X, labels: training rows and original labels, from which a classifier learns its encoding.
            classes: the labels by class index, or None.
        """
        given = self._given
        if not hasattr(given, "_fit_result"):
            return
        from qiskit_machine_learning.optimizers import OptimizerResult

        given._fit_result = None
        if self.task == "classification" and int(self.network.output_shape[0]) == 1:
            # its predict gives signs, and its own encoder turns those back into no label, or fails on text
            given._target_encoder, given._num_classes = Signs().of(classes), 2
        elif self.task == "classification":
            given._validate_input(X, labels)
        result = OptimizerResult()
        result.x, result.fun = np.array(weights), loss
        given._fit_result = result

    def _loss_name(self, given: Any) -> str:
        names = {"L2Loss": "squared_error", "L1Loss": "absolute_error", "CrossEntropyLoss": "cross_entropy"}
        if self.task == "regression":
            names = {"L2Loss": "mse", "L1Loss": "mae"}
        kind = type(given.loss).__name__
        if kind not in names:
            raise TrainError(
                f"the loss {kind} has no counterpart here",
                where=self.kind,
                cure=f"use {', '.join(names)}, or pass loss=… to qlab.train",
                value=kind,
            )
        return names[kind]


def _circuit_of(network: Any) -> Circuit:
    """Return the circuit of a network where it has one that can be read, else wires without gates."""
    source: Any = getattr(network, "circuit", None)
    if isinstance(source, Circuit):
        return source
    read: Callable[[Any], Circuit] = Circuit.from_qiskit
    try:
        return read(source.decompose(reps=2).remove_final_measurements(inplace=False))
    except (QlabError, AttributeError):
        return Circuit(max(1, int(getattr(source, "num_qubits", 1))), name=type(network).__name__)
