"""lightning.qubit and qulacs: compiled simulators that walk the samples one by one."""

from __future__ import annotations

from typing import Any

import numpy as np

from .work import Step, Work, gates, observable


def lightning(work: Work) -> Step:
    """Return PennyLane's `lightning.qubit` by its adjoint method, the batch broadcast by PennyLane."""
    import pennylane as qml

    n = work.n

    @qml.qnode(qml.device("lightning.qubit", wires=n), diff_method="adjoint")
    def node(x: Any, w: Any) -> Any:
        for gate, q, k in gates(n):
            if gate == "cx":
                qml.CNOT(wires=[q, k])
            else:
                (qml.RZ if gate == "rz" else qml.RY)(x[..., k] if gate == "encode" else w[k], wires=q)
        if work.kind == "Z0":
            return qml.expval(qml.PauliZ(0))
        return qml.expval(qml.Hamiltonian([1 / n] * n, [qml.PauliZ(q) for q in range(n)]))

    x, w = qml.numpy.array(work.x, requires_grad=False), qml.numpy.array(work.w, requires_grad=True)
    run = qml.grad(lambda v: qml.numpy.mean((node(x, v) - work.y) ** 2))

    def step() -> tuple[float, np.ndarray]:
        grad = run(w)
        return float(run.forward), np.asarray(grad)

    return step


def qulacs(work: Work) -> Step:
    """Return qulacs' step: a parametric circuit, `backprop` per sample. Its rotations turn the other way."""
    from qulacs import Observable, ParametricQuantumCircuit, QuantumState

    n = work.n
    circuit, weight_at, input_at = ParametricQuantumCircuit(n), [0] * len(work.w), [0] * n
    for gate, q, k in gates(n):
        if gate == "cx":
            circuit.add_CNOT_gate(q, k)
            continue
        (input_at if gate == "encode" else weight_at)[k] = circuit.get_parameter_count()
        add = circuit.add_parametric_RZ_gate if gate == "rz" else circuit.add_parametric_RY_gate
        add(q, -float(work.x[0, k] if gate == "encode" else work.w[k]))
    terms = Observable(n)
    for text, weight in observable(n, work.kind).items():
        terms.add_operator(weight, f"Z {text[1:]}")
    state = QuantumState(n)

    def step() -> tuple[float, np.ndarray]:
        for at, angle in zip(weight_at, work.w, strict=True):
            circuit.set_parameter(at, -float(angle))
        total, grad = 0.0, np.zeros(len(work.w))
        for x, y in zip(work.x, work.y, strict=True):
            for at, angle in zip(input_at, x, strict=True):
                circuit.set_parameter(at, -float(angle))
            state.set_zero_state()
            circuit.update_quantum_state(state)
            error = terms.get_expectation_value(state) - y
            total += error**2
            grad -= 2 * error * np.asarray(circuit.backprop(terms))[weight_at]
        return total / len(work.x), grad / len(work.x)

    return step
