"""Data in memory: load anything once as Arrow columns, look at it, and turn it into features for a circuit.

Public names only. This package knows nothing of circuits; pandas stays inside it and at its edges.
"""

from __future__ import annotations

from .dataset import Dataset
from .features import Features, Lineage, Split
from .gallery import gallery
from .progress import Cancel, CancelledError, Estimate, Progress
from .read import load

__all__ = [
    "Cancel",
    "CancelledError",
    "Dataset",
    "Estimate",
    "Features",
    "Lineage",
    "Progress",
    "Split",
    "gallery",
    "load",
]
