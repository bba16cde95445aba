"""OpenQASM 2 and 3, out and in: the public functions. Reading never runs, opens or fetches anything.

The reader is qlab's own (qasm_read.py): bounded in size, nesting, qubits and expanded gates, with the include files
only as names. Qiskit is imported for writing version 2 and for nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping

from qlab.circuit import Circuit
from qlab.circuit.names import check_limit
from qlab.errors import CircuitError

_CONTINUED = bytes(range(0x80, 0xC0))  # bytes of UTF-8 that begin no character


def to_qasm(circuit: Circuit, version: int = 3) -> str:
    """Return the circuit as OpenQASM.

    A matrix, which OpenQASM has no word for, and a block are written out in gates: the same state, in version 3 to
    its global phase, and blocks and labels are not in the program any more.

    Args:
        circuit: Any circuit; for version 2 without symbols.
        version: 3 (symbols are inputs ``x_0``, ``w_3``) or 2 (numbers only, no global phase).

    Raises:
        CircuitError: for what the version can't say.

    Example:
        >>> print(to_qasm(Circuit(1).append("ry", 0, "2*x[0]")), end="")
        OPENQASM 3.0;
        include "stdgates.inc";
        input float x_0;
        qubit[1] q;
        ry(2*x_0) q[0];
    """
    if version == 3:
        from qlab.interop.qasm_write import to_qasm3

        return to_qasm3(circuit)
    if version == 2:
        from qlab.interop.qasm2_write import to_qasm2

        return to_qasm2(circuit)
    raise CircuitError(f"OpenQASM {version!r} is unknown", where="argument version", cure="use 2 or 3", value=version)


def from_qasm(text: str, *, file: str = "qasm", limits: Mapping[str, int] | None = None) -> Circuit:
    """Return the circuit of an OpenQASM 2 or 3 program.

    Inputs named ``x_0`` or ``w_3`` become x[0] and w[3]; of others those named x, input, data or feature become
    inputs, the rest weights, in order of declaration and, under one name, of their number (θ_2 before θ_10). Gates
    that the program defines itself are expanded.

    Args:
        text: The program, not a path.
        file: What errors call it.
        limits: Raises a limit by name: ``{"text": 1_000_000, "qubits": 64, "ops": 10_000, "nesting": 64}``.

    Raises:
        CircuitError: with ``where`` = ``"bell.qasm:3:7"``, file, line and column.

    Example:
        >>> from_qasm('OPENQASM 2.0; include "qelib1.inc"; qreg q[2]; h q[0]; cx q[0],q[1];').stats()["depth"]
        2
    """
    from qlab.interop.qasm_lex import Source
    from qlab.interop.qasm_read import read

    if not isinstance(text, str):
        raise CircuitError(f"{type(text).__name__} is no program text", where=file, cure="pass a str")
    data = text.encode("utf-8", "surrogatepass")

    def place(limit: int) -> str:
        return Source(text, file).where(len(data[: limit + 1].translate(None, _CONTINUED)) - 1)

    check_limit("text", len(data), limits, place)
    return read(text, file, limits or {})
