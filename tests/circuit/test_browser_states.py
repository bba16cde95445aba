"""The browser's own simulation, run in Node, has Qiskit's amplitudes on 500 circuits that no vector holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from qiskit.quantum_info import Statevector, random_unitary

from qlab.circuit import Circuit
from tests.engine.reference import random_circuit
from tests.vectors.reference import to_reference

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
import hatch_build  # noqa: E402

SCRIPT = """
import { build } from "esbuild";
import { readFileSync } from "node:fs";
const contents = 'export { parse } from "./src/core/text"; export { simulate } from "./src/core/trajectories";';
const stdin = { contents, resolveDir: "." };
const { outputFiles } = await build({ stdin, bundle: true, format: "esm", write: false });
const core = await import("data:text/javascript;base64," + Buffer.from(outputFiles[0].contents).toString("base64"));
const found = JSON.parse(readFileSync(0, "utf8")).map(({ text, x, w }) => {
  const { re, im } = core.simulate(core.parse(text), x, w);
  return [[...re], [...im]];
});
process.stdout.write(JSON.stringify(found));
"""


def drawn(rng: np.random.Generator) -> Circuit:
    """Random gates on up to eight wires; in every third circuit a matrix on up to three, perhaps controlled."""
    n = int(rng.integers(1, 9))
    circuit = random_circuit(rng, n, int(rng.integers(1, 40)))
    if rng.random() < 1 / 3:
        wires = [int(q) for q in rng.permutation(n)]
        k = int(rng.integers(1, min(3, n) + 1))
        unitary = random_unitary(2**k, seed=int(rng.integers(1 << 30))).data
        circuit = circuit.append("unitary", wires[:k], controls=wires[k : k + 1], matrix=unitary)
    return circuit


def test_the_browser_has_qiskits_amplitudes() -> None:
    rng = np.random.default_rng(20261124)
    cases = [(drawn(rng), rng.normal(size=3).tolist(), rng.normal(size=4).tolist()) for _ in range(500)]
    node = hatch_build.find_node()
    assert node, "no Node. Cure: `make test`"
    asked = json.dumps([{"text": circuit.to_text(), "x": x, "w": w} for circuit, x, w in cases])
    env = {**os.environ, "NODE_OPTIONS": ""}
    command = [node, "--input-type=module", "-e", SCRIPT]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, cwd=ROOT / "js", env=env, check=False)
    assert done.returncode == 0, done.stderr
    for k, ((circuit, x, w), (re, im)) in enumerate(zip(cases, json.loads(done.stdout), strict=True)):
        reference = to_reference(circuit, x, w)
        assert reference is not None
        want = Statevector(reference).data
        apart = np.abs(np.array(re) + 1j * np.array(im) - want).max()
        assert apart < 1e-9, f"circuit {k}: {apart}\n{circuit.to_text()}"
