"""Finds the angles of `qlab.optimize.angles.FIXED`: the best mean cut of random 3-regular graphs, depth by depth.

Not a test: `python tests/bench/optimize_angles.py [--graphs 12] [--nodes 14] [--depth 8]` prints the table. Each depth
starts from the one before, interpolated, so that the angles stay on one smooth family.
"""

from __future__ import annotations

import argparse

import networkx as nx
import numpy as np
from scipy.optimize import minimize

from qlab.optimize import maxcut
from qlab.optimize.angles import interp, ramp, unit
from qlab.optimize.diagonal import build
from qlab.optimize.xmixer import XMixer


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--graphs", type=int, default=12)
    parser.add_argument("--nodes", type=int, default=14)
    parser.add_argument("--depth", type=int, default=8)
    args = parser.parse_args()
    engines = []
    for seed in range(args.graphs):
        bits = maxcut(nx.random_regular_graph(3, args.nodes, seed=seed)).to_bits()
        assert abs(unit(bits.terms) - 1.0) < 1e-12
        engines.append(XMixer(build(bits.terms, bits.n)))

    def mean(angles: np.ndarray) -> tuple[float, np.ndarray]:
        p = len(angles) // 2
        both = [e.energy_and_gradient(angles[:p], angles[p:]) for e in engines]
        return float(np.mean([v for v, _ in both])), np.mean([g for _, g in both], axis=0)

    g, b = ramp(1)
    for p in range(1, args.depth + 1):
        found = minimize(mean, np.concatenate([g, b]), jac=True, method="L-BFGS-B")
        g, b = found.x[:p], found.x[p:]
        print(f"    {p}: ({tuple(g.round(4).tolist())}, {tuple(b.round(4).tolist())}),  # mean cost {found.fun:.4f}")
        g, b = interp(g), interp(b)


if __name__ == "__main__":
    main()
