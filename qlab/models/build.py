"""From a drawn circuit and features to a model that fits them. Must not train or hold weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from ..circuit import Circuit
from ..errors import TrainError
from .encoder import encoder, in_front
from .groups import bitstring_groups
from .model import Model, Observable


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


def build_model(
    circuit: Circuit,
    features: FeaturesLike,
    *,
    head: str | None = None,
    observables: Sequence[Observable] | None = None,
    before: Sequence[int] | None = None,
    after: Sequence[int] = (),
    input_scaling: bool = False,
    dtype: str = "complex128",
) -> Model:
    """Return the model of a drawn circuit for given features.

    A circuit that reads x[i] is used as it is; one that reads none gets the encoder of the features in front.

    Args:
        circuit: at least one weight w[j] or a linear head is trained.
        features: encoded features; only their description is read.
        head: ``"linear"`` (default), ``"direct"``, ``"probability"`` or ``"identity"``; see `Model`.
        observables: default Z on every wire; for a probability head, one group of bitstrings a class.
        before: widths of the hidden layers of a dressed circuit; ``[]`` is one layer straight to its inputs, which may
            then be fewer or more than the features.
        after: widths of hidden layers after it.
        input_scaling: train a factor for each input.
        dtype: of the simulation.

    Raises:
        TrainError: wires or inputs don't fit the features, or nothing reads them.
        EngineError: an observable on a wire that isn't there, or an operation that can't be simulated.
    """
    n = features.n_features
    widths = None if before is None else _widths("before", before)
    amplitudes = circuit.n_inputs == 0 and features.encode == "amplitude"
    if widths is None:
        _fits(circuit, n)
    if circuit.n_inputs == 0:
        wires = len(circuit.qubits)
        circuit = _with_encoder(circuit, features.encode, n if widths is None else wires)
    if circuit.n_weights == 0 and head in ("direct", "probability", "identity"):
        raise TrainError(
            "the circuit has no weight to train",
            where=f"circuit {circuit.name!r}",
            cure="give a gate an angle such as w[0], or use head='linear'",
        )
    wires = len(circuit.qubits)
    classes = None if features.classes is None else tuple(features.classes)
    if observables is not None:
        chosen = tuple(observables)
    elif head == "probability" and classes is not None:
        chosen = bitstring_groups(wires, len(classes))
    else:
        chosen = tuple(f"Z{q}" for q in range(wires))
    if not chosen:
        raise TrainError("no observable to measure", where="observables", cure="name one, such as observables=['Z0']")
    shift, scale = 0.0, 1.0
    if features.task == "regression":
        y = np.asarray(features.train.y, dtype=np.float64)
        shift, scale = float(y.mean()), float(y.std()) or 1.0
    return Model(
        circuit, chosen, head or "linear", features.task, classes, shift, scale,
        widths, _widths("after", after), bool(input_scaling), n if widths is not None or amplitudes else 0, dtype,
        amplitudes,
    )  # fmt: skip


def _fits(circuit: Circuit, n: int) -> None:
    if circuit.n_inputs > n:
        raise TrainError(
            f"the circuit reads {circuit.n_inputs} inputs, up to x[{circuit.n_inputs - 1}], and there are {n} features",
            where=f"circuit {circuit.name!r}",
            cure=f"use x[0] to x[{n - 1}] only, or make the features with qubits={circuit.n_inputs}",
            value=circuit.n_inputs,
        )


def _widths(name: str, widths: Sequence[int]) -> tuple[int, ...]:
    listed = tuple(w.item() if hasattr(w, "item") else w for w in widths) if not isinstance(widths, int) else (widths,)
    if any(isinstance(w, bool) or not isinstance(w, int) or w < 1 for w in listed):
        raise TrainError(
            f"{name}={widths!r} names no widths of layers",
            where=name,
            cure=f"give whole numbers of at least 1, such as {name}=[16]",
            value=widths,
        )
    return listed


def _with_encoder(circuit: Circuit, encode: str, n: int) -> Circuit:
    wires = len(circuit.qubits)
    if encode == "raw":
        raise TrainError(
            "nothing reads the features: the circuit has no x[i] and the features are encoded 'raw'",
            where=f"circuit {circuit.name!r}",
            cure="give gates angles such as x[0], or make the features with encode='angle'",
        )
    need = max(1, (n - 1).bit_length()) if encode == "amplitude" else n
    if wires < need:
        raise TrainError(
            f"the circuit has {wires} wires and the features need {need}"
            + (f", as {n} amplitudes" if encode == "amplitude" else ", one each"),
            where=f"circuit {circuit.name!r}",
            cure=f"add {need - wires} wires, make the features with qubits={wires}, or draw x[0] to x[{n - 1}]",
            value=wires,
        )
    return in_front(encoder(encode, n, qubits=wires), circuit)
