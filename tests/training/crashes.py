"""A process that forks trainers, to be killed at any moment. `test_crash.py` and `tests/bench/faults.py` drive it.

As a script it is that process: it imports everything once, then forks a child for each line of its standard input,
which trains (or goes on with) a run of a fixed recipe and leaves step and time of every step in shared memory.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
MARK = struct.Struct("<qd")  # step, seconds since the run began
RECIPE: dict[str, Any] = {"loss": "cross_entropy", "batch": 16, "seed": 11, "val_every": 50, "name": "crash"}
ROWS = 200


class Nursery:
    """The parent's end: starts trainers, and kills them.

    Args:
        home: of the store.
        kind: of the store, ``"sqlite"`` or ``"journal"``.
    """

    def __init__(self, home: Path, kind: str = "sqlite") -> None:
        self.home = home
        home.mkdir(parents=True, exist_ok=True)
        # one thread each: a fork takes no other threads along
        env = {**os.environ, "QLAB_HOME": str(home), "QLAB_STORE": kind, "OMP_NUM_THREADS": "1",
               "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.training.crashes"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, cwd=ROOT, text=True,
        )  # fmt: skip
        assert self._line() == "ready"

    def start(self, run_id: str, **options: Any) -> int:
        """Start or go on with a run in a new process; return its number."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"id": run_id, **options}) + "\n")
        self._process.stdin.flush()
        return int(self._line())

    def kill(self, pid: int) -> bool:
        """Kill -9, and wait until it is gone; return False if it had ended by itself, and well, before."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        line = self._line()
        assert line in (f"gone {pid}", f"left {pid} 0"), line
        return line.startswith("gone")

    def wait(self, pid: int) -> int:
        """Wait until a trainer ends by itself; return its exit code."""
        line = self._line()
        assert line.split()[:2] in (["gone", str(pid)], ["left", str(pid)]), line
        return int(line.split()[2]) if line.startswith("left") else -1

    def gone(self) -> list[str]:
        """Return the next report, of whichever trainer ends next."""
        return self._line().split()

    def mark(self, run_id: str) -> tuple[int, float]:
        """Return step and seconds of the last step that a trainer made; (0, 0) before the first."""
        path = self.home / f"{run_id}.mark"
        raw = path.read_bytes() if path.exists() else b""
        step, seconds = MARK.unpack(raw[: MARK.size].ljust(MARK.size, b"\0"))  # a kill may leave it empty
        return int(step), float(seconds)

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def recipe(epochs: int) -> tuple[Any, Any, Any]:
    """Return spec, features and model of the run that is killed."""
    from qlab.models import build_model
    from qlab.training.spec import Spec

    from .fakes import circuit, features

    fx = features(ROWS)
    model = build_model(circuit(2), fx)
    return Spec.of(model, epochs=epochs, **RECIPE), fx, model


def _train(order: dict[str, Any]) -> None:
    """In the child: go on with the run, or begin it; each step takes ``pause`` seconds more."""
    from qlab.errors import TrainError
    from qlab.training import loop, recorder
    from qlab.training.keep import keep
    from qlab.training.resume_run import resume
    from qlab.training.run import Run
    from qlab.training.store import open_store

    run_id, pause = order["id"], float(order.get("pause", 0.001))
    if order.get("eager"):
        recorder.PERIOD, recorder.CHECKPOINT = 0.005, 0.0
    spec, fx, model = recipe(int(order.get("epochs", 100)))
    path = Path(os.environ["QLAB_HOME"]) / f"{run_id}.mark"
    if not path.exists() or path.stat().st_size < MARK.size:
        path.write_bytes(bytes(MARK.size))
    file = open(path, "r+b")  # noqa: SIM115 - as long as the process
    shared = mmap.mmap(file.fileno(), MARK.size)
    real = Run._fold

    def fold(self: Any, event: Any) -> None:
        real(self, event)
        if isinstance(event, loop.Step):
            shared[:] = MARK.pack(event.step, event.time)
            time.sleep(pause * len(event.rows))

    Run._fold = fold  # type: ignore[method-assign]
    try:
        open_store().find(run_id)
    except TrainError:
        run = Run(spec, fx, model, run_id=run_id)
        keep(run)
        run._start(parallel=True)
    else:
        run = resume(run_id, fx)
    run.wait()


def _serve() -> None:
    import sklearn.linear_model
    import sklearn.pipeline
    import sklearn.preprocessing  # noqa: F401

    import qlab.training  # noqa: F401
    from qlab import engine
    from qlab.models import baseline, build_model, init, loss_and_grad  # noqa: F401

    from .fakes import circuit, features

    engine.warm_up()
    fx = features(16)
    model = build_model(circuit(2), fx)
    loss_and_grad(model, init(model, 0), fx.train.X, fx.train.y)
    import selectors

    def say(text: str) -> None:
        os.write(1, f"{text}\n".encode())

    say("ready")
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_write)
    watch = selectors.DefaultSelector()
    watch.register(0, selectors.EVENT_READ)
    watch.register(wake_read, selectors.EVENT_READ)
    text = b""
    while True:
        for key, _ in watch.select():
            if key.fd == wake_read:
                os.read(wake_read, 64)
                continue
            more = os.read(0, 65536)
            if not more:
                return
            text += more
            while b"\n" in text:
                line, text = text.split(b"\n", 1)
                pid = os.fork()
                if pid == 0:
                    signal.set_wakeup_fd(-1)
                    code = 1
                    try:
                        _train(json.loads(line))
                        code = 0
                    except BaseException as error:
                        print(f"{type(error).__name__}: {error}", file=sys.stderr)
                    os._exit(code)
                say(str(pid))
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if pid == 0:
                break
            say(f"left {pid} {os.WEXITSTATUS(status)}" if os.WIFEXITED(status) else f"gone {pid}")


if __name__ == "__main__":
    _serve()
