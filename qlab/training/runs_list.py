"""`qlab.runs()`: the stored runs as a list that can be looked at, filtered, tagged, noted, compared and deleted."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from html import escape
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from ..errors import TrainError
from .metrics import merit_name
from .run_stored import opened
from .run_view import RunView
from .store import Record, Store, is_alive, open_store, state_of

if TYPE_CHECKING:
    import pandas as pd

    from .runs_compare import Comparison

SHOWN = 200  # rows of the table in a notebook
TAG = 64  # signs of a tag, at most
NOTE = 4000  # signs of a note, at most
Row = dict[str, Any]


class RunList:
    """Stored runs, newest first. Narrowing gives a new list; `tag`, `note` and `delete` act on all that are in it.

    Example:
        >>> qlab.runs().filter(state="done", optimizer="adam").tag("paper")    # doctest: +SKIP
        >>> qlab.runs()["6KQ3V0"].panel                                        # doctest: +SKIP
    """

    def __init__(self, store: Store, records: list[Record], *, whole: bool = False) -> None:
        self._store, self._records, self._whole = store, records, whole

    # -- looking ----------------------------------------

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[RunView]:
        return (opened(self._store, record) for record in self._records)

    def __contains__(self, run_id: object) -> bool:
        return any(record.id == run_id for record in self._records)

    @overload
    def __getitem__(self, key: slice) -> RunList: ...
    @overload
    def __getitem__(self, key: int | str) -> RunView: ...
    def __getitem__(self, key: int | str | slice) -> RunView | RunList:
        """Return a run by position or by the beginning of its id, or some of the runs by a slice.

        Raises:
            TrainError: no run, or several, have such an id.
            IndexError: there are fewer runs.
        """
        if isinstance(key, slice):
            return RunList(self._store, self._records[key])
        if isinstance(key, str):
            found = [record for record in self._records if record.id.startswith(key)]
            exact = [record for record in found if record.id == key]
            if len(exact or found) != 1:
                ids = ", ".join(record.id for record in found[:5])
                what = f"{len(found)} runs begin with {key!r}" if found else f"there is no run {key!r} in this list"
                raise TrainError(what, where="runs", cure=f"give more signs: {ids}" if found else "see list(runs)")
            return opened(self._store, (exact or found)[0])
        return opened(self._store, self._records[key])

    @property
    def folder(self) -> Path:
        """Where they are kept."""
        return self._store.folder

    def rows(self) -> list[Row]:
        """Return one dict a run, ready for JSON: id, name, state, figures, recipe, tags, note."""
        return [row_of(record) for record in self._records]

    def to_pandas(self) -> pd.DataFrame:
        """Return one row a run as a DataFrame, indexed by id."""
        import pandas as pd

        rows = [{**row, "created": pd.Timestamp(row["created"], unit="s")} for row in self.rows()]
        for row in rows:
            row["tags"] = ", ".join(row["tags"])
        names = list(row_of(_EMPTY))
        frame = pd.DataFrame(rows, columns=sorted({n for r in rows for n in r}, key=_order(names)) or names)
        return frame.set_index("id")

    # -- narrowing ----------------------------------------

    def filter(
        self,
        condition: Callable[[Row], bool] | None = None,
        *,
        state: str | None = None,
        tag: str | None = None,
        name: str | None = None,
        text: str | None = None,
        **equal: Any,
    ) -> RunList:
        """Return the runs that meet all conditions.

        Args:
            condition: called with a run's row (see `rows`).
            state: such as ``"done"`` or ``"interrupted"``.
            tag: one that it has.
            name: part of its name.
            text: part of its id, name, note, tags, optimizer or dataset; upper and lower case are one.
            equal: columns of `rows` and their values, such as ``optimizer="adam"``.

        Raises:
            TrainError: there is no such column.
        """
        names = set(row_of(_EMPTY))
        for column in equal:
            if column not in names:
                raise TrainError(
                    f"runs have no {column!r}",
                    where="filter",
                    cure=f"use one of {', '.join(sorted(names))}",
                    value=column,
                )

        def fits(row: Row) -> bool:
            seen = " ".join(str(row[k]) for k in ("id", "name", "note", "tags", "optimizer", "data")).lower()
            return (
                (state is None or row["state"] == state)
                and (tag is None or tag in row["tags"])
                and (name is None or name in row["name"])
                and (text is None or text.lower() in seen)
                and all(row[column] == value for column, value in equal.items())
                and (condition is None or bool(condition(row)))
            )

        return RunList(self._store, [record for record in self._records if fits(row_of(record))])

    # -- what people write ----------------------------------------

    def tag(self, *tags: str) -> RunList:
        """Add tags to every run of the list.

        Raises:
            TrainError: a tag is empty or longer than 64 signs.
        """
        new = [check_text(tag, TAG, "tag") for tag in tags]
        return self._edit(lambda edits: {**edits, "tags": sorted({*edits.get("tags", ()), *new})})

    def untag(self, *tags: str) -> RunList:
        """Take tags off every run of the list; those it hasn't got are passed over."""
        return self._edit(lambda edits: {**edits, "tags": [t for t in edits.get("tags", ()) if t not in tags]})

    def note(self, text: str) -> RunList:
        """Put a note to every run of the list, in place of what was there; an empty one takes it away."""
        new = check_text(text, NOTE, "note") if text else ""
        return self._edit(lambda edits: {**edits, "note": new})

    def delete(self) -> int:
        """Remove every run of the list with its checkpoints; return how many. Runs that go on are refused.

        Raises:
            TrainError: one is still being written; nothing is removed then.
        """
        for record in self._records:
            now = self._store.backend.read(record.id)
            if now is not None and is_alive(now.live):
                raise TrainError(
                    f"run {record.id} is {state_of(now)}",
                    where="delete",
                    cure="stop it first: run.stop()",
                    value=record.id,
                )
        for record in self._records:
            self._store.delete(record.id)
        count, self._records = len(self._records), []
        return count

    def compare(self) -> Comparison:
        """Return the runs side by side: see `qlab.compare`."""
        from .runs_compare import compare

        return compare(list(self))

    def _edit(self, change: Callable[[dict[str, Any]], dict[str, Any]]) -> RunList:
        for i, record in enumerate(self._records):
            now = self._store.backend.read(record.id)  # another kernel may have written a tag since
            if now is not None:
                edits = change(dict(now.edits))
                self._store.backend.edit(record.id, edits)
                self._records[i] = Record(now.id, now.owner, now.head, now.live, edits)
        return self

    # -- faces ----------------------------------------

    def __repr__(self) -> str:
        lines = [f"{len(self)} runs in {self._store.folder}"]
        for row in self.rows()[:SHOWN]:
            lines.append(f"{row['id']}  {row['state']:<11} step {row['step']:>7,}  {row['name']}")
        return "\n".join(lines)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Show the table that answers, beside one that any reader can show; without a front end only the latter."""
        from ..widgets.runstable import RunsTable

        only = None if self._whole else tuple(record.id for record in self._records)
        bundle = RunsTable(self.folder, only=only)._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/html": self._repr_html_(), "text/plain": repr(self)}, metadata

    def _repr_html_(self) -> str:
        heads = (
            "id",
            "name",
            "state",
            "step",
            "loss",
            "val loss",
            "test",
            "optimizer",
            "lr",
            "data",
            "tags",
            "started",
        )
        body = "".join(_html(row) for row in self.rows()[:SHOWN])
        more = f"<p>… and {len(self) - SHOWN:,} more</p>" if len(self) > SHOWN else ""
        head = "".join(f"<th scope='col'>{name}</th>" for name in heads)
        if not self._records:
            return f"<p>No run yet in {escape(str(self._store.folder))}. <code>qlab.train(…)</code> starts one.</p>"
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def runs(folder: str | PathLike[str] | None = None) -> RunList:
    """Return the stored runs, newest first.

    Args:
        folder: of a project; by default ``QLAB_HOME``, or ``qlab`` in the user's data folder.

    Example:
        >>> qlab.runs()              # doctest: +SKIP
        >>> qlab.runs("./study")     # doctest: +SKIP
    """
    store = open_store(folder)
    records = store.backend.records()
    records.sort(key=lambda record: (float(record.head.get("created") or 0.0), record.id), reverse=True)
    return RunList(store, records, whole=True)


def row_of(record: Record) -> Row:
    """Return a run as one row, ready for JSON; it never fails, whatever the record holds."""
    head, live = record.head, record.live
    try:
        spec = json.loads(head.get("spec") or "{}")
    except ValueError:
        spec = {}
    figure = merit_name(str(spec.get("task", "")))
    last, metrics = live.get("last") or {}, live.get("metrics") or {}
    origin = head.get("origin") or {}
    data = head.get("data") or {}
    return {
        "id": record.id,
        "name": str(spec.get("name", "")),
        "state": state_of(record),
        "created": float(head.get("created") or 0.0),
        "step": int(live.get("step") or 0),
        "total": int(live.get("total") or 0),
        "epoch": int(live.get("epoch") or 0),
        "elapsed": float(live.get("elapsed") or 0.0),
        "loss": metrics.get("train_loss", last.get("loss")),
        "val_loss": metrics.get("val_loss", last.get("val_loss")),
        "figure": figure,
        "val": metrics.get(f"val_{figure}", last.get(f"val_{figure}")),
        "test": metrics.get(f"test_{figure}"),
        "optimizer": spec.get("optimizer"),
        "lr": spec.get("lr"),
        "batch": spec.get("batch"),
        "epochs": spec.get("epochs"),
        "seed": spec.get("seed"),
        "weights": (head.get("stats") or {}).get("weights"),
        "data": str(data.get("name") or ""),
        "lineage": str(data.get("id") or ""),
        "parent": origin.get("run"),
        "parent_step": origin.get("step"),
        "error": (live.get("error") or {}).get("message"),
        "tags": [str(tag) for tag in record.edits.get("tags", ())],
        "note": str(record.edits.get("note", "")),
    }


_EMPTY = Record("", "", {}, {})


def check_text(value: object, longest: int, what: str) -> str:
    """Return a text that people wrote.

    Raises:
        TrainError: it is no text, is empty or too long.
    """
    if not isinstance(value, str) or not value.strip() or len(value) > longest:
        raise TrainError(
            f"{value!r:.80} can't be a {what}", where=what, cure=f"give a text of 1 to {longest} signs", value=value
        )
    return value.strip()


def _html(row: Row) -> str:
    step = f"{row['step']:,} of {row['total']:,}"
    lr = "–" if row["lr"] is None else f"{row['lr']:g}"
    began = time.strftime("%Y-%m-%d %H:%M", time.localtime(row["created"]))
    figures = (_figure(row[name]) for name in ("loss", "val_loss", "test"))
    cells = (row["id"], row["name"], row["state"], step, *figures, row["optimizer"], lr, row["data"])
    cells = (*cells, ", ".join(row["tags"]), began)
    title = f" title='{escape(row['note'], quote=True)}'" if row["note"] else ""
    return f"<tr{title}>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells) + "</tr>"


def _figure(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, (int, float)) else "–"


def _order(names: list[str]) -> Callable[[str], int]:
    return lambda name: names.index(name) if name in names else len(names)
