"""`EngineSampler`: Qiskit's V2 sampler on the engine. It bins shots into registers; it must not know gates."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit
from qiskit.primitives import BaseSamplerV2, BitArray, DataBin, PrimitiveJob, PrimitiveResult, SamplerPubResult
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.providers import Options

from qlab.engine.arrays import FloatArray, IntArray
from qlab.errors import EngineError

from .compiled import Compiled, compiled
from .estimator import values_of
from .exact import ExactBits, ExactResult

_BATCH_BYTES = 128 << 20  # probabilities held at a time


class EngineSampler(BaseSamplerV2):  # type: ignore[misc]
    """Shots of Qiskit circuits by the engine, all rows of all pubs of one circuit in one batch.

    Args:
        default_shots: Shots where neither run nor pub gives a number. None is exact: registers then are `ExactBits`
            that hold probabilities, as qiskit-machine-learning's own default sampler has them.
        seed: A seed or a NumPy generator; each run draws all its pubs from one stream, so rows are independent.
        dtype: ``"complex128"``, or another that `qlab.engine.compile` takes.

    Example:
        >>> qc = QuantumCircuit(2); _ = qc.h(0); _ = qc.cx(0, 1); qc.measure_all()
        >>> counts = EngineSampler(seed=7).run([qc], shots=100).result()[0].data.meas.get_counts()
        >>> sorted(counts), sum(counts.values())
        (['00', '11'], 100)
    """

    def __init__(
        self,
        *,
        default_shots: int | None = 1024,
        seed: np.random.Generator | int | None = None,
        dtype: str = "complex128",
    ) -> None:
        if default_shots is not None and (not isinstance(default_shots, int | np.integer) or default_shots < 1):
            raise EngineError(
                f"default_shots={default_shots!r} isn't a number of shots",
                where="argument default_shots",
                cure="use a whole number of at least 1, or None for exact probabilities",
                value=default_shots,
            )
        self._default_shots, self._seed, self._dtype = default_shots, seed, dtype

    @property
    def default_shots(self) -> int | None:
        """Return the shots where none are given; None is exact."""
        return self._default_shots

    @property
    def seed(self) -> np.random.Generator | int | None:
        """Return the seed or generator of the shots."""
        return self._seed

    @property
    def options(self) -> Options:
        """Return the settings, as qiskit-machine-learning's kernels ask for them."""
        return Options(default_shots=self._default_shots, seed=self._seed)

    def run(self, pubs: Iterable[Any], *, shots: int | None = None) -> PrimitiveJob[Any, Any]:
        """Return a job for pubs ``(circuit, parameter values, shots)``.

        The result's ``data`` has a `BitArray` (or `ExactBits`) for each classical register, of the shape of the
        parameter values.

        Args:
            pubs: Anything that Qiskit takes as sampler pubs.
            shots: For the pubs that don't give their own.

        Raises:
            EngineError: from the job's ``result()``, naming the instruction that can't be simulated.
        """
        given = self._default_shots if shots is None else shots
        listed = list(pubs)
        coerced = [SamplerPub.coerce(pub, given) for pub in listed]
        if any(not pub.circuit.cregs for pub in coerced):
            warnings.warn("a circuit has no classical register, so its result is empty: add measurements", stacklevel=2)
        job = PrimitiveJob(self._run, coerced)
        job._submit()
        return job

    def _run(self, pubs: list[SamplerPub]) -> PrimitiveResult[SamplerPubResult]:
        known: dict[int, Compiled] = {}
        groups: dict[int, tuple[Compiled, list[int]]] = {}
        for i, pub in enumerate(pubs):
            one = known.get(id(pub.circuit))
            if one is None:
                one = known[id(pub.circuit)] = compiled(pub.circuit, self._dtype)
            groups.setdefault(id(one), (one, []))[1].append(i)
        rng = np.random.default_rng(self._seed)
        results: list[SamplerPubResult | None] = [None] * len(pubs)
        for one, at in groups.values():
            self._run_group(one, at, pubs, rng, results)
        return PrimitiveResult(results, metadata={"version": 2})

    def _run_group(
        self,
        one: Compiled,
        at: list[int],
        pubs: list[SamplerPub],
        rng: np.random.Generator,
        results: list[SamplerPubResult | None],
    ) -> None:
        """Run the pubs of one circuit, a bounded number of rows at a time."""
        qubits = sorted(set(one.measured.values()))
        blocks = [values_of(pubs[i].parameter_values, pubs[i].circuit) for i in at]
        rows = np.concatenate(blocks)
        owners = np.repeat(np.arange(len(at)), [len(b) for b in blocks])
        exact = [pubs[i].shots is None for i in at]
        joints = [np.empty((len(b) * e, 1 << len(qubits))) for b, e in zip(blocks, exact, strict=True)]
        drawn = [
            np.empty((len(b) * (not e), pubs[i].shots or 0), dtype=np.int64)
            for i, b, e in zip(at, blocks, exact, strict=True)
        ]
        starts = np.cumsum([0, *[len(b) for b in blocks]])
        step = max(1, _BATCH_BYTES // (8 << one.circuit.n_qubits))
        for start in range(0, len(rows), step):
            p = one.probabilities(rows[start : start + step], qubits)
            for row, owner, values in zip(range(start, start + len(p)), owners[start : start + step], p, strict=True):
                local = row - starts[owner]
                if exact[owner]:
                    joints[owner][local] = values
                else:
                    drawn[owner][local] = draw(values, drawn[owner].shape[1], rng)
        for i, joint, shots, is_exact in zip(at, joints, drawn, exact, strict=True):
            pub, registers = pubs[i], {}
            for register in pub.circuit.cregs:
                places = _places(pub.circuit, register, one.measured, qubits)
                if is_exact:
                    registers[register.name] = ExactBits(joint.reshape(*pub.shape, -1), places)
                else:
                    packed = pack(shots, places).reshape(*pub.shape, shots.shape[1], -1)
                    registers[register.name] = BitArray(packed, len(places))
            metadata = {"shots": pub.shots, "exact": is_exact, "circuit_metadata": pub.circuit.metadata}
            kind = ExactResult if is_exact else SamplerPubResult
            results[i] = kind(DataBin(**registers, shape=pub.shape), metadata=metadata)


def _places(circuit: QuantumCircuit, register: Any, measured: dict[int, int], qubits: list[int]) -> list[int]:
    bits = (circuit.find_bit(bit).index for bit in register)
    return [qubits.index(measured[bit]) if bit in measured else -1 for bit in bits]


def draw(probabilities: FloatArray, shots: int, rng: np.random.Generator) -> IntArray:
    """Return outcomes of one distribution, in the order of the shots; one of probability 0 never comes."""
    edges = np.cumsum(probabilities)
    last = int(np.flatnonzero(probabilities)[-1])
    found: IntArray = np.searchsorted(edges, rng.random(shots) * edges[-1], side="right")
    return np.minimum(found, last, out=found)


def pack(outcomes: IntArray, places: list[int]) -> NDArray[np.uint8]:
    """Return shots as a `BitArray`'s bytes, the most significant byte first; places as `ExactBits` has them."""
    size = -(-len(places) // 8)
    out = np.zeros((*outcomes.shape, size), dtype=np.uint8)
    for i, place in enumerate(places):
        if place >= 0:
            out[..., size - 1 - i // 8] |= ((outcomes >> place & 1) << i % 8).astype(np.uint8)
    return out
