"""`ablate`: the same problem with and without the coarse stage, on paired seeds. Says plainly when it added nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import OptimizeError
from .pipeline import solve
from .problem import Problem

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Ablation:
    """Values and seconds with and without the coarse stage, one row a seed."""

    problem: Problem
    coarse: str
    rows: tuple[dict[str, Any], ...]

    @property
    def table(self) -> pd.DataFrame:
        """The rows as a table."""
        from .decode import frame

        return frame(list(self.rows))

    @property
    def verdict(self) -> str:
        """One sentence: who was better, on how many seeds."""
        sign = self.problem.sign
        gain = np.array([sign * (r["without"] - r["with"]) for r in self.rows])
        won, lost = int((gain > 1e-9).sum()), int((gain < -1e-9).sum())
        seconds = float(np.mean([r["seconds_with"] - r["seconds_without"] for r in self.rows]))
        if won == lost == 0:
            return f"the coarse stage ({self.coarse}) added nothing: all {len(gain)} values are equal, {seconds:+.2f} s"
        side = "helped" if won > lost else "hurt" if lost > won else "made no clear difference"
        told = f"the coarse stage ({self.coarse}) {side}"
        return f"{told}: better on {won}, worse on {lost} of {len(gain)} seeds, {seconds:+.2f} s"

    def __repr__(self) -> str:
        return f"<Ablation of {self.problem.name!r}: {self.verdict}>"


def ablate(p: Problem, *, seeds: int = 5, coarse: str = "qaoa", **options: Any) -> Ablation:
    """Solve with and without the coarse stage on the same seeds.

    Args:
        p: The problem.
        seeds: How many pairs.
        coarse: The stage that is left out.
        options: As `solve`.
    """
    if not isinstance(seeds, int) or seeds < 1 or coarse == "none":
        raise OptimizeError(
            f"seeds={seeds!r}, coarse={coarse!r}", where="ablate", cure="use seeds ≥ 1 and a coarse stage"
        )
    rows = []
    for seed in range(seeds):
        a = solve(p, coarse=coarse, seed=seed, **options)
        b = solve(p, coarse="none", seed=seed, **options)
        rows.append(
            {"seed": seed, "with": a.value, "without": b.value, "seconds_with": a.seconds, "seconds_without": b.seconds}
        )
    return Ablation(p, coarse, tuple(rows))
