"""Everything a run depends on beside its data, frozen and printable as JSON. Must not hold arrays."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from ..circuit import Circuit
from ..errors import TrainError, not_one_of
from ..models.losses import loss_for
from ..models.model import Model
from . import options, schedule
from .optim import optimizer as optimizer_named
from .optim import usual_lr

VERSION = "run/1"
DTYPES = ("complex128", "complex64")


@dataclass(frozen=True, slots=True)
class Spec:
    """The recipe of a run: with its data, its seed and the recorded interventions it replays bit for bit.

    Args:
        circuit: canonical text of the whole circuit, encoder included.
        observables, head, task, classes, y_shift, y_scale: see `qlab.models.Model`.
        loss: a name in `qlab.models.losses.LOSSES`.
        optimizer: a name in `qlab.training.optim.OPTIMIZERS`.
        lr: learning rate at the start, positive.
        epochs: passes over the training rows.
        batch: rows a step.
        seed: of the starting weights, the order of the rows, SPSA's directions and the shots.
        val_every: steps between validations; 0 for once an epoch.
        name: shown to people.
        lineage: identity of the data, as `Features.lineage` gives it.
        before, after, input_scaling, n_features, dtype, amplitudes: see `qlab.models.Model`.
        loss_options: ``{"delta": 1.0}`` of the Huber loss.
        class_weight: weight of each class, by index; None is one for all.
        terms: extra terms of the loss, ``{"l2": 0.001}``; on the classical weights.
        optimizer_options: such as ``{"b1": 0.8}``.
        schedule: of the learning rate, as `schedule.normal` gives it.
        clip: ``{"norm": 1.0}`` or ``{"value": 0.5}``.
        early_stop: as `options.early_stop_of` gives it.
        shots: measurements a Pauli string; None for exact expectations.
        rows: share or number of the training rows that are used, drawn once by the seed.
        stages: what each stage changes of these settings, in order; () is one stage that changes nothing.
        foreign: the kind of a network of another library; its spec tells what ran, but can't rebuild it.
    """

    circuit: str = field(repr=False)  # its text would bury the rest
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
    before: tuple[int, ...] | None = None
    after: tuple[int, ...] = ()
    input_scaling: bool = False
    n_features: int = 0
    dtype: str = "complex128"
    amplitudes: bool = False
    loss_options: dict[str, float] = field(default_factory=dict)
    class_weight: tuple[float, ...] | None = None
    terms: dict[str, float] = field(default_factory=dict)
    optimizer_options: dict[str, Any] = field(default_factory=dict)
    schedule: dict[str, Any] | None = None
    clip: dict[str, float] | None = None
    early_stop: dict[str, Any] | None = None
    shots: int | None = None
    rows: int | float | None = None
    stages: tuple[dict[str, Any], ...] = ()
    foreign: str = ""

    def __post_init__(self) -> None:
        check_lr(self.lr)
        _whole("epochs", self.epochs, 1, "30")
        _whole("batch", self.batch, 1, "32")
        _whole("seed", self.seed, 0, "0")
        _whole("val_every", self.val_every, 0, "50, or leave it out for once an epoch")
        if self.shots is not None:
            _whole("shots", self.shots, 1, "1000, or leave it out for exact expectations")
        put = object.__setattr__
        put(self, "schedule", schedule.normal(self.schedule))
        put(self, "clip", options.clip_of(self.clip))
        put(self, "early_stop", options.early_stop_of(self.early_stop))
        put(self, "terms", options.terms_of(self.terms))
        put(self, "rows", options.rows_of(self.rows))
        made = optimizer_named(self.optimizer, seed=self.seed, options=self.optimizer_options)
        if self.clip and made.update is None:
            raise TrainError(
                f"optimizer {self.optimizer!r} asks for losses itself, and no gradient of its could be clipped",
                where="clip",
                cure="leave clip out, or use adam, adamw, sgd, momentum, nesterov or rmsprop",
                value=self.clip,
            )
        if self.shots is not None and self.optimizer in ("qng", "lbfgs"):
            raise TrainError(
                f"optimizer {self.optimizer!r} needs exact losses, and shots make them noisy",
                where="shots",
                cure="use 'spsa', 'adam' or 'cobyla' with shots, or leave shots out",
                value=self.shots,
            )
        if self.foreign and self.shots is not None:
            raise TrainError(
                f"a {self.foreign} measures as it was made to", where="shots", cure="give its primitive the shots"
            )
        if self.foreign and self.optimizer == "qng":
            raise TrainError(
                f"a {self.foreign} has no metric here", where="optimizer", cure="use another one, such as 'adam'"
            )
        if self.dtype not in DTYPES:
            raise not_one_of(TrainError, "dtype", self.dtype, DTYPES, where="dtype")
        loss_for(self.task, self.loss)
        _loss_options(self.loss, self.loss_options)
        put(self, "stages", options.stages_of(self.stages or None, self._stage_plain))

    def _stage_plain(self, stage: dict[str, Any]) -> dict[str, Any]:
        """Return a stage's changes in plain form, checked by making its settings."""
        stage = {key: value.item() if hasattr(value, "item") else value for key, value in stage.items()}
        made = self._with(stage)
        return {key: getattr(made, key) for key in stage}

    def _with(self, stage: Mapping[str, Any]) -> Spec:
        changes = dict(stage)
        if "optimizer" in changes and changes["optimizer"] != self.optimizer:
            changes.setdefault("optimizer_options", {})
            changes.setdefault("lr", usual_lr(changes["optimizer"]))
            changes.setdefault("clip", None)
        return replace(self, stages=(), **changes)

    @property
    def settings(self) -> tuple[Spec, ...]:
        """The settings of each stage, as specs without stages; this spec itself where there are none.

        A stage that names another optimizer takes that one's usual learning rate, options and no clipping unless it
        names those too.
        """
        return tuple(self._with(stage) for stage in self.stages) if self.stages else (self,)

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
            before=model.before,
            after=model.after,
            input_scaling=model.input_scaling,
            n_features=model.n_features,
            amplitudes=model.amplitudes,
            **{"dtype": model.dtype, **options},
        )

    def model(self) -> Model:
        """Return the model this spec describes, compiled.

        Raises:
            TrainError: it is of another library, whose network no spec holds.
        """
        if self.foreign:
            raise TrainError(
                f"this run trained a {self.foreign}, which its spec doesn't hold",
                where="spec",
                cure="build the same network again and pass it to qlab.train",
            )
        return Model(
            Circuit.from_text(self.circuit),
            self.observables,
            self.head,
            self.task,
            self.classes,
            self.y_shift,
            self.y_scale,
            self.before,
            self.after,
            self.input_scaling,
            self.n_features,
            self.dtype,
            self.amplitudes,
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
            for name in ("classes", "before", "class_weight"):
                raw[name] = None if raw.get(name) is None else tuple(raw[name])
            for name in ("after", "stages"):
                raw[name] = tuple(raw.get(name, ()))
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


def _loss_options(loss: str, given: Mapping[str, float]) -> None:
    known = ("delta",) if loss == "huber" else ()
    for key, value in given.items():
        if (
            key not in known
            or isinstance(value, bool)
            or not (isinstance(value, (int, float)) and 0 < value < math.inf)
        ):
            raise TrainError(
                f"loss {loss!r} has no option {key!r} of {value!r}",
                where="loss_options",
                cure="use {'delta': 1.0} with 'huber', in standard deviations of the target, or leave it out",
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
