"""Training: a run is a fold over the events of one generator. `train` starts one."""

from __future__ import annotations

from .launch import train
from .run import Run
from .spec import Spec

__all__ = ["Run", "Spec", "train"]
