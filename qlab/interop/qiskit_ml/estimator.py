"""`EngineEstimator`: Qiskit's V2 estimator on the engine. Pubs in, batches out; it must not know circuits' gates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from qiskit.circuit import QuantumCircuit
from qiskit.primitives import BaseEstimatorV2, DataBin, PrimitiveJob, PrimitiveResult, PubResult
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.providers import Options

from qlab.engine.arrays import FloatArray, IntArray

from .compiled import Compiled, compiled
from .observables import Terms, terms_of

_GRID_WORK = 1 << 26  # amplitudes times observables up to which unneeded pairs are cheaper than more plans


class EngineEstimator(BaseEstimatorV2):  # type: ignore[misc]
    """Expectations of Qiskit circuits by the engine, all rows of all pubs of one circuit in one batch.

    An exact value meets every precision that is asked for, so without a seed and with ``default_precision=0`` the
    result is exact whatever a caller such as `EstimatorQNN` passes as its precision (qiskit-machine-learning's own
    default estimator does the same). Shot noise is simulated when it is asked for: by a ``seed`` or by a
    ``default_precision`` above 0. It is then drawn as `StatevectorEstimator` draws it, number for number.

    Args:
        default_precision: Standard deviation of the noise where neither run nor pub gives one; 0 is exact.
        seed: A seed or a NumPy generator.
        dtype: ``"complex128"``, or another that `qlab.engine.compile` takes.

    Example:
        >>> from qiskit import QuantumCircuit
        >>> from qiskit.circuit import Parameter
        >>> qc = QuantumCircuit(1); _ = qc.ry(Parameter("a"), 0)
        >>> job = EngineEstimator().run([(qc, ["Z", "X"], [[[0.0]], [[0.5]]])])
        >>> job.result()[0].data.evs.round(4).tolist()
        [[1.0, 0.0], [0.8776, 0.4794]]
    """

    def __init__(
        self,
        *,
        default_precision: float = 0.0,
        seed: np.random.Generator | int | None = None,
        dtype: str = "complex128",
    ) -> None:
        self._default_precision, self._seed, self._dtype = float(default_precision), seed, dtype
        self.exact = self._default_precision == 0.0 and seed is None

    @property
    def default_precision(self) -> float:
        """Return the standard deviation of the noise where none is given."""
        return self._default_precision

    @property
    def seed(self) -> np.random.Generator | int | None:
        """Return the seed or generator of the noise."""
        return self._seed

    @property
    def options(self) -> Options:
        """Return the settings, as qiskit-machine-learning's gradients ask for them."""
        return Options(default_precision=self._default_precision, seed=self._seed)

    def run(self, pubs: Iterable[Any], *, precision: float | None = None) -> PrimitiveJob[Any, Any]:
        """Return a job for pubs ``(circuit, observables, parameter values, precision)``.

        The result's ``data.evs`` and ``data.stds`` have the broadcast shape of observables and parameter values.

        Args:
            pubs: Anything that Qiskit takes as estimator pubs.
            precision: For the pubs that don't give their own.

        Raises:
            EngineError: from the job's ``result()``, naming the pub or the instruction that can't be simulated.
        """
        given = self._default_precision if precision is None else precision
        job = PrimitiveJob(self._run, [EstimatorPub.coerce(pub, given) for pub in pubs])
        job._submit()
        return job

    def _run(self, pubs: list[EstimatorPub]) -> PrimitiveResult[PubResult]:
        groups: dict[int, _Group] = {}
        compiled_of: dict[int, Compiled] = {}
        for i, pub in enumerate(pubs):
            key = id(pub.circuit)  # alive as long as the pubs
            if key not in compiled_of:
                compiled_of[key] = compiled(pub.circuit, self._dtype)
            one = compiled_of[key]
            groups.setdefault(id(one), _Group(one)).add(i, pub)
        values: dict[int, FloatArray] = {}
        for group in groups.values():
            group.run(values)
        results = [self._result(pub, values[i]) for i, pub in enumerate(pubs)]
        return PrimitiveResult(results, metadata={"version": 2})

    def _result(self, pub: EstimatorPub, evs: FloatArray) -> PubResult:
        precision = 0.0 if self.exact else pub.precision
        if precision:
            evs = np.asarray(np.random.default_rng(self._seed).normal(evs, precision))
        metadata = {"target_precision": precision, "exact": not precision, "circuit_metadata": pub.circuit.metadata}
        return PubResult(DataBin(evs=evs, stds=np.zeros_like(evs), shape=evs.shape), metadata=metadata)


class _Group:
    """The pubs of one circuit: equal blocks of rows are run once, with all observables wanted on them."""

    def __init__(self, one: Compiled) -> None:
        self.compiled = one
        self.blocks: dict[bytes, tuple[FloatArray, dict[Terms, int]]] = {}
        self.wanted: list[tuple[int, list[tuple[bytes, IntArray, IntArray, IntArray]], tuple[int, ...]]] = []

    def add(self, number: int, pub: EstimatorPub) -> None:
        """Note which rows and observables a pub pairs."""
        rows = values_of(pub.parameter_values, pub.circuit)
        listed = pub.observables.sparse_observables_array().reshape(-1)
        where = f"pub {number}, observables"
        terms = [terms_of(o, pub.circuit.num_qubits, where) for o in listed]
        row_at, term_at = np.broadcast_arrays(
            np.arange(len(rows)).reshape(pub.parameter_values.shape),
            np.arange(len(terms)).reshape(pub.observables.shape),
        )
        row_at, term_at = row_at.reshape(-1), term_at.reshape(-1)
        parts = []
        grid = len(rows) * len(terms)
        if grid == row_at.size or grid << pub.circuit.num_qubits <= _GRID_WORK:
            splits = [np.arange(row_at.size)]
        else:
            splits = [np.flatnonzero(term_at == k) for k in range(len(terms))]
        for chosen in splits:
            used, local = np.unique(row_at[chosen], return_inverse=True)
            block = rows[used]
            key = block.tobytes()
            known = self.blocks.setdefault(key, (block, {}))[1]
            numbers = {int(k): known.setdefault(terms[k], len(known)) for k in np.unique(term_at[chosen])}
            columns = np.array([numbers[int(k)] for k in term_at[chosen]], dtype=np.int64)
            parts.append((key, chosen, local.reshape(-1), columns))
        self.wanted.append((number, parts, pub.shape))

    def run(self, values: dict[int, FloatArray]) -> None:
        """Evaluate everything and write each pub's values."""
        together: dict[tuple[Terms, ...], list[bytes]] = {}
        for key, (_, terms) in self.blocks.items():
            together.setdefault(tuple(terms), []).append(key)
        found: dict[bytes, FloatArray] = {}
        for observables, keys in together.items():
            blocks = [self.blocks[key][0] for key in keys]
            all_values = self.compiled.expectations(np.concatenate(blocks), observables)
            ends = np.cumsum([len(block) for block in blocks])
            found.update(zip(keys, np.split(all_values, ends[:-1]), strict=True))
        for number, parts, shape in self.wanted:
            out = np.empty(int(np.prod(shape, dtype=np.int64)))
            for key, chosen, local, columns in parts:
                out[chosen] = found[key][local, columns]
            values[number] = out.reshape(shape)


def values_of(bindings: Any, circuit: QuantumCircuit) -> FloatArray:
    """Return a pub's parameter values as (bindings, parameters) in the circuit's own order."""
    if circuit.num_parameters == 0:
        return np.empty((int(np.prod(bindings.shape, dtype=np.int64)), 0))
    array: FloatArray = np.asarray(bindings.as_array(circuit.parameters), dtype=np.float64)
    return array.reshape(-1, circuit.num_parameters)
