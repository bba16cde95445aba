"""`qlab.load`: the only place of qlab that opens data files.

Each reader returns a table and what it found out on the way; `Dataset` is made at the end, once. Must not prepare or
change values, and nothing here runs code of the file that is read.
"""

from __future__ import annotations

import codecs
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..errors import DataError
from .badrow import BadRow
from .cache import Cache
from .dataset import Dataset, make
from .gallery import SETS, make_set
from .names import unknown
from .progress import Cancel, Progress, Watch
from .read_arrays import read_images, read_numpy
from .read_columns import read_arrow, read_parquet
from .read_csv import read_csv
from .read_dask import is_dask, read_dask
from .read_json import read_json, read_lines
from .read_kept import kept, options_of
from .read_mapped import Mapped
from .read_packed import inner_name
from .read_remote import fetched
from .read_tables import read_excel, read_sqlite
from .read_text import PACKED, stream_of
from .tables import to_table

BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
DELIMITED = {".csv": None, ".tsv": "\t", ".tab": "\t", ".txt": None}
ARROW = (".parquet", ".pq", ".feather", ".arrow", ".ipc")
LINES = (".jsonl", ".ndjson")
EXCEL = (".xlsx", ".xlsm")
SQLITE = (".sqlite", ".sqlite3", ".db")
SUFFIXES = (*DELIMITED, *ARROW, ".jsonl", ".ndjson", ".json", *EXCEL, *SQLITE, ".npz", ".npy", *PACKED)
CACHED = (*DELIMITED, ".jsonl", ".ndjson", ".json", *EXCEL)
Source = Any  # str | os.PathLike | Dataset | DataFrame | Arrow table | mapping of columns


@dataclass(frozen=True, slots=True)
class How:
    """The options of `load` that say how a file is read."""

    on_bad: str = "collect"
    delimiter: str | None = None
    encoding: str = "utf-8"
    na: tuple[str, ...] = ()
    sheet: str | int | None = None
    table: str | None = None
    query: str | None = None
    arrays: tuple[str, ...] | None = None
    size: tuple[int, int] | None = None
    cache: bool = True
    mapped: bool | None = None
    decimal: str | None = None
    thousands: str | None = None
    header: bool | None = None


def load(
    source: Source,
    *,
    name: str | None = None,
    target: str | None = None,
    on_bad: str = "collect",
    delimiter: str | None = None,
    encoding: str = "utf-8",
    na: Sequence[str] = (),
    decimal: str | None = None,
    thousands: str | None = None,
    header: bool | None = None,
    sheet: str | int | None = None,
    table: str | None = None,
    query: str | None = None,
    arrays: Sequence[str] | None = None,
    size: tuple[int, int] | None = None,
    cache: bool = True,
    mapped: bool | None = None,
    progress: Callable[[Progress], Any] | None = None,
    cancel: Cancel | None = None,
) -> Dataset:
    """Return a dataset, in memory or mapped from disk.

    Args:
        source: path or address (any that fsspec knows) of a CSV, TSV, Parquet, Feather/Arrow, JSON, JSON lines,
            Excel, SQLite or NumPy file, text also packed as ``.gz`` or ``.zip``; a folder of images; name of a
            gallery set such as ``"iris"`` (see `qlab.gallery`); pandas or polars DataFrame, Arrow table or anything
            that exports Arrow columns; Dask DataFrame, whose partitions the workers compute and which ends up here, in
            memory or mapped; NumPy array of rows; list of dicts; mapping of names to values. Objects in JSON become
            columns ``a.b``.
        name: what to call it; by default the file's or set's name.
        target: the column that is to be predicted, if it is known.
        on_bad: ``"collect"`` leaves bad rows out and reports them in ``bad_rows``; ``"raise"`` refuses them.
        delimiter: of a CSV file; by default found out from its header.
        encoding: of a CSV file.
        na: further words that mean a missing cell in a CSV file, such as ``["unknown"]``.
        decimal, thousands: marks in the numbers of a CSV file. By default the point and none; a decimal comma is found
            out where the delimiter is another and more columns become numbers by it.
        header: whether a CSV file has one; by default yes, unless its first line holds a number such as 5.1.
        sheet: of an Excel workbook, by name or number from 0; by default the first.
        table, query: of an SQLite file, the table or a SELECT; a file of one table needs neither.
        arrays: of an ``.npz`` archive, those that belong together, such as ``["x_train", "y_train"]``.
        size: (width, height) to which the images of a folder are scaled.
        cache: whether text, JSON and Excel files past 1 MiB are kept as Arrow files in ``QLAB_HOME``, by content and
            options, and mapped in again the next time.
        mapped: True: the rows go to an Arrow file on disk and are mapped from there, block by block; False: they stay
            in memory; None: in memory as long as they take at most 60 % of what is free.
        progress: called with a `Progress` at once and then at most ten times a second.
        cancel: stops the reading; nothing is kept then.

    Raises:
        DataError: no such dataset or file, an empty or unreadable one, or a bad row with ``on_bad="raise"``.
        CancelledError: it was stopped by ``cancel``; a DataError too.

    Example:
        >>> load("iris").rows
        150
    """
    if on_bad not in {"collect", "raise"}:
        raise DataError(f"on_bad={on_bad!r} is unknown", where="load", cure="use 'collect' or 'raise'", value=on_bad)
    start = time.perf_counter()
    if isinstance(source, Dataset):
        return source
    watch = Watch(progress, cancel)
    watch.alive()
    if isinstance(source, (str, os.PathLike)):
        text = os.fspath(source)
        if isinstance(source, str) and text in SETS:
            dataset = make_set(text, name=name)
        else:
            chosen = None if arrays is None else tuple(arrays)
            how = How(on_bad, delimiter, encoding, tuple(na), sheet, table, query, chosen, size, cache, mapped)
            how = replace(how, decimal=decimal, thousands=thousands, header=header)
            if "://" in text:
                with fetched(text) as path:
                    dataset = _file(path, name, how, watch)._with(source=text)
            else:
                dataset = _file(_existing(text), name, how, watch)
    elif is_dask(source):
        rows, on_disk = read_dask(source, mapped, watch)
        note = f"from {source.npartitions} Dask partitions"
        dataset = make(rows, nans=False, name=name or "table", source="dask.dataframe", mapped=on_disk, note=note)
    else:
        dataset = make(to_table(source), name=name or "table", source=type(source).__name__)
    if target is not None:
        if target not in dataset.columns:
            raise unknown("column", target, dataset.columns, where="target")
        dataset = dataset._with(target=target)
    if mapped and not dataset.mapped:
        dataset = dataset._with(table=_on_disk(dataset.table), mapped=True)
    watch.end(dataset.rows)
    return dataset._with(seconds=time.perf_counter() - start)


def _on_disk(table: pa.Table) -> pa.Table:
    place = Mapped(Cache().temporary())
    place.add(table)
    return place.finish()


def _existing(text: str) -> Path:
    path = Path(text).expanduser()
    if path.exists():
        return path
    if not path.suffix and len(path.parts) == 1:
        raise unknown("dataset", text, SETS, where="load")
    raise _missing(text, path)


def _missing(text: str, path: Path) -> DataError:
    folder = path.parent
    if not folder.is_dir():
        cure = f"check the path: there is no folder {str(folder)!r} in {str(Path.cwd())!r}"
    else:
        near = unknown("file", path.name, sorted(p.name for p in folder.iterdir() if p.suffix in SUFFIXES)).cure
        cure = f"{near} in {str(folder.resolve())!r}" if near and "there is no" not in near else "check the path"
    return DataError(f"there is no file {text!r}", where="load", cure=cure, value=text)


def _file(path: Path, name: str | None, how: How, watch: Watch) -> Dataset:
    if path.is_dir():
        table, shape = read_images(path, how.size)
        return make(table, name=name or path.name, source=str(path), note="grey images", image=shape)
    kind = _kind(path, how)
    fields: dict[str, Any] = {"name": name or path.name, "source": str(path)}
    keep = kept(path, options_of(kind, asdict(how)), watch) if how.cache and kind in CACHED else None
    if keep is not None and keep.found is not None:
        table, facts = keep.found
        bad = tuple(BadRow(*row) for row in facts["bad"])
        _check_bad(bad, path, how)
        return make(table, nans=False, bad=bad, note=f"{facts['note']}, cached", mapped=True, **fields)
    if kind in DELIMITED:
        chosen = replace(how, delimiter=how.delimiter or DELIMITED[kind])
        table, bad, note, mapped = read_csv(path, chosen, watch, keep)
        _check_bad(bad, path, how)
        return make(table, nans=False, bad=bad, note=note, mapped=mapped, **fields)
    try:
        if kind in ARROW:
            reading = read_parquet(path, how.mapped, watch) if kind in {".parquet", ".pq"} else read_arrow(path, watch)
            table, mapped, note = reading
            return make(table, mapped=mapped, note=note, **fields)
        bad = ()
        if kind in LINES:
            with stream_of(path) as stream:
                table, bad = read_lines(stream, path.name)
            _check_bad(bad, path, how)
        else:
            table = _binary(path, kind, how)
        dataset = make(table, bad=bad, note=kind.removeprefix("."), **fields)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise DataError(
            f"the file can't be read as {kind.removeprefix('.')}: {error}",
            where=path.name,
            cure="check that the file is whole, or give it its right ending",
        ) from error
    if keep is not None:
        keep.put(dataset.table, {"bad": [list(b) for b in bad], "note": dataset.note})
    return dataset


def _kind(path: Path, how: How) -> str:
    """Return the ending that says how the file is read: what it begins with counts for more than its name."""
    kind = path.suffix.lower()
    if kind in PACKED:
        kind = Path(inner_name(path)).suffix.lower()
        if kind not in (*DELIMITED, ".json", ".jsonl", ".ndjson"):
            raise DataError(
                f"a packed {kind or 'nameless'} file is not read",
                where=path.name,
                cure="unpack it and give the path of the file",
                value=kind,
            )
    with stream_of(path) as stream:
        head = stream.read(512)
    if head.startswith(b"PAR1"):
        return ".parquet"
    if head.startswith((b"ARROW1", b"FEA1", b"\xff\xff\xff\xff")):
        return ".arrow"
    if kind in DELIMITED:
        _check_text(head, path, how)
    if kind not in SUFFIXES:
        raise DataError(
            f"files ending in {kind or 'nothing'!r} are not known",
            where=path.name,
            cure=f"use one of {', '.join(SUFFIXES)}, or pass a DataFrame",
            value=kind,
        )
    return kind


def _check_text(head: bytes, path: Path, how: How) -> None:
    if how.encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32")):
        return
    if b"\x00" in head[:8] and len(set(head[1:64:2])) == 1 and not head.startswith(BOMS):
        raise DataError(
            "this looks like UTF-16 text without a byte order mark",
            where=path.name,
            cure="give encoding='utf-16-le'",
        )
    binary = head.startswith((b"PK\x03\x04", b"\x1f\x8b", b"SQLite", b"\x89PNG")) or b"\x00" in head[:8]
    if binary and not head.startswith(BOMS):
        raise DataError(
            f"this is no text: the file begins with {head[:8]!r}",
            where=path.name,
            cure=f"unpack it first, or use one of {', '.join(SUFFIXES)}",
        )


def _binary(path: Path, kind: str, how: How) -> pa.Table:
    if kind == ".json":
        with stream_of(path) as stream:
            return read_json(stream, path.name)
    if kind in EXCEL:
        return read_excel(path, how.sheet)
    if kind in SQLITE:
        return read_sqlite(path, how.table, how.query)
    return read_numpy(path, how.arrays)


def _check_bad(bad: Sequence[BadRow], path: Path, how: How) -> None:
    if not bad or how.on_bad != "raise":
        return
    first = bad[0]
    more = f", and {len(bad) - 1} more" if len(bad) > 1 else ""
    raise DataError(
        f"{first.kind} in {first.column}: {first.text[:60]!r}{more}",
        where=f"{path.name}, line {first.line}",
        cure="mend the file, or load it with on_bad='collect'",
        value=first,
    )
