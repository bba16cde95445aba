import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Circuit } from "../../src/core/circuit";
import { expand } from "../../src/core/decompose";
import { evaluate, num } from "../../src/core/expr";
import { resolve } from "../../src/core/gates.gen";
import { toQasm2, toQasm3, toQiskit } from "../../src/core/qasm";
import { isState, type State } from "../../src/core/simulate";
import { simulate } from "../../src/core/trajectories";
import { anyCircuit, circuit, gate } from "./helpers";

const c = circuit(
  3,
  gate("ry", 0, "x[0]"),
  gate("cx", [0, 1]),
  gate("ry", 2, "arcsin(w[1])*2+pi", { anticontrols: [0], controls: [1] }),
  gate("u", 1, ["pi/2", "w[0]", "0"], { controls: [2] }),
  gate("ecr", [0, 2]),
  gate("sxdg", 0),
  gate("measure", 0),
  gate("x", 1, [], { condition: { clbits: [0], value: 1 } }),
  gate("barrier", [0, 1]),
);

describe("OpenQASM 3", () => {
  it("prints every operation on lines of its own", () => {
    const { text, lines } = toQasm3(c);
    expect(text.split("\n")).toEqual([
      "OPENQASM 3.0;",
      'include "stdgates.inc";',
      "gate rzx(theta) a, b { h b; cx a, b; rz(theta) b; cx a, b; h b; }",
      "gate ecr a, b { rzx(pi/4) a, b; x a; rzx(-pi/4) a, b; }",
      "input float x_0;",
      "input float w_0;",
      "input float w_1;",
      "qubit[3] q;",
      "bit[1] c;",
      "ry(x_0) q[0];",
      "cx q[0], q[1];",
      "ctrl @ negctrl @ ry(arcsin(w_1)*2+pi) q[1], q[0], q[2];",
      "cu(pi/2, w_0, 0, 0) q[2], q[1];",
      "ecr q[0], q[2];",
      "inv @ sx q[0];",
      "c[0] = measure q[0];",
      "if (c[0] == true) { x q[1]; }",
      "barrier q[0], q[1];",
      "",
    ]);
    expect(lines.slice(9)).toEqual(["g1", "g2", "g3", "g4", "g5", "g6", "g7", "g8", "g9"]);
    expect(lines.slice(0, 9).every((id) => id === null)).toBe(true);
  });
});

describe("OpenQASM 2", () => {
  it("needs values", () => {
    expect(() => toQasm2(c)).toThrow(/x\[0\] has no value/);
    const { text, lines } = toQasm2(c, [0.5], [0.1, 0.2]);
    expect(text).toContain("ry(0.5) q[0];\ncx q[0],q[1];");
    expect(text).toContain("measure q[0] -> c[0];\nif(c==1) x q[1];\nbarrier q[0],q[1];");
    expect(lines).toHaveLength(text.split("\n").length - 1);
  });

  it("spells out what qelib1 lacks: the same state up to a global phase", () => {
    const xs = [0.3, -0.8, 1.1, 2.2];
    const ws = Array.from({ length: 13 }, (_, i) => Math.sin(i + 1));
    const run = (d: Circuit): State => {
      const r = simulate(d, xs, ws);
      if (!isState(r)) throw new Error("no state");
      return r;
    };
    fc.assert(
      fc.property(anyCircuit(5, 6, true), (d) => {
        const ops = d.ops.flatMap((op) => {
          const angles = op.params.map((e) => evaluate(e, xs, ws));
          return expand(op.gate, angles, op.controls, op.anticontrols, op.qubits)!.map((e, i) => {
            const found = resolve(e.name)!;
            return {
              id: `${op.id}_${i}`,
              gate: found.gate,
              params: e.angles.map(num),
              controls: e.qubits.slice(0, found.controls),
              qubits: e.qubits.slice(found.controls),
              anticontrols: [],
              clbits: [],
            };
          });
        });
        const [a, b] = [run(d), run({ ...d, ops })];
        let re = 0;
        let im = 0;
        for (let i = 0; i < a.re.length; i++) {
          re += a.re[i]! * b.re[i]! + a.im[i]! * b.im[i]!;
          im += a.re[i]! * b.im[i]! - a.im[i]! * b.re[i]!;
        }
        expect(Math.hypot(re, im)).toBeCloseTo(1, 9);
      }),
      { numRuns: 200 },
    );
  });
});

describe("Qiskit", () => {
  it("prints a program", () => {
    const { text, lines } = toQiskit(c);
    expect(text.split("\n")).toEqual([
      "import numpy as np",
      "from qiskit import QuantumCircuit",
      "from qiskit.circuit import ParameterVector",
      "from qiskit.circuit.library import RYGate, UGate",
      "",
      'x = ParameterVector("x", 1)',
      'w = ParameterVector("w", 2)',
      'qc = QuantumCircuit(3, 1, name="circuit")',
      "qc.ry(x[0], 0)",
      "qc.cx(0, 1)",
      'qc.append(RYGate(w[1].arcsin() * 2 + np.pi).control(2, ctrl_state="01"), [1, 0, 2])',
      "qc.append(UGate(np.pi / 2, w[0], 0).control(1), [2, 1])",
      "qc.ecr(0, 2)",
      "qc.sxdg(0)",
      "qc.measure(0, 0)",
      "with qc.if_test((qc.clbits[0], 1)):",
      "    qc.x(1)",
      "qc.barrier(0, 1)",
      "",
    ]);
    expect(lines.at(-2)).toBe("g8");
  });

  it("uses given names", () => {
    const named: Circuit = { ...circuit(1, gate("ry", 0, "w[0]+w[1]")), names: { "w[0]": "θ[0]" } };
    expect(toQiskit(named).text).toContain('w = [Parameter("θ[0]"), Parameter("w[1]")]');
  });
});
