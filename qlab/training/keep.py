"""How a run's record begins: its spec, where its data comes from, and what it was made with. Pure but for versions."""

from __future__ import annotations

import hashlib
import os
import platform
import secrets
import time
from functools import cache
from importlib import metadata
from os import PathLike
from typing import Any

import numpy as np

from . import job
from .metrics import merit_name
from .recorder import Recorder
from .run import Run
from .status import finite
from .store import Record, Store, open_store

FORMAT = "run-record/1"
PACKAGES = ("qlab", "numpy", "scipy", "numba", "scikit-learn", "pyarrow")  # whose arithmetic decides bits
SPLITS = ("train", "val", "test")


def keep(run: Run, folder: str | PathLike[str] | None = None) -> None:
    """Let a run be kept in the store of a folder, from its first event on; before it starts."""
    store = open_store(folder)
    head = {
        "format": FORMAT,
        "created": time.time(),
        "spec": run.spec.to_json(),
        "task": run.spec.task,
        "columns": list(run.columns.names),
        "stats": run.stats,
        "origin": run.origin,
    }
    record = Record(run.id, secrets.token_hex(8), head, {"state": "waiting"})
    run._recorder = Recorder(
        store,
        record,
        run.columns,
        lambda: live_of(run),
        run._warned,
        head=lambda: {"data": data_of(run.features), "env": environment()},
        base=run.base,
    )


def keep_on(run: Run, store: Store, record: Record, known: int, told: set[tuple[str, int, str]]) -> None:
    """Let a run that is in the store be kept there again, by a writer that takes it over.

    Args:
        run: with the rows and events before its checkpoint.
        store: where it is.
        record: as it was read.
        known: interventions that the store has already and that the run will tell again.
        told: keys of other such events.
    """
    owner = secrets.token_hex(8)
    store.backend.take(record.id, owner)
    mine = Record(record.id, owner, record.head, record.live, record.edits)
    run._recorder = Recorder(
        store,
        mine,
        run.columns,
        lambda: live_of(run),
        run._warned,
        base=run.base,
        fresh=False,
        known=known,
        told=told,
    )


def live_of(run: Run) -> dict[str, Any]:
    """Return what changes of a run, ready for JSON."""
    figure = merit_name(run.spec.task)
    n = run.columns.n
    newest = dict(zip(run.columns.names, run.columns.block(n - 1, n)[:, 0].tolist(), strict=True)) if n else {}
    told = {"val_loss": None, f"val_{figure}": None} if run._evaluated is None else run._evaluated.values
    settings = {**run._settings(), "terms": run.terms}
    del settings["lr_pending"], settings["watched"]
    return finite(  # type: ignore[no-any-return]
        {
            "state": run.state,
            "step": run.step,
            "epoch": newest.get("epoch", 0),
            "total": run.total_steps,
            "elapsed": run._elapsed,
            **settings,
            "last": {"loss": newest.get("loss"), figure: newest.get(figure), **told},
            "metrics": dict(run.metrics),
            "error": run.error,
            "traceback": run._traceback,
            "baseline": run._baseline,
            "measured": run._measured(),
        }
    )


def data_of(features: Any) -> dict[str, Any]:
    """Return where features come from: lineage, source, and a digest of the very bits that are trained on."""
    lineage = getattr(features, "lineage", "")
    source = str(getattr(features, "source", "") or "")
    if source and not source.startswith("gallery:") and os.path.exists(source):
        source = os.path.abspath(source)
    return {
        "id": str(getattr(lineage, "id", lineage)),
        "lineage": finite(lineage.dict()) if hasattr(lineage, "dict") else None,
        "source": source,
        "name": str(getattr(features, "name", "")),
        "digest": digest(features),
        "rows": {name: _rows(features, name) for name in SPLITS},
    }


def digest(features: Any) -> str:
    """Return a fingerprint of all rows that a run reads: X and y of the three splits, bit for bit."""
    hashed = hashlib.blake2b(digest_size=20)
    for name in SPLITS:
        split = getattr(features, name, None)
        if split is None:
            hashed.update(b"none")
            continue
        for array in (np.ascontiguousarray(split.X, dtype="<f8"), np.ascontiguousarray(split.y)):
            hashed.update(f"{name} {array.dtype.kind} {array.shape};".encode())
            hashed.update(array.astype("<f8" if array.dtype.kind == "f" else "<i8", copy=False).tobytes())
    return hashed.hexdigest()


def _rows(features: Any, name: str) -> int:
    split = getattr(features, name, None)
    return 0 if split is None else len(split.y)


@cache
def environment() -> dict[str, str]:
    """Return the versions that decide the bits of a run, and the kind of machine."""
    found = {"python": platform.python_version(), "machine": f"{platform.system()} {platform.machine()}"}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "unknown"
    return found


def is_here(run_id: str) -> bool:
    """Return whether a run goes on in this very process."""
    return run_id in job.active_runs()
