"""All that decides the steps to come, as one frozen value with bytes of its own. Must not touch files.

A `Snapshot` travels in every `Step` event (it is shared, never copied), is what a checkpoint holds, and is what
`loop.run(…, start=snapshot)` goes on from: the run that follows equals the uninterrupted one bit for bit.

Whoever adds something to a step that must survive a restart puts it here: into ``opt`` if it is arrays of the
optimizer, into ``rng`` if it is a bit generator, into ``extra`` if it is small and plain (patience of an early stop,
the best value so far). What follows from the seed and a counter (the order of an epoch's rows, the perturbations of
a step: ``default_rng([seed, purpose, step])``) needs no place here, which is the better way wherever it is possible.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import TrainError

Array = NDArray[np.float64]
MAGIC = b"qlabck1\n"
KINDS = ("<f8", "<f4", "<i8", "|b1")  # the only arrays that a checkpoint may hold
LIMIT = 1 << 32  # bytes of a checkpoint; more is no checkpoint of ours
PLAIN = ("step", "lr", "epoch", "cursor", "batch", "terms", "stage", "rng", "extra")


class Snapshot(NamedTuple):
    """The state between two steps. Arrays in it are never written to again; a change is ``snapshot._replace(lr=0.1)``.

    Args:
        step: steps made.
        theta: (size,) float64 weights.
        opt: the optimizer's arrays, in its own order; float64, float32, int64 or bool, of any shape.
        lr: learning rate of the next step, before any schedule.
        epoch: the pass over the rows the last step belonged to, from 0.
        cursor: rows of that pass already taken; equal to the number of rows when the pass is over.
        batch: rows of the next step; 0 stands for the spec's.
        frozen: (size,) bool, True where a weight is held fast; None for nowhere.
        terms: weights of loss terms changed by hand, as ``((name, weight), …)``.
        stage: index of the stage, from 0.
        rng: ``bit_generator.state`` by name, as numpy gives it; plain values only.
        extra: anything else that is plain JSON.
    """

    step: int
    theta: Array
    opt: tuple[NDArray[Any], ...]
    lr: float
    epoch: int = 0
    cursor: int = 0
    batch: int = 0
    frozen: NDArray[np.bool_] | None = None
    terms: tuple[tuple[str, float], ...] = ()
    stage: int = 0
    rng: Mapping[str, Any] | None = None
    extra: Mapping[str, Any] | None = None


def to_bytes(snapshot: Snapshot) -> bytes:
    """Return a snapshot as bytes: a JSON head, the arrays as they are, and a SHA-256 over both."""
    arrays = [snapshot.theta, *snapshot.opt]
    if snapshot.frozen is not None:
        arrays.append(snapshot.frozen)
    shapes: list[list[Any]] = [[_kind(array), list(array.shape)] for array in arrays]
    told: dict[str, Any] = {name: getattr(snapshot, name) for name in PLAIN}
    told |= {"arrays": shapes, "frozen": snapshot.frozen is not None}
    head = json.dumps(told, default=_plain, sort_keys=True).encode()
    body = b"".join(a.astype(str(kind)).tobytes() for a, (kind, _) in zip(arrays, shapes, strict=True))
    whole = MAGIC + struct.pack("<I", len(head)) + head + body
    return whole + hashlib.sha256(whole).digest()


def from_bytes(raw: bytes, where: str = "checkpoint") -> Snapshot:
    """Return the snapshot of bytes from `to_bytes`, every bit of it checked.

    Raises:
        TrainError: not a checkpoint, cut short, or changed since it was written.
    """
    try:
        start = len(MAGIC) + 4
        if not raw.startswith(MAGIC) or len(raw) < start + 32 or len(raw) > LIMIT:
            raise ValueError("this is no checkpoint of qlab")
        if hashlib.sha256(raw[:-32]).digest() != raw[-32:]:
            raise ValueError("its checksum doesn't fit: it was cut short or changed")
        (size,) = struct.unpack_from("<I", raw, len(MAGIC))
        head = json.loads(raw[start : start + size])
        arrays, at = [], start + size
        for kind, shape in head["arrays"]:
            if kind not in KINDS or any(not isinstance(n, int) or n < 0 for n in shape):
                raise ValueError(f"an array of kind {kind!r} and shape {shape!r}")
            count = int(np.prod(shape, dtype=np.int64))
            arrays.append(np.frombuffer(raw[:-32], dtype=kind, count=count, offset=at).reshape(shape).copy())
            at += arrays[-1].nbytes
        if at != len(raw) - 32:
            raise ValueError("its arrays don't fill it")
        frozen = arrays.pop() if head["frozen"] else None
        plain = {name: head[name] for name in PLAIN}
        plain["terms"] = tuple((str(name), float(weight)) for name, weight in plain["terms"])
        return Snapshot(theta=arrays[0], opt=tuple(arrays[1:]), frozen=frozen, **plain)
    except (ValueError, KeyError, TypeError, IndexError, struct.error) as error:
        raise TrainError(
            f"the checkpoint can't be used: {error}", where=where, cure="use an older checkpoint of this run"
        ) from error


def equal(one: Snapshot, two: Snapshot) -> bool:
    """Return whether two snapshots are the same to the last bit."""
    return to_bytes(one) == to_bytes(two)


def _kind(array: NDArray[Any]) -> str:
    kind = np.asarray(array).dtype.newbyteorder("<").str
    if kind not in KINDS:
        raise TrainError(f"an array of {array.dtype} can't be kept in a checkpoint", cure=f"use one of {KINDS}")
    return kind


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"a {type(value).__name__} can't be kept in a checkpoint")
