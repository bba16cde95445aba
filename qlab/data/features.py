"""From a dataset to `Features`: encoded rows for a circuit, every step fitted on the training rows only.

Pure: a function of the dataset and the options. Must not know circuits; the encoder circuit is made by `qlab.models`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..errors import DataError
from . import pipeline as pipe
from .batches import Batches
from .lineage import Lineage
from .names import unknown
from .options import SPAN, complete
from .prepare import check_size, frame_of, targets, wires
from .profile import is_number, type_of
from .split import Rows, split_rows
from .tables import to_table

if TYPE_CHECKING:
    from .dataset import Dataset

__all__ = ["Features", "Lineage", "Split", "features"]

PLENTY = 20  # qubits beyond which no encoding is offered in the widget


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Split:
    """Rows of one part.

    Args:
        X: (rows, features) float64, C-contiguous; angles in radians unless ``scale=None``; with amplitude encoding
            rows of norm 1, with basis encoding 0 and 1.
        y: (rows,) class index as int64, or float64 in regression.
        labels: (rows,) the target as it stands in the dataset.
        rows: (rows,) row numbers in the dataset, from 0.
    """

    X: NDArray[np.float64]
    y: NDArray[Any]
    labels: NDArray[Any]
    rows: Rows

    def __len__(self) -> int:
        return len(self.rows)

    def batches(self, size: int, *, seed: int = 0, drop_last: bool = False) -> Batches:
        """Return minibatches of these rows in a seeded order, another one each epoch: see `qlab.data.batches.Batches`.

        Example:
            >>> import qlab
            >>> batches = qlab.load("iris").features(seed=1).train.batches(32, seed=7)
            >>> X, y = next(iter(batches))
            >>> X.shape
            (32, 4)
        """
        return Batches(self.X, self.y, size, seed=seed, drop_last=drop_last)

    def __repr__(self) -> str:
        return f"Split({len(self):,} rows, {self.X.shape[1]} features)"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Features:
    """Encoded rows in three parts, and the pipeline that encodes further rows in the same way.

    Args:
        train, val, test: the parts; only ``train`` was seen by the pipeline.
        classes: original label by class index, or None in regression.
        task: ``"classification"`` or ``"regression"``.
        target: name of the target column.
        encode: ``"angle"``, ``"iqp"``, ``"amplitude"``, ``"basis"`` or ``"raw"``: which encoder circuit `qlab.train`
            puts in front.
        names: name of each feature, in the order of the qubits.
        columns: columns they were made from.
        pipeline: fitted scikit-learn Pipeline of a DataFrame with these columns; None if they were opened from disk.
        lineage: identity of the source, the options and the versions.
        clipped: share of validation and test values outside the training range, put to its border.
        dropped: rows left out for a missing target, a class not asked for, or ``impute="drop"``.
        name: of the dataset.
        source: where the dataset was read from, as `Dataset.source` has it.
    """

    train: Split
    val: Split
    test: Split
    classes: tuple[Any, ...] | None
    task: str
    target: str
    encode: str
    names: tuple[str, ...]
    columns: tuple[str, ...]
    pipeline: Any
    lineage: Lineage
    clipped: float
    dropped: int
    name: str
    _texts: frozenset[str]
    source: str = ""

    @property
    def n_features(self) -> int:
        """Number of features, which is the number of inputs x[i]."""
        return len(self.names)

    @property
    def qubits(self) -> int:
        """Number of qubits the encoding takes: one a feature, or the logarithm of the number of amplitudes."""
        return wires(self.n_features) if self.encode == "amplitude" else self.n_features

    def transform(self, new: Any) -> NDArray[np.float64]:
        """Return X (rows, features) of further rows, encoded as the training rows were.

        Args:
            new: Dataset, DataFrame, Arrow table or dict of columns that has the columns of these features.

        Raises:
            DataError: a column is missing or has another type.
        """
        if self.pipeline is None:
            raise DataError(
                "features that were opened from a folder have no pipeline, which is never stored",
                where="transform",
                cure="make them again: qlab.load(…).features(…) with the options in fx.lineage.options",
            )
        table = getattr(new, "table", None)
        table = table if isinstance(table, pa.Table) else to_table(new, "transform")
        for name in self.columns:
            if name not in table.column_names:
                raise unknown("column", name, table.column_names, where="transform")
        frame = frame_of(table, self.columns, self._texts)
        if self.lineage.options["impute"] == "drop" and (gaps := int(frame.isna().any(axis=1).sum())):
            raise DataError(
                f"{gaps} rows have missing cells, and these features were made without such rows",
                where="transform",
                cure="leave those rows out, or make the features with impute='median'",
            )
        return pipe.apply(self.pipeline, frame)[0]

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Write the arrays to a folder, from which `open` maps them; return the folder.

        Raises:
            DataError: the folder holds something else, or can't be written.
        """
        from .read_features import save

        return save(self, folder)

    @staticmethod
    def open(folder: str | os.PathLike[str], *, lineage: str | None = None, check: bool = False) -> Features:
        """Return features that were saved, mapped from disk: processes that open the same folder share one copy.

        Args:
            folder: where they were saved.
            lineage: the id that is expected, or its beginning.
            check: read every array and compare it with its hash.

        Raises:
            DataError: no such folder, another lineage, or damaged files.
        """
        from .read_features import open_features

        return open_features(folder, lineage=lineage, check=check)

    @property
    def _n_plain(self) -> int:
        """Features before amplitudes are padded with zeros."""
        last = self.pipeline.steps[-1][1] if self.encode == "amplitude" and self.pipeline is not None else None
        return int(getattr(last, "n_features_in_", self.n_features))

    def describe(self) -> dict[str, Any]:
        """Return what a person wants to know, ready for JSON.

        Keys: name, target, task, classes, columns, names, qubits, encode, encodings (one dict each: name, note,
        qubits, gates, fits), rows (train, val, test), balance (training rows by class), clipped, dropped, lineage.
        """
        classes = None if self.classes is None else list(self.classes)
        balance = None if classes is None else np.bincount(self.train.y, minlength=len(classes)).tolist()
        return {
            "name": self.name,
            "target": self.target,
            "task": self.task,
            "classes": classes,
            "columns": list(self.columns),
            "names": list(self.names),
            "qubits": self.qubits,
            "encode": self.encode,
            "encodings": encodings(self._n_plain),
            "rows": {"train": len(self.train), "val": len(self.val), "test": len(self.test)},
            "balance": balance,
            "clipped": self.clipped,
            "dropped": self.dropped,
            "lineage": self.lineage.id,
        }

    def __repr__(self) -> str:
        what = "regression" if self.classes is None else f"{len(self.classes)} classes"
        rows = " + ".join(f"{len(s):,}" for s in (self.train, self.val, self.test))
        return (
            f"Features of {self.name}: {self.target} ({what}) from {self.n_features} features on "
            f"{self.qubits} qubits, {self.encode}; rows {rows} (train + val + test), lineage {self.lineage.short}"
        )


def encodings(n: int) -> list[dict[str, Any]]:
    """Return qubits and gates of each encoding for ``n`` features: the circuits of `qlab.models.encoder`."""
    few = wires(n)
    rows = {
        "angle": ("one wire a feature", n, n),
        "iqp": ("angles and products of neighbours", n, 3 * n - 1),
        "amplitude": ("a wire for twice the features", few, (1 << (few + 1)) - 3),
        "basis": ("one bit a feature", n, n),
        "raw": ("you place the inputs", n, 0),
    }
    return [
        {"name": name, "note": note, "qubits": qubits, "gates": gates, "fits": qubits <= PLENTY}
        for name, (note, qubits, gates) in rows.items()
    ]


def features(
    dataset: Dataset,
    target: str | None = None,
    columns: Sequence[str] | None = None,
    *,
    qubits: int | None = None,
    reduce: str | None = None,
    encode: str = "angle",
    impute: str = "median",
    scale: str | None = "minmax",
    span: float = SPAN,
    split: Sequence[float] | None = None,
    test: float = 0.2,
    val: float = 0.2,
    stratify: bool = True,
    seed: int = 0,
    classes: Sequence[Any] | None = None,
    task: str | None = None,
) -> Features:
    """Return features for a circuit, fitted on the training rows only.

    Args:
        dataset: where the rows come from.
        target: column to be predicted; by default the dataset's own, if it has one.
        columns: features; by default all numeric columns that vary, but the target. Text becomes one feature a value.
        qubits: how many features are kept, one a qubit; without ``reduce`` it must equal what the columns give.
        reduce: None, ``"pca"``, ``"lda"`` (at most classes − 1) or ``"select"`` (the best by an F test).
        encode: ``"angle"``, ``"iqp"``; ``"amplitude"``: rows of norm 1 with 2**qubits numbers, padded with zeros;
            ``"basis"``: bits, split at the training rows' median; ``"raw"``: no encoder circuit is put in front.
        impute: missing numbers become the ``"median"``, ``"mean"`` or ``"most_frequent"`` value of the training
            rows; ``"drop"`` leaves such rows out.
        scale: ``"minmax"``: training range to [−span, span]; ``"standard"``: three standard deviations to ±span;
            None: own units.
        span: half-width of the angles in radians. RY has the period 2π, so with π both ends of a feature are one
            state; π/2 keeps them apart and often trains better.
        split: shares of training, validation and test; or give ``test`` and ``val`` alone.
        stratify: divide each class within one row of its share.
        seed: of the division.
        classes: keep only rows whose target is one of these; they become class 0, 1, …
        task: ``"classification"`` or ``"regression"``; by default text, truth values and whole numbers with at most
            20 different values are classes.

    Raises:
        DataError: an unknown column or option, a target of one class, more qubits than the columns give.
    """
    chosen = complete(
        dataset, target, columns, qubits=qubits, reduce=reduce, encode=encode, impute=impute, scale=scale, span=span,
        split=split, test=test, val=val, stratify=stratify, seed=seed, classes=classes, task=task,
    )  # fmt: skip
    texts = frozenset(c for c in chosen.columns if not is_number(type_of(dataset.schema.field(c).type)))
    frame = frame_of(dataset.table, chosen.columns, texts)
    rows, y, labels, names = targets(dataset, chosen)
    if chosen.impute == "drop":
        whole = ~frame.iloc[rows].isna().any(axis=1).to_numpy()
        rows, y, labels = rows[whole], y[whole], labels[whole]
    if len(rows) < 3:
        raise DataError(f"only {len(rows)} rows are left", where="features", cure="use impute='median'")
    regression = chosen.task == "regression"
    parts = split_rows(len(rows), chosen.split, chosen.seed, None if regression or not chosen.stratify else y)
    train = frame.iloc[rows[parts[0]]]
    kept = check_size(train, texts, chosen, names)
    pipeline = pipe.build(
        chosen.columns, texts,
        impute=chosen.impute, scale=chosen.scale, span=chosen.span, reduce=chosen.reduce, qubits=chosen.qubits,
        regression=regression, tall=len(train) > 10 * 64, encode=chosen.encode, features=kept,
    )  # fmt: skip
    pipe.fit(pipeline, train, y[parts[0]])
    encoded = [pipe.apply(pipeline, frame.iloc[rows[p]]) if len(p) else None for p in parts]
    unseen = [(e[1], e[0].size) for e in encoded[1:] if e is not None]
    n = pipe.names_out(pipeline)
    made = [
        Split(np.empty((0, len(n))) if e is None else e[0], y[p], labels[p], rows[p])
        for e, p in zip(encoded, parts, strict=True)
    ]
    return Features(
        train=made[0],
        val=made[1],
        test=made[2],
        classes=names,
        task=chosen.task,
        target=chosen.target,
        encode=chosen.encode,
        names=n,
        columns=chosen.columns,
        pipeline=pipeline,
        lineage=Lineage.of(dataset.hash, asdict(chosen)),
        clipped=sum(c * s for c, s in unseen) / max(1, sum(s for _, s in unseen)),
        dropped=dataset.rows - len(rows),
        name=dataset.name,
        _texts=texts,
        source=dataset.source,
    )
