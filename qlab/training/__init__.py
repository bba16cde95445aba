"""Training: a run is a fold over the events of one generator. `train` starts one; the others find it again."""

from __future__ import annotations

from .launch import train
from .resume_run import replay, resume
from .run import Run
from .run_stored import StoredRun, open_run
from .runs_compare import compare
from .runs_list import runs
from .spec import Spec
from .store_bundle import import_run

__all__ = ["Run", "Spec", "StoredRun", "compare", "import_run", "open_run", "replay", "resume", "runs", "train"]
