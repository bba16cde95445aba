"""What `solve` returns: the point, how good it is, where it comes from, and how each stage did."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .certificate import Certificate, Report
from .events import Event, StageEnded
from .job import Run
from .problem import Problem
from .terms import FloatArray

if TYPE_CHECKING:
    import pandas as pd

    from ..circuit import Circuit


@dataclass(frozen=True, eq=False, repr=False)
class Solution:
    """An answer with its proof.

    Attributes:
        problem: What was asked.
        x: The point, in the order of the variables; ``value`` its objective.
        bound, bound_source: The best bound and who says so.
        gap: |value - bound| / |value|; 0.0 is optimal, None without a bound.
        certificate: To be stored and checked with `check`.
        report: What the checker said, None with ``verify=False``.
        stages: One `StageEnded` for each stage.
        reason: ``"optimal"``, ``"time limit"``, ``"stopped"`` or ``"done"``.
        seconds: The whole of it.
    """

    problem: Problem
    x: FloatArray
    value: float
    bound: float | None
    bound_source: str
    gap: float | None
    certificate: Certificate
    report: Report | None
    stages: tuple[StageEnded, ...]
    reason: str
    seconds: float
    seed: int
    events: list[Event] = field(default_factory=list)

    @property
    def feasible(self) -> bool:
        """Whether it keeps every constraint; `solve` returns nothing else."""
        return self.problem.feasible(self.x)

    @property
    def optimal(self) -> bool:
        """Whether value and bound meet."""
        return self.gap == 0.0

    @property
    def decoded(self) -> pd.DataFrame:
        """The answer as a table: a schedule, an allocation, a partition."""
        return self.problem.decode(self.x)

    @property
    def coarse(self) -> dict[str, Any]:
        """Figures of the coarse pass: P(opt), its multiple of uniform guessing, histogram; empty if there was none."""
        return next((s.figures for s in self.stages if s.stage == "coarse"), {})

    @property
    def circuit(self) -> Circuit | None:
        """The QAOA circuit of the coarse pass, or of its last window, with its angles; None where there is none."""
        from .circuits import drawn

        return drawn(self.coarse, self.problem.name)

    @cached_property
    def panel(self) -> Any:
        """The solve as a widget: value, bound, gap, stages, energies, angles, the answer, the certificate."""
        run = Run(self.problem.name, lambda stop: iter(self.events))
        run.problem, run.limit, run.settings = self.problem, self.seconds, {"seed": self.seed}
        run.start().wait()
        return run.panel

    def to_figure(self) -> Any:
        """Return the solve as one Plotly figure: energies, incumbent and bound, and the decoded answer."""
        from .plots import panel

        return panel(self)

    def summary(self) -> str:
        """Return a few lines: value, bound, gap, and what each stage added in which time."""
        gap = "no bound" if self.gap is None else "optimal" if self.gap == 0 else f"gap {self.gap:.2%}"
        lines = [f"{self.problem.name}: {self.value:g} ({gap}, {self.reason}, {self.seconds:.2f} s)"]
        lines += [f"  {s.stage:<7}{s.method:<22}{s.seconds:8.2f} s  {s.summary}" for s in self.stages]
        if self.report is not None:
            lines.append(f"  checker: {self.report.text}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        gap = "no bound" if self.gap is None else f"gap {self.gap:.2%}"
        return f"<Solution of {self.problem.name!r}: {self.value:g}, {gap}, {self.reason}>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Any:
        out: dict[str, Any] = {"text/plain": self.summary()}
        try:
            figure = self.to_figure()._repr_mimebundle_(include, exclude)
            out.update({k: v for k, v in figure.items() if k != "text/plain"})
        except Exception:  # no plotly renderer here: the text is better than nothing
            pass
        return out
