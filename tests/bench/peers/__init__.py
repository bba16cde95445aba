"""Other simulators on the benchmark's work, each in the best form that a user of it would write.

They come with ``pip install -e '.[bench]'``; what isn't installed is a row that says so.
"""

from __future__ import annotations

from .table import compare
from .work import REPETITIONS, Work, circuit, gates, numpy_step, observable

__all__ = ["REPETITIONS", "Work", "circuit", "compare", "gates", "numpy_step", "observable"]
