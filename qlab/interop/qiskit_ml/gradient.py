"""`AdjointEstimatorGradient`: qiskit-machine-learning's estimator gradient by one walk back; it must not loop over
parameters."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

import numpy as np
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.primitives import BaseEstimatorV2
from qiskit.providers import Options
from qiskit.quantum_info.operators.base_operator import BaseOperator
from qiskit_machine_learning.gradients import BaseEstimatorGradient, DerivativeType, EstimatorGradientResult

from qlab.engine.arrays import FloatArray
from qlab.errors import EngineError

from .compiled import Compiled, compiled
from .estimator import EngineEstimator
from .observables import Terms, terms_of


class AdjointEstimatorGradient(BaseEstimatorGradient):
    """Exact gradients of expectations with respect to any parameters, all rows of one circuit in one batch.

    Its cost hardly depends on the number of parameters, where the parameter-shift rule runs two circuits for each.

    Args:
        estimator: Not used, since the adjoint method needs the state; taken so that it fits where others are made.
        options: Kept for `options`.
        pass_manager: Applied to each circuit; observables follow its layout.
        dtype: ``"complex128"``, or another that `qlab.engine.compile` takes.

    Raises:
        EngineError: for a ``derivative_type`` other than REAL.

    Source: Jones and Gacon, arXiv:2009.02823.

    Example:
        >>> from qiskit.quantum_info import SparsePauliOp
        >>> qc = QuantumCircuit(1); _ = qc.ry(Parameter("a"), 0)
        >>> job = AdjointEstimatorGradient().run([qc], [SparsePauliOp("Z")], [[0.5]])
        >>> job.result().gradients[0].round(4).tolist()
        [-0.4794]
    """

    def __init__(
        self,
        estimator: BaseEstimatorV2 | None = None,
        options: Options | None = None,
        derivative_type: DerivativeType = DerivativeType.REAL,
        pass_manager: Any = None,
        *,
        dtype: str = "complex128",
    ) -> None:
        if derivative_type is not DerivativeType.REAL:
            raise EngineError(
                f"derivative_type={derivative_type} isn't a gradient of expectations",
                where="argument derivative_type",
                cure="use DerivativeType.REAL, or LinCombEstimatorGradient for imaginary parts",
                value=derivative_type,
            )
        super().__init__(
            EngineEstimator() if estimator is None else estimator, options, derivative_type, pass_manager=pass_manager
        )
        self._dtype = dtype
        self._transpiled: dict[int, tuple[QuantumCircuit, Any, QuantumCircuit]] = {}

    def run(
        self,
        circuits: Sequence[QuantumCircuit] | QuantumCircuit,
        observables: Sequence[BaseOperator] | BaseOperator,
        parameter_values: Sequence[Sequence[float]] | FloatArray,
        parameters: Sequence[Sequence[Parameter] | None] | None = None,
        **options: Any,
    ) -> Any:
        """Return a job whose result's ``gradients[i]`` is the gradient of observable i on circuit i at values i.

        Args:
            circuits: One circuit, or one per row.
            observables: One, or one per row.
            parameter_values: (rows, parameters of the circuit).
            parameters: For each row the parameters that are asked for; None means all.

        Raises:
            ValueError: for lengths that don't agree, as qiskit-machine-learning says them.
            EngineError: from the job's ``result()``, naming the instruction that has no gradient.
        """
        listed = [circuits] if isinstance(circuits, QuantumCircuit) else circuits
        if parameters is None or any(p is None for p in parameters):
            whole = {id(c): c.parameters for c in listed}  # once per circuit, not once per row
            given = [None] * len(listed) if parameters is None else parameters
            parameters = [whole[id(c)] if p is None else p for c, p in zip(listed, given, strict=False)]
        return super().run(listed, observables, parameter_values, parameters, **options)

    @staticmethod
    def _validate_arguments(
        circuits: Sequence[QuantumCircuit],
        observables: Sequence[BaseOperator],
        parameter_values: Sequence[Sequence[float]] | FloatArray,
        parameters: Sequence[Sequence[Parameter]],
    ) -> None:
        # The base class checks every row; a batch repeats a few circuits and parameter lists hundreds of times.
        first: dict[tuple[int, int, int], int] = {}
        for i, (c, o, p) in enumerate(zip(circuits, observables, parameters, strict=False)):
            first.setdefault((id(c), id(o), id(p)), i)
        lengths = {len(circuits), len(observables), len(parameter_values), len(parameters)}
        widths = {len(row) for row in parameter_values}
        if len(lengths) > 1 or len(widths) > 1 or len({id(c) for c in circuits}) > 1:
            BaseEstimatorGradient._validate_arguments(circuits, observables, parameter_values, parameters)
            return
        at = list(first.values())
        BaseEstimatorGradient._validate_arguments(
            [circuits[i] for i in at],
            [observables[i] for i in at],
            [parameter_values[i] for i in at],
            [parameters[i] for i in at],
        )

    def _run(
        self,
        circuits: Sequence[QuantumCircuit],
        observables: Sequence[BaseOperator],
        parameter_values: Sequence[Sequence[float]] | FloatArray,
        parameters: Sequence[Sequence[Parameter]],
        **options: Any,
    ) -> EstimatorGradientResult:
        targets: dict[int, tuple[QuantumCircuit, Compiled]] = {}
        terms: dict[tuple[int, int], Terms] = {}
        groups: dict[int, list[int]] = {}
        for i, (circuit, observable) in enumerate(zip(circuits, observables, strict=True)):
            if id(circuit) not in targets:
                run = self._mapped(circuit)
                targets[id(circuit)] = run, compiled(run, self._dtype)
            run = targets[id(circuit)][0]
            if (id(circuit), id(observable)) not in terms:
                mapped = observable.apply_layout(run.layout) if run.layout and run is not circuit else observable
                terms[id(circuit), id(observable)] = terms_of(mapped, run.num_qubits, f"observables[{i}]")
            groups.setdefault(id(circuit), []).append(i)
        gradients: list[FloatArray] = [np.empty(0)] * len(circuits)
        for key, at in groups.items():
            of: dict[Terms, int] = {}
            which = np.array([of.setdefault(terms[key, id(observables[i])], len(of)) for i in at])
            run, one = targets[key]
            order = {p: k for k, p in enumerate(circuits[at[0]].parameters)}
            kept = [order[p] for p in run.parameters]
            rows = np.array([parameter_values[i] for i in at], dtype=np.float64)
            found = np.zeros_like(rows)
            found[:, kept] = one.gradients(rows[:, kept], tuple(of), which)
            columns: dict[int, list[int]] = {}
            for row, i in zip(found, at, strict=True):
                asked = parameters[i]
                if id(asked) not in columns:
                    columns[id(asked)] = [order[p] for p in asked]
                gradients[i] = row[columns[id(asked)]]
        opt = copy(self._default_options)
        opt.update_options(**options)
        return EstimatorGradientResult(
            gradients=gradients, metadata=[{"parameters": p} for p in parameters], options=opt
        )

    def _mapped(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """Return the circuit after the pass manager, which runs once per circuit; the kept original owns its id."""
        if self._pass_manager is None:
            return circuit
        known = self._transpiled.get(id(circuit))
        if known is None or known[0] is not circuit or known[1].data != circuit.data:
            if len(self._transpiled) >= 32:
                self._transpiled.clear()
            known = self._transpiled[id(circuit)] = circuit, circuit.copy(), self._pass_manager.run(circuit)
        return known[2]
