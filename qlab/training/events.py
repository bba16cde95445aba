"""What a run tells the world, in order. Store, panel, log and test are folds over these."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .snapshot import Snapshot
from .spec import Spec

TrainState = Snapshot  # all that a step changes; its arrays are never written to again


@dataclass(frozen=True, slots=True)
class Started:
    """The run begins; ``columns`` names the figures of every `Step`; ``stats`` are the circuit's."""

    run_id: str
    time: float
    spec: Spec
    total_steps: int
    columns: tuple[str, ...]
    stats: dict[str, Any]


class Step(NamedTuple):
    """A step was made, or several in a row: a row of figures each (nan where not measured), and the state after all.

    Args:
        step, epoch, time: of the last of them.
        rows: the figures in the order of ``columns``, one tuple a step.
        columns: their names.
        state: after the last of them.
    """

    step: int
    epoch: int
    time: float
    rows: tuple[tuple[float, ...], ...]
    columns: tuple[str, ...]
    state: TrainState

    @property
    def values(self) -> dict[str, float]:
        """The figures of the last step by column."""
        return dict(zip(self.columns, self.rows[-1], strict=True))


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The validation rows were scored after ``step``; ``confusion``: rows true, columns answered."""

    step: int
    time: float
    values: dict[str, float]
    confusion: tuple[tuple[int, ...], ...] | None


@dataclass(frozen=True, slots=True)
class Intervened:
    """Someone steered: ``kind`` is an order of `qlab.training.control`; ``step`` is the first one it governs."""

    step: int
    time: float
    kind: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Noted:
    """The loop decided something by its recipe; ``step`` is the first one it governs, or the one that led to it.

    ``kind`` is stage, early_stop or converged; ``text`` is for people; ``data`` is plain.
    """

    step: int
    time: float
    kind: str
    text: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Measured:
    """An instrument that someone asked for was read after ``step``; see `qlab.training.instruments`."""

    step: int
    time: float
    name: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Warned:
    """Something went wrong that didn't end the run, such as a full disk; ``message`` None: it is mended."""

    step: int
    time: float
    kind: str
    message: str | None
    cure: str | None


@dataclass(frozen=True, slots=True)
class Finished:
    """The run ended by itself (``"done"``) or by hand (``"stopped"``), with its final figures."""

    step: int
    time: float
    reason: str
    metrics: dict[str, float]


@dataclass(frozen=True, slots=True)
class Failed:
    """The run ended by an error at ``step``: type, message, where, cure and the traceback as text."""

    step: int
    time: float
    error: dict[str, str | None]
    traceback: str
    cause: BaseException | None = field(default=None, repr=False, compare=False)


Event = Started | Step | Evaluated | Intervened | Noted | Measured | Warned | Finished | Failed
