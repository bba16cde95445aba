"""`ablate`: the same problem with and without the coarse stage, on paired seeds. Says plainly when it added nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import OptimizeError
from . import pipeline
from .events import Event, Finished, Paired, Preparing
from .job import Run, Stop
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
    """Solve with and without the coarse stage on the same seeds. Blocks; Ctrl-C ends it with the pairs so far.

    Args:
        p: The problem.
        seeds: How many pairs; which of a pair comes first takes turns.
        coarse: The stage that is left out.
        options: As `solve`.

    Raises:
        OptimizeError: an option is out of range, or as `solve`.
    """
    run = start(p, seeds=seeds, coarse=coarse, **options)
    try:
        run.wait()
    except KeyboardInterrupt:
        run.stop()
        run.wait(2.0)
    result: Ablation = run.result
    return result


def start(p: Problem, *, seeds: int = 5, coarse: str = "qaoa", **options: Any) -> Run:
    """Start `ablate` and return at once; ``run.events`` has a `Paired` for each seed, ``run.result`` the `Ablation`."""
    if not isinstance(seeds, int) or isinstance(seeds, bool) or seeds < 1 or coarse == "none":
        raise OptimizeError(
            f"seeds={seeds!r}, coarse={coarse!r}", where="ablate", cure="use seeds ≥ 1 and a coarse stage"
        )
    checked = pipeline.check(p, {**options, "coarse": coarse})
    run = Run(f"ablation of {p.name}", lambda stop: pairs(p, seeds, checked, stop))
    run.problem = p
    return run.start()


def pairs(p: Problem, seeds: int, options: dict[str, Any], stop: Stop) -> Iterator[Event]:
    """Yield what is prepared and a `Paired` for each seed, and `Finished` with the `Ablation`; a stop keeps the pairs.

    A pair that a stop cut isn't counted.
    """
    rows: list[dict[str, Any]] = []
    began = time.monotonic()
    for seed in range(seeds):
        row: dict[str, Any] = {"seed": seed}
        for side in ("with", "without") if seed % 2 == 0 else ("without", "with"):
            chosen = {**options, "seed": seed, "coarse": options["coarse"] if side == "with" else "none"}
            try:
                for event in pipeline.stream(p, stop=stop, **chosen):
                    if isinstance(event, Preparing):
                        yield event
                    elif isinstance(event, Finished):
                        row |= {side: event.result.value, f"seconds_{side}": event.result.seconds}
            except OptimizeError:
                if not stop():  # a stop may come before there is a feasible point
                    raise
            if stop():
                break
        if stop():
            break
        rows.append({k: row[k] for k in ("seed", "with", "without", "seconds_with", "seconds_without")})
        yield Paired(time.monotonic() - began, seed + 1, seeds, rows[-1])
    if not rows:
        raise OptimizeError("stopped before the first pair", where=f"problem {p.name}", cure="let it go on longer")
    result = Ablation(p, options["coarse"], tuple(rows))
    yield Finished(time.monotonic() - began, "stopped" if len(rows) < seeds else "done", result)
