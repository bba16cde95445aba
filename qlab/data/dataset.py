"""`Dataset`: an immutable table of Arrow columns with its origin. Must not open files nor fit anything."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ..errors import DataError
from . import badrow, html
from .badrow import BadRow
from .fingerprint import fingerprint
from .names import unknown
from .normal import normal
from .profile import Column, by_class, profile, suggest_target
from .where import where_mask
from .write import write


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Dataset:
    """A table that was read once and stays; every method that narrows it returns a new one.

    Args:
        table: the columns; missing cells are nulls.
        name: what to call it.
        source: where it came from: a path, ``"gallery:iris"``, a type's name.
        target: the column to be predicted, if that is known.
        licence: of the data.
        bad: rows of the file that were left out.
        note: how the file was read: encoding, delimiter.
        seconds: how long the reading took.
        mapped: the columns are mapped from a file on disk rather than held in memory.
        image: (width, height) if the columns ``px0`` … are the pixels of one grey image a row, row by row.

    Example:
        >>> import qlab
        >>> qlab.load("iris").filter("target == 'setosa'").rows
        50
    """

    table: pa.Table
    name: str = "table"
    source: str = ""
    target: str | None = None
    licence: str | None = None
    bad: tuple[BadRow, ...] = ()
    note: str = ""
    seconds: float = 0.0
    mapped: bool = False
    image: tuple[int, int] | None = None
    _memo: dict[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.table.num_rows)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self.table.column_names)

    @property
    def schema(self) -> pa.Schema:
        """Names and Arrow types of the columns."""
        return self.table.schema

    @property
    def nbytes(self) -> int:
        """Bytes the columns take, in memory or mapped from disk."""
        return int(self.table.nbytes)

    @property
    def missing(self) -> int:
        """Number of missing cells."""
        return sum(int(c.null_count) for c in self.table.columns)

    @property
    def bad_rows(self) -> pd.DataFrame:
        """What was left out on reading: one row a fault, with line (the header is line 1), column, kind, text."""
        return badrow.frame(self.bad)

    @property
    def hash(self) -> str:
        """Hex SHA-256 of names, types and values: equal for equal tables, whatever they were read from."""
        return str(self.memo("hash", lambda: fingerprint(self.table)))

    @property
    def suggested_target(self) -> str | None:
        """``target``, or else the column that looks most like a label."""
        return self.target or suggest_target(self.profile())

    def __len__(self) -> int:
        return self.rows

    def __getitem__(self, name: str) -> pd.Series[Any]:
        """Return one column as a pandas Series."""
        return self.select([name]).to_pandas()[name]

    def head(self, n: int = 5) -> Dataset:
        """Return the first ``n`` rows."""
        return self._with(table=self.table.slice(0, max(0, n)))

    def page(self, start: int, n: int) -> pa.Table:
        """Return rows ``start … start + n`` as an Arrow table, without a copy; rows that don't exist are left out."""
        return self.table.slice(min(max(0, start), self.rows), max(0, n))

    def select(self, columns: Iterable[str]) -> Dataset:
        """Return some of the columns, in the order given.

        Raises:
            DataError: no column has such a name.
        """
        names = [columns] if isinstance(columns, str) else list(columns)
        self.check_columns(names, where="select")
        target = self.target if self.target in names else None
        return self._with(table=self.table.select(names), target=target)

    def filter(self, condition: str) -> Dataset:
        """Return the rows that meet a condition.

        Args:
            condition: comparisons of a column with a value, joined by ``and``: ``"body_mass_g > 4000 and sex ==
                'male'"``; ``"sex is missing"``; names with spaces stand in backticks. It is parsed, never evaluated.

        Raises:
            DataError: the condition can't be read, or names a column that isn't there.
        """
        return self._with(table=self.table.filter(where_mask(self.table, condition)))

    def take(self, rows: Sequence[int] | np.ndarray[Any, Any]) -> Dataset:
        """Return the rows with these numbers, from 0, in this order."""
        return self._with(table=self.table.take(pa.array(np.asarray(rows, dtype=np.int64))))

    def to_pandas(self) -> pd.DataFrame:
        """Return a pandas DataFrame of your own."""
        frame: pd.DataFrame = self.table.to_pandas()
        return frame

    def to_csv(self, path: str | os.PathLike[str], *, neutralise: bool = True) -> Path:
        """Write the rows as CSV (UTF-8, comma, missing cells empty) and return the path.

        Args:
            path: of the file; an earlier one is replaced when the new one is whole.
            neutralise: texts that a spreadsheet would run as formulas (they begin with ``= + - @``) get an apostrophe
                in front; False writes them as they are.

        Raises:
            DataError: no such folder, a column of lists or objects, or a full disk; nothing is left then.

        Example:
            >>> import qlab, tempfile, pathlib
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     path = qlab.load("iris").to_csv(pathlib.Path(folder) / "iris.csv")
            ...     qlab.load(path).rows
            150
        """
        return write(self.table, path, "csv", neutralise=neutralise).path

    def to_parquet(self, path: str | os.PathLike[str]) -> Path:
        """Write the rows as Parquet, values and types unchanged, and return the path; see `to_csv`."""
        return write(self.table, path, "parquet").path

    def to_json(self, path: str | os.PathLike[str]) -> Path:
        """Write the rows as a list of objects, one a line if the path ends in ``.jsonl``; see `to_csv`."""
        lines = os.fspath(path).endswith((".jsonl", ".ndjson"))
        return write(self.table, path, "jsonl" if lines else "json").path

    def profile(self, by: str | None = None, *, classes: Sequence[Any] | None = None) -> tuple[Column, ...]:
        """Return what is in each column: type, missing, unique, range, histogram or most frequent values.

        Args:
            by: a column whose values split the histograms, such as the target.
            classes: the values of ``by`` to split by; by default the most frequent, at most four.
        """
        whole: tuple[Column, ...] = self.memo("profile", lambda: profile(self.table))
        if by is None:
            return whole
        self.check_columns([by], where="profile")
        return tuple(self.memo(f"profile {by!r} {classes!r}", lambda: by_class(self.table, whole, by, classes)))

    def features(self, target: str | None = None, columns: Sequence[str] | None = None, **options: Any) -> Any:
        """Return features for a circuit: see `qlab.data.features.features` for the options.

        Example:
            >>> import qlab
            >>> fx = qlab.load("iris").features(qubits=2, reduce="pca", seed=7)
            >>> fx.train.X.shape
            (90, 2)
        """
        from .features import features

        return features(self, target, columns, **options)

    def check_columns(self, names: Iterable[str], *, where: str) -> None:
        """Raise a `DataError` with the closest names if one of ``names`` is no column."""
        for name in names:
            if name not in self.table.column_names:
                raise unknown("column", name, self.columns, where=where)

    @property
    def profiled(self) -> bool:
        """Whether `profile` has looked at the columns already; on a large table that takes a second or two."""
        return "profile" in self._memo

    def memo(self, key: str, make: Callable[[], Any]) -> Any:
        """Return what ``make`` gives, made once for these columns."""
        if key not in self._memo:
            self._memo[key] = make()
        return self._memo[key]

    def _with(self, **changes: Any) -> Dataset:
        """A copy with other fields; what was computed of the table is kept only if the table is."""
        return replace(self, _memo={} if "table" in changes else self._memo, **changes)

    def __repr__(self) -> str:
        return html.sentence(self)

    def _repr_html_(self) -> str:
        return html.table(self)


def make(table: pa.Table, *, nans: bool = True, **fields: Any) -> Dataset:
    """Return a Dataset of a table in normal form: plain types, missing cells as nulls, large chunks as they are.

    Args:
        table: the columns.
        nans: False if missing numbers are known to be nulls already, which saves a pass.
        fields: of the `Dataset`.

    Raises:
        DataError: no rows, no columns, or two columns of one name.
    """
    where = str(fields.get("name", "table"))
    if table.num_columns == 0 or table.num_rows == 0:
        what = "columns" if table.num_columns == 0 else "rows"
        raise DataError(f"the table has no {what}", where=where, cure="give a table with at least one row and column")
    names = [str(name) for name in table.column_names]
    double = sorted({n for n in names if names.count(n) > 1})
    if double:
        raise DataError(f"two columns are called {double[0]!r}", where=where, cure="rename one of them")
    return Dataset(pa.Table.from_arrays([normal(c, nans) for c in table.columns], names=names), **fields)
