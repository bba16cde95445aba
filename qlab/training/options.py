"""The checked, plain form of what a spec says beside numbers: clipping, early stopping, stages. Must hold no arrays."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import TrainError

STAGE_KEYS = (
    "name", "optimizer", "optimizer_options", "lr", "epochs", "batch", "schedule", "clip", "early_stop", "shots",
    "dtype", "rows",
)  # fmt: skip
TERMS = ("data", "l1", "l2")  # of the loss: that of the rows, and two on the classical matrices
EARLY = {"patience": 10, "min_delta": 0.0, "restore": True, "monitor": "val_loss"}


def clip_of(value: Any) -> dict[str, float] | None:
    """Return clipping as a spec holds it: None, ``{"norm": 1.0}`` or ``{"value": 0.5}``; a number is a norm.

    Raises:
        TrainError: another form, or a bound that isn't above 0.
    """
    value = _plain(value)
    if value is None:
        return None
    given = {"norm": value} if _number(value) else dict(value) if isinstance(value, Mapping) else {}
    if len(given) != 1 or next(iter(given)) not in ("norm", "value") or not _above(next(iter(given.values()))):
        raise TrainError(
            f"clip {value!r} is no way to clip a gradient",
            where="clip",
            cure="use {'norm': 1.0} for its length or {'value': 0.5} for each part",
            value=value,
        )
    return {key: float(bound) for key, bound in given.items()}


def early_stop_of(value: Any) -> dict[str, Any] | None:
    """Return early stopping as a spec holds it; True and a number of validations are short forms.

    ``patience`` validations without a gain of more than ``min_delta`` end the stage; ``restore`` then puts the best
    weights back; ``monitor`` is ``"val_loss"`` or the validation's figure of merit, ``"val_accuracy"`` or ``"val_r2"``.

    Raises:
        TrainError: an unknown key, or a value out of range.
    """
    value = _plain(value)
    if value is None or value is False:
        return None
    given = {} if value is True else {"patience": value} if not isinstance(value, Mapping) else dict(value)
    full = {**EARLY, **given}
    patience, delta = full["patience"], full["min_delta"]
    fine = isinstance(patience, int) and not isinstance(patience, bool) and patience >= 1
    fine = fine and _number(delta) and delta >= 0 and isinstance(full["restore"], bool)
    fine = fine and set(full) == set(EARLY) and full["monitor"] in ("val_loss", "val_accuracy", "val_r2")
    if not fine:
        raise TrainError(
            f"early_stop {value!r} can't be used",
            where="early_stop",
            cure="use {'patience': 10, 'min_delta': 0.0, 'restore': True, 'monitor': 'val_loss'}, or parts of it",
            value=value,
        )
    return {**full, "min_delta": float(delta)}


def terms_of(value: Any) -> dict[str, float]:
    """Return the weights of the loss's terms: ``"data"``, 1 where it isn't named, and ``"l1"`` and ``"l2"`` on the
    matrices of the classical layers.

    Raises:
        TrainError: an unknown term, or a weight below 0.
    """
    value = _plain(value)
    given = {} if value is None else dict(value) if isinstance(value, Mapping) else {"": value}
    for name, weight in given.items():
        if name not in TERMS or not _number(weight) or weight < 0:
            raise TrainError(
                f"{value!r} is no term of the loss",
                where="terms",
                cure="use {'l2': 0.001}, {'l1': 0.001}, {'data': 0.5} or several of them",
                value=value,
            )
    return {name: float(weight) for name, weight in given.items()}


def rows_of(value: Any) -> int | float | None:
    """Return how many training rows a stage sees: None for all, a share in (0, 1], or a number.

    Raises:
        TrainError: neither.
    """
    plain = _plain(value)
    if plain is None:
        return None
    whole = isinstance(plain, int) and not isinstance(plain, bool) and plain >= 1
    if not whole and not (isinstance(plain, float) and 0.0 < plain <= 1.0):
        raise TrainError(
            f"rows {value!r} is neither a share nor a number of rows",
            where="rows",
            cure="use a share such as 0.25, or a number such as 200",
            value=value,
        )
    return plain  # type: ignore[no-any-return]


def stages_of(value: Any, check: Callable[[dict[str, Any]], Any]) -> tuple[dict[str, Any], ...]:
    """Return the stages as a spec holds them: what each one changes of the run's settings.

    Args:
        value: None, or a list of dicts with keys of `STAGE_KEYS`.
        check: raises if the settings of one stage are out of range; gives them back in plain form.

    Raises:
        TrainError: naming the stage and the key.
    """
    if value is None:
        return ()
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise TrainError(
            f"stages {value!r} is no list", where="stages", cure="use [{'optimizer': 'spsa'}, {}]", value=value
        )
    out = []
    for k, stage in enumerate(value):
        unknown = [key for key in stage if key not in STAGE_KEYS] if isinstance(stage, Mapping) else [stage]
        if unknown:
            raise TrainError(
                f"stage {k + 1} has {unknown[0]!r}, which a stage can't set",
                where=f"stages[{k}]",
                cure=f"use {', '.join(STAGE_KEYS)}",
                value=unknown[0],
            )
        try:
            out.append(check(dict(stage)))
        except TrainError as error:
            raise TrainError(
                error.message, where=f"stages[{k}], {error.where}", cure=error.cure, value=error.value
            ) from error
    return tuple(out)


def _plain(value: Any) -> Any:
    """Return numpy's numbers as Python's, in a mapping too."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value.item() if hasattr(value, "item") else value


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _above(value: Any) -> bool:
    return _number(value) and value > 0
