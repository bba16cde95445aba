"""The text of every template for some arguments: the content of templates.json, which holds the browser to Python."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qlab.circuit import Circuit, templates

VECTORS = Path(__file__).resolve().parent / "templates.json"
SIZES = (1, 2, 3, 5)
Build = Callable[..., Circuit]
# name, function, arguments after the number of qubits
SETS: list[tuple[str, Build, list[dict[str, Any]]]] = [
    ("angle_encoding", templates.angle_encoding, [{}, {"gate": "rx"}]),
    ("reuploading", templates.reuploading, [{"layers": 2}, {"layers": 1}]),
    ("hardware_efficient", templates.hardware_efficient, [{"layers": 2}]),
    ("real_amplitudes", templates.real_amplitudes, [{"reps": 2}, {"reps": 1, "entanglement": "full"}]),
    ("efficient_su2", templates.efficient_su2, [{"reps": 1}, {"reps": 2, "entanglement": "circular"}]),
    (
        "two_local",
        templates.two_local,
        [{}, {"gates": ["ry", "u"], "entanglers": ["crx", "cz"], "reps": 1, "entanglement": "linear"}],
    ),
    ("z_feature_map", templates.z_feature_map, [{}, {"reps": 1}]),
    ("zz_feature_map", templates.zz_feature_map, [{}, {"reps": 1, "entanglement": "linear"}]),
    (
        "pauli_feature_map",
        templates.pauli_feature_map,
        [{"paulis": ["Z"]}, {"paulis": ["Y", "X"], "reps": 1, "entanglement": "circular"}],
    ),
    ("qaoa", templates.qaoa, [{}, {"edges": "line", "reps": 2}, {"edges": "complete"}]),
    ("ghz", templates.ghz, [{}]),
    ("qft", templates.qft, [{}, {"inverse": True}, {"swaps": False}]),
]


def templates_text() -> str:
    """The content of templates.json."""
    rows: list[dict[str, Any]] = []
    for name, make, sets in SETS:
        for n in SIZES:
            rows += [{"template": name, "n": n, "args": args, "text": make(n, **args).to_text()} for args in sets]
    more = {"paulis": ["Z", "XY", "ZYX"], "reps": 1, "entanglement": "full"}
    rows.append(
        {
            "template": "pauli_feature_map",
            "n": 4,
            "args": more,
            "text": templates.pauli_feature_map(4, **more).to_text(),
        }
    )
    rows += [{"template": "qcnn", "n": n, "args": {}, "text": templates.qcnn(n).to_text()} for n in (2, 4, 8)]
    for values in ([1.0], [3.0, 4.0], [1.0, -2.0, 0.5], [0.1, 0.2, 0.3, -0.4, 0.0, 0.0, 1.5, 2.0]):
        c = templates.amplitude_encoding(values)
        rows.append(
            {"template": "amplitude_encoding", "n": c.n_qubits, "args": {"values": values}, "text": c.to_text()}
        )
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"
