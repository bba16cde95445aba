"""The parts of a table that features are made of: columns as arrays, targets as class indices, and their limits.

Must not fit anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..errors import DataError
from .names import unknown
from .options import Options
from .profile import is_number, type_of
from .split import Rows

if TYPE_CHECKING:
    from .dataset import Dataset


def frame_of(table: pa.Table, columns: Sequence[str], texts: frozenset[str]) -> pd.DataFrame:
    """Return the columns as float64 with NaN, and as objects with NaN where they are text."""
    made: dict[str, NDArray[Any]] = {}
    for name in columns:
        column = table.column(name)
        if pa.types.is_null(column.type):
            column = column.cast(pa.float64())
        if name in texts:
            values = column.cast(pa.string()).to_numpy(zero_copy_only=False).astype(object)
            values[pd.isna(values)] = np.nan
        else:
            if not is_number(type_of(column.type)):
                raise DataError(f"column {name!r} holds {type_of(column.type)} values, no numbers", where="columns")
            number = column.cast(pa.int8()) if pa.types.is_boolean(column.type) else column
            values = number.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
            if np.isinf(values).any():
                raise DataError(
                    f"column {name!r} holds an infinite value",
                    where=f"row {int(np.flatnonzero(np.isinf(values))[0]) + 1}",
                    cure=f"leave such rows out: ds.filter('`{name}` < 1e300')",
                )
        made[name] = values
    return pd.DataFrame(made)


def targets(dataset: Dataset, chosen: Options) -> tuple[Rows, NDArray[Any], NDArray[Any], tuple[Any, ...] | None]:
    """Return the rows that have a target, its class index or value, its label, and the classes."""
    column = dataset.table.column(chosen.target).combine_chunks()
    if chosen.task == "regression":
        values = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        rows = np.flatnonzero(np.isfinite(values))
        y = np.ascontiguousarray(values[rows])
        if len(rows) and y.min() == y.max():
            raise DataError(
                f"target {chosen.target!r} is {y[0]:g} in every row", where="target", cure="use another one"
            )
        return rows, y, y, None
    present = [v for v in pc.unique(column).to_pylist() if v is not None]
    if chosen.classes is None:
        names = sorted(present)
    else:
        names = list(chosen.classes)
        for name in names:
            if name not in present:
                raise unknown("class", name, sorted(present), where=f"target {chosen.target!r}")
    if len(set(names)) < 2:
        only = f"only the class {names[0]!r}" if names else "no value at all"
        raise DataError(
            f"target {chosen.target!r} has {only}", where="target", cure="use a target of at least two classes"
        )
    index = pc.index_in(column, value_set=pa.array(names, type=column.type))
    filled = index.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    rows = np.flatnonzero(filled >= 0)
    labels = column.take(pa.array(rows)).to_numpy(zero_copy_only=False)
    return rows, filled[rows], labels, tuple(names)


def check_size(
    train: pd.DataFrame, texts: frozenset[str], chosen: Options, classes: tuple[Any, ...] | None
) -> int | None:
    """Return how many features are kept, None for all; raise if the columns can't give what the qubits need."""
    found = sum(_width(train[c]) if c in texts else 1 for c in chosen.columns)
    most, why = found, f"the columns give {found}"
    if chosen.reduce == "lda":
        if classes is None:
            raise DataError("LDA needs classes, and this is a regression", where="reduce", cure="use reduce='pca'")
        most = min(found, len(classes) - 1)
        why = f"LDA on {len(classes)} classes gives {most}"
    elif chosen.reduce == "pca":
        most = min(found, len(train))
    if chosen.encode == "amplitude":
        _check_amplitudes(chosen, most, why)
        return None if chosen.qubits is None else min(most, 1 << chosen.qubits)
    if chosen.qubits is None or chosen.qubits == most or (chosen.reduce and chosen.qubits < most):
        return chosen.qubits
    if chosen.qubits > most:
        more = ", or name more columns" if most == found else ", or use reduce='pca'"
        raise DataError(
            f"{chosen.qubits} qubits are asked for, and {why} features",
            where="qubits",
            cure=f"use qubits={most}{more}",
            value=chosen.qubits,
        )
    raise DataError(
        f"{chosen.qubits} qubits are asked for, and {why} features",
        where="qubits",
        cure=f"add reduce='pca', or name {chosen.qubits} columns",
        value=chosen.qubits,
    )


def _check_amplitudes(chosen: Options, most: int, why: str) -> None:
    """2**qubits amplitudes: at least one more than half of them must come from features, and none be left over."""
    if chosen.qubits is None:
        return
    asked = chosen.qubits
    if most > 1 << asked and not chosen.reduce:
        raise DataError(
            f"{asked} qubits hold {1 << asked} amplitudes, and {why} features",
            where="qubits",
            cure=f"use qubits={wires(most)}, or add reduce='pca'",
            value=asked,
        )
    if wires(most) < asked:
        raise DataError(
            f"{asked} qubits hold {1 << asked} amplitudes, and {why} features",
            where="qubits",
            cure=f"use qubits={wires(most)}",
            value=asked,
        )


def wires(features: int) -> int:
    """Return how many qubits hold that many amplitudes: the logarithm to base 2, rounded up, at least 1."""
    return max(1, (features - 1).bit_length())


def _width(column: pd.Series[Any]) -> int:
    values = int(column.nunique())
    return 1 if values == 2 else max(1, values)
