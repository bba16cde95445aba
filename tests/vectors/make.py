"""Writes the vectors that hold Python and JavaScript to the same behaviour: run `python tests/vectors/make.py --write`.

expr.json, circuits.json, bad.json, matrices.json, qasm.json, branches.json, templates.json and worth.json come from
here; references (values, amplitudes, matrices, branches, worth) come from Python's own arithmetic and from Qiskit,
never from qlab. Deterministic. gates.json is written by `python -m qlab.circuit.gates --write`, frames.json elsewhere.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from qlab.circuit import GATES, Circuit, ExprError, from_text, parse  # noqa: E402
from qlab.circuit.labels import short_angle  # noqa: E402
from qlab.errors import CircuitError  # noqa: E402
from tests.vectors import cases  # noqa: E402
from tests.vectors.branches import branches_text  # noqa: E402
from tests.vectors.qasm import qasm_text  # noqa: E402
from tests.vectors.reference import amplitudes, matrix, python_value, slope  # noqa: E402
from tests.vectors.templates import templates_text  # noqa: E402
from tests.vectors.worth import worth_text  # noqa: E402

X = [0.3, -1.1, 0.7, 2.2]
W = [0.5, -0.25, 1.5, -2.0, 0.9, 3.1, -0.6, 0.05, 1.2, -1.7, 0.35, 2.6]


def lines(rows: list[object]) -> str:
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]"


def round12(value: float) -> float:
    """Enough digits for a tolerance of 1e-9, few enough to be the same on every machine."""
    return float(f"{value:.12g}") + 0.0


def expr_text() -> str:
    valid: list[object] = []
    for text in cases.VALID:
        e = parse(text)
        symbols = [str(s) for s in e.symbols()]
        value = python_value(text, X, W)
        row: dict[str, object] = {
            "input": text, "canonical": str(e), "label": short_angle(str(e)), "symbols": symbols,
        }  # fmt: skip
        if math.isfinite(value):
            row["value"] = round12(value)
            row["derivatives"] = {s: round12(slope(text, s, X, W)) for s in symbols}
        valid.append(row)
    invalid: list[object] = []
    for text in cases.INVALID:
        try:
            parse(text)
        except ExprError as error:
            invalid.append({"input": text, "column": error.column, "message": error.message, "cure": error.cure})
        else:
            raise AssertionError(f"{text!r} was expected not to parse")
    return f'{{\n"x": {X},\n"w": {W},\n"valid": {lines(valid)},\n"invalid": {lines(invalid)}\n}}\n'


def circuits_text() -> str:
    rows: list[object] = []
    for circuit in cases.circuits():
        text = circuit.to_text()
        row: dict[str, object] = {
            "name": circuit.name,
            "text": text,
            "n_inputs": circuit.n_inputs,
            "n_weights": circuit.n_weights,
            "stats": circuit.stats(),
            "families": {op.id: circuit.family(op) for op in circuit.ops},
        }
        if circuit.blocks:
            row["flat"] = circuit.flattened().to_text()
        found = amplitudes(circuit, X, W)
        if found is not None:
            row["re"] = [round12(a.real) for a in found]
            row["im"] = [round12(a.imag) for a in found]
        rows.append(row)
    variants: list[object] = []
    for title, text in cases.VARIANTS:
        variants.append({"name": title, "text": text, "canonical": from_text(text).to_text()})
    return f'{{\n"x": {X},\n"w": {W},\n"circuits": {lines(rows)},\n"variants": {lines(variants)}\n}}\n'


def bad_text() -> str:
    """`message` is a part of the message, null where the words are free."""
    rows: list[object] = []
    for title, text in cases.BAD:
        try:
            Circuit.from_text(text)
        except CircuitError as error:
            syntax = error.message.startswith("the text is not JSON")
            # The words of a JSON syntax error are each parser's own; its place is not.
            message = None if syntax else error.message
            if message is not None and message.endswith("is not valid") and "field" in (error.where or ""):
                message = "is not valid"  # how a strange name is shown may differ
            rows.append({"name": title, "text": text, "where": error.where, "message": message})
        else:
            raise AssertionError(f"{title} was expected to be refused")
    return lines(rows) + "\n"


def matrices_text() -> str:
    angles = [0.7, -1.3, 2.1]
    rows: list[object] = []
    for gate in GATES.values():
        if gate.unitary:
            params = angles[: len(gate.params)]
            m = matrix(gate.name, params)
            rows.append(
                {
                    "gate": gate.name,
                    "params": params,
                    "re": [[round12(v.real) for v in r] for r in m],
                    "im": [[round12(v.imag) for v in r] for r in m],
                }
            )
    return lines(rows) + "\n"


def outputs() -> dict[Path, str]:
    """Return each file of vectors and what it should hold."""
    return {
        HERE / "expr.json": expr_text(),
        HERE / "circuits.json": circuits_text(),
        HERE / "bad.json": bad_text(),
        HERE / "matrices.json": matrices_text(),
        HERE / "qasm.json": qasm_text(),
        HERE / "branches.json": branches_text(),
        HERE / "templates.json": templates_text(),
        HERE / "worth.json": worth_text(),
    }


if __name__ == "__main__":
    for path, text in outputs().items():
        stale = not path.exists() or path.read_text("utf-8") != text
        if stale and "--write" in sys.argv:
            path.write_text(text, "utf-8")
        print("stale:" if stale and "--write" not in sys.argv else "current:", path.name)
