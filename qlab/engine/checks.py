"""What the engine refuses, said with value, place and cure; it must not compute anything."""

from __future__ import annotations

from typing import Any

import numpy as np

from qlab.circuit import Circuit
from qlab.errors import EngineError

from .arrays import FloatArray, IntArray

_MOST = 1e12  # beyond it the kernels' sine is off by more than 1e-4, and from 1e16 on it is none
_SAMPLED = "plan.sample_clbits or plan.sample for shots, plan.noisy_expectations for means over trajectories"


def obstacle_of(circuit: Circuit) -> EngineError | None:
    """Return the error of a circuit that has no one final state, None where it has."""
    try:
        final_measurements_only(circuit)
    except EngineError as error:
        return error
    return None


def final_measurements_only(circuit: Circuit) -> None:
    """Check that nothing but barriers follows a measurement on its wire, and that there is no reset or
    condition.

    Raises:
        EngineError: naming the operation.
    """
    if all(op.condition is None and op.gate not in ("measure", "reset") for op in circuit.ops):
        return
    measured: dict[int, str] = {}
    for op in circuit.ops:
        if op.condition is not None or op.gate == "reset":
            what = "a reset" if op.gate == "reset" else "a classical condition"
            raise EngineError(
                f"op {op.id} ({op.gate}) is {what}, which has no exact expectation or gradient here",
                where=f"op {op.id}",
                cure=f"use {_SAMPLED}, or remove it, or defer the measurement by using a control instead",
                value=op.id,
            )
        if op.gate == "barrier":
            continue
        for q in (*op.qubits, *op.controls, *op.anticontrols):
            if q in measured and not (op.gate == "measure"):
                raise EngineError(
                    f"op {measured[q]} measures wire {q} before op {op.id} ({op.gate}) acts on it",
                    where=f"op {measured[q]}",
                    cure=f"use {_SAMPLED}, or move the measurement to the end of the circuit",
                    value=measured[q],
                )
        if op.gate == "measure":
            measured.setdefault(op.qubits[0], op.id)


def as_matrix(value: Any, name: str, columns: int, what: str) -> FloatArray:
    """Return a finite C-contiguous float64 matrix of ``columns`` columns.

    Raises:
        EngineError: with both shapes, or with the row and column of a value that isn't finite.
    """
    try:
        array = _real(value)
    except (TypeError, ValueError) as error:
        raise EngineError(
            f"{name} is not an array of real numbers: {error}", where=name, cure="pass a float64 array"
        ) from error
    if array.ndim != 2 or array.shape[1] != columns:
        raise EngineError(
            f"{name} has shape {np.shape(value)}, expected (batch, {columns})",
            where=name,
            cure=f"give one row per sample and one column per {what}",
            value=np.shape(value),
        )
    if array.shape[0] == 0:
        raise EngineError(f"{name} has no rows", where=name, cure="give at least one sample", value=array.shape)
    check_finite(array, name)
    return array


def _real(value: Any) -> FloatArray:
    array = np.asarray(value)
    if array.dtype.kind == "c":
        raise TypeError("it is complex")
    return np.ascontiguousarray(array, dtype=np.float64)


def as_vector(value: Any, name: str, count: int) -> FloatArray:
    """Return a finite C-contiguous float64 vector of ``count`` entries; None stands for an empty one.

    Raises:
        EngineError: with both shapes, or with the position of a value that isn't finite.
    """
    try:
        array = _real(() if value is None else value)
    except (TypeError, ValueError) as error:
        raise EngineError(
            f"{name} is not an array of real numbers: {error}", where=name, cure="pass a float64 array"
        ) from error
    if array.shape != (count,) or (value is not None and np.ndim(value) != 1):
        raise EngineError(
            f"{name} has shape {np.shape(value)}, expected ({count},)",
            where=name,
            cure="give one number per weight of the circuit",
            value=np.shape(value),
        )
    check_finite(array, name)
    return array


def check_finite(array: FloatArray, name: str) -> None:
    """Raise EngineError naming the first row and column that isn't finite."""
    if np.isfinite(array).all():
        return
    at = np.argwhere(~np.isfinite(array))[0]
    place = f"{name}, row {at[0]}, column {at[1]}" if array.ndim == 2 else f"{name}, column {at[0]}"
    raise EngineError(
        f"{name} holds {array[tuple(at)]}",
        where=place,
        cure="drop or impute the value",
        value=tuple(int(i) for i in at),
    )


def check_turns(lanes: FloatArray, sources: IntArray, samples: int) -> None:
    """Check that what angles read has digits left modulo a turn.

    Args:
        lanes: (sources, lanes), the first ``samples`` of which count.
        sources: Those that angles read directly.

    Raises:
        EngineError: naming the row of X.
    """
    read = np.abs(lanes[sources, :samples])
    if not read.size or read.max() < _MOST:
        return
    source, row = np.argwhere(read >= _MOST)[0]
    value = float(lanes[sources[source], row])
    raise EngineError(
        f"an angle is made of {value:g}, which has no digits left within a turn",
        where=f"X, row {row}",
        cure="scale the inputs to a few turns, qlab.load(...).features(...) does it",
        value=value,
    )


def as_cotangent(value: Any, shape: tuple[int, int]) -> FloatArray:
    """Return a loss's slopes by each sample's observables as an array of this shape, or say what is wrong."""
    array = np.ascontiguousarray(value, dtype=np.float64)
    if array.shape != shape:
        raise EngineError(
            f"the cotangent has shape {np.shape(value)}, expected {shape}",
            where="argument cotangent",
            cure="give one number per sample and observable",
            value=np.shape(value),
        )
    check_finite(array, "cotangent")
    return array
