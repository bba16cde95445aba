"""Problems as small tables of text cells, and back: the forms of the Optimise tab. Knows no widget and no solver.

A cell keeps exactly what was typed; what is wrong with it is a `Fault` that names the cell and the cure. The same
arguments make the problem and the copied code, so that the two can't differ.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .. import optimize
from ..errors import OptimizeError, not_one_of

Json = dict[str, Any]
MOST_CELLS = 2000  # more are shown as figures only: a grid of them helps nobody
LARGEST = 1e12
OPERATION = re.compile(r"m?\s*(\d{1,9})[\s,:;x×]+(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Table:
    """Named rows and columns of text cells; ``kind`` is operation, number, whole, choice of tasks; ``grow`` says which
    of rows and columns can be added."""

    id: str
    title: str
    kind: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row: str = ""
    hint: str = ""
    grow: str = "rows"
    blank: str = ""

    def json(self) -> Json:
        """Return it for the page, with a name for each row."""
        names = [f"{self.row}{k}" for k in range(len(self.rows))]
        return {
            **{key: getattr(self, key) for key in ("id", "title", "kind", "hint", "grow")},
            "columns": list(self.columns),
            "rows": [list(row) for row in self.rows],
            "names": names,
        }


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell, or with the whole (no table), and what mends it."""

    table: str | None
    row: int
    column: int
    message: str
    cure: str

    def json(self) -> Json:
        """Return it for the page."""
        return {k: getattr(self, k) for k in ("table", "row", "column", "message", "cure")}


@dataclass(frozen=True, slots=True)
class Form:
    """A problem being edited; ``origin`` is the call that read it, while nothing has been changed."""

    kind: str
    name: str
    tables: tuple[Table, ...]
    origin: str | None = None


class Cells:
    """Reads the cells of a form and collects the faults."""

    def __init__(self, form: Form) -> None:
        self.tables = {t.id: t for t in form.tables}
        self.faults: list[Fault] = []

    def fail(self, table: str, row: int, column: int, message: str, cure: str) -> None:
        """Note a fault of one cell, named as its row and column are."""
        t = self.tables[table]
        at = f"{t.row}{row}, {t.columns[column]}" if len(t.columns) > 1 else f"{t.row}{row}"
        self.faults.append(Fault(table, row, column, f"{at}: {message}", cure))

    def number(self, table: str, row: int, column: int, *, whole: bool = False, low: float = -LARGEST) -> float:
        """Return the number of a cell, 0 with a fault if it has none."""
        text = self.tables[table].rows[row][column].strip()
        kind = "a whole number" if whole else "a number"
        cure = f"write {kind}" + (f" from {low:g}" if low > -LARGEST else "")
        try:
            value = float(text.replace("−", "-"))
        except ValueError:
            self.fail(table, row, column, f"{text[:24]!r} isn't {kind}" if text else "the cell is empty", cure)
            return 0
        if not math.isfinite(value) or abs(value) > LARGEST or value < low or (whole and value != int(value)):
            self.fail(table, row, column, f"{text[:24]} isn't allowed", cure)
            return 0
        return int(value) if value == int(value) else value

    def grid(self, table: str, **options: Any) -> list[list[float]]:
        """Return all numbers of a table."""
        t = self.tables[table]
        return [[self.number(table, r, c, **options) for c in range(len(t.columns))] for r in range(len(t.rows))]

    def column(self, table: str, column: int = 0, **options: Any) -> list[float]:
        """Return the numbers of one column."""
        return [self.number(table, r, column, **options) for r in range(len(self.tables[table].rows))]


def _job_shop(c: Cells) -> Json:
    jobs: list[list[tuple[int, int]]] = []
    for r, row in enumerate(c.tables["tasks"].rows):
        cells = [text.strip() for text in row]
        used = max((k + 1 for k, text in enumerate(cells) if text), default=0)
        if used == 0:
            c.fail("tasks", r, 0, "the job has no task", "write machine and duration, such as 2 5, or remove the job")
        job = []
        for k, text in enumerate(cells[:used]):
            found = OPERATION.fullmatch(text)
            if found is None:
                what = f"{text[:24]!r} isn't a machine and a duration" if text else "a task is missing here"
                c.fail("tasks", r, k, what, "write both, such as 2 5 for machine 2, 5 long")
                continue
            job.append((int(found[1]), int(found[2])))
        jobs.append(job)
    return {"jobs": jobs}


def _knapsack(c: Cells) -> Json:
    return {
        "values": c.column("tasks", 0),
        "weights": c.column("tasks", 1, low=0),
        "capacity": c.column("resources", low=0)[0],
    }


def _maxcut(c: Cells) -> Json:
    edges: list[tuple[Any, ...]] = []
    for r in range(len(c.tables["tasks"].rows)):
        u, v = (c.number("tasks", r, k, whole=True, low=0) for k in (0, 1))
        if u == v and not any(f.row == r for f in c.faults):
            c.fail("tasks", r, 1, f"an edge from node {u} to itself can't be cut", "name another node")
        if max(u, v) > 9999:
            c.fail("tasks", r, 0 if u > v else 1, "nodes are numbered from 0", "use numbers up to 9,999")
        edges.append((u, v, c.number("tasks", r, 2)))
    return {"graph": edges}


def _partition(c: Cells) -> Json:
    return {"numbers": c.column("tasks")}


def _assignment(c: Cells) -> Json:
    return {"cost": c.grid("tasks")}


def _gap(c: Cells) -> Json:
    return {
        "cost": c.grid("tasks"),
        "need": c.grid("need", low=0),
        "capacity": c.column("resources", low=0),
    }


def _rcpsp(c: Cells) -> Json:
    t = c.tables["tasks"]
    n = len(t.rows)
    successors: list[list[int]] = []
    for r, row in enumerate(t.rows):
        found: list[int] = []
        for word in row[1].replace(",", " ").split():
            if not word.isdigit() or int(word) >= n or int(word) == r:
                c.fail("tasks", r, 1, f"{word[:12]!r} isn't another task", f"name tasks from 0 to {n - 1}, or none")
                continue
            found.append(int(word))
        successors.append(found)
    capacities = c.column("resources", whole=True, low=0)
    demands = []
    for r in range(n):
        needs = []
        for k in range(len(capacities)):
            need = c.number("tasks", r, 2 + k, whole=True, low=0)
            if need > capacities[k]:
                c.fail("tasks", r, 2 + k, f"needs {need:g} of {capacities[k]:g}", "need less, or raise the resource")
            needs.append(need)
        demands.append(needs)
    return {
        "durations": c.column("tasks", 0, whole=True, low=0),
        "successors": successors,
        "demands": demands,
        "capacities": capacities,
    }


READ: Mapping[str, Callable[[Cells], Json]] = {
    "job_shop": _job_shop,
    "rcpsp": _rcpsp,
    "assignment": _assignment,
    "gap": _gap,
    "knapsack": _knapsack,
    "maxcut": _maxcut,
    "number_partition": _partition,
}


def arguments(form: Form) -> tuple[Json, list[Fault]]:
    """Return the arguments of the form's function in `qlab.optimize`, and what is wrong with the cells."""
    cells = Cells(form)
    for t in form.tables:
        if not t.rows or not t.columns:
            return {}, [Fault(t.id, 0, 0, f"{t.title} has no rows", "add one")]
    return READ[form.kind](cells), cells.faults


def problem(form: Form) -> tuple[optimize.Problem | None, list[Fault]]:
    """Return the problem of a form, or None and what is wrong with it."""
    given, faults = arguments(form)
    if faults:
        return None, faults
    try:
        made: optimize.Problem = getattr(optimize, form.kind)(**given, name=form.name)
    except OptimizeError as error:
        said = error.message if error.where is None else f"{error.where}: {error.message}"
        return None, [Fault(None, 0, 0, said, error.cure or "mend the table")]
    return made, []


def code(form: Form, origin: str | None, settings: Json) -> str:
    """Return the Python lines that state and solve what the tab shows; empty while a cell is wrong."""
    if origin is None:
        given, faults = arguments(form)
        if faults:
            return ""
        words = [f"    {key}={_text(value)},\n" for key, value in given.items()]
        made = f"qlab.optimize.{form.kind}(\n{''.join(words)}    name={form.name!r},\n)"
    else:
        made = origin
    options = ", ".join(f"{key}={value!r}" for key, value in settings.items())
    return f"import qlab\n\np = {made}\nsol = qlab.optimize.solve(p, {options})\nprint(sol.summary())\n"


def _text(value: Any) -> str:
    """A list of lists with a line for each row; anything else as it is."""
    if isinstance(value, list) and value and isinstance(value[0], list):
        return "[\n" + "".join(f"        {row!r},\n" for row in value) + "    ]"
    return repr(value)


def edited(form: Form, table: str, change: Callable[[Table], Table]) -> Form:
    """Return the form with one table changed.

    Raises:
        OptimizeError: there is no such table, or it would have too many cells.
    """
    names = [t.id for t in form.tables]
    if table not in names:
        raise not_one_of(OptimizeError, "table", table, names, where="edit")
    tables = tuple(change(t) if t.id == table else t for t in form.tables)
    if cells(tables) > MOST_CELLS:
        raise OptimizeError(f"a grid holds at most {MOST_CELLS:,} cells", where=table, cure="read larger ones as files")
    return replace(form, tables=tables, origin=None)


def cells(tables: tuple[Table, ...]) -> int:
    """Return how many cells there are."""
    return sum(len(t.rows) * len(t.columns) for t in tables)
