"""What a solve or a QAOA run tells the world, in order; panels, logs and tests are folds over these.

Times are seconds since the start. Values are in the problem's own sense (a makespan, a cut), never negated.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .terms import FloatArray


@dataclass(frozen=True, slots=True)
class Started:
    """It begins; ``sizes`` has variables, constraints, bits, and whether the penalty is safe."""

    problem: str
    kind: str
    sense: str
    stages: tuple[str, ...]
    sizes: dict[str, Any]
    seed: int


@dataclass(frozen=True, slots=True)
class Preparing:
    """Kernels are made ready before the clock starts: number ``k`` of ``total``, loaded or, ``compiled``, made anew."""

    time: float
    k: int
    total: int
    what: str
    compiled: bool

    @property
    def text(self) -> str:
        """A few words for a person who waits."""
        if self.compiled:
            return f"preparing kernels, {self.k} of {self.total}; only on first use"
        return f"loading kernels, {self.k} of {self.total}"


@dataclass(frozen=True, slots=True)
class StageStarted:
    """A stage (``"coarse"``, ``"refine"``, ``"verify"``) begins with a method."""

    time: float
    stage: str
    method: str


@dataclass(frozen=True, slots=True)
class Angles:
    """One evaluation of the angles: energy (or CVaR) minimised, in the sense of the penalised cost."""

    time: float
    step: int
    energy: float
    best: float
    gammas: tuple[float, ...]
    betas: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Sampled:
    """Figures of the coarse pass so far, while its windows go on; as those of `StageEnded`."""

    time: float
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Incumbent:
    """A better feasible point was found; ``x`` is in the order of the variables."""

    time: float
    value: float
    source: str
    x: FloatArray = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bound:
    """A better bound on the optimum, and where it comes from."""

    time: float
    value: float
    source: str


@dataclass(frozen=True, slots=True)
class StageEnded:
    """A stage ended: the value before and after it, and figures such as P(opt) and its multiple of uniform."""

    time: float
    stage: str
    method: str
    seconds: float
    before: float | None
    after: float | None
    summary: str
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Paired:
    """One seed of an ablation was solved with and without the coarse stage: pair ``done`` of ``total``."""

    time: float
    done: int
    total: int
    row: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Finished:
    """It ended: ``reason`` is optimal, time limit, stopped or done; ``result`` is the answer."""

    time: float
    reason: str
    result: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Failed:
    """It ended by an error: type, message, where and cure."""

    time: float
    error: dict[str, str | None]
    cause: BaseException | None = field(default=None, repr=False, compare=False)


Event = (
    Started | Preparing | StageStarted | Angles | Sampled | Incumbent | Bound | StageEnded | Paired | Finished | Failed
)
