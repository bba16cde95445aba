"""A delimited file from its path to its table: estimate, cache, memory or disk. The cutting is `delimited`'s."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from ..machine import memory_limit
from .badrow import BadRow
from .cache import Cache
from .csv_layout import Format, layout_of
from .delimited import read_delimited
from .html import size
from .progress import Estimate, Watch
from .read_estimate import SHARE, estimate_text, text_size
from .read_kept import Kept
from .read_mapped import Mapped
from .read_text import Text
from .sink import Memory

if TYPE_CHECKING:
    from .read import How

SMALL = 3 << 20  # bytes of a block where memory is short
WIDEST = 8  # times a text's size that its table can take in memory, at the very most
WORDS = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}


def read_csv(path: Path, how: How, watch: Watch, keep: Kept | None) -> tuple[pa.Table, tuple[BadRow, ...], str, bool]:
    """Return the table, the bad rows, how it was read in words, and whether it is mapped from disk."""
    text = Text(path, how.encoding, watch, hashed=keep is not None and keep.content is None)
    numbers = {"decimal": how.decimal, "thousands": how.thousands}
    layout = layout_of(text.beginning(), path.name, how.delimiter, how.na, header=how.header, **numbers)
    total = text_size(path)
    estimate: Estimate | None = None
    sample = None
    if watch.looks or how.mapped or total * WIDEST > SHARE * memory_limit():
        estimate, sample = estimate_text(path, layout, how.encoding, how.mapped)
    watch.begin(total, estimate, sample)
    mapped = how.mapped if how.mapped is not None else estimate is not None and estimate.mapped
    header = f"header on line {layout.first_line - 1}" if layout.header else "no header"
    note = f"{how.encoding}, {WORDS.get(layout.delimiter, layout.delimiter)}, {header}"
    note += ", decimal comma" if layout.decimal == "," else ""
    if not mapped:
        table, bad, _ = read_delimited(text.blocks, where=path.name, layout=layout, sink=Memory, watch=watch)
        if keep is not None:
            keep.content = keep.content or text.content
            keep.put(table, {"bad": [list(b) for b in bad], "note": note})
        return table, bad, note, False
    table, bad = _to_disk(path, text, layout, watch, keep, note)
    if how.mapped is None and estimate is not None:
        note += f"; mapped from disk, as about {size(estimate.nbytes)} of {size(estimate.free)} free would be needed"
    return table, bad, note, True


def _to_disk(
    path: Path, text: Text, layout: Format, watch: Watch, keep: Kept | None, note: str
) -> tuple[pa.Table, tuple[BadRow, ...]]:
    cache = keep.cache if keep is not None else Cache()

    def done(file: Path) -> Path | None:
        if keep is None:
            return None
        keep.content = keep.content or text.content
        return keep.adopt(file)

    def sink() -> Mapped:
        return Mapped(cache.temporary(), done)

    blocks = partial(text.blocks, SMALL)
    table, bad, _ = read_delimited(blocks, where=path.name, layout=layout, sink=sink, watch=watch)
    if keep is not None:
        keep.commit({"bad": [list(b) for b in bad], "note": note})
    return table, bad
