"""Prints what keeping a run costs: a step beside the same step unrecorded, a run of a million steps, checkpoints.

One process, quiet machine; medians, interleaved. `make bench` runs it.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

import qlab
from qlab.models import build_model
from qlab.training import Spec
from qlab.training.keep import keep, live_of
from qlab.training.loop import columns_for
from qlab.training.run import Run
from qlab.training.snapshot import Snapshot
from qlab.training.store import Record, open_store
from qlab.training.store_pieces import pieces_of

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
from tests.bench.train import fake

ROUNDS = 15


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["QLAB_HOME"] = folder
        step_cost()
        checkpoint_cost(Path(folder))
    for kind in ("sqlite", "journal"):
        with tempfile.TemporaryDirectory() as folder:
            os.environ["QLAB_STORE"] = kind
            million(Path(folder), kind)
    del os.environ["QLAB_STORE"]


def step_cost() -> None:
    """Whole runs with and without the store, one after the other; processor time of all threads, and time."""
    print(f"{'batch 64, 3 layers, a step':<32} {'bare':>8} {'kept':>8} {'more':>7} {'processor':>10}")
    for n, epochs in ((4, 400), (8, 200), (10, 80)):
        fx = fake(640, n)
        model = build_model(qlab.templates.reuploading(n, 3), fx)
        spec = Spec.of(model, loss="cross_entropy", batch=64, epochs=epochs)
        wall: dict[bool, list[float]] = {False: [], True: []}
        work: dict[bool, list[float]] = {False: [], True: []}
        for k in range(ROUNDS):
            for kept in (False, True) if k % 2 else (True, False):
                run = Run(spec, fx, model)
                run._baseline = {"name": "", "metric": "", "train": 0.0, "val": 0.0, "test": 0.0}
                if kept:
                    keep(run)
                cpu = time.process_time()
                run._start(parallel=False)
                run.wait()
                # the run's own clock: from its first step to its last, without thread and file being opened
                wall[kept].append(run._elapsed / run.step)
                work[kept].append((time.process_time() - cpu) / run.step)
        a, b = (statistics.median(wall[kept]) * 1e6 for kept in (False, True))
        ratios = [(y / x - 1) for x, y in zip(wall[False], wall[True], strict=True)]
        c, d = (statistics.median(work[kept]) * 1e6 for kept in (False, True))
        more = f"{100 * statistics.median(ratios):>+6.1f} % {100 * (d / c - 1):>+8.1f} %"
        print(f"{f'{n} qubits, {spec.epochs * 10:,} steps':<32} {a:>5.0f} µs {b:>5.0f} µs {more}")


def checkpoint_cost(folder: Path) -> None:
    """A checkpoint of a small and of a large model: temporary file, fsync, rename, fsync of the folder."""
    for size in (100, 100_000):
        files = open_store(folder).checkpoints(f"C{size}")
        theta = np.zeros(size)
        times = []
        for step in range(30):
            start = time.perf_counter()
            files.save(Snapshot(step, theta, (theta, theta, np.zeros(1)), 0.1))
            times.append(time.perf_counter() - start)
            files.prune([])
        print(f"{f'checkpoint, {size:,} weights':<32} {1e3 * statistics.median(times):>5.1f} ms")


def million(folder: Path, kind: str, steps: int = 1_000_000) -> None:
    """A stored run of a million steps: written as a live one is, opened, zoomed."""
    fx = fake(16, 2)
    model = build_model(qlab.templates.reuploading(2, 1), fx)
    run = Run(Spec.of(model, loss="cross_entropy", batch=1, epochs=steps // 16), fx, model)
    names = columns_for(run.spec)
    rng = np.random.default_rng(0)
    block = rng.normal(size=(len(names), steps))
    block[0] = np.arange(1, steps + 1)
    block[names.index("val_loss"), rng.random(steps) < 0.99] = np.nan
    store = open_store(folder)
    head: dict[str, Any] = {"spec": run.spec.to_json(), "columns": list(names), "stats": run.stats, "created": 0.0}
    store.backend.create(Record(run.id, "me", head, {"state": "running"}))
    start = time.perf_counter()
    for at in range(0, steps, 2000):
        pieces, gone = pieces_of(at, lambda a, b: block[:, a:b], min(at + 2000, steps))
        live = {**live_of(run), "state": "stopped", "rows": min(at + 2000, steps)}
        store.backend.write(run.id, "me", live, (), pieces, gone)
    wrote = time.perf_counter() - start
    store.backend.close()
    size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    opened, zoomed = [], []
    for k in range(9):
        start = time.perf_counter()
        old = qlab.open_run(run.id, folder=folder)
        old.status()
        first, _ = old.columns.bucket(0, old.columns.n, 4000)
        opened.append(time.perf_counter() - start)
        a = int(rng.integers(0, steps // 2))
        b = a + [steps // 2, 250_000, 100_000, 30_000, 5_000][k % 5]
        start = time.perf_counter()
        got, _ = old.columns.bucket(a, b, 4000)
        zoomed.append(time.perf_counter() - start)
        for i in (3, names.index("val_loss")):
            assert np.nanmin(got[i]) == np.nanmin(block[i, a:b])
            assert np.nanmax(got[i]) == np.nanmax(block[i, a:b])
    assert first.shape[1] <= 4000
    print(
        f"\n{kind}: {steps:,} steps × {len(names)} columns, {size / 1e6:.0f} MB, written in {wrote:.1f} s; "
        f"open with its first picture {1e3 * statistics.median(opened):.0f} ms (worst {1e3 * max(opened):.0f}), "
        f"zoom {1e3 * statistics.median(zoomed):.0f} ms (worst {1e3 * max(zoomed):.0f}), extremes exact"
    )


if __name__ == "__main__":
    main()
