"""One row as the features encode it, for the data view. Pure."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..data import Features
from .dataheld import Held


def preview(fx: Features, held: Held) -> dict[str, Any]:
    """Return row, label, part, columns that were filled and angles, ready for JSON."""
    row = min(held.row, held.dataset.rows - 1)
    one = held.dataset.take([row])
    parts = {"train": fx.train, "val": fx.val, "test": fx.test}
    part = next((name for name, split in parts.items() if np.any(split.rows == row)), "left out")
    label = one.table.column(fx.target)[0].as_py()
    gaps = [c for c in fx.columns if one.table.column(c).null_count]
    angles = [] if part == "left out" and fx.lineage.options["impute"] == "drop" and gaps else fx.transform(one)[0]
    return {"row": row, "label": label, "part": part, "filled": gaps, "angles": [float(a) for a in angles]}
