"""The events of one solve folded into what a page shows. Pure: knows no widget, no thread, no clock."""

from __future__ import annotations

import math
from typing import Any

from ..optimize import Problem, Run
from ..optimize.bounds import gap_of
from ..optimize.events import (
    Angles,
    Bound,
    Event,
    Failed,
    Finished,
    Incumbent,
    Paired,
    Preparing,
    Sampled,
    StageEnded,
    StageStarted,
    Started,
)

Json = dict[str, Any]
MOST = 1500  # points of a curve; more are thinned, first and last kept

METHODS = {
    "qaoa": "QAOA",
    "annealing": "simulated annealing",
    "path_integral": "path-integral annealing",
    "bifurcation": "simulated bifurcation",
    "discrete_bifurcation": "discrete bifurcation",
    "cp_sat": "CP-SAT",
    "milp": "MILP",
    "local": "local search",
    "checker": "checker",
}


class Story:
    """What is known of one solve; `take` folds the next event.

    Args:
        p: what is solved.
        key: names the run to the page.
        limit: its time limit in seconds.
    """

    def __init__(self, p: Problem, key: str, limit: float) -> None:
        self.p, self.key, self.limit = p, key, limit
        self.state = "running"
        self.planned: list[str] = []
        self.stages: list[Json] = []
        self.incumbents: list[list[float]] = []
        self.bounds: list[list[Any]] = []
        self.x: Any = None
        self.source = ""
        self.coarse: Json | None = None
        self.energies: list[list[float]] = []  # of each evaluation while angles are tuned: number, energy, best
        self.certificate: Json | None = None
        self.error: Json | None = None
        self.seconds = 0.0
        self.preparing = ""
        self.figures: Json = {}  # of the coarse pass, as they came
        self.taken = 0

    def follow(self, run: Run) -> bool:
        """Fold what has happened since the last time; return whether anything had."""
        events = run.events
        for event in events[self.taken :]:
            self.take(event)
        new = len(events) > self.taken
        self.taken = len(events)
        return new

    def take(self, event: Event) -> None:
        """Fold one event."""
        self.preparing = event.text if isinstance(event, Preparing) else ""
        if isinstance(event, Started):
            self.planned = list(event.stages)
        if isinstance(event, Started | Preparing | Paired):
            return
        self.seconds = max(self.seconds, event.time)
        if isinstance(event, StageStarted):
            self.stages.append({"stage": event.stage, "method": METHODS.get(event.method, event.method),
                                "began": event.time, "seconds": None, "added": "", "summary": ""})  # fmt: skip
        elif isinstance(event, StageEnded):
            self._ended(event)
        elif isinstance(event, Incumbent):
            self.x, self.source = event.x, event.source
            self.incumbents.append([event.time, event.value])
        elif isinstance(event, Angles):
            self.energies.append([event.step, event.energy, event.best])
            self.coarse = {**(self.coarse or coarse({"p_opt": None}) or {}), "gammas": list(event.gammas),
                           "betas": list(event.betas), "energies": thin(self.energies)}  # fmt: skip
        elif isinstance(event, Sampled):
            self.coarse = coarse(event.figures)
        elif isinstance(event, Bound):
            self.bounds.append([event.time, event.value, event.source])
        elif isinstance(event, Finished):
            self._finished(event)
        elif isinstance(event, Failed):
            self.state, self.error = "failed", dict(event.error)
            if self.error.get("type") not in {"OptimizeError", "QlabError"} and not self.error.get("cure"):
                self.error["cure"] = "run the copied code in a cell to see the whole traceback"
            names = getattr(event.cause, "value", None)
            if isinstance(names, (list, tuple)):
                self.error["conflict"] = [str(n) for n in names[:50]]

    def _ended(self, event: StageEnded) -> None:
        stage = next((s for s in reversed(self.stages) if s["stage"] == event.stage), None)
        if stage is None:
            return
        if event.stage == "verify":
            added = "fails" if event.summary.startswith("fails") else "agrees"
        elif event.after is None:
            added = "found nothing feasible"
        elif event.before is None:
            added = f"found {event.after:,g}"
        else:
            added = "added nothing" if event.before == event.after else f"{event.before:,g} to {event.after:,g}"
        summary = event.summary.rsplit("; ", 1)[0] if event.stage != "verify" else "checker, no solver"
        stage.update(seconds=event.seconds, added=added, summary=summary)
        if event.stage == "coarse":
            self.figures = event.figures
            self.coarse = {**(self.coarse or {}), **(coarse(event.figures) or {})} or None

    def _finished(self, event: Finished) -> None:
        self.state = event.reason
        result = event.result
        if not hasattr(result, "certificate"):  # of QAOA alone
            return
        if (late := coarse(result.coarse)) is not None:
            self.coarse = late
        self.certificate = verdict(result)

    def json(self) -> Json:
        """Return the status for the page; numbers are finite."""
        value = self.incumbents[-1][1] if self.incumbents else None
        bound, source = (self.bounds[-1][1], self.bounds[-1][2]) if self.bounds else (None, "")
        return {
            "key": self.key, "name": self.p.name, "state": self.state, "sense": self.p.sense,
            "objective": objective(self.p),
            "value": value, "bound": bound, "bound_source": source, "gap": gap_of(self.p, value, bound),
            "found_by": self.source, "seconds": self.seconds, "limit": self.limit, "planned": self.planned,
            "preparing": self.preparing,
            "stages": self.stages, "incumbents": thin(self.incumbents), "bounds": thin(self.bounds),
            "coarse": self.coarse, "certificate": self.certificate, "error": self.error,
        }  # fmt: skip


def objective(p: Problem) -> str:
    """Return the word for the value: a makespan, a cut, a cost."""
    words = {"job_shop": "Makespan", "rcpsp": "Makespan", "maxcut": "Cut", "knapsack": "Value",
             "number_partition": "Squared difference"}  # fmt: skip
    return words.get(p.kind) or ("Cost" if p.sense == "min" else "Value")


def coarse(figures: Json) -> Json | None:
    """Return the figures of a coarse pass: P(opt), its multiple of uniform guessing, the histogram of energies."""
    if not figures:
        return None
    told: Json = {k: _finite(figures.get(k)) for k in ("p_opt", "uniform", "times_uniform", "log2_times_uniform")}
    told |= {k: figures.get(k) for k in ("bits", "windows", "reads", "feasible")}
    if figures.get("histogram") is not None:
        edges, mine, plain = figures["histogram"]
        told["histogram"] = [[float(v) for v in part] for part in (edges, mine, plain)]
    elif figures.get("values"):
        told["values"] = sorted(float(v) for v in figures["values"])[:5000]
    for name in ("gammas", "betas"):
        if figures.get(name) is not None:
            told[name] = [float(v) for v in figures[name]]
    return told


def verdict(result: Any) -> Json:
    """Return what the certificate is worth, in a word, a title and a sentence."""
    report, claimant = result.report, result.certificate.content["solver"]
    if report is not None and not report.ok:
        kind, title = "fails", "Certificate fails"
    elif report is not None and report.proved:
        kind, title = "proved", "Certified optimal"
    elif result.gap == 0.0:
        kind, title = "claimed", f"Optimal, claimed by {claimant or result.bound_source}"
    elif result.bound is None or result.gap is None:
        kind, title = "open", "Best found, no bound"
    else:
        near = 100 * result.gap
        kind, title = "within", f"Within {near:.1f} %" if near >= 0.05 else "Within 0.1 %"
        if near > 1000:
            kind, title = "open", "Best found, the bound is weak"
    detail = "not checked" if report is None else report.text
    return {"kind": kind, "title": title, "text": _trust(result, kind), "detail": detail,
            "json": result.certificate.to_json()}  # fmt: skip


def _trust(result: Any, kind: str) -> str:
    """A sentence about who vouches for what."""
    report, content = result.report, result.certificate.content
    if report is None or kind == "fails":
        return "not checked" if report is None else str(report.text)
    proof = content["independent"]
    own = "no bound of its own" if proof is None else f"{report.independent:g}: {proof['source']}"
    if kind == "proved":
        return f"re-checked without a solver; the bound is proved here: {proof['source']}"
    if kind == "claimed":
        return f"feasible, value agrees; re-checked without a solver, which proves {own}"
    if result.bound is None:
        return "feasible, value agrees"
    if content["solver"] is None:
        return f"feasible; the bound is proved here: {result.bound_source}"
    return f"feasible; the bound is claimed by {content['solver']}; proved here: {own}"


def thin(points: list[Any]) -> list[Any]:
    """Return at most `MOST` points, the first and the last among them."""
    if len(points) <= MOST:
        return points
    step = math.ceil((len(points) - 1) / (MOST - 1))
    return [*points[:-1:step], points[-1]]


def _finite(value: Any) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None
