"""More ready circuits: feature maps, state preparation, QAOA, QCNN, GHZ, QFT. Gates to be edited; see templates.py."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from qlab.circuit.gates import lookup
from qlab.circuit.model import Circuit
from qlab.circuit.template_parts import Step, build, count, tuples, two_local_steps
from qlab.errors import CircuitError

GRAPHS = ("ring", "line", "complete")
MAX_AMPLITUDE_QUBITS = 10


def two_local(
    n: int,
    gates: Sequence[str] = ("ry",),
    entanglers: Sequence[str] = ("cz",),
    reps: int = 3,
    entanglement: str = "full",
) -> Circuit:
    """Return Qiskit's `n_local`: reps + 1 layers of trained gates on every qubit, entangling gates between.

    Args:
        n: Qubits.
        gates: One-qubit gates; each angle is a weight.
        entanglers: Two-qubit gates such as cx, cz, crx, rzz; each angle is a weight.
        reps: Entangling layers, 0 or more.
        entanglement: full, linear, reverse_linear or circular.

    Raises:
        CircuitError: for a gate on another number of qubits.

    Example:
        >>> two_local(2, ["ry"], ["crx"], reps=1).n_weights
        5
    """
    for names, size, what in ((gates, 1, "gates"), (entanglers, 2, "entanglers")):
        for name in names:
            row, controls = lookup(name, f"argument {what}")
            if row.targets + controls != size or not row.unitary:
                raise CircuitError(
                    f"{name} is no gate on {size} qubit{'s' if size > 1 else ''}",
                    where=f"argument {what}",
                    cure="use ry, rz, h" if size == 1 else "use cx, cz, crx, rzz",
                    value=name,
                )
    return build(n, "two_local", two_local_steps(n, gates, entanglers, reps, entanglement))


def z_feature_map(n: int, reps: int = 2) -> Circuit:
    """Return Qiskit's `z_feature_map`: reps times H and P(2·x[i]) on every qubit; n inputs."""
    layer: list[Step] = [("h", (i,), ()) for i in range(n)] + [("p", (i,), (f"2*x[{i}]",)) for i in range(n)]
    return build(n, "z_feature_map", layer * count(reps, "reps"))


def pauli_feature_map(
    n: int, paulis: Sequence[str] = ("Z", "ZZ"), reps: int = 2, entanglement: str = "full"
) -> Circuit:
    """Return Qiskit's `pauli_feature_map`: exp(i·φ(x)·P) for Pauli strings P, between layers of H; n inputs.

    φ of one qubit is x[i], of several the product of π − x[i]; the angle of P is 2·φ. As in Qiskit the last letter of a
    string stands on the first qubit of its group. Source: Havlíček et al., Nature 567, 209 (2019).

    Args:
        n: Qubits.
        paulis: Strings of X, Y and Z.
        reps: Layers, 0 or more.
        entanglement: Which groups of qubits a string of several letters acts on.

    Raises:
        CircuitError: for a string with other letters, or one too long.
    """
    for word in paulis:
        if not word or set(word) - set("XYZ") or len(word) > n:
            raise CircuitError(
                f"the Pauli string {word!r} doesn't fit {n} qubits",
                where="argument paulis",
                cure="use letters X, Y, Z, at most one a qubit",
                value=word,
            )
    steps: list[Step] = []
    for _ in range(count(reps, "reps")):
        steps += [("h", (i,), ()) for i in range(n)]
        for word in paulis:
            for group in tuples(n, len(word), entanglement):
                steps += _pauli_block(word, group)
    return build(n, "pauli_feature_map", steps)


def _pauli_block(word: str, group: tuple[int, ...]) -> list[Step]:
    into: list[Step] = []
    back: list[Step] = []
    for letter, q in zip(reversed(word), group, strict=True):
        if letter == "X":
            into.append(("h", (q,), ()))
            back.append(("h", (q,), ()))
        elif letter == "Y":
            into.append(("rx", (q,), ("pi/2",)))
            back.append(("rx", (q,), ("-pi/2",)))
    chain: list[Step] = [("cx", pair, ()) for pair in pairwise(group)]
    factors = [f"(pi-x[{q}])" for q in group] if len(group) > 1 else [f"x[{q}]" for q in group]
    phase: Step = ("p", (group[-1],), ("*".join(["2", *factors]),))
    return [*into, *chain, phase, *chain[::-1], *back]


def amplitude_encoding(values: Sequence[float]) -> Circuit:
    """Return a circuit that prepares the state whose amplitudes are these real numbers, scaled to length 1.

    RY under all patterns of controls, written out as RY and CX in Gray code order; no ancilla. The numbers fill the
    basis states in order, the rest is 0. Source: Möttönen et al., Quantum Inf. Comput. 5, 467 (2005).

    Args:
        values: 1 to 1,024 numbers, not all 0.

    Raises:
        CircuitError: for none, too many, all zero, or one that isn't finite.

    Example:
        >>> amplitude_encoding([3, 4]).ops[0].params[0].evaluate().round(4)
        np.float64(1.8546)
    """
    numbers = [float(v) for v in values]
    n = max(1, math.ceil(math.log2(max(1, len(numbers)))))
    if not numbers or n > MAX_AMPLITUDE_QUBITS:
        raise CircuitError(
            f"{len(numbers)} amplitudes are too many or too few",
            where="argument values",
            cure=f"give 1 to {2**MAX_AMPLITUDE_QUBITS}",
        )
    if not all(map(math.isfinite, numbers)) or not any(numbers):
        raise CircuitError(
            "the amplitudes are all 0, or one is not finite",
            where="argument values",
            cure="give finite numbers, not all 0",
        )
    state = [*numbers, *[0.0] * (2**n - len(numbers))]
    steps: list[Step] = []
    for target in reversed(range(n)):
        steps += _uniform_ry(_angles(state, target), target)
    return build(n, "amplitude_encoding", steps)


def _angles(state: Sequence[float], target: int) -> list[float]:
    """The angle of RY on the target for each pattern of the qubits above it."""
    half, out = 2**target, []
    for start in range(0, len(state), 2 * half):
        low, high = state[start : start + half], state[start + half : start + 2 * half]
        if target == 0:
            out.append(2 * math.atan2(high[0], low[0]))
        else:
            out.append(2 * math.atan2(math.sqrt(sum(v * v for v in high)), math.sqrt(sum(v * v for v in low))))
    return out


def _uniform_ry(angles: Sequence[float], target: int) -> list[Step]:
    size = len(angles)
    steps: list[Step] = []
    for i in range(size):
        gray = i ^ (i >> 1)
        total = sum(-a if (j & gray).bit_count() % 2 else a for j, a in enumerate(angles))
        steps.append(("ry", (target,), (_digits(total / size),)))
        if size > 1:
            changed = gray ^ ((i + 1) % size ^ ((i + 1) % size >> 1))
            steps.append(("cx", (target + 1 + changed.bit_length() - 1, target), ()))
    return steps


def _digits(value: float) -> str:
    """Twelve digits: as many as two languages' arctangents have in common."""
    rounded = float(f"{value:.12g}") + 0.0
    return repr(rounded) if rounded else "0"


def qaoa(n: int, edges: str | Sequence[tuple[int, int]] = "ring", reps: int = 1) -> Circuit:
    """Return QAOA for MaxCut as Qiskit's `QAOAAnsatz` of ΣZZ: H, then reps times RZZ(2·γ) on each edge and RX(2·β).

    Weights: the β of all layers, then the γ, as Qiskit orders them. Source: Farhi et al., arXiv:1411.4028.

    Args:
        n: Qubits.
        edges: ring, line, complete, or pairs of qubits.
        reps: Layers, 0 or more.
    """
    if isinstance(edges, str):
        if edges not in GRAPHS:
            cure = "use " + ", ".join(GRAPHS) + ", or a list of pairs"
            raise CircuitError(f"the graph {edges!r} is unknown", where="argument edges", cure=cure, value=edges)
        pairs = tuples(n, 2, "full" if edges == "complete" else "linear")
        if edges == "ring" and n > 2:
            pairs.append((0, n - 1))
    else:
        pairs = [tuple(edge) for edge in edges]
    steps: list[Step] = [("h", (i,), ()) for i in range(n)]
    for layer in range(count(reps, "reps")):
        steps += [("rzz", pair, (f"2*w[{reps + layer}]",)) for pair in pairs]
        steps += [("rx", (i,), (f"2*w[{layer}]",)) for i in range(n)]
    return build(n, "qaoa", steps)


def qcnn(n: int) -> Circuit:
    """Return a quantum convolutional network: convolution and pooling until one qubit is left, which is the last.

    Two-qubit blocks of three weights each. Source: Cong et al., Nature Physics 15, 1273 (2019), with the blocks of
    qiskit-machine-learning's tutorial.

    Args:
        n: Qubits, a power of two of at least 2.
    """
    if n < 2 or n & (n - 1):
        raise CircuitError(f"a QCNN can't halve {n} qubits", where="argument n", cure="use 2, 4, 8 or 16", value=n)
    steps: list[Step] = []
    weights = 0
    left = list(range(n))
    while len(left) > 1:
        pairs = [*zip(left[::2], left[1::2], strict=True), *zip(left[1::2], [*left[2::2], left[0]], strict=True)]
        half = len(left) // 2
        for a, b in pairs:
            steps += _qcnn_block(a, b, weights)
            steps += [("cx", (b, a), ()), ("rz", (a,), ("pi/2",))]
            weights += 3
        for a, b in zip(left[:half], left[half:], strict=True):
            steps += _qcnn_block(a, b, weights)
            weights += 3
        left = left[half:]
    return build(n, "qcnn", steps)


def _qcnn_block(a: int, b: int, k: int) -> list[Step]:
    return [
        ("rz", (b,), ("-pi/2",)),
        ("cx", (b, a), ()),
        ("rz", (a,), (f"w[{k}]",)),
        ("ry", (b,), (f"w[{k + 1}]",)),
        ("cx", (a, b), ()),
        ("ry", (b,), (f"w[{k + 2}]",)),
    ]


def ghz(n: int) -> Circuit:
    """Return a circuit that prepares (|0…0⟩ + |1…1⟩)/√2: H and a chain of CX."""
    steps: list[Step] = [("h", (0,), ())]
    steps += [("cx", (i, i + 1), ()) for i in range(n - 1)]
    return build(n, "ghz", steps)


def qft(n: int, inverse: bool = False, swaps: bool = True) -> Circuit:
    """Return the quantum Fourier transform of Qiskit's `QFTGate`, |j⟩ to Σ e^(2πi·jk/2ⁿ)|k⟩, or its inverse.

    Args:
        n: Qubits.
        inverse: Whether all angles are negated and the gates reversed.
        swaps: Whether the qubits are put back in order at the end.
    """
    steps: list[Step] = []
    for j in reversed(range(n)):
        steps.append(("h", (j,), ()))
        sign = "-" if inverse else ""
        steps += [("cp", (k, j), (f"{sign}pi/{2 ** (j - k)}",)) for k in reversed(range(j))]
    if swaps:
        steps += [("swap", (i, n - 1 - i), ()) for i in range(n // 2)]
    return build(n, "inverse_qft" if inverse else "qft", steps[::-1] if inverse else steps)
