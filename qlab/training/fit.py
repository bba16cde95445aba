"""The loop run to its end in the caller's thread, for estimators. Must not keep anything."""

from __future__ import annotations

from typing import Any

from ..errors import TrainError
from ..models.losses import Array, loss_for
from ..models.model import Model
from .events import Failed, Step
from .loop import run
from .optim import usual_lr
from .run_start import HOLD
from .spec import Spec, check_lr, whole_numbers


def fit_model(model: Model, data: Any, **options: Any) -> tuple[Array, list[float]]:
    """Return the trained weights, and the loss at each step.

    Args:
        model: what is trained.
        data: features with the splits.
        options: fields of `Spec`; ``lr`` may be None for the optimizer's usual one, ``loss`` for the task's.

    Raises:
        TrainError: an argument is out of range, or the training failed; the cause is attached.
    """
    whole = ("epochs", "batch", "seed", "shots")
    options |= whole_numbers(**{key: options[key] for key in whole if key in options})
    lr = options.pop("lr", None)
    lr = usual_lr(options.get("optimizer", "adam")) if lr is None else lr
    spec = Spec.of(model, loss=loss_for(model.task, options.pop("loss", None)), lr=check_lr(lr), **options)
    theta, losses = None, list[float]()
    for event in run(spec, data, model=model, hold=HOLD):
        if isinstance(event, Step):
            theta = event.state.theta
            losses.extend(row[event.columns.index("loss")] for row in event.rows)
        elif isinstance(event, Failed):
            error = event.error
            raise TrainError(
                f"training failed: {error['message']}", where=error["where"], cure=error["cure"]
            ) from event.cause
    if theta is None:
        raise TrainError("no step was made", where="fit", cure="give at least one row and one epoch")
    return theta, losses
