"""`qlab.train`: from a drawn circuit and features to a run that goes on by itself. Must not train here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

import numpy as np

from ..circuit import Circuit
from ..errors import TrainError
from ..models.build import build_model
from ..models.losses import class_weights, loss_for
from ..models.metric import Metric
from ..models.model import Model, Observable
from .keep import keep
from .networks import adopt
from .objective import penalised
from .optim import usual_lr
from .run import Run
from .spec import Spec, check_lr, observables_of, whole_numbers
from .stage import check_terms


def train(
    circuit: Circuit | Any,
    features: Any,
    *,
    loss: str | None = None,
    optimizer: str = "adam",
    lr: float | None = None,
    epochs: int = 30,
    batch: int = 32,
    seed: int = 0,
    head: str | None = None,
    observables: Sequence[Observable] | None = None,
    val_every: int | None = None,
    name: str | None = None,
    parallel: bool = False,
    folder: str | PathLike[str] | None = None,
    record: bool = True,
    before: Sequence[int] | None = None,
    after: Sequence[int] = (),
    input_scaling: bool = False,
    class_weight: str | Mapping[Any, float] | None = None,
    loss_options: Mapping[str, float] | None = None,
    terms: Mapping[str, float] | None = None,
    optimizer_options: Mapping[str, Any] | None = None,
    schedule: str | Mapping[str, Any] | None = None,
    clip: float | Mapping[str, float] | None = None,
    early_stop: bool | int | Mapping[str, Any] | None = None,
    shots: int | None = None,
    dtype: str = "complex128",
    rows: float | int | None = None,
    stages: Sequence[Mapping[str, Any]] | None = None,
) -> Run:
    """Start training and return at once.

    Args:
        circuit: reads features as x[i] and weights as w[j]; without x[i] an encoder is put in front. Or an object of
            qiskit-machine-learning: a NeuralNetwork, a NeuralNetworkClassifier or -Regressor, a VQC or VQR. Its own
            forward and backward are used, and it is fitted when the run has ended: its ``predict`` works then.
        features: from ``dataset.features(…)``.
        loss: ``"cross_entropy"`` or ``"hinge"``; ``"mse"``, ``"huber"`` or ``"mae"`` in regression; default by target.
        optimizer: ``"adam"``, ``"adamw"``, ``"sgd"``, ``"momentum"``, ``"nesterov"``, ``"rmsprop"``, ``"spsa"``,
            ``"qng"`` (natural gradient), and on all rows at once ``"lbfgs"``, ``"nelder_mead"``, ``"cobyla"``.
        lr: learning rate at the start, default by optimizer; change it with ``run.lr``.
        epochs: passes over the training rows.
        batch: rows a step.
        seed: of weights, row order, directions and shots; the same seed gives the same history bit for bit.
        head: ``"linear"`` (default), ``"direct"`` or ``"probability"``; see `qlab.models.Model`.
        observables: such as ``["Z0", {"Z0 Z1": 0.5}]``; default Z on every wire, or `bitstring_groups`.
        val_every: steps between validations; default once an epoch.
        name: shown to people; default the circuit's.
        parallel: allow a second run while one is active.
        folder: of the project whose store keeps the run; by default the user's, see `qlab.runs`.
        record: False keeps nothing on the disk.
        before, after: widths of classical layers around the circuit, which make it a dressed one.
        input_scaling: train a factor for each input of the circuit.
        class_weight: ``"balanced"``, or a dict from label to weight.
        loss_options: ``{"delta": 1.0}`` of the Huber loss.
        terms: ``{"l2": 0.001}``, ``{"l1": 0.001}``: extra terms of the loss, on the matrices of the classical layers.
        optimizer_options: such as ``{"b1": 0.8}`` of adam or ``{"c": 0.2, "blocking": True}`` of spsa.
        schedule: of the learning rate: ``"cosine"``, ``{"name": "step", "every": 50, "factor": 0.5}``, ``"linear"``,
            ``"exponential"``; with ``"warmup": steps`` in the dict the rate first rises by a line.
        clip: ``{"norm": 1.0}`` or ``{"value": 0.5}``; a number is a norm.
        early_stop: a number of validations without a gain, or ``{"patience": 10, "min_delta": 0.0, "restore": True}``.
        shots: measure each Pauli string that often; gradients are then by parameter shift, or the optimizer's own.
        dtype: ``"complex64"`` simulates faster and coarser.
        rows: train on a share or a number of the training rows.
        stages: coarse to fine: what each stage changes of these settings, such as
            ``[{"optimizer": "spsa", "epochs": 5, "shots": 500, "rows": 0.25}, {"epochs": 20}]``.

    Raises:
        TrainError: an argument is out of range, the circuit doesn't fit the features, another run is active.
        EngineError: the circuit can't be simulated.

    Example:
        >>> run = qlab.train(circuit, features, epochs=5)   # doctest: +SKIP
        >>> run.wait()                                      # doctest: +SKIP
    """
    options = whole_numbers(
        epochs=epochs, batch=batch, seed=seed, val_every=0 if val_every is None else val_every, shots=shots
    )
    foreign: Any = None
    if isinstance(circuit, Circuit):
        model = build_model(
            circuit,
            features,
            head=head,
            observables=observables_of(observables),
            before=before,
            after=after,
            input_scaling=input_scaling,
            dtype=dtype,
        )
        usual: str | None = None
    else:
        given = {"head": head, "observables": observables, "before": before, "after": after or None, "shots": shots}
        given["input_scaling"] = input_scaling or None
        foreign, model, usual = adopt(circuit, features, given)
    weight = None
    if class_weight is not None:
        if model.classes is None:
            raise TrainError("a regression has no classes to weigh", where="class_weight", cure="leave it out")
        weight = class_weights(class_weight, np.asarray(features.train.y), model.classes)
    lineage = getattr(features, "lineage", "")
    lineage = getattr(lineage, "id", lineage)
    spec = Spec.of(
        model,
        loss=loss_for(model.task, loss if loss is not None else usual),
        optimizer=optimizer,
        lr=check_lr(usual_lr(optimizer) if lr is None else lr),
        name=name if name is not None else model.circuit.name,
        lineage=str(lineage),
        class_weight=weight,
        loss_options=dict(loss_options or {}),
        terms=terms,
        optimizer_options=dict(optimizer_options or {}),
        schedule=schedule,
        clip=clip,
        early_stop=early_stop,
        rows=rows,
        stages=() if stages is None else stages,
        foreign="" if foreign is None else foreign.kind,
        **options,
    )
    _check(spec, features, model)
    run = Run(spec, features, model)
    if record:
        keep(run, folder)
    if foreign is not None:
        foreign.follow(run)
    run._start(parallel=parallel)
    return run


def _check(spec: Spec, features: Any, model: Model) -> None:
    """Refuse at once what the run would fail by at its first step."""
    check_terms(spec, penalised(model))
    if any(settings.optimizer == "qng" for settings in spec.settings):
        Metric(model.circuit)
    wanted = any(settings.early_stop for settings in spec.settings)
    if wanted and not len(getattr(getattr(features, "val", None), "y", ())):
        raise TrainError(
            "early_stop needs validation rows, and there are none",
            where="early_stop",
            cure="make the features with val=0.2, or leave early_stop out",
        )
