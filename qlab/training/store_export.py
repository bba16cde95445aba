"""A run as a file that the user asked for: CSV, Parquet, JSON, script, or the bundle for another machine."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import TrainError
from .recorder import event_doc
from .status import finite
from .store_files import put

if TYPE_CHECKING:
    from .run_view import RunView

SUFFIXES = (".csv", ".parquet", ".json", ".qlabrun", ".py")


def export(run: RunView, path: str | os.PathLike[str]) -> None:
    """Write a run to a file: see `RunView.export`.

    Raises:
        TrainError: unknown suffix, or the folder isn't there.
    """
    target = Path(path).expanduser()
    suffix = target.suffix.lower()
    if suffix not in SUFFIXES:
        raise TrainError(
            f"{target.name!r} doesn't say what to write",
            where="export",
            cure=f"end it in {', '.join(SUFFIXES)}",
            value=path,
        )
    check_folder(target)
    if suffix == ".csv":
        put(target, run.history.to_csv(index=False).encode())
    elif suffix == ".parquet":
        put(target, run.history.to_parquet(index=False))
    elif suffix == ".json":
        put(target, (json.dumps(document(run), ensure_ascii=False, indent=1) + "\n").encode())
    elif suffix == ".py":
        run.export_script(target)
    else:
        from .store_bundle import pack_run

        put(target, pack_run(run))


def document(run: RunView) -> dict[str, Any]:
    """Return a run as one JSON document: spec, status, events and columns; nan is null."""
    block = run.columns.block(0, run.columns.n)
    doc: dict[str, Any] = finite(
        {
            "id": run.id,
            "name": run.name,
            "spec": json.loads(run.spec.to_json()),
            "status": run.status(),
            "events": [event_doc(event) for event in run.events],
            "history": {name: block[i].tolist() for i, name in enumerate(run.columns.names)},
        }
    )
    return doc


def put_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a text that the user asked for; the old file stays whole if that fails."""
    target = Path(path).expanduser()
    check_folder(target)
    put(target, text.encode())


def check_folder(path: Path) -> None:
    """Raise TrainError if the folder of a file isn't there."""
    if not path.absolute().parent.is_dir():
        raise TrainError(
            f"there is no folder {str(path.parent)!r}", where="export", cure="make it first", value=str(path)
        )
