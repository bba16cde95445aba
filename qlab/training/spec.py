"""Everything a run depends on beside its data, frozen and printable as JSON. Must not hold arrays."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from ..circuit import Circuit
from ..errors import TrainError
from ..models.losses import loss_for
from ..models.model import Model
from .optim import optimizer as optimizer_named

VERSION = "run/1"


@dataclass(frozen=True, slots=True)
class Spec:
    """The recipe of a run: with its data, its seed and the recorded interventions it replays bit for bit.

    Args:
        circuit: canonical text of the whole circuit, encoder included.
        observables, head, task, classes, y_shift, y_scale: see `qlab.models.Model`.
        loss: ``"cross_entropy"`` or ``"mse"``.
        optimizer: a name in `qlab.training.optim.OPTIMIZERS`.
        lr: learning rate at the start, positive.
        epochs: passes over the training rows.
        batch: rows a step.
        seed: of the starting weights and the order of the rows.
        val_every: steps between validations; 0 for once an epoch.
        name: shown to people.
        lineage: identity of the data, as `Features.lineage` gives it.
    """

    circuit: str
    observables: tuple[str | dict[str, float], ...]
    head: str
    task: str
    classes: tuple[Any, ...] | None
    loss: str
    optimizer: str = "adam"
    lr: float = 0.05
    epochs: int = 30
    batch: int = 32
    seed: int = 0
    val_every: int = 0
    name: str = "run"
    lineage: str = ""
    y_shift: float = 0.0
    y_scale: float = 1.0

    def __post_init__(self) -> None:
        check_lr(self.lr)
        _whole("epochs", self.epochs, 1, "30")
        _whole("batch", self.batch, 1, "32")
        _whole("seed", self.seed, 0, "0")
        _whole("val_every", self.val_every, 0, "50, or leave it out for once an epoch")
        optimizer_named(self.optimizer)
        loss_for(self.task, self.loss)

    @classmethod
    def of(cls, model: Model, **options: Any) -> Spec:
        """Return the spec of a model; ``options`` are the other fields."""
        return cls(
            circuit=model.circuit.to_text(),
            observables=model.observables,
            head=model.head,
            task=model.task,
            classes=None if model.classes is None else tuple(plain(label) for label in model.classes),
            y_shift=model.y_shift,
            y_scale=model.y_scale,
            **options,
        )

    def model(self) -> Model:
        """Return the model this spec describes, compiled."""
        return Model(
            Circuit.from_text(self.circuit),
            self.observables,
            self.head,
            self.task,
            self.classes,
            self.y_shift,
            self.y_scale,
        )

    def to_json(self) -> str:
        """Return the spec as one JSON text with sorted keys."""
        return json.dumps({"qlab": VERSION, **asdict(self)}, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Spec:
        """Return the spec of a text from `to_json`.

        Raises:
            TrainError: not a spec of this version.
        """
        try:
            raw = json.loads(text)
            version = raw.pop("qlab")
            known = {f.name for f in fields(cls)}
            if version != VERSION or set(raw) - known:
                raise ValueError(f"version {version!r}, unknown fields {sorted(set(raw) - known)}")
            raw["observables"] = tuple(raw["observables"])
            raw["classes"] = None if raw["classes"] is None else tuple(raw["classes"])
            return cls(**raw)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise TrainError(
                f"this is not a run's spec: {error}",
                where="spec",
                cure=f"give the text of a spec of {VERSION!r}",
            ) from error


def check_lr(value: object) -> float:
    """Return a learning rate as a float.

    Raises:
        TrainError: it isn't a positive finite number.
    """
    number = isinstance(value, (int, float)) or hasattr(value, "__float__")
    lr = float(value) if number and not isinstance(value, (bool, str)) else math.nan  # type: ignore[arg-type]
    if not (math.isfinite(lr) and lr > 0):
        raise TrainError(
            f"learning rate {value!r} is not a positive number",
            where="lr",
            cure="give a finite number above 0, such as 0.05",
            value=value,
        )
    return lr


def plain(label: Any) -> Any:
    """Return a class label as JSON can hold it."""
    value = label.item() if hasattr(label, "item") else label
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)


def _whole(name: str, value: object, least: int, example: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise TrainError(
            f"{name} {value!r} is not a whole number of at least {least}",
            where=name,
            cure=f"give {name} such as {example}",
            value=value,
        )


def whole_numbers(**values: Any) -> dict[str, Any]:
    """Return the arguments with numpy's integers turned into Python's, so that a spec is plain JSON."""
    return {key: value.item() if hasattr(value, "item") else value for key, value in values.items()}


def observables_of(
    values: Sequence[str | dict[str, float]] | None,
) -> tuple[str | dict[str, float], ...] | None:
    """Return observables as a spec holds them."""
    return None if values is None else tuple(v if isinstance(v, str) else dict(v) for v in values)
