"""Kills trainers at 200 random moments, and fills the disk: what is lost, and whether anything is ever corrupt.

    python tests/bench/faults.py [kills]

Takes some minutes; CI runs a dozen kills in `tests/training/test_crash.py`. A disk is filled for real where a small
tmpfs can be mounted, else through a limit on the size of files.
"""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
from tests.training.crashes import Nursery  # noqa: E402
from tests.training.test_crash import examine, reference  # noqa: E402

EPOCHS = 100


def main() -> None:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    for kind in ("sqlite", "journal") if kills else ():
        os.environ["QLAB_STORE"] = kind
        kill_and_go_on(kind, kills // 2)
    os.environ.pop("QLAB_STORE", None)
    full_disk()


def kill_and_go_on(kind: str, kills: int) -> None:
    """Kill and go on; a run that ends is compared to the one nobody killed, and the next begins."""
    whole = reference(EPOCHS)
    chance = random.Random(7)
    lost: list[float] = []
    done = resumed = killed = 0
    with tempfile.TemporaryDirectory() as folder:
        trainers = Nursery(Path(folder), kind)
        for k in itertools.count():
            if killed == kills:
                break
            run_id = f"K{done}"
            resumed += trainers.mark(run_id)[0] > 0
            before = trainers.mark(run_id)[0]
            pid = trainers.start(run_id, epochs=EPOCHS, eager=k % 2 == 1, pause=0.001)
            while k % 5 and trainers.mark(run_id)[0] == before and alive(pid):  # every fifth while it still begins
                time.sleep(0.002)
            time.sleep(chance.uniform(0.0, 0.9))
            killed += trainers.kill(pid)
            _, seconds = trainers.mark(run_id)
            kept, at = examine(Path(folder), run_id, kind, whole)
            lost.append(max(0.0, seconds - at))
            done += kept == whole.shape[1]
        trainers.close()
    figures = np.array(lost)
    print(
        f"{kind}: {killed} kills -9, {resumed} of them in resumed runs, {done} runs reached their end bit for "
        f"bit; 0 corrupt stores, 0 corrupt checkpoints; history lost: median {np.median(figures):.2f} s, "
        f"worst {figures.max():.2f} s",
        flush=True,
    )


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


CHILD = """
import resource, signal, sys, time
from pathlib import Path
import qlab
from qlab.training import recorder
from tests.training.fakes import circuit, features
recorder.CHECKPOINT = 0.0  # and some 500 steps a second:
limit, home = int(sys.argv[1]), sys.argv[2]
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
fold = qlab.Run._fold
qlab.Run._fold = lambda self, event: (fold(self, event), time.sleep(0.001 * len(getattr(event, "rows", [0]))))[0]
run = qlab.train(circuit(2), features(200), epochs=10**6, batch=16, folder=home)
while run.step < 500 or not run.store.checkpoints(run.id).steps():
    time.sleep(0.01)
kept = run.store.checkpoints(run.id).latest().step
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
path = Path(home) / "ballast"
try:
    with open(path, "wb", buffering=0) as file:
        while not limit:
            file.write(bytes(4096))
except OSError as error:
    print("ballast:", error)
while run.warning is None:
    time.sleep(0.01)
print("warning:", run.warning["message"])
at = run.step
while run.step < at + 2000:
    time.sleep(0.01)
old = run.store.checkpoints(run.id).latest()
print(f"{run.step - at:,} steps were made since; the checkpoint of step {old.step:,} loads (before: {kept:,})")
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
path.unlink(missing_ok=True)
end = time.monotonic() + 20
while run.warning is not None and time.monotonic() < end:
    time.sleep(0.05)
run.stop(); run.wait()
again = qlab.open_run(run.id, folder=home)
print("with room again:", "warning gone," if run.warning is None else "WARNING STAYS,",
      "all rows are stored" if again.history.equals(run.history) else f"{again.columns.n:,} of {run.columns.n:,} rows")
"""


def full_disk() -> None:
    """A small tmpfs that a ballast fills and that is then freed again; else a limit on the size of files."""
    with tempfile.TemporaryDirectory() as folder:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", folder], capture_output=True, check=False
        )
        if mounted.returncode == 0:
            print("disk full: a tmpfs of 12 MB, filled to the last page while the run goes on", flush=True)
            limit = 0
        else:
            print("disk full: no tmpfs may be mounted here; files are limited to 64 kB", flush=True)
            limit = 1 << 16
        try:
            env = {**os.environ, "PYTHONPATH": str(ROOT)}
            subprocess.run(
                [sys.executable, "-c", CHILD, str(limit), folder], env=env, cwd=ROOT, check=True, timeout=180
            )
        finally:
            if mounted.returncode == 0:
                subprocess.run(["umount", folder], check=True)


if __name__ == "__main__":
    main()
