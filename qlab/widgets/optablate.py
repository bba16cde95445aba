"""An ablation as a page shows it: pairs of solves with and without the coarse stage, and an honest verdict. Pure."""

from __future__ import annotations

from typing import Any

from ..optimize import Problem, Run
from ..optimize.ablation import Ablation, start
from ..optimize.events import Failed, Paired, Preparing
from .optstory import METHODS, objective

Json = dict[str, Any]
SEEDS = 5


class Comparison:
    """One ablation that was started from a page.

    Args:
        p: the problem.
        key: names it to the page.
        options: as `qlab.optimize.solve`; its seed isn't used, as the pairs have seeds 0, 1, ….
    """

    def __init__(self, p: Problem, key: str, options: Json) -> None:
        self.p, self.key = p, key
        self._method = METHODS.get(str(options["coarse"]), str(options["coarse"]))
        self._limit = float(options["time_limit"])
        self.run: Run = start(p, seeds=SEEDS, **{k: v for k, v in options.items() if k != "seed"})

    def json(self) -> Json:
        """Return the state for the page: the pairs so far, and the verdict once there is one."""
        active = self.run.is_active  # read first, so that nothing is missed
        events = self.run.events
        rows = [e.row for e in events if isinstance(e, Paired)]
        error = next((dict(e.error) for e in events if isinstance(e, Failed)), None)
        preparing = events[-1].text if active and events and isinstance(events[-1], Preparing) else ""
        told = Ablation(self.p, self._method, tuple(rows)).verdict if rows and not active else ""
        return {
            "key": self.key, "name": self.p.name, "running": active, "method": self._method,
            "objective": objective(self.p), "total": SEEDS, "limit": self._limit, "rows": rows, "verdict": told,
            "preparing": preparing, "error": error, "sense": self.p.sense,
            "stopped": not active and error is None and len(rows) < SEEDS,
        }  # fmt: skip
