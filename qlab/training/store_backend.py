"""What a store of runs must do, whichever way it keeps them. Protocol and plain values only.

A run's record has four parts. ``head`` never changes: spec, circuit, lineage, versions, columns. ``live`` is replaced
by its writer several times a second: state, step, figures, a heartbeat. ``edits`` belong to the people: name, tags,
note. Events and pieces of columns only grow. One writer a run: it holds the ``owner`` token, and a writer that has
lost it writes nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..errors import TrainError
from .store_pieces import Piece

Doc = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """A run as it is kept, but for its events and columns."""

    id: str
    owner: str
    head: Doc
    live: Doc
    edits: Doc = field(default_factory=dict)


class GoneError(Exception):
    """The run was deleted, or another process writes it now: this writer must stop."""


class Backend(Protocol):
    """A place for runs. Every method may raise OSError (also for what SQLite reports), and leaves the record whole."""

    kind: str

    def create(self, record: Record) -> None:
        """Keep a new run. Raises TrainError if its id is taken."""

    def take(self, run_id: str, owner: str) -> None:
        """Make ``owner`` the writer of a run that is there."""

    def write(
        self,
        run_id: str,
        owner: str,
        live: Doc,
        events: Sequence[tuple[int, Doc]] = (),
        pieces: Sequence[Piece] = (),
        gone: Sequence[tuple[int, int]] = (),
    ) -> None:
        """Replace ``live`` and add numbered events and pieces, all of it or nothing; raises `GoneError`.

        ``gone``: ranges of rows whose smaller pieces of level 0 are replaced by ``pieces``.
        """

    def read(self, run_id: str) -> Record | None:
        """Return a run, or None."""

    def records(self) -> list[Record]:
        """Return all runs, oldest first."""

    def events(self, run_id: str) -> list[Doc]:
        """Return the events of a run, oldest first."""

    def pieces(self, run_id: str, level: int, start: int, stop: int) -> list[Piece]:
        """Return the pieces of a level that overlap rows [start, stop), in order."""

    def edit(self, run_id: str, edits: Doc) -> None:
        """Replace what people wrote to a run."""

    def delete(self, run_id: str) -> None:
        """Forget a run; nothing if there is none."""

    def close(self) -> None:
        """Let go of files; the next call opens them again."""


def taken(run_id: str) -> TrainError:
    """Return the error of an id that is there already."""
    return TrainError(f"there is a run {run_id} already", where="store", cure="delete it first", value=run_id)
