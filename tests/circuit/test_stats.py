"""Statistics against Qiskit's own, and templates against Qiskit's circuits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from qiskit.circuit import library as lib
from qiskit.quantum_info import Operator

from qlab.circuit import Circuit, templates
from qlab.errors import CircuitError
from qlab.interop.qiskit import to_qiskit
from tests.circuit.strategies import circuits, smooth
from tests.vectors.reference import to_reference


@given(circuits(max_qubits=5, max_ops=12, params=smooth))
@settings(max_examples=80, deadline=None)
def test_depth_and_counts_are_qiskits(c: Circuit) -> None:
    qc, found = to_qiskit(c), c.stats()
    assert found["depth"] == qc.depth()
    assert found["depth2"] == qc.depth(lambda i: len(i.qubits) >= 2 and i.operation.name != "barrier")
    assert found["gates"] == qc.size()
    if all(op.condition is None and not op.anticontrols and op.gate != "gphase" for op in c.ops):
        ours = dict(found["counts"])
        names = {"c3x": "cccx", "mcx": "cccx", "c3sx": "cccsx", "mcphase": "cccp", "cu1": "cp"}
        theirs: dict[str, int] = {}
        for name, n in qc.count_ops().items():
            name = names.get(name, name)
            name = "c" * int(name[1]) + name[2:] if name[0] == "c" and name[1:2].isdigit() else name
            theirs[name] = theirs.get(name, 0) + n
        assert ours.get("barrier") == theirs.get("barrier")
        assert sum(ours.values()) == sum(theirs.values())


def test_light_cone_goes_backwards_through_gates_and_bits() -> None:
    c = Circuit(4, clbits=1).append("cx", [2, 3]).append("measure", 2, clbits=0).append("x", 0, condition=(0, 1))
    assert c.stats()["light_cone"] == [0, 2, 3]
    assert c.append("cx", [0, 1]).stats()["light_cone"] == [0, 1, 2, 3]
    assert Circuit(3).append("barrier").append("cx", [1, 2]).stats()["light_cone"] == [0]


@pytest.mark.parametrize("n", [2, 3, 4])
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (templates.real_amplitudes, lib.real_amplitudes),
        (templates.efficient_su2, lib.efficient_su2),
        (templates.zz_feature_map, lib.zz_feature_map),
    ],
    ids=["real_amplitudes", "efficient_su2", "zz_feature_map"],
)
@pytest.mark.parametrize("entanglement", ["default", *templates.ENTANGLEMENT])
def test_template_is_qiskits_with_its_order_of_parameters(
    n: int, ours: object, theirs: object, entanglement: str
) -> None:
    options = {} if entanglement == "default" else {"entanglement": entanglement}
    mine, other = ours(n, **options), theirs(n, **options)  # type: ignore[operator]
    values = np.random.default_rng(n).uniform(-3, 3, other.num_parameters)
    assert max(mine.n_inputs, mine.n_weights) == len(values)
    reference = to_reference(mine, list(values), list(values))
    assert reference is not None
    assert np.allclose(Operator(reference).data, Operator(other.assign_parameters(values)).data)


def test_own_templates() -> None:
    c = templates.reuploading(3, 2)
    assert (c.n_inputs, c.n_weights, c.stats()["counts"]) == (3, 12, {"ry": 12, "rz": 6, "cx": 6})
    c = templates.hardware_efficient(4, 2)
    assert (c.n_inputs, c.n_weights, c.stats()["gates2"]) == (0, 16, 6)
    assert [str(op.params[0]) for op in templates.angle_encoding(2, "rx").ops] == ["x[0]", "x[1]"]
    assert templates.reuploading(1, 1).stats()["gates2"] == 0
    assert len(templates.reuploading(2, 0)) == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: templates.angle_encoding(2, "cx"), "not one qubit and one angle"),
        (lambda: templates.angle_encoding(2, "foo"), "unknown"),
        (lambda: templates.reuploading(0, 1), "at least 1 qubit"),
        (lambda: templates.reuploading(2, -1), "layers can't be -1"),
        (lambda: templates.real_amplitudes(2, 1, "star"), "'star' is unknown"),
        (lambda: templates.efficient_su2(65), "over the limit of 64"),
    ],
)
def test_wrong_templates(call: object, message: str) -> None:
    with pytest.raises(CircuitError, match=message) as caught:
        call()  # type: ignore[operator]
    assert caught.value.cure
