"""Every branch of circuits with measurements, resets and conditions in the middle: the content of branches.json.

By Qiskit's Statevector and Operator alone; the browser's trajectories must each be one of these, and come up as often.
"""

from __future__ import annotations

import json

import numpy as np
from qiskit.circuit.library import XGate
from qiskit.quantum_info import Statevector, partial_trace

from qlab.circuit import Circuit, Operation
from tests.vectors.reference import to_reference

Branch = tuple[dict[str, int], float, Statevector, dict[int, int]]


def circuits() -> list[Circuit]:
    bell = Circuit(2, clbits=1, name="measure half a pair").append("h", 0).append("cx", [0, 1])
    bell = bell.append("measure", 0, clbits=[0]).append("ry", 0, 0.4)
    teleport = Circuit(3, clbits=2, name="teleportation").append("u", 0, 0.7, 0.3, -0.9).append("h", 1)
    teleport = teleport.append("cx", [1, 2]).append("cx", [0, 1]).append("h", 0)
    teleport = teleport.append("measure", 0, clbits=[0]).append("measure", 1, clbits=[1])
    teleport = teleport.append("x", 2, condition=([1], 1)).append("z", 2, condition=([0], 1)).append("ry", 2, 0.1)
    reset = Circuit(3, name="reset half a pair").append("ry", 0, 1.1).append("cx", [0, 1]).append("reset", 0)
    reset = reset.append("ry", 0, 0.3).append("cx", [1, 2]).append("h", 1)
    plain = Circuit(2, name="reset of a wire of its own").append("u", 0, 0.7, 0.3, 0.2).append("reset", 0)
    plain = plain.append("ry", 0, 0.3).append("cx", [0, 1])
    sure = Circuit(2, clbits=2, name="certain outcomes").append("x", 0).append("measure", 0, clbits=[1])
    sure = sure.append("h", 1, condition=([0, 1], 2)).append("y", 0, condition=([1], 0)).append("t", 1)
    twice = Circuit(2, clbits=2, name="measured twice").append("ry", 0, 0.9).append("cx", [0, 1])
    twice = (
        twice.append("measure", 0, clbits=[0]).append("measure", 1, clbits=[1]).append("x", 0, condition=([0, 1], 3))
    )
    twice = twice.append("h", 1).append("measure", 1, clbits=[0]).append("reset", 0, condition=([0], 1)).append("h", 0)
    final = Circuit(2, clbits=2, name="measured at the end").append("h", 0).append("cx", [0, 1])
    final = final.append("measure", 0, clbits=[0]).append("measure", 1, clbits=[1])
    return [bell, teleport, reset, plain, sure, twice, final]


def _followed(c: Circuit, index: int) -> bool:
    op = c.ops[index]
    later = [o for o in c.ops[index + 1 :] if o.gate != "measure" or o.condition or _followed(c, c.ops.index(o))]
    wires = set(op.qubits)
    read = {b for o in later for b in (*o.clbits, *(o.condition.clbits if o.condition else ()))}
    return any(wires & {*o.qubits, *o.controls, *o.anticontrols} for o in later) or bool(set(op.clbits) & read)


def _lot(branch: Branch, op: Operation) -> list[Branch]:
    lots, p, state, bits = branch
    q = op.qubits[0]
    others = [i for i in range(state.num_qubits or 0) if i != q]
    alone = not others or partial_trace(state, others).purity().real > 1 - 1e-10
    chances = state.probabilities([q])
    out: list[Branch] = []
    for outcome in (0, 1):
        chance = float(chances[outcome])
        if chance < 1e-12:
            continue
        keep = np.array([chance and float((i >> q & 1) == outcome) for i in range(len(state.data))]) > 0
        data = np.where(keep, state.data, 0) / np.sqrt(chance)
        after = Statevector(data)
        if op.gate == "reset" and outcome:
            after = after.evolve(XGate(), [q])
        new_bits = bits | dict.fromkeys(op.clbits, outcome)
        if chance > 1 - 1e-12:
            return [(lots, p, after, new_bits)]
        if op.gate == "reset" and alone:
            if chance > 0.5:
                return [(lots, p, after, new_bits)]
            continue
        out.append((lots | {op.id: outcome}, p * chance, after, new_bits))
    return out


def branches(c: Circuit) -> list[Branch]:
    """All branches: the outcomes that fell by lot, their probability, the state."""
    found: list[Branch] = [({}, 1.0, Statevector.from_int(0, 2**c.n_qubits), {})]
    for i, op in enumerate(c.ops):
        step: list[Branch] = []
        for branch in found:
            lots, p, state, bits = branch
            test = op.condition
            if test and any(bits.get(b, 0) != test.value >> k & 1 for k, b in enumerate(test.clbits)):
                step.append(branch)
            elif op.gate == "reset" or (op.gate == "measure" and _followed(c, i)):
                step += _lot(branch, op)
            elif op.gate == "measure":
                step.append(branch)
            else:
                alone = Circuit(
                    c.n_qubits, [Operation(op.id, op.gate, op.qubits, op.params, op.controls, op.anticontrols)]
                )
                step.append((lots, p, state.evolve(to_reference(alone, [], [])), bits))
        found = step
    return found


def branches_text() -> str:
    rows = []
    for c in circuits():
        each = [
            {
                "lots": lots,
                "p": float(f"{p:.12g}"),
                "re": [float(f"{a.real:.12g}") + 0.0 for a in state.data],
                "im": [float(f"{a.imag:.12g}") + 0.0 for a in state.data],
            }
            for lots, p, state, _ in branches(c)
        ]
        rows.append({"name": c.name, "text": c.to_text(), "branches": each})
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"
