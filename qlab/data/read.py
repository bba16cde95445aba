"""`qlab.load`: the only place of qlab that opens data files.

Each reader returns a table and what it found out on the way; `Dataset` is made at the end, once. Must not prepare or
change values, and nothing here runs code of the file that is read.
"""

from __future__ import annotations

import codecs
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..errors import DataError
from .badrow import BadRow
from .dataset import Dataset, make
from .delimited import read_delimited
from .gallery import SETS, make_set
from .names import unknown
from .tables import to_table

BLOCK = 8 << 20
DELIMITED = {".csv": None, ".tsv": "\t", ".tab": "\t", ".txt": None}
SUFFIXES = (*DELIMITED, ".parquet", ".pq", ".feather", ".arrow", ".ipc", ".jsonl", ".ndjson")
Source = Any  # str | os.PathLike | Dataset | DataFrame | Arrow table | mapping of columns


def load(
    source: Source,
    *,
    name: str | None = None,
    target: str | None = None,
    on_bad: str = "collect",
    delimiter: str | None = None,
    encoding: str = "utf-8",
    na: Sequence[str] = (),
) -> Dataset:
    """Return a dataset in memory.

    Args:
        source: path of a CSV, TSV, Parquet, Feather/Arrow or JSON lines file; name of a gallery set such as
            ``"iris"`` (see `qlab.gallery`); pandas DataFrame, Arrow table or anything that exports Arrow columns;
            mapping of column names to values.
        name: what to call it; by default the file's or set's name.
        target: the column that is to be predicted, if it is known.
        on_bad: ``"collect"`` leaves bad rows out and reports them in ``bad_rows``; ``"raise"`` refuses them.
        delimiter: of a CSV file; by default found out from its header.
        encoding: of a CSV file.
        na: further words that mean a missing cell in a CSV file, such as ``["unknown"]``.

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
            dataset = _file(_existing(text), name, on_bad, delimiter, encoding, tuple(na))
    else:
        dataset = make(to_table(source), name=name or "table", source=type(source).__name__)
    if target is not None:
        if target not in dataset.columns:
            raise unknown("column", target, dataset.columns, where="target")
        dataset = dataset._with(target=target)
    return dataset._with(seconds=time.perf_counter() - start)


def _existing(text: str) -> Path:
    if "://" in text:
        raise DataError(
            f"{text!r} is an address, and only files on this machine are read",
            where="load",
            cure="download it and give the path",
            value=text,
        )
    path = Path(text).expanduser()
    if path.is_dir():
        raise DataError(f"{text!r} is a folder", where="load", cure="give the path of one file in it", value=text)
    if path.is_file():
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


def _file(
    path: Path, name: str | None, on_bad: str, delimiter: str | None, encoding: str, na: tuple[str, ...]
) -> Dataset:
    kind = _kind(path)
    name = name or path.name
    if kind in DELIMITED:
        given = delimiter or DELIMITED[kind]
        table, bad, layout = read_delimited(lambda: _blocks(path, encoding), where=path.name, delimiter=given, na=na)
        if bad and on_bad == "raise":
            raise _refused(bad, path)
        words = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}
        separator = words.get(layout.delimiter, layout.delimiter)
        note = f"{encoding}, {separator}, header on line {layout.first_line - 1}"
        return make(table, name=name, source=str(path), bad=bad, note=note)
    try:
        return make(_binary(path, kind), name=name, source=str(path), note=kind.removeprefix("."))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise DataError(
            f"the file can't be read as {kind.removeprefix('.')}: {error}",
            where=path.name,
            cure="check that the file is whole, or give it its right ending",
        ) from error


def _kind(path: Path) -> str:
    with path.open("rb") as stream:
        head = stream.read(8)
    if head.startswith(b"PAR1"):
        return ".parquet"
    if head.startswith((b"ARROW1", b"FEA1", b"\xff\xff\xff\xff")):
        return ".arrow"
    kind = path.suffix.lower()
    packed = head.startswith((b"PK\x03\x04", b"\x1f\x8b", b"SQLite", b"\x89PNG")) or b"\x00" in head
    if kind in DELIMITED and packed and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DataError(
            f"this is no text: the file begins with {head!r}",
            where=path.name,
            cure=f"unpack it first, or use one of {', '.join(SUFFIXES)}",
        )
    if kind not in SUFFIXES:
        raise DataError(
            f"files ending in {kind or 'nothing'!r} are not known",
            where=path.name,
            cure=f"use one of {', '.join(SUFFIXES)}, or pass a DataFrame",
            value=kind,
        )
    return kind


def _binary(path: Path, kind: str) -> pa.Table:
    if kind in {".parquet", ".pq"}:
        import pyarrow.parquet

        return pyarrow.parquet.read_table(path)
    if kind in {".jsonl", ".ndjson"}:
        import pyarrow.json

        return pyarrow.json.read_json(path)
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
    first, lines = True, 1
    with path.open("rb") as stream:
        while True:
            raw = stream.read(BLOCK)
            if first and raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                decoder, plain = codecs.getincrementaldecoder("utf-16")(), False
            if first and raw.startswith(codecs.BOM_UTF8):
                raw = raw[len(codecs.BOM_UTF8) :]
            try:
                text = decoder.decode(raw, not raw)
            except UnicodeDecodeError as error:
                line = lines + error.object[: error.start].count(b"\n")
                raise DataError(
                    f"byte 0x{error.object[error.start]:02x} is no {encoding} text",
                    where=f"{path.name}, line {line}",
                    cure="give the encoding the file was written in, often encoding='latin-1' or 'cp1252'",
                ) from None
            if "\x00" in text:
                raise DataError("the text holds zero bytes", where=path.name, cure="check that this is a text file")
            first, lines = False, lines + text.count("\n")
            if not raw:
                if text:
                    yield text.encode()
                return
            yield raw if plain else text.encode()


def _refused(bad: Sequence[BadRow], path: Path) -> DataError:
    first = bad[0]
    more = f", and {len(bad) - 1} more" if len(bad) > 1 else ""
    return DataError(
        f"{first.kind} in {first.column}: {first.text[:60]!r}{more}",
        where=f"{path.name}, line {first.line}",
        cure="mend the file, or load it with on_bad='collect'",
        value=first,
    )
