"""Checkpoints of one run as files: each whole or absent, checked when read. Must not know the run's record.

A file is named by its step. The best, the last three and about one for each sixteenth of the run are kept, at most
one a second: a branch at any step is replayed from the nearest one before it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from ..errors import TrainError
from .snapshot import Snapshot, from_bytes, to_bytes
from .store_files import put, sweep

LAST = 3
MARKS = 16
SUFFIX = ".qck"


class Checkpoints:
    """The checkpoints of a run.

    Args:
        folder: holds them and nothing else; made by the first `save`.
    """

    __slots__ = ("folder",)

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, snapshot: Snapshot) -> None:
        """Keep a snapshot under its step.

        Raises:
            OSError: it couldn't be written; those there are untouched then.
        """
        put(self._path(snapshot.step), to_bytes(snapshot))

    def put(self, step: int, raw: bytes) -> None:
        """Keep the bytes of a checkpoint that come from elsewhere, once they have been checked."""
        if from_bytes(raw, f"checkpoint {step}").step != step:
            raise TrainError("it is the checkpoint of another step", where=f"checkpoint {step}")
        put(self._path(step), raw)

    def steps(self) -> list[int]:
        """Return the steps that have one, rising."""
        try:
            names = os.listdir(self.folder)
        except OSError:
            return []
        stems = (name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX))
        return sorted(int(stem) for stem in stems if stem.isdecimal())

    def raw(self, step: int) -> bytes:
        """Return the bytes of a checkpoint as they stand on the disk."""
        return self._path(step).read_bytes()

    def load(self, step: int) -> Snapshot:
        """Return the snapshot after a step.

        Raises:
            TrainError: there is none, or it has been damaged.
        """
        where = f"checkpoint {self._path(step).name}"
        try:
            snapshot = from_bytes(self.raw(step), where)
        except OSError as error:
            found = ", ".join(map(str, self.steps())) or "none"
            raise TrainError(
                f"there is no checkpoint of step {step}: {error.strerror}", where=where, cure=f"there are: {found}"
            ) from error
        if snapshot.step != step:
            raise TrainError(f"it holds step {snapshot.step}", where=where, cure="use an older checkpoint of this run")
        return snapshot

    def latest(self, most: int | None = None) -> Snapshot | None:
        """Return the newest whole snapshot, of step ``most`` or before; damaged ones are passed over."""
        for step in reversed(self.steps()):
            if most is None or step <= most:
                with contextlib.suppress(TrainError):
                    return self.load(step)
        return None

    def prune(self, keep: Iterable[int]) -> None:
        """Remove all but the last three, and those of the steps named."""
        steps, kept = self.steps(), set(keep)
        for step in steps[:-LAST]:
            if step not in kept:
                with contextlib.suppress(OSError):
                    self._path(step).unlink()

    def sweep(self) -> None:
        """Remove what a killed writer left half written."""
        sweep(self.folder)

    def delete(self) -> None:
        """Remove them all."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, step: int) -> Path:
        return self.folder / f"{step:012d}{SUFFIX}"
