"""What the vectors are made of: angles, circuits, texts to be refused. Add a case here, then run make.py --write."""

# ruff: noqa: E501

from __future__ import annotations

import json
from typing import Any

import numpy as np

from qlab.circuit import GATES, Circuit, templates
from tests.vectors.composite import blocks, unitaries

VALID = [
    "1.5707963267948966", "x[0]/0.7853981633974483", "2.356194490192345*x[0]", "0.123456789012345", "-3.141592653589793",
    "1.2345678e-7*w[0]", "123456789.123", "w[2]*1.0471975511965976**2", "sin(0.9000000000000001)+x[0]",
    "0", "1", "pi", "π", "x[0]", "w[3]", "x[003]", " x[ 1 ] ", "2*pi*x[0]", "2 * π * x[0]", "0.5", ".5", "5.", "1e3", "1E-7",
    "1e21", "1e20", "123456789012345678901", "0.1", "0.000001", "0.0000001", "100.0", "1.5e300", "4.35", "2.5e-5",
    "0.30000000000000004", "9007199254740993", "5e-324", "1.7976931348623157e308", "00.50",
    "-1", "-x[0]", "--x[0]", "+x[0]", "-+-x[0]", "-(x[0])", "-(-1)", "-0", "+-+2",
    "x[0]+w[0]", "x[0]-w[0]-1", "x[0]-(w[0]-1)", "x[0]-(w[0]+1)", "(x[0]-w[0])-1", "x[0]+(w[0]+1)", "x[0]+-w[0]",
    "x[0]--w[0]", "-x[0]*w[1]", "-(x[0]*w[1])", "x[0]*-w[1]", "x[0]*(-w[1])", "(x[0]+1)*2", "x[0]+1*2", "2*(x[0]+1)",
    "x[0]/2/3", "x[0]/(2/3)", "x[0]/2*3", "x[0]/(2*3)", "x[0]*2/3", "x[0]*(2/3)", "-(x[0]+1)", "-(x[0]/2)",
    "x[0]**2", "-x[0]**2", "(-x[0])**2", "(x[0]+1)**2", "x[0]**-2", "x[0]**+2", "x[0]**0", "x[0]**16", "x[0]**-16",
    "(x[0]**2)**3", "2*x[0]**2", "(2*x[0])**2", "x[0]**02", "pi**2", "sin(x[0])**2", "(sin(x[0]))**2", "-2**2", "(-2)**2",
    "sin(x[0])", "cos(w[0])", "tan(x[0])", "arcsin(x[0])", "arccos(x[0])", "arctan(x[1])", "exp(x[1])", "log(x[0])",
    "sqrt(x[0])", "sin(cos(x[0])*w[1])", "sqrt(x[0]**2+w[0]**2)", "exp(-x[0]**2/2)", "((((x[0]))))", "sin((x[0]))",
    "w[5]*x[0]+w[6]", "2*(pi-x[0])*(pi-x[1])", "pi/2", "3*pi/4", "-pi/4", "x[0]*x[0]", "x[0]/x[1]", "1/(1+exp(-w[0]*x[0]))",
    "log(exp(x[0])+exp(w[0]))", "arctan(x[0]/w[0])", "2*arcsin(sqrt(0.25))", "x[3]-x[2]+w[11]*w[10]", "\tx[0]\t",
    "x[0]+" * 30 + "1", "(" * 20 + "x[0]" + ")" * 20, "-" * 20 + "x[0]", "sqrt(" * 20 + "w[0]" + ")" * 20, "1" * 15,
    "w[0]" + "+w[0]" * 39, "tan(arctan(x[0]))", "cos(x[0])**2+sin(x[0])**2", "x[0]**2-2*x[0]*w[0]+w[0]**2",
]  # fmt: skip

INVALID = [
    "", " ", "\t", "+", "-", "*2", "2*", "2 *", "x[0]+", "x[0]*/2", "(", ")", "()", "(1", "1)", "((1)", "(1))", "( x[0] 2)", "2pi",
    "2x[0]", "pi pi", "x[0]x[1]", "2 2", "(1)(2)", "x", "w", "x+1", "x(0)", "x[", "x[]", "x[0", "x[0+1]", "x[-1]", "x[1.5]",
    "x[1e1]", "x[10000]", "w[99999999999999999999]", "x[pi]", "x[x[0]]", "x0", "x_3", "w12", "y[0]", "theta", "a", "_", "X[0]",
    "W[0]", "PI", "Pi", "tau", "sin", "sin x[0]", "sin()", "sin(", "sin(x[0]", "asin(x[0])", "ln(x[0])", "abs(x[0])", "sinx[0]",
    "Sin(x[0])", "e", "2^3", "x[0]^2", "x[0]**", "x[0]**x[1]", "x[0]**2.0", "x[0]**1e1", "x[0]**0.5", "x[0]**(2)", "x[0]**17",
    "x[0]**-17", "x[0]**00000000000017", "x[0]**--2", "x[0]**pi", "2**2**2", "x[0]**2**3", "x[0]**-", "1e400", "1e", "1e+", "1.2.3",
    "0x10", "1_000", "1,5", "x[0],x[1]", "$", "2 $", "x[0]=1", "x[0];", "\n", "x[0]\n", "'x[0]'", '"', "x[0]!", "é", "𝜋", "2*𝜋",
    "[0]", "]", "x[0]]", "[", "2*[", "//2", "2//3", "1 - * 2", "-*", "__import__('os')", "x.real", "lambda: 0", "x[0] if 1 else 2",
    "(" * 21 + "x[0]" + ")" * 21, "-" * 21 + "x[0]", "sin(" * 21 + "x[0]" + ")" * 21, "-(" * 11 + "1" + ")" * 11,
    "1" * 201, "x[0]+" * 40 + "x[0]", "1e20*" * 39 + "1e20",
]  # fmt: skip


def _every_gate() -> Circuit:
    c = Circuit(3, name="every gate").append("h", 0).append("h", 1).append("ry", 2, 0.4)
    angles = (0.7, -1.3, 2.1)
    for gate in GATES.values():
        if gate.unitary:
            c = c.append(gate.name, [2, 0, 1][: gate.targets], *angles[: len(gate.params)])
    return c


def _every_gate_controlled(anti: bool) -> Circuit:
    c = Circuit(4, name=f"every gate, {'anti-' if anti else ''}controlled")
    for q in range(4):
        c = c.append("ry", q, 0.3 + 0.2 * q)
    angles = (0.7, -1.3, 2.1)
    for gate in GATES.values():
        if gate.controllable:
            where = {"anticontrols": [0]} if anti else {"controls": [3]}
            c = c.append(gate.name, [1, 2][: gate.targets], *angles[: len(gate.params)], **where)
    return c


def _random(seed: int, n: int, length: int) -> Circuit:
    rng = np.random.default_rng(seed)
    angles = ["x[{}]", "w[{}]", "2*x[{}]+0.5", "w[{}]*x[0]", "pi/{}", "sin(w[{}])", "-x[{}]/3"]
    c = Circuit(n, name=f"random {seed}")
    rows = [g for g in GATES.values() if g.unitary and g.targets <= n]
    while len(c) < length:
        gate = rows[rng.integers(len(rows))]
        wires = [int(q) for q in rng.permutation(n)]
        params = [angles[rng.integers(len(angles))].format(int(rng.integers(1, 4))) for _ in gate.params]
        rest = wires[gate.targets :]
        k = int(rng.integers(0, len(rest) + 1)) if gate.controllable and rng.random() < 0.4 else 0
        split = int(rng.integers(0, k + 1))
        c = c.append(gate.name, wires[: gate.targets], *params, controls=rest[:split], anticontrols=rest[split:k])
    return c


def circuits() -> list[Circuit]:
    """Return the circuits of circuits.json; names are unique."""
    c = Circuit
    bell = c(2, name="bell").append("h", 0).append("cx", [0, 1])
    out = [
        c(1, name="empty"),
        c(["a", "data 2", "größe", "😀" * 64], name='names “quoted” "\\ /'),
        bell,
        bell.with_(name="bell measured", clbits=2).append("measure", 0, clbits=0).append("measure", 1, clbits=1),
        c(3, name="ghz").append("h", 0).append("cx", [0, 1]).append("cx", [1, 2]),
        c(2, name="qubit order").append("x", 1),
        c(3, name="controls unsorted").append("x", [0], controls=[2, 1]).append("toffoli", [2, 0, 1]),
        c(3, name="anticontrols").append("x", 0).append("x", 2, controls=[0], anticontrols=[1]).append("h", 1),
        c(4, name="many controls").append("h", 0).append("x", 1).append("mcx", [0, 1, 2, 3]).append("ccz", [3, 0, 1]),
        c(2, name="swap ports")
        .append("ry", 0, 0.3)
        .append("swap", [1, 0])
        .append("iswap", [1, 0])
        .append("ecr", [1, 0]),
        c(3, name="fredkin").append("h", 0).append("x", 1).append("fredkin", [0, 1, 2]),
        c(1, name="reupload one").append("ry", 0, "x[0]").append("rz", 0, "w[0]").append("ry", 0, "x[0]*w[1]+w[2]"),
        c(2, name="families")
        .append("ry", 0, "x[0]")
        .append("ry", 0, "w[0]")
        .append("ry", 1, "x[0]+w[0]")
        .append("ry", 0, "pi")
        .append("crz", [0, 1], "x[1]")
        .append("rzz", [0, 1], "w[1]")
        .append("cx", [0, 1])
        .append("swap", [0, 1])
        .append("h", 0)
        .append("rzz", [0, 1], 1)
        .append("barrier")
        .append("gphase", [], "pi/3"),
        c(3, name="barriers")
        .append("h", 0)
        .append("barrier", [0, 2])
        .append("h", 2)
        .append("barrier")
        .append("cx", [1, 2]),
        c(2, name="global phase").append("gphase", [], "pi/4").append("gphase", [], "w[0]").append("h", 0),
        c(2, clbits=["m"], name="measure, reset, if")
        .append("h", 0)
        .append("measure", 0, clbits="m")
        .append("reset", 0)
        .append("x", 1, condition=("m", 1))
        .append("cx", [1, 0], condition=("m", 0))
        .append("ry", 0, "w[0]", condition=(0, 1)),
        c(3, clbits=3, name="if on three bits")
        .append("h", 0)
        .append("measure", 0, clbits=2)
        .append("measure", 1, clbits=0)
        .append("z", 2, condition=([0, 2, 1], 5))
        .append("measure", 2, clbits=1, condition=([1], 0)),
        c(2, name="named symbols", names={"w[10]": "θ[10]", "w[2]": "θ[2]", "x[0]": "alpha", "w[0]": "w[0]"})
        .append("ry", 0, "w[2]")
        .append("ry", 1, "w[10]")
        .append("rx", 0, "x[0]"),
        c(2, name="own ids").append("h", 0, id="first").append("x", 1, id="g7").append("y", 1).append("z", 0, id="_z9"),
        c(2, name="gaps in indices").append("ry", 0, "x[3]").append("ry", 1, "w[11]+w[2]"),
        c(5, name="light cone")
        .append("h", 4)
        .append("cx", [4, 3])
        .append("cx", [1, 2])
        .append("cx", [3, 1])
        .append("cx", [1, 0])
        .append("cx", [4, 2]),
        c(2, name="angles")
        .append("u", 0, "x[0]/2", "-w[1]**2", "sqrt(x[2])")
        .append("r", 1, 1e-7, "2*arcsin(0.5)")
        .append("xx_plus_yy", [1, 0], "exp(-w[0])", "log(w[2])")
        .append("p", 0, 1e21)
        .append("rx", 0, -0.5),
        unitaries(),
        blocks(),
        c(2, name="block not used").define("spare", c(1).append("ry", 0, "w[7]")).define("empty", []).append("h", 1),
        c(3, clbits=1, name="block if")
        .append("h", 0)
        .append("cx", [0, 2])
        .append("ry", 2, "x[0]")
        .group(["g1", "g2", "g3"], "größe: A")
        .append("measure", 1, clbits=0)
        .append("block:größe: A", [2, 1], condition=(0, 1)),
        _every_gate(),
        _every_gate_controlled(False),
        _every_gate_controlled(True),
        c(2, name="doubly controlled phase of y")
        .append("h", 0)
        .append("h", 1)
        .append("cy", [0, 1])
        .append("csdg", [1, 0]),
        templates.angle_encoding(3, "rx"),
        templates.reuploading(3, 2).with_(name="reuploading 3"),
        templates.reuploading(2, 1).with_(name="reuploading 2"),
        templates.hardware_efficient(3, 2),
        templates.real_amplitudes(3, 2),
        templates.efficient_su2(2, 1),
        templates.zz_feature_map(3, 2),
        templates.reuploading(12, 2).with_(name="reuploading 12"),
        c(64, name="widest").append("cx", [0, 63]).append("h", 40),
    ]
    out += [_random(seed, 1 + seed % 5, 12 + seed) for seed in range(10)]
    assert len({c.name for c in out}) == len(out)
    return out


def _text(ops: list[Any], qubits: Any = 2, clbits: Any = None, **more: Any) -> str:
    head: dict[str, Any] = {"qlab": "circuit/1", "name": "c"}
    head["qubits"] = [f"q{i}" for i in range(qubits)] if isinstance(qubits, int) else qubits
    if clbits is not None:
        head["clbits"] = [f"c{i}" for i in range(clbits)] if isinstance(clbits, int) else clbits
    return json.dumps({**head, **more, "ops": ops}, ensure_ascii=False)


def _op(gate: Any = "h", qubits: Any = (0,), **more: Any) -> dict[str, Any]:
    return {"id": "g1", "gate": gate, "qubits": list(qubits) if isinstance(qubits, tuple) else qubits, **more}


VARIANTS = [
    ("one line", _text([_op(), {"id": "g2", "gate": "x", "qubits": [1], "controls": [0]}])),
    ("other order of keys", '{"ops":[{"qubits":[0],"params":[" 2 * π * x[0] "],"gate":"ry","id":"a"}],"qubits":["q0"],"qlab":"circuit/1"}'),
    ("numbers as angles", _text([_op("u", (0,), params=[0.5, -1, 1e21])])),
    ("integers as floats", _text([_op("x", (1.0,), controls=[0.0])])),
    ("controls unsorted", _text([_op("x", (1,), controls=[3, 0], anticontrols=[4, 2])], qubits=5)),
    ("empty optional fields", _text([_op("h", (0,), params=[], controls=[], anticontrols=[], clbits=[])], clbits=[], names={})),
    ("names unsorted, with a default", _text([], names={"w[10]": "b", "w[2]": "a", "x[3]": "c", "w[1]": "w[1]"})),
    ("escapes", '{"qlab": "circuit/1", "name": "\\u03b8\\/\\"\\ud83d\\ude00", "qubits": ["\\u0071"], "ops": []}'),
    ("angle respelled", _text([_op("ry", (0,), params=["-(x[0])+(1e2*(w[0]))"])])),
    ("matrix respelled", _text([_op("unitary", (0,), label="N", matrix=[[[0.0, -0.0], [1e0, 0]], [[10e-1, 0], [0, 0]]])])),
    ("block keys in another order", _text([_op("block:a", (1,))], blocks=[{"ops": [_op("ry", (0,), params=[1])], "qubits": 1.0, "name": "a"}])),
    ("block used before it is defined", _text([_op("block:b", (1,))], blocks=[{"name": "b", "qubits": 1, "ops": [_op("block:a", (0,))]}, {"name": "a", "qubits": 1, "ops": []}])),
    ("no blocks", _text([], blocks=[])),
    ("much space", '\r\n{ "qlab" : "circuit/1" ,\n\t"qubits" : [ "a" ] , "ops" : [ ] }\n\n'),
]  # fmt: skip

_GOOD = _op()
_X = [[[0, 0], [1, 0]], [[1, 0], [0, 0]]]
_A: dict[str, Any] = {"name": "A", "qubits": 1, "ops": []}


def _nested(k: int, times: int = 1) -> dict[str, Any]:
    """Block k of a chain: b0 holds H gates, each other one instances of the one before."""
    ops = [_op(f"block:b{k - 1}" if k else "h") | {"id": f"g{i}"} for i in range(times)]
    return {"name": f"b{k}", "qubits": 1, "ops": ops}


BAD = [
    ("not JSON", "hello"),
    ("empty", ""),
    ("unclosed", '{"qlab": "circuit/1",\n"qubits": ["q0"],\n"ops": ['),
    ("trailing comma", '{"qlab": "circuit/1",\n"qubits": ["q0",],\n"ops": []}'),
    ("comma missing", '{"qlab": "circuit/1"\n"qubits": ["q0"]}'),
    ("text behind", _text([]) + "\nx"),
    ("a list", "[]"),
    ("a text", '"circuit"'),
    ("no format", '{"qubits": ["q0"], "ops": []}'),
    ("other format", '{"qlab": "circuit/2", "qubits": ["q0"], "ops": []}'),
    ("unknown field", _text([], color="red")),
    ("no qubits", '{"qlab": "circuit/1", "ops": []}'),
    ("qubits a number", _text([], qubits=[]).replace("[]", "3", 1)),
    ("zero qubits", _text([], qubits=0)),
    ("65 qubits", _text([], qubits=65)),
    ("qubit name a number", _text([], qubits=["q0", 1])),
    ("qubit name empty", _text([], qubits=[""])),
    ("qubit name too long", _text([], qubits=["a" * 65])),
    ("qubit name with a newline", _text([], qubits=["a\nb"])),
    ("qubit name half a pair", '{"qlab": "circuit/1", "qubits": ["\\ud83d"], "ops": []}'),
    ("qubit names equal", _text([], qubits=["a", "a"])),
    ("qubit and bit names equal", _text([], qubits=["a"], clbits=["a"])),
    ("name empty", _text([], name="")),
    ("name a number", _text([], name=7)),
    ("name with DEL", _text([], name="a\x7f")),
    ("names a list", _text([], names=[])),
    ("names of no symbol", _text([], names={"theta": "a"})),
    ("names with a leading zero", _text([], names={"w[01]": "a"})),
    ("names equal", _text([], names={"w[0]": "a", "w[1]": "a"})),
    ("no ops", '{"qlab": "circuit/1", "qubits": ["q0"]}'),
    ("ops an object", '{"qlab": "circuit/1", "qubits": ["q0"], "ops": {}}'),
    ("op a text", _text([_GOOD, "h"])),
    ("op without id", _text([{"gate": "h", "qubits": [0]}])),
    ("id a number", _text([_op() | {"id": 3}])),
    ("id with a space", _text([_op() | {"id": "g 1"}])),
    ("id with a digit first", _text([_op() | {"id": "1g"}])),
    ("id too long", _text([_op() | {"id": "a" * 33}])),
    ("id twice", _text([_GOOD, _op("x")])),
    ("op with an unknown field", _text([_op(angle=1)])),
    ("gate missing", _text([{"id": "g1", "qubits": [0]}])),
    ("gate unknown", _text([_op("foo")])),
    ("gate an alias", _text([_op("cx", (0, 1))])),
    ("gate a number", _text([_op(3)])),
    ("gate __proto__", _text([_op("__proto__")])),
    ("qubits missing", _text([{"id": "g1", "gate": "h"}])),
    ("qubits a number instead of a list", _text([_op("h", 0)])),
    ("qubit a text", _text([_op("h", ("q0",))])),
    ("qubit a fraction", _text([_op("h", (0.5,))])),
    ("qubit true", _text([_op("h", (True,))])),
    ("qubit negative", _text([_op("h", (-1,))])),
    ("qubit out of range", _text([_op("h", (2,))])),
    ("qubit twice", _text([_op("swap", (1, 1))])),
    ("too few qubits", _text([_op("swap", (1,))])),
    ("too many qubits", _text([_op("h", (0, 1))])),
    ("barrier of nothing", _text([_op("barrier", ())])),
    ("params a text", _text([_op("ry", (0,), params="x[0]")])),
    ("param null", _text([_op("ry", (0,), params=[None])])),
    ("param true", _text([_op("ry", (0,), params=[True])])),
    ("params missing", _text([_op("ry", (0,))])),
    ("too many params", _text([_op("ry", (0,), params=["1", "2"])])),
    ("param of a fixed gate", _text([_op("h", (0,), params=["1"])])),
    ("param that doesn't parse", _text([_op("u", (0,), params=["1", "x[0]*", "2"])])),
    ("param with a power sign", _text([_op("ry", (0,), params=["x[0]^2"])])),
    ("param infinite", _text([_op("ry", (0,), params=["1e999"])])),
    ("control out of range", _text([_op("x", (0,), controls=[5])])),
    ("control is the target", _text([_op("x", (0,), controls=[0])])),
    ("control twice", _text([_op("x", (0,), controls=[1, 1])])),
    ("control and anti-control", _text([_op("x", (0,), controls=[1], anticontrols=[1])])),
    ("control of a measurement", _text([_op("measure", (0,), controls=[1], clbits=[0])], clbits=1)),
    ("anti-control of a barrier", _text([_op("barrier", (0,), anticontrols=[1])])),
    ("control of a global phase", _text([_op("gphase", (), params=["1"], controls=[1])])),
    ("measure without a bit", _text([_op("measure", (0,))], clbits=1)),
    ("measure into no bit", _text([_op("measure", (0,), clbits=[0])])),
    ("measure out of range", _text([_op("measure", (0,), clbits=[3])], clbits=2)),
    ("bit of a gate", _text([_op("h", (0,), clbits=[0])], clbits=1)),
    ("if a number", _text([_op("h", (0,), **{"if": 1})], clbits=1)),
    ("if without value", _text([_op("h", (0,), **{"if": {"clbits": [0]}})], clbits=1)),
    ("if with more", _text([_op("h", (0,), **{"if": {"clbits": [0], "value": 1, "x": 1}})], clbits=1)),
    ("if on nothing", _text([_op("h", (0,), **{"if": {"clbits": [], "value": 0}})], clbits=1)),
    ("if out of range", _text([_op("h", (0,), **{"if": {"clbits": [1], "value": 0}})], clbits=1)),
    ("if twice on a bit", _text([_op("h", (0,), **{"if": {"clbits": [0, 0], "value": 0}})], clbits=1)),
    ("if value too large", _text([_op("h", (0,), **{"if": {"clbits": [0], "value": 2}})], clbits=1)),
    ("if value negative", _text([_op("h", (0,), **{"if": {"clbits": [0], "value": -1}})], clbits=1)),
    ("if of a barrier", _text([_op("barrier", (0,), **{"if": {"clbits": [0], "value": 1}})], clbits=1)),
    ("second op is bad", _text([_GOOD, {"id": "weird", "gate": "ry", "qubits": [1], "params": ["2*(1"]}])),
    ("matrix missing", _text([_op("unitary", (0,))])),
    ("matrix of another gate", _text([_op("h", (0,), matrix=_X)])),
    ("label of another gate", _text([_op("h", (0,), label="a")])),
    ("matrix a number", _text([_op("unitary", (0,), matrix=1)])),
    ("matrix of plain numbers", _text([_op("unitary", (0,), matrix=[[0, 1], [1, 0]])])),
    ("matrix with a text", _text([_op("unitary", (0,), matrix=[[[0, "0"], [1, 0]], [[1, 0], [0, 0]]])])),
    ("matrix with true", _text([_op("unitary", (0,), matrix=[[[0, 0], [True, 0]], [[1, 0], [0, 0]]])])),
    ("matrix with a triple", _text([_op("unitary", (0,), matrix=[[[0, 0, 0], [1, 0]], [[1, 0], [0, 0]]])])),
    ("matrix empty", _text([_op("unitary", (0,), matrix=[])])),
    ("matrix of three rows", _text([_op("unitary", (0,), matrix=[[[1, 0]]] * 3)])),
    ("matrix ragged", _text([_op("unitary", (0,), matrix=[[[1, 0], [0, 0]], [[0, 0]]])])),
    ("matrix infinite", _text([_op("unitary", (0,), matrix=_X)]).replace("[1, 0]", "[1e999, 0]", 1)),
    ("matrix too short", _text([_op("unitary", (0,), matrix=[[[0, 0], [1, 0]], [[0.999999999, 0], [0, 0]]])])),
    ("matrix not orthogonal", _text([_op("unitary", (0,), matrix=[[[1, 0], [0.6, 0]], [[0, 0], [0.8, 0]]])])),
    ("matrix too small", _text([_op("unitary", (0, 1), matrix=_X)])),
    ("matrix too large", _text([_op("unitary", (0,), matrix=[[[int(i == k), 0] for i in range(4)] for k in range(4)])])),
    ("matrix on four qubits", _text([_op("unitary", (0, 1, 2, 3), matrix=_X)], qubits=4)),
    ("matrix on no qubit", _text([_op("unitary", (), matrix=_X)])),
    ("matrix with an angle", _text([_op("unitary", (0,), params=["1"], matrix=_X)])),
    ("label a number", _text([_op("unitary", (0,), matrix=_X, label=3)])),
    ("label empty", _text([_op("unitary", (0,), matrix=_X, label="")])),
    ("block not defined", _text([_op("block:A", (0,))])),
    ("block without a name", _text([_op("block:", (0,))])),
    ("block on too many qubits", _text([_op("block:A", (0, 1))], blocks=[_A])),
    ("block with an angle", _text([_op("block:A", (0,), params=["1"])], blocks=[_A])),
    ("blocks an object", _text([], blocks={})),
    ("block a text", _text([], blocks=["A"])),
    ("block with another key", _text([], blocks=[_A | {"params": 0}])),
    ("block name a number", _text([], blocks=[_A | {"name": 1}])),
    ("block name missing", _text([], blocks=[{"qubits": 1, "ops": []}])),
    ("block names equal", _text([], blocks=[_A, _A])),
    ("block of no qubit", _text([], blocks=[_A | {"qubits": 0}])),
    ("block without qubits", _text([], blocks=[{"name": "A", "ops": []}])),
    ("block of 65 qubits", _text([], blocks=[_A | {"qubits": 65}])),
    ("block without ops", _text([], blocks=[{"name": "A", "qubits": 1}])),
    ("block op out of range", _text([], blocks=[_A | {"ops": [_op("h", (1,))]}])),
    ("block op unknown", _text([], blocks=[_A | {"ops": [_op("foo", (0,))]}])),
    ("block angle that doesn't parse", _text([], blocks=[_A | {"ops": [_op("ry", (0,), params=["2*"])]}])),
    ("block with a measurement", _text([], blocks=[_A | {"ops": [_op("measure", (0,), clbits=[0])]}], clbits=1)),
    ("block with a reset", _text([], blocks=[_A | {"ops": [_op("reset", (0,))]}])),
    ("block with a condition", _text([], blocks=[_A | {"ops": [_op(**{"if": {"clbits": [0], "value": 1}})]}], clbits=1)),
    ("block with an id twice", _text([], blocks=[_A | {"ops": [_op(), _op()]}])),
    ("block in itself", _text([], blocks=[_A | {"ops": [_op("block:A", (0,))]}])),
    ("blocks in a circle", _text([], blocks=[_A | {"ops": [_op("block:B", (0,))]}, {"name": "B", "qubits": 1, "ops": [_op("block:A", (0,))]}])),
    ("blocks nested too deep", _text([], blocks=[_nested(k) for k in range(9)])),
    ("blocks that expand without end", _text([_op("block:b7", (0,))], blocks=[_nested(k, 10) for k in range(8)])),
    ("257 blocks", _text([], blocks=[{"name": f"b{k}", "qubits": 1, "ops": []} for k in range(257)])),
]  # fmt: skip
