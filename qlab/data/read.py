"""`qlab.load`: the only place of qlab that opens data files.

Each reader returns a table and what it found out on the way; `Dataset` is made at the end, once. Must not prepare or
change values, and nothing here runs code of the file that is read.
"""

from __future__ import annotations

import codecs
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from ..errors import DataError
from .badrow import BadRow
from .dataset import Dataset, make
from .delimited import read_delimited
from .gallery import SETS, make_set
from .names import unknown
from .read_arrays import read_images, read_numpy
from .read_packed import inner_name, open_packed
from .read_remote import fetched
from .read_tables import read_excel, read_json, read_sqlite
from .tables import to_table

BLOCK = 8 << 20
DELIMITED = {".csv": None, ".tsv": "\t", ".tab": "\t", ".txt": None}
ARROW = (".parquet", ".pq", ".feather", ".arrow", ".ipc")
EXCEL = (".xlsx", ".xlsm")
SQLITE = (".sqlite", ".sqlite3", ".db")
PACKED = (".gz", ".zip")
SUFFIXES = (*DELIMITED, *ARROW, ".jsonl", ".ndjson", ".json", *EXCEL, *SQLITE, ".npz", ".npy", *PACKED)
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


def load(
    source: Source,
    *,
    name: str | None = None,
    target: str | None = None,
    on_bad: str = "collect",
    delimiter: str | None = None,
    encoding: str = "utf-8",
    na: Sequence[str] = (),
    sheet: str | int | None = None,
    table: str | None = None,
    query: str | None = None,
    arrays: Sequence[str] | None = None,
    size: tuple[int, int] | None = None,
) -> Dataset:
    """Return a dataset in memory.

    Args:
        source: path or address (any that fsspec knows) of a CSV, TSV, Parquet, Feather/Arrow, JSON, JSON lines,
            Excel, SQLite or NumPy file, text also packed as ``.gz`` or ``.zip``; a folder of images; name of a
            gallery set such as ``"iris"`` (see `qlab.gallery`); pandas, polars or Dask DataFrame, Arrow table or
            anything that exports Arrow columns; NumPy array of rows; list of dicts; mapping of names to values.
        name: what to call it; by default the file's or set's name.
        target: the column that is to be predicted, if it is known.
        on_bad: ``"collect"`` leaves bad rows out and reports them in ``bad_rows``; ``"raise"`` refuses them.
        delimiter: of a CSV file; by default found out from its header.
        encoding: of a CSV file.
        na: further words that mean a missing cell in a CSV file, such as ``["unknown"]``.
        sheet: of an Excel workbook, by name or number from 0; by default the first.
        table, query: of an SQLite file, the table or a SELECT; a file of one table needs neither.
        arrays: of an ``.npz`` archive, those that belong together, such as ``["x_train", "y_train"]``.
        size: (width, height) to which the images of a folder are scaled.

    Raises:
        DataError: no such dataset or file, an empty or unreadable one, or a bad row with ``on_bad="raise"``.

    Example:
        >>> load("iris").rows
        150
    """
    if on_bad not in {"collect", "raise"}:
        raise DataError(f"on_bad={on_bad!r} is unknown", where="load", cure="use 'collect' or 'raise'", value=on_bad)
    start = time.perf_counter()
    if isinstance(source, Dataset):
        return source
    if isinstance(source, (str, os.PathLike)):
        text = os.fspath(source)
        if isinstance(source, str) and text in SETS:
            dataset = make_set(text, name=name)
        else:
            chosen = None if arrays is None else tuple(arrays)
            how = How(on_bad, delimiter, encoding, tuple(na), sheet, table, query, chosen, size)
            if "://" in text:
                with fetched(text) as path:
                    dataset = _file(path, name, how)._with(source=text)
            else:
                dataset = _file(_existing(text), name, how)
    else:
        dataset = make(to_table(source), name=name or "table", source=type(source).__name__)
    if target is not None:
        if target not in dataset.columns:
            raise unknown("column", target, dataset.columns, where="target")
        dataset = dataset._with(target=target)
    return dataset._with(seconds=time.perf_counter() - start)


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


def _file(path: Path, name: str | None, how: How) -> Dataset:
    if path.is_dir():
        return make(read_images(path, how.size), name=name or path.name, source=str(path), note="grey images")
    kind = _kind(path)
    name = name or path.name
    if kind in DELIMITED:
        table, bad, layout = read_delimited(
            lambda: _blocks(path, how.encoding), where=path.name, delimiter=how.delimiter or DELIMITED[kind], na=how.na
        )
        if bad and how.on_bad == "raise":
            raise _refused(bad, path)
        words = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}
        separator = words.get(layout.delimiter, layout.delimiter)
        note = f"{how.encoding}, {separator}, header on line {layout.first_line - 1}"
        return make(table, nans=False, name=name, source=str(path), bad=bad, note=note)
    try:
        return make(_binary(path, kind, how), name=name, source=str(path), note=kind.removeprefix("."))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise DataError(
            f"the file can't be read as {kind.removeprefix('.')}: {error}",
            where=path.name,
            cure="check that the file is whole, or give it its right ending",
        ) from error


def _kind(path: Path) -> str:
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
    with _stream(path) as stream:
        head = stream.read(512)
    if head.startswith(b"PAR1"):
        return ".parquet"
    if head.startswith((b"ARROW1", b"FEA1", b"\xff\xff\xff\xff")):
        return ".arrow"
    if kind in DELIMITED:
        _check_text(head, path)
    if kind not in SUFFIXES:
        raise DataError(
            f"files ending in {kind or 'nothing'!r} are not known",
            where=path.name,
            cure=f"use one of {', '.join(SUFFIXES)}, or pass a DataFrame",
            value=kind,
        )
    return kind


def _check_text(head: bytes, path: Path) -> None:
    binary = head.startswith((b"PK\x03\x04", b"\x1f\x8b", b"SQLite", b"\x89PNG")) or b"\x00" in head[:8]
    if binary and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DataError(
            f"this is no text: the file begins with {head[:8]!r}",
            where=path.name,
            cure=f"unpack it first, or use one of {', '.join(SUFFIXES)}",
        )


def _stream(path: Path) -> IO[bytes]:
    return open_packed(path) if path.suffix.lower() in PACKED else path.open("rb")


def _binary(path: Path, kind: str, how: How) -> pa.Table:
    if kind in {".parquet", ".pq"}:
        import pyarrow.parquet

        return pyarrow.parquet.read_table(path)
    if kind in {".jsonl", ".ndjson"}:
        import pyarrow.json

        with _stream(path) as stream:
            return pyarrow.json.read_json(stream)
    if kind == ".json":
        with _stream(path) as stream:
            return read_json(stream, path.name)
    if kind in EXCEL:
        return read_excel(path, how.sheet)
    if kind in SQLITE:
        return read_sqlite(path, how.table, how.query)
    if kind in {".npz", ".npy"}:
        return read_numpy(path, how.arrays)
    with pa.memory_map(str(path)) as source:
        try:
            return pa.ipc.open_file(source).read_all()
        except pa.ArrowInvalid:
            source.seek(0)
            return pa.ipc.open_stream(source).read_all()


def _blocks(path: Path, encoding: str) -> Iterator[bytes]:
    """The file as UTF-8 in pieces, without a byte order mark."""
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError:
        raise DataError(f"unknown encoding {encoding!r}", where="load", cure="use 'utf-8' or 'latin-1'") from None
    plain = codecs.lookup(encoding).name == "utf-8"
    first, seen = True, 0
    with _stream(path) as stream:
        while True:
            raw = stream.read(BLOCK)
            size = len(raw)
            if first and raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                decoder, plain = codecs.getincrementaldecoder("utf-16")(), False
            if first and raw.startswith(codecs.BOM_UTF8):
                raw = raw[len(codecs.BOM_UTF8) :]
            first = False
            try:
                text = decoder.decode(raw, not raw)
            except UnicodeDecodeError as error:
                line = 1 + _newlines(path, seen) + error.object[: error.start].count(b"\n")
                raise DataError(
                    f"byte 0x{error.object[error.start]:02x} is no {encoding} text",
                    where=f"{path.name}, line {line}",
                    cure="give the encoding the file was written in, often encoding='latin-1' or 'cp1252'",
                ) from None
            made = raw if plain and raw else text.encode()
            if b"\x00" in made:
                raise DataError("the text holds zero bytes", where=path.name, cure="check that this is a text file")
            seen += size
            if made:
                yield made
            if not raw:
                return


def _newlines(path: Path, size: int) -> int:
    """Newlines in the first ``size`` bytes: counted only when a fault has to be placed."""
    with _stream(path) as stream:
        return stream.read(size).count(b"\n")


def _refused(bad: Sequence[BadRow], path: Path) -> DataError:
    first = bad[0]
    more = f", and {len(bad) - 1} more" if len(bad) > 1 else ""
    return DataError(
        f"{first.kind} in {first.column}: {first.text[:60]!r}{more}",
        where=f"{path.name}, line {first.line}",
        cure="mend the file, or load it with on_bad='collect'",
        value=first,
    )
