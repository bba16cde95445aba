"""`read`: an instance file to a problem. The only place of this package that touches files; formats are pure."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from ..errors import OptimizeError, not_one_of
from . import formats, formats_projects, formats_qplib
from .problem import Problem
from .tokens import bad, plain

FORMATS = ("job_shop", "gap", "bqp", "maxcut", "qubo", "qap", "psplib", "qplib", "csv")
LIMIT = 200 << 20  # bytes


def read(path: str | PathLike[str], *, format: str | None = None, index: int = 0, sense: str | None = None) -> Problem:
    """Return the problem of an instance file.

    Args:
        path: A job shop in standard format, OR-library GAP or bqp, a rudy, BiqMac or G-set graph, QAPLIB ``.dat``,
        PSPLIB
            ``.sm``, ``.qplib``, or a CSV of tasks.
        format: One of job_shop, gap, bqp, maxcut, qubo (a sparse matrix in rudy's form), qap, psplib, qplib, csv; by
            default told from the name and the content.
        index: Which problem of a file with several.
        sense: ``"min"`` or ``"max"`` where the format leaves it open (GAP; bqp is maximised as published).

    Raises:
        OptimizeError: file:line and what was expected there.
    """
    if format is not None and format not in FORMATS:
        raise not_one_of(OptimizeError, "format", format, FORMATS, where="read")
    if sense not in (None, "min", "max"):
        raise not_one_of(OptimizeError, "sense", sense, ("min", "max"), where="read")
    file = Path(path)
    try:
        if file.stat().st_size > LIMIT:
            raise OptimizeError(f"{file.name} is larger than {LIMIT >> 20} MiB", where=str(file), cure="split the file")
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise OptimizeError(
            f"{file} can't be read: {error.strerror}", where=str(file), cure="check the path"
        ) from error
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        raise bad(str(file), line, "a byte isn't text", "a UTF-8 text file") from error
    kind = format or guess(file.name, text, str(file))
    try:
        return _read(kind, file, text, index, sense)
    except OptimizeError as error:
        if (error.where or "").startswith(f"{file}:"):
            raise
        # what is wrong is wrong as a whole: the cells are fine, but not together
        raise OptimizeError(
            f"{error.message} (at {error.where})", where=f"{file}:1", cure=error.cure or "mend the file"
        ) from error


def _read(kind: str, file: Path, text: str, index: int, sense: str | None) -> Problem:
    name, shown = file.stem, str(file)
    if kind == "job_shop":
        return formats.read_job_shop(shown, text, name)
    if kind == "gap":
        return formats.read_gap(shown, text, name, index, sense)
    if kind == "bqp":
        return formats.read_bqp(shown, text, name, index, sense)
    if kind in ("maxcut", "qubo"):
        return formats.read_graph(shown, text, file.name if not file.suffix else name, kind, sense)
    if kind == "qap":
        return formats.read_qap(shown, text, name)
    if kind == "psplib":
        return formats_projects.read_psplib(shown, text, name)
    if kind == "qplib":
        return formats_qplib.read_qplib(shown, text, name)
    return formats_projects.read_tasks(shown, text, name)


def guess(name: str, text: str, file: str) -> str:
    """Return the format that a name and content speak for.

    Raises:
        OptimizeError: when none does.
    """
    low = name.lower()
    for ends, kind in ((".sm", "psplib"), (".qplib", "qplib"), (".csv", "csv"), (".dat", "qap")):
        if low.endswith(ends):
            return kind
    if "PRECEDENCE RELATIONS" in text:
        return "psplib"
    lines = plain(text)
    if not lines:
        raise bad(file, 1, "the file is empty", "an instance")
    rows = [line.replace(",", " ").split() for _, line in lines[:4]]
    if not all(formats.is_number(w) for w in rows[0]):
        if "," in lines[0][1]:
            return "csv"
        raise bad(
            file,
            lines[0][0],
            f"{lines[0][1][:40]!r} tells no format",
            "numbers, or format= one of " + ", ".join(FORMATS),
        )
    if low.startswith(("bqp",)):
        return "bqp"
    if low.startswith("gap"):
        return "gap"
    width = [len(r) for r in rows]
    if width[0] == 1:
        if len(rows) > 2 and width[1] == 2 and width[2] == 3:
            return "bqp"
        if len(rows) > 1 and width[1] == 2:
            return "gap"
        return "qap"
    if width[0] == 2 and len(rows) > 1:
        if width[1] == 3:
            loops = any(len(w) == 3 and w[0] == w[1] for w in (line.split() for _, line in lines[1:]))
            return "qubo" if loops else "maxcut"
        if width[1] % 2 == 0:
            return "job_shop"
    raise bad(file, lines[0][0], "the content tells no format", "format= one of " + ", ".join(FORMATS))
