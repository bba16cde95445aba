"""Data in memory: load anything once as Arrow columns, look at it, and turn it into features for a circuit.

Public names only. This package knows nothing of circuits; pandas stays inside it and at its edges.
"""

from __future__ import annotations

from .dataset import Dataset
from .features import Features, Lineage, Split
from .gallery import gallery
from .read import load

__all__ = ["Dataset", "Features", "Lineage", "Split", "gallery", "load"]
