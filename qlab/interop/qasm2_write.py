"""OpenQASM 2, printed by Qiskit's exporter, with conditions added: it has no way to say those of single bits."""

from __future__ import annotations

from qlab.circuit import Circuit, Operation
from qlab.circuit.synth import written
from qlab.errors import CircuitError


def to_qasm2(circuit: Circuit) -> str:
    """Return the program; see `qlab.interop.qasm.to_qasm`.

    Raises:
        CircuitError: for a symbol, or a condition on some bits of several.
    """
    circuit = written(circuit)
    if circuit.symbols:
        first = next(op for op in circuit.ops if op.symbols)
        raise CircuitError(
            f"{first.symbols[0]} has no value, and OpenQASM 2 knows only numbers",
            where=f"op {first.id}",
            cure="bind(x=..., w=...) first, or use version=3",
        )
    from dataclasses import replace

    from qiskit import qasm2

    from qlab.interop.qiskit import to_qiskit

    ops = [op for op in circuit.ops if op.gate != "gphase"]  # OpenQASM 2 has no global phase
    split = any(op.condition is not None and not _whole(op, circuit.n_clbits) for op in ops)
    plain = Circuit(
        circuit.n_qubits,
        [replace(op, condition=None) for op in ops],
        clbits=circuit.n_clbits,
        limits={"qubits": circuit.n_qubits, "ops": max(1, len(ops)), "clbits": circuit.n_clbits},
    )
    if split:
        plain = plain.with_(clbits=[f"c_{i}" for i in range(circuit.n_clbits)])
    lines = qasm2.dumps(to_qiskit(plain)).rstrip("\n").split("\n")
    body = lines[len(lines) - len(ops) :] if ops else []
    head = lines[: len(lines) - len(ops)]
    return "\n".join([*head, *(_prefix(op, split) + line for op, line in zip(ops, body, strict=True))]) + "\n"


def _whole(op: Operation, n_clbits: int) -> bool:
    return op.condition is not None and op.condition.clbits == tuple(range(n_clbits))


def _prefix(op: Operation, split: bool) -> str:
    if op.condition is None:
        return ""
    if not split:
        return f"if(c=={op.condition.value}) "
    if len(op.condition.clbits) == 1:
        return f"if(c_{op.condition.clbits[0]}=={op.condition.value}) "
    raise CircuitError(
        "OpenQASM 2 can't compare some of the bits of a register", where=f"op {op.id}", cure="use version=3"
    )
