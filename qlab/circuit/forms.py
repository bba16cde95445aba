"""What a circuit can be turned into and read from: text, drawings, statistics, Qiskit, OpenQASM; methods of `Circuit`.

Nothing is imported before a method needs it: qlab.interop is a layer above.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

    from qlab.circuit.model import Circuit
    from qlab.circuit.stats import Stats


def _whole(part: Forms) -> Circuit:
    return cast("Circuit", part)


class Forms:
    """Methods of `Circuit`."""

    __slots__ = ()

    def to_text(self) -> str:
        """Return the canonical JSON text, the same byte for byte in Python and JavaScript."""
        from qlab.circuit.text import to_text

        return to_text(_whole(self))

    @staticmethod
    def from_text(text: str, *, limits: Mapping[str, int] | None = None) -> Circuit:
        """Return the circuit of a text; `to_text` of it is the normal form.

        Raises:
            CircuitError: naming line and column, or operation and field.
        """
        from qlab.circuit.text import from_text

        return from_text(text, limits=limits)

    def stats(self) -> Stats:
        """Return depth, gate counts, weights, inputs and light cone; see `qlab.circuit.stats`."""
        from qlab.circuit.stats import stats

        return stats(_whole(self))

    def to_qiskit(self) -> QuantumCircuit:
        """Return the circuit for Qiskit, names and order of parameters kept; see `qlab.interop.qiskit`."""
        from qlab.interop.qiskit import to_qiskit

        return to_qiskit(_whole(self))

    @staticmethod
    def from_qiskit(
        circuit: QuantumCircuit,
        *,
        inputs: Iterable[object] | None = None,
        limits: Mapping[str, int] | None = None,
    ) -> Circuit:
        """Return a Qiskit circuit as a qlab one; see `qlab.interop.qiskit.from_qiskit`."""
        from qlab.interop.qiskit import from_qiskit

        return from_qiskit(circuit, inputs=inputs, limits=limits)

    def to_qasm(self, version: int = 3) -> str:
        """Return OpenQASM 3 or 2; see `qlab.interop.qasm`."""
        from qlab.interop.qasm import to_qasm

        return to_qasm(_whole(self), version)

    @staticmethod
    def from_qasm(text: str, *, file: str = "qasm", limits: Mapping[str, int] | None = None) -> Circuit:
        """Return the circuit of an OpenQASM 2 or 3 text; see `qlab.interop.qasm`.

        Args:
            text: The program, not a path.
            file: What errors call it: ``"bell.qasm:3:7"``.
            limits: Raises a limit by name.
        """
        from qlab.interop.qasm import from_qasm

        return from_qasm(text, file=file, limits=limits)

    def __repr__(self) -> str:
        c = _whole(self)
        parts = [f"{c.name!r}", f"{c.n_qubits} qubits", f"{len(c.ops)} ops"]
        parts += [f"{n} {what}" for n, what in ((c.n_inputs, "inputs"), (c.n_weights, "weights")) if n]
        return f"<Circuit {', '.join(parts)}>"

    def __str__(self) -> str:
        from qlab.circuit.drawing import draw

        return draw(_whole(self))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from qlab.circuit.svg import to_svg

        return {"text/plain": f"{self!r}\n{self}", "image/svg+xml": to_svg(_whole(self))}
