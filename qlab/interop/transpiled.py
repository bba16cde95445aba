"""What a circuit becomes on a device: Qiskit's transpiler on a device's couplings and basis. Must not run circuits."""

from __future__ import annotations

import math
import time
from typing import Any

from ..circuit import Circuit
from ..errors import CircuitError, not_one_of

BACKENDS = ("full", "line", "ring", "grid", "heavy-hex")
BASIS = ("cx", "rz", "sx", "x")


def transpiled(circuit: Circuit, backend: Any = "line", *, level: int = 1, seed: int = 7) -> dict[str, Any]:
    """Return depth and gates of a circuit after Qiskit's transpiler, its angles left as parameters.

    Args:
        circuit: any; measurements count as operations.
        backend: one of `BACKENDS`, couplings of as many qubits as the circuit has (or a few more) with the gates cx,
            rz, sx, x; or a Qiskit ``BackendV2``.
        level: of optimisation, 0 to 3.
        seed: of the transpiler's choices.

    Returns:
        ``{"backend", "qubits", "level", "seed", "depth", "two_qubit", "two_qubit_depth", "size", "counts", "basis",
        "before", "seconds", "qiskit"}``, plain JSON.

    Raises:
        CircuitError: no such backend or level, or the circuit has more qubits than it.

    Example:
        >>> transpiled(Circuit(2).append("h", 0).append("cx", [0, 1]), "line")["two_qubit"]
        1
    """
    import qiskit
    from qiskit import transpile

    if isinstance(level, bool) or level not in (0, 1, 2, 3):
        raise CircuitError(f"there is no level {level!r}", where="level", cure="use 0, 1, 2 or 3", value=level)
    source = circuit.to_qiskit()
    device = _device(backend, source.num_qubits) if isinstance(backend, str) else backend
    if getattr(device, "num_qubits", None) is None or not hasattr(device, "target"):
        raise not_one_of(CircuitError, "backend", backend, BACKENDS, where="backend")
    if device.num_qubits < source.num_qubits:
        raise CircuitError(
            f"the circuit has {source.num_qubits} qubits and the backend {device.num_qubits}",
            where="backend",
            cure="choose a larger one, such as 'line'",
            value=device.num_qubits,
        )
    start = time.perf_counter()
    found = transpile(source, device, optimization_level=level, seed_transpiler=seed)
    return {
        "backend": backend if isinstance(backend, str) else str(getattr(device, "name", type(device).__name__)),
        "qubits": int(device.num_qubits),
        "level": level,
        "seed": seed,
        **_figures(found),
        "counts": {str(name): int(n) for name, n in found.count_ops().items()},
        "basis": sorted(str(name) for name in device.target.operation_names),
        "before": _figures(source),
        "seconds": time.perf_counter() - start,
        "qiskit": str(qiskit.__version__),
    }


def _figures(circuit: Any) -> dict[str, int]:
    def wide(one: Any) -> bool:
        return len(one.qubits) > 1 and one.operation.name != "barrier"

    return {
        "depth": int(circuit.depth()),
        "size": int(circuit.size()),
        "two_qubit": sum(1 for one in circuit.data if wide(one)),
        "two_qubit_depth": int(circuit.depth(wide)),
    }


def _device(name: str, qubits: int) -> Any:
    from qiskit.providers.fake_provider import GenericBackendV2
    from qiskit.transpiler import CouplingMap

    if name not in BACKENDS:
        raise not_one_of(CircuitError, "backend", name, BACKENDS, where="backend")
    n = max(2, qubits)
    if name == "grid":
        rows = max(1, math.isqrt(n))
        couplings = CouplingMap.from_grid(rows, -(-n // rows))
    elif name == "heavy-hex":
        distance = 3
        while CouplingMap.from_heavy_hex(distance).size() < n:
            distance += 2
        couplings = CouplingMap.from_heavy_hex(distance)
    else:
        couplings = {"full": CouplingMap.from_full, "line": CouplingMap.from_line, "ring": CouplingMap.from_ring}[name](
            n
        )
    return GenericBackendV2(couplings.size(), basis_gates=list(BASIS), coupling_map=couplings, seed=7)
