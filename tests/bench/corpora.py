"""Prints what becomes of public circuits: each must come back unitary-equal, or be refused with place and cure.

The circuits of mqt.bench (``pip install mqt.bench``; not a dependency of qlab) at 3 to 5 qubits, as Qiskit makes them
with symbolic parameters kept and as the OpenQASM 2 and 3 that Qiskit writes of them; and any OpenQASM files below the
folders given as arguments, beside what Qiskit reads of them (version 3 with ``pip install qiskit-qasm3-import``).
Anything else than those two outcomes is a fault, and makes the exit status 1.
"""

from __future__ import annotations

import collections
import contextlib
import io
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from qlab.circuit import Circuit
from qlab.errors import QlabError
from qlab.interop.qasm import from_qasm, to_qasm
from qlab.interop.qiskit import from_qiskit, to_qiskit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # the tests are no installed package
SIZES = (3, 4, 5)
WIDEST = 10


def mqt() -> Iterator[tuple[str, Any]]:
    """Circuits of mqt.bench at its algorithm level, named; none where it is not installed."""
    try:
        from mqt.bench import BenchmarkLevel, get_benchmark
        from mqt.bench.benchmarks import get_available_benchmark_names
    except ImportError:
        print("mqt.bench is not installed. Cure: pip install mqt.bench")
        return
    for name in get_available_benchmark_names():
        for size in SIZES:
            with contextlib.suppress(ValueError, AssertionError), contextlib.redirect_stderr(io.StringIO()):
                made = get_benchmark(name, level=BenchmarkLevel.ALG, circuit_size=size, random_parameters=False)
                yield f"{name} {size}", made


def unitary(circuit: Any) -> np.ndarray[Any, Any] | None:
    """The unitary with final measurements taken off and symbols bound by their names; None where there is none."""
    from qiskit.circuit.exceptions import CircuitError
    from qiskit.exceptions import QiskitError
    from qiskit.quantum_info import Operator

    plain = circuit.remove_final_measurements(inplace=False)
    if plain is None or plain.num_qubits > WIDEST:
        return None
    values = {p: 0.1 + 0.37 * i for i, p in enumerate(circuit.parameters)}
    with contextlib.suppress(QiskitError, CircuitError):
        return np.asarray(Operator(plain.assign_parameters(values, strict=False)).data)
    return None


def same(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> bool:
    """Equal but for a global phase, to 1e-8."""
    if a.shape != b.shape:
        return False
    overlap = abs(np.vdot(a, b)) / len(a)
    return bool(abs(overlap - 1) < 1e-8)


def fate(read: Any, source: Any, where: bool) -> str:
    """ "equal", "read" (no unitary to compare), "unsupported", or what is wrong."""
    try:
        circuit: Circuit = read()
    except QlabError as error:
        placed = error.where is not None and (not where or error.where.count(":") >= 2)
        return "unsupported" if placed and error.cure else f"FAULT, no place or cure: {error}"
    except Exception as error:  # a stack trace is what must not happen
        return f"FAULT, {type(error).__name__}: {error}"
    try:
        back = to_qiskit(circuit)
        from_qasm(to_qasm(circuit), file="again")
    except Exception as error:
        return f"FAULT on the way back, {type(error).__name__}: {error}"
    if source is None:
        return "read"
    first, second = unitary(source), unitary(back)
    if first is None or second is None:
        return "read"
    return "equal" if same(first, second) else "FAULT, another unitary"


def sources() -> Iterator[tuple[str, str, Any, Any, bool]]:
    from qiskit import qasm2, qasm3

    for name, made in mqt():
        yield "mqt, Qiskit's object", name, lambda made=made: from_qiskit(made), made, False
        for version, dump in (("2", qasm2.dumps), ("3", qasm3.dumps)):
            try:
                text = dump(made)
            except Exception:  # OpenQASM 2 has no symbols: Qiskit refuses
                continue
            yield f"mqt, OpenQASM {version}", name, lambda t=text, n=name: from_qasm(t, file=n), made, True
    for folder in sys.argv[1:]:
        for path in sorted(Path(folder).rglob("*.qasm")):
            text = path.read_text(encoding="utf-8", errors="replace")
            known = None
            for load in (lambda t: qasm2.loads(t, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS), qasm3.loads):
                with contextlib.suppress(Exception):  # what Qiskit can't read has nothing to be compared with
                    known = known or load(text)
            read = lambda t=text, p=path: from_qasm(t, file=p.name)  # noqa: E731
            yield f"files of {folder}", path.name, read, known, True


def hostile() -> float:
    """The longest time that a hostile program of the tests takes to be refused, in seconds of the processor."""
    from tests.interop.test_qasm_bad import HOSTILE

    longest = 0.0
    for text in HOSTILE.values():
        start = time.process_time()
        with contextlib.suppress(QlabError):
            from_qasm(text)
        longest = max(longest, time.process_time() - start)
    return longest


def main() -> int:
    warnings.simplefilter("ignore")
    print(f"hostile programs refused in at most {hostile():.2f} s; must be <= 1 s")
    counts: dict[str, collections.Counter[str]] = {}
    faults = []
    for kind, name, read, source, where in sources():
        outcome = fate(read, source, where)
        counts.setdefault(kind, collections.Counter())[outcome.split(",")[0]] += 1
        if outcome.startswith("FAULT"):
            faults.append(f"  {kind}: {name}: {outcome}")
    for kind, found in counts.items():
        print(f"{kind:<28} " + ", ".join(f"{n} {what}" for what, n in found.most_common()))
    print("\n".join(faults[:40]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
