"""Does one thing to a store, and is killed before the k-th time that it touches a file; for every k there is.

    python -m tests.training.killed_store {sqlite|journal} FOLDER {create|write|take|edit|delete}

leaves the store of each kill in FOLDER/1, FOLDER/2, …; the last is of the one that came to its end.
"""

from __future__ import annotations

import itertools
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from qlab.training.store import Store, open_store
from qlab.training.store_backend import Record
from qlab.training.store_pieces import Piece

KILLED = 9
TOUCHES = ("open", "os.mkdir", "os.rename", "os.truncate", "os.remove", "os.rmdir", "shutil.rmtree", "sqlite3.connect")


def record(owner: str = "me") -> Record:
    """Return the run that the store is about."""
    return Record("R1", owner, {"columns": ["step"], "created": 1.0}, {"state": "running"}, {"name": "before"})


def piece() -> Piece:
    """Return three rows of its one column."""
    return Piece(0, 0, 3, bytes(3 * 8))


def act(store: Store, what: str) -> None:
    """Do it."""
    backend = store.backend
    if what == "create":
        backend.create(record())
    elif what == "write":
        backend.write("R1", "me", {"state": "paused", "rows": 3}, [(0, {"event": "Paused"})], [piece()])
    elif what == "take":
        backend.take("R1", "you")
    elif what == "edit":
        backend.edit("R1", {"name": "after"})
    else:
        store.delete("R1")


def main(kind: str, folder: Path, what: str) -> None:
    """See above."""
    os.environ["QLAB_STORE"] = kind
    os.fsync = lambda _: None  # a kill is no power cut
    for k in itertools.count(1):
        home = folder / str(k)
        home.mkdir(parents=True)
        if what != "create":
            open_store(home).backend.create(record())
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                _killed_at(k, home)
                act(open_store(home), what)
                code = 0
            finally:
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if code == 0:
            return
        assert code == KILLED, code


def _killed_at(k: int, home: Path) -> None:
    left = k

    def touched(event: str, args: tuple[Any, ...]) -> None:
        nonlocal left
        if event in TOUCHES and args and str(args[0]).startswith(str(home)):
            left -= 1
            if left == 0:
                os._exit(KILLED)

    sys.addaudithook(touched)


if __name__ == "__main__":
    shutil.rmtree(sys.argv[2], ignore_errors=True)
    main(sys.argv[1], Path(sys.argv[2]).resolve(), sys.argv[3])
