"""QAOA on the diagonal against exported circuits (engine and Qiskit), differences, and its own promises."""

from __future__ import annotations

import threading
from typing import Any

import networkx as nx
import numpy as np
import pytest

import qlab
from qlab import OptimizeError, engine
from qlab import optimize as o
from qlab.optimize import diagonal
from qlab.optimize.angles import fixed, interp, ramp, unit
from qlab.optimize.circuits import circuit_of
from qlab.optimize.events import Angles, Preparing
from qlab.optimize.objective import cvar
from qlab.optimize.variational import make_engine, tune
from qlab.optimize.xmixer import XMixer

from .problems import random_binary, random_groups


def circuit_energy(bits, circuit: qlab.Circuit, w: np.ndarray) -> tuple[float, np.ndarray]:
    """⟨C⟩ and probabilities of the exported circuit by the gate simulator."""
    p = engine.compile(circuit).probabilities(None, w)[0]
    return float(p @ diagonal.build(bits.terms, bits.n).full()), p


CASES = [(k, m) for m in ("x", "xy", "xy_complete", "grover") for k in range(50)]


@pytest.mark.parametrize(("seed", "mixer"), CASES)
def test_energies_are_those_of_the_exported_circuit(seed: int, mixer: str) -> None:
    rng = np.random.default_rng(seed)
    if mixer == "x":
        p = random_binary(seed, n=int(rng.integers(2, 7)), rows=seed % 2, degree=2 + seed % 2, whole=seed % 3 > 0)
    else:
        p = random_groups(seed, sizes=((3, 2), (4,), (3, 3), (5, 2))[seed % 4], free=seed % 2)
    bits = p.to_bits(keep_groups=mixer != "x")
    depth = 1 + seed % 3
    w = rng.uniform(-2, 2, 2 * depth)
    own = make_engine(bits, mixer)
    circuit = p.to_circuit(depth, mixer=mixer)
    expected, prob = circuit_energy(bits, circuit, w)
    assert own.energy(w[:depth], w[depth:]) == pytest.approx(expected, abs=1e-9 * max(1.0, abs(expected)))
    if mixer != "x":
        inside = [all(sum(s >> b & 1 for b in g) == 1 for g in bits.groups) for s in range(len(prob))]
        assert prob[inside].sum() > 1 - 1e-10


@pytest.mark.parametrize("mixer", ["x", "xy", "grover"])
def test_energies_are_those_of_qiskit(mixer: str) -> None:
    from qiskit.quantum_info import SparsePauliOp, Statevector

    p = random_groups(4, sizes=(3, 2), free=1)
    bits = p.to_bits(keep_groups=mixer != "x")
    w = np.array([0.3, -0.7, 0.5, 1.1])
    circuit = p.to_circuit(2, mixer=mixer).bind(w=w).to_qiskit()
    diag = diagonal.build(bits.terms, bits.n).full()
    state = Statevector.from_instruction(circuit)
    expected = float(np.abs(state.data) ** 2 @ diag)
    assert make_engine(bits, mixer).energy(w[:2], w[2:]) == pytest.approx(expected, abs=1e-9)
    z = SparsePauliOp("I" * bits.n)
    assert state.expectation_value(z).real == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("n", "kind"),
    [(3, "int"), (12, "int"), (13, "int"), (15, "int"), (13, "mirror"), (14, "mirror"), (16, "mirror"), (14, "float")],
)
def test_kernels_agree_with_a_plain_simulation_and_differences(
    n: int, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(n)
    if kind == "mirror":
        half = rng.integers(-5, 6, 1 << (n - 1)).astype(float)
        c = np.concatenate([half, half[::-1]])
    else:
        c = rng.normal(size=1 << n) if kind == "float" else rng.integers(-5, 6, 1 << n).astype(float)
    if kind == "float":
        monkeypatch.setattr(diagonal, "LEVELS", 1)
    x = XMixer(diagonal.from_values(c), threads=1 + n % 2)
    assert (x.mirrored, x.coded) == (kind == "mirror", kind != "float")
    p = 3
    g, b = rng.uniform(-1, 1, p), rng.uniform(-2, 2, p)  # both branches of the mixer
    psi = np.full(1 << n, (1 << n) ** -0.5, dtype=complex)
    for gamma, beta in zip(g, b, strict=True):
        psi = psi * np.exp(-1j * gamma * c)
        for q in range(n):
            v = psi.reshape(-1, 2, 1 << q)
            psi = np.stack([np.cos(beta) * v[:, 0] - 1j * np.sin(beta) * v[:, 1],
                            np.cos(beta) * v[:, 1] - 1j * np.sin(beta) * v[:, 0]], axis=1).reshape(-1)  # fmt: skip
    np.testing.assert_allclose(x.probabilities(g, b), np.abs(psi) ** 2, atol=1e-12)
    value, grad = x.energy_and_gradient(g, b)
    assert value == pytest.approx(float(np.abs(psi) ** 2 @ c), abs=1e-11)
    angles, h = np.concatenate([g, b]), 1e-5
    for k in range(2 * p):
        up, down = angles.copy(), angles.copy()
        up[k] += h
        down[k] -= h
        assert grad[k] == pytest.approx((x.energy(up[:p], up[p:]) - x.energy(down[:p], down[p:])) / 2 / h, abs=1e-6)


@pytest.mark.parametrize("mixer", ["xy", "xy_complete", "grover", "warm"])
def test_gradients_of_the_other_mixers(mixer: str) -> None:
    p = random_binary(2, n=6, rows=0) if mixer == "warm" else random_groups(2, sizes=(3, 2), free=2)
    bits = p.to_bits(keep_groups=True)
    tilts = np.linspace(0.6, 2.4, bits.n) if mixer == "warm" else None
    own = make_engine(bits, "x" if mixer == "warm" else mixer, tilts=tilts)
    angles, h = np.random.default_rng(1).uniform(-1, 1, 6), 1e-6
    value, grad = own.energy_and_gradient(angles[:3], angles[3:])
    for k in range(6):
        up, down = angles.copy(), angles.copy()
        up[k] += h
        down[k] -= h
        assert grad[k] == pytest.approx((own.energy(up[:3], up[3:]) - own.energy(down[:3], down[3:])) / 2 / h, abs=1e-6)
    if tilts is not None:
        circuit = circuit_of(bits, 3, "warm", tilts.tolist())
        assert value == pytest.approx(circuit_energy(bits, circuit, angles)[0], abs=1e-9)


def test_cvar_is_the_mean_of_the_lowest_part() -> None:
    rng = np.random.default_rng(0)
    costs, p = rng.integers(0, 9, 64).astype(float), rng.dirichlet(np.ones(64))
    drawn = rng.choice(costs, 400_000, p=p)
    assert cvar(costs, p, 0.2)[0] == pytest.approx(np.sort(drawn)[:80_000].mean(), abs=0.02)
    assert cvar(costs, p, 1.0)[0] == pytest.approx(p @ costs)
    bits = random_binary(2, n=6, rows=0).to_bits()
    x = XMixer(diagonal.build(bits.terms, 6))
    from qlab.optimize.objective import weigher

    weigh = weigher("cvar", 0.3, x.costs())
    angles, h = np.array([0.11, -0.2, -0.5, 0.3]), 1e-6
    value, grad = x.energy_and_gradient(angles[:2], angles[2:], weigh)
    for k in range(4):
        up, down = angles.copy(), angles.copy()
        up[k] += h
        down[k] -= h
        d = (
            (x.energy_and_gradient(up[:2], up[2:], weigh)[0] - x.energy_and_gradient(down[:2], down[2:], weigh)[0])
            / 2
            / h
        )
        assert grad[k] == pytest.approx(d, abs=1e-5)
    assert value < x.energy(angles[:2], angles[2:])


def test_results_do_not_depend_on_threads() -> None:
    bits = o.maxcut(nx.random_regular_graph(3, 16, seed=0)).to_bits()
    d = diagonal.build(bits.terms, 16)
    one, two = (XMixer(d, threads=k).energy_and_gradient(*ramp(4)) for k in (1, 2))
    assert one[0] == two[0]
    assert one[1].tolist() == two[1].tolist()


def test_float32_is_close_and_a_large_problem_is_refused_with_its_need() -> None:
    bits = o.maxcut(nx.random_regular_graph(3, 14, seed=0)).to_bits()
    d = diagonal.build(bits.terms, 14)
    assert XMixer(d, dtype="float32").energy(*ramp(4)) == pytest.approx(XMixer(d).energy(*ramp(4)), abs=1e-4)
    with pytest.raises(OptimizeError, match=r"30 qubits needs .* GiB"):
        o.qaoa(o.maxcut(nx.random_regular_graph(3, 30, seed=0)))


@pytest.mark.parametrize("init", ["ramp", "interp", "fixed", "warm"])
def test_every_start_beats_guessing(init: str) -> None:
    p = o.maxcut(nx.random_regular_graph(3, 10, seed=1))
    run = o.qaoa(p, depth=3, init=init, evaluations=40)
    assert run.wait(60)
    result = run.result
    assert result.times_uniform > 3
    assert result.value == max(p.value([s >> k & 1 for k in range(10)]) for s in range(1 << 10))
    energy, _ = circuit_energy(result.bits, result.circuit, result.weights)
    assert energy == pytest.approx(result.energy, abs=1e-8)
    kinds = [type(e).__name__ for e in run.events if not isinstance(e, Preparing)]  # before the clock starts
    assert kinds[:2] == ["Started", "StageStarted"]
    assert kinds[-2:] == ["StageEnded", "Finished"]
    assert "Angles" in kinds


def test_interp_keeps_what_it_tuned_at_its_last_depth() -> None:
    run = o.qaoa(o.maxcut(nx.random_regular_graph(3, 10, seed=1)), depth=4, init="interp")
    assert run.wait(60)
    told = [e for e in run.events if isinstance(e, Angles)]
    deep = [e.energy for e in told if len(e.gammas) == 4]
    assert len(deep) > 1
    assert run.result.energy == min(deep) < min(e.energy for e in told if len(e.gammas) < 4)
    assert [e.step for e in told] == sorted(e.step for e in told)


def test_each_evaluation_is_told_while_the_next_ones_are_to_come() -> None:
    bits = o.maxcut(nx.random_regular_graph(3, 10, seed=1)).to_bits()
    mixed = make_engine(bits, "x")
    plain, heard, waited = mixed.energy_and_gradient, threading.Event(), []

    def slow(*args: Any) -> Any:
        if len(waited) == 1:  # the second one waits until the first was heard of
            waited.append(heard.wait(60))
        else:
            waited.append(True)
        return plain(*args)

    mixed.energy_and_gradient = slow  # type: ignore[method-assign]
    for _ in tune(mixed, bits, 3, init="fixed", optimize=True, evaluations=40):
        if waited:
            heard.set()
    assert len(waited) > 2
    assert all(waited)


def test_the_same_seed_gives_the_same_run_and_stop_ends_it() -> None:
    p = random_groups(3, sizes=(3, 3), free=0)
    a, b = (o.qaoa(p, depth=2, mixer="xy", objective="cvar", alpha=0.5, seed=4) for _ in range(2))
    assert a.wait(60)
    assert b.wait(60)
    assert a.result.weights.tolist() == b.result.weights.tolist()
    assert a.result.x.tolist() == b.result.x.tolist()
    c = o.qaoa(o.maxcut(nx.random_regular_graph(3, 18, seed=1)), depth=30, evaluations=100_000)
    c.stop()
    assert c.wait(60)
    assert c.state == "stopped"


def test_ramps_interpolate_and_units_scale() -> None:
    g, b = ramp(5)
    assert (np.diff(g) > 0).all()
    assert (b < 0).all()
    assert interp(np.array([1.0, 2.0])).tolist() == pytest.approx([1.0, 1.5, 2.0])
    terms = o.maxcut(nx.random_regular_graph(3, 8, seed=0)).to_bits().terms
    assert unit(terms) == pytest.approx(1.0)
    assert unit({k: 7 * v for k, v in terms.items()}) == pytest.approx(7.0)
    assert len(fixed(8)[0]) == 8
    assert len(fixed(11)[0]) == 11


def test_recursive_qaoa_solves_a_ring_and_beats_half_of_a_graph() -> None:
    p = o.maxcut([(i, (i + 1) % 12) for i in range(12)])
    x, fixed_pairs = o.recursive_qaoa(p, cutoff=4)
    assert p.value(x) == 12
    assert len(fixed_pairs) == 8
    q = random_binary(8, n=9, rows=0)
    x, _ = o.recursive_qaoa(q, cutoff=4)
    values = [q.sign * q.value([s >> k & 1 for k in range(9)]) for s in range(1 << 9)]
    assert q.sign * q.value(x) <= np.quantile(values, 0.02)


def test_unknown_options_are_told() -> None:
    p = o.maxcut([(0, 1)])
    cases: list[tuple[dict[str, object], str]] = [
        ({"mixer": "y"}, "mixer='y'"),
        ({"depth": 0}, "depth=0"),
        ({"mixer": "xy"}, "needs one-hot"),
        ({"init": "warm", "mixer": "grover"}, "warm start"),
        ({"objective": "max"}, "objective"),
    ]
    for options, told in cases:
        with pytest.raises(OptimizeError, match=told):
            o.qaoa(p, **options).wait()


def test_a_product_space_too_large_is_told() -> None:
    bits = o.Problem([o.OneHot(f"g{k}", 4) for k in range(14)], {0: 1}).to_bits(keep_groups=True)
    with pytest.raises(OptimizeError, match="feasible space"):
        make_engine(bits, "xy")
