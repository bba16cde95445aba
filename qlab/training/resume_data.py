"""The data of a stored run, made again from its lineage or taken from the user, and checked to be the same bits."""

from __future__ import annotations

from typing import Any

from ..errors import DataError, TrainError
from .keep import digest

GALLERY = "gallery:"


def features_for(head: dict[str, Any], run_id: str, data: Any = None) -> Any:
    """Return the features that a stored run was trained on.

    Args:
        head: of its record.
        run_id: for errors.
        data: features, or the dataset they were made from; None to read the source again.

    Raises:
        TrainError: the source can't be read again, or what it gives isn't what the run was trained on.
    """
    told = head.get("data") or {}
    if data is None:
        data = again(told, run_id)
    elif hasattr(data, "table") and hasattr(data, "features"):
        data = _made(data, told, run_id)
    if not hasattr(data, "train"):
        raise TrainError(
            f"a {type(data).__name__} is no data for run {run_id}",
            where="data",
            cure="give the features it was trained on, or the dataset they were made from",
            value=type(data).__name__,
        )
    check(data, told, run_id)
    return data


def again(told: dict[str, Any], run_id: str) -> Any:
    """Return features made again from a lineage.

    Raises:
        TrainError: the source is gone, changed, or was never on the disk.
    """
    from ..data import load  # on demand: a run whose data is at hand needs no reader

    source, lineage = str(told.get("source") or ""), told.get("lineage")
    name = told.get("name") or "the data"
    if not lineage or not source:
        raise _must_be_given(run_id, f"{name} was in memory only")
    try:
        dataset = load(source.removeprefix(GALLERY))
    except (DataError, OSError) as error:
        raise _must_be_given(run_id, f"{source} can't be read again: {error}") from error
    if dataset.hash != lineage["source"]:
        raise _must_be_given(run_id, f"{source} has changed since, or rows were left out of it")
    return _made(dataset, told, run_id)


def check(features: Any, told: dict[str, Any], run_id: str) -> None:
    """Raise TrainError unless features hold the very bits that a run was trained on."""
    if told.get("digest") and digest(features) == told["digest"]:
        return
    lineage = getattr(features, "lineage", "")
    have, need = str(getattr(lineage, "id", lineage)), str(told.get("id", ""))
    versions = ""
    old, new = (told.get("lineage") or {}).get("versions") or {}, dict(getattr(lineage, "versions", {}))
    changed = [f"{name} {old[name]} → {new[name]}" for name in sorted({*old} & {*new}) if old[name] != new[name]]
    if changed:
        versions = f"; made with {', '.join(changed)}"
    raise TrainError(
        f"this is not the data of run {run_id}: lineage {have[:12] or 'none'}, and it was trained on "
        f"{need[:12] or 'another'}{versions}",
        where="data",
        cure="make the features with the same source and options, or start a new run with qlab.train(…)",
        value=have,
    )


def _made(dataset: Any, told: dict[str, Any], run_id: str) -> Any:
    lineage = told.get("lineage")
    if not lineage:
        raise _must_be_given(run_id, "how its features were made isn't known")
    options = dict(lineage["options"])
    for name in ("columns", "split", "classes"):
        options[name] = None if options.get(name) is None else tuple(options[name])
    try:
        return dataset.features(**options)
    except (DataError, TypeError) as error:
        raise TrainError(
            f"the features of run {run_id} can't be made again: {error}",
            where="data",
            cure="give the features it was trained on: data=features",
        ) from error


def _must_be_given(run_id: str, why: str) -> TrainError:
    return TrainError(
        f"the data of run {run_id} must be given: {why}",
        where="data",
        cure=f"pass it: qlab.resume({run_id!r}, data=features), the features or dataset it was trained on",
    )
