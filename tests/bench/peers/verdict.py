"""Which targets of the engine were reached in one run of the benches: value, target, yes or no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Times = Mapping[tuple[str, int, str], float]  # (who, wires, observable) -> seconds a step

OURS = "qlab engine, 2 threads"
# what, wires, who, how many times faster than them the engine has to be
FASTER = (
    *(("TensorCircuit-NG, JAX jit vmap", n, "TensorCircuit-NG jit vmap", 3.0) for n in (8, 10, 12)),
    *(("default.qubit, JAX jit", n, "default.qubit JAX jit", t) for n, t in ((8, 10.0), (10, 40.0), (12, 40.0))),
    ("lightning.qubit adjoint", 8, "lightning.qubit adjoint", 200.0),
    ("qulacs backprop", 8, "qulacs backprop", 40.0),
    ("EstimatorQNN default, scaled", 8, "EstimatorQNN default, b=4", 10_000.0),
)
Line = tuple[str, float, str, float, str]  # what, value, "at least" or "at most", target, unit


def against_peers(times: Times) -> list[Line]:
    """Return the lines of the comparison with other simulators; loss of mean Z, which sees every wire."""
    lines: list[Line] = []
    for what, n, who, target in FASTER:
        if (who, n, "mean Z") in times:
            ratio = times[who, n, "mean Z"] / times[OURS, n, "mean Z"]
            lines.append((f"n={n}, {what}: we are faster", ratio, "at least", target, "x"))
    ours, default = "EstimatorQNN, our parts, b=4", "EstimatorQNN default, b=4"
    if (default, 8, "mean Z") in times and (ours, 8, "mean Z") in times:
        ratio = times[default, 8, "mean Z"] / times[ours, 8, "mean Z"]
        lines.append(("n=8, EstimatorQNN: our parts beside its default", ratio, "at least", 20.0, "x"))
    return lines


def show(lines: Sequence[Line]) -> None:
    """Print every line with its target and whether it was reached."""
    print(f"\n{'target of the engine':60}{'measured':>12}{'target':>22}  reached")
    for what, value, bound, target, unit in lines:
        reached = value >= target if bound == "at least" else value <= target
        print(f"{what:60}{value:>9.4g} {unit:2}{f'{bound} {target:g} {unit}':>22}  {'yes' if reached else 'NO'}")
