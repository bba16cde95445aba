"""Whether a batch fills the lanes of vectors, or runs sample by sample with lanes over the state.

A cost model of four constants, measured once per machine (some 0.2 s, after the kernels are compiled) and kept
in a file beside numba's cache: seconds of a probe's gradient step per amplitude and group of eight on the lanes
path, where its states fit a cache and where they don't; per sample on the wide path, and per amplitude there.
The choice depends on the circuit's size and the batch only, never on the number of threads or the clock of the
moment, so that results stay the same to the bit.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from qlab.circuit import Circuit

from .capacity import GROUP, groups_of

SMALLEST, LARGEST = 12, 18  # below: a step is under a millisecond on either path; from here on: wide, see the bench
_SPREAD = 14  # from here on several threads share one state, so that full groups have no advantage in threads
_PROBES, _REPEATS = (12, 15), 5
_FILE = "qlab-paths.json"

Constants = tuple[float, float, float, float]
_constants: Constants | None = None


def prefers_wide(n_qubits: int, batch: int, measure: Callable[[], Constants] | None = None) -> bool:
    """Return whether the wide path is the faster one; without ``measure`` an unmeasured machine guesses.

    Example:
        >>> prefers_wide(4, 64), prefers_wide(24, 1)
        (False, True)
    """
    if n_qubits < SMALLEST or (batch >= GROUP and n_qubits < _SPREAD):
        return False
    if n_qubits >= LARGEST:
        return True
    known = constants(measure)
    if known is None:
        return batch < GROUP
    near, far, each, amplitude = known
    lanes = near if n_qubits < _SPREAD else far
    return batch * (each + amplitude * (1 << n_qubits)) < groups_of(batch) * lanes * (1 << n_qubits)


def constants(measure: Callable[[], Constants] | None = None) -> Constants | None:
    """Return this machine's constants: from this process, and where they may be measured, from the file."""
    global _constants
    if _constants is None and measure is not None:
        _constants = _read()
        if _constants is None:
            _constants = measure()
            _write(_constants)
    return _constants


def probe(n: int) -> Circuit:
    """Return the circuit that is timed: two layers of RY RZ on every wire and a chain of CX, then RY."""
    circuit, k = Circuit(n), 0
    for layer in range(3):
        for gate in ("ry", "rz")[: 2 if layer < 2 else 1]:
            for q in range(n):
                circuit, k = circuit.append(gate, q, f"w[{k}]"), k + 1
        for q in range(n - 1 if layer < 2 else 0):
            circuit = circuit.append("cx", [q, q + 1])
    return circuit


def measured(step: Callable[[int, int, bool], Callable[[], Any]]) -> Constants:
    """Return the constants from ``step(n, batch, wide)``, which gives a probe's gradient step to call."""
    small, large = _PROBES
    tasks = [step(small, GROUP, False), step(large, GROUP, False), step(small, 1, True), step(large, 1, True)]
    best = [np.inf] * len(tasks)
    for task in tasks:
        task()
    for _ in range(_REPEATS):  # interleaved, and the fastest counts: whoever else runs here only ever slows it
        for k, task in enumerate(tasks):
            start = time.perf_counter()
            task()
            best[k] = min(best[k], time.perf_counter() - start)
    near, far, one, other = best
    amplitude = max(0.0, (other - one) / ((1 << large) - (1 << small)))
    each = max(0.0, one - amplitude * (1 << small))
    return float(near / (1 << small)), float(far / (1 << large)), float(each), float(amplitude)


def _key() -> str:
    """Return what the constants hold for: processor, compiler, and the kernels as they are."""
    from ._jit import numba

    here = Path(__file__).parent
    sizes = [(here / name).stat().st_size for name in ("kernels.py", "wide_forward.py", "wide_backward.py")]
    return f"{numba.core.codegen.ll.get_host_cpu_name()} {numba.__version__} {sizes}"


def _places() -> list[Path]:
    cache = os.environ.get("XDG_CACHE_HOME")
    user = Path(cache) if cache else Path(os.path.expanduser("~")) / ".cache"
    return [Path(__file__).parent / "__pycache__" / _FILE, user / "qlab" / _FILE]


def _read() -> Constants | None:
    key = ""
    for place in _places():
        try:
            kept = json.loads(place.read_text())
            key = key or _key()
            near, far, each, amplitude = (float(v) for v in kept[key])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if near > 0 and far > 0 and each >= 0 and amplitude >= 0:
            return near, far, each, amplitude
    return None


def _write(found: Constants) -> None:
    for place in _places():
        temporary = place.with_name(f"{place.name}.{os.getpid()}")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps({_key(): found}))
            os.replace(temporary, place)
            return
        except OSError:  # a read-only install: try the user's folder, else measure once a process
            continue
