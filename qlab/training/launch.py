"""`qlab.train`: from a drawn circuit and features to a run that goes on by itself. Must not train here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..circuit import Circuit
from ..models.losses import loss_for
from ..models.model import Observable, build_model
from .run import Run
from .spec import Spec, check_lr, observables_of, whole_numbers


def train(
    circuit: Circuit,
    features: Any,
    *,
    loss: str | None = None,
    optimizer: str = "adam",
    lr: float = 0.05,
    epochs: int = 30,
    batch: int = 32,
    seed: int = 0,
    head: str | None = None,
    observables: Sequence[Observable] | None = None,
    val_every: int | None = None,
    name: str | None = None,
    parallel: bool = False,
) -> Run:
    """Start training and return at once.

    Args:
        circuit: reads features as x[i] and weights as w[j]; without x[i] an encoder is put in front.
        features: from ``dataset.features(…)``.
        loss: ``"cross_entropy"`` or ``"mse"``; default by the target.
        optimizer: ``"adam"``, ``"adamw"``, ``"sgd"`` or ``"momentum"``.
        lr: learning rate at the start; change it with ``run.lr``.
        epochs: passes over the training rows.
        batch: rows a step.
        seed: of weights and row order; the same seed gives the same history bit for bit.
        head: ``"linear"`` (default) or ``"direct"``.
        observables: such as ``["Z0", {"Z0 Z1": 0.5}]``; default Z on every wire.
        val_every: steps between validations; default once an epoch.
        name: shown to people; default the circuit's.
        parallel: allow a second run while one is active.

    Raises:
        TrainError: an argument is out of range, the circuit doesn't fit the features, another run is active.
        EngineError: the circuit can't be simulated.

    Example:
        >>> run = qlab.train(circuit, features, epochs=5)   # doctest: +SKIP
        >>> run.wait()                                      # doctest: +SKIP
    """
    options = whole_numbers(epochs=epochs, batch=batch, seed=seed, val_every=0 if val_every is None else val_every)
    model = build_model(circuit, features, head=head, observables=observables_of(observables))
    lineage = getattr(features, "lineage", "")
    lineage = getattr(lineage, "id", lineage)
    spec = Spec.of(
        model,
        loss=loss_for(features.task, loss),
        optimizer=optimizer,
        lr=check_lr(lr),
        name=circuit.name if name is None else name,
        lineage=str(lineage),
        **options,
    )
    run = Run(spec, features, model)
    run._start(parallel=parallel)
    return run
