"""A dataset as one sentence and as a small HTML table. Everything of the data is escaped; no script, no class names."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from .profile import is_number, type_of

if TYPE_CHECKING:
    from .dataset import Dataset

ROWS, COLUMNS, TEXT = 6, 12, 60
LINE = "border:0;border-bottom:1px solid color-mix(in srgb, currentColor 18%, transparent)"


def size(count: float) -> str:
    """Return bytes as a person reads them: ``"31 kB"``."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 999.5 or unit == "GB":
            return f"{count:.0f} {unit}" if count >= 99.5 or unit == "B" else f"{count:.2g} {unit}"
        count /= 1000
    raise AssertionError


def facts(dataset: Dataset) -> list[str]:
    """Return rows, columns, memory, missing cells and bad rows as short texts."""
    bad = len({row.line for row in dataset.bad})
    parts = [
        _count(dataset.rows, "row"),
        _count(len(dataset.columns), "column"),
        f"{size(dataset.nbytes)} {'mapped from disk' if dataset.mapped else 'in memory'}",
        f"{_count(dataset.missing, 'cell')} missing" if dataset.missing else "nothing missing",
    ]
    return parts + ([f"{_count(bad, 'bad row')} left out"] if bad else [])


def sentence(dataset: Dataset) -> str:
    """Return ``"penguins.csv: 344 rows, 8 columns, 31 kB in memory, 19 cells missing"``."""
    return f"{dataset.name}: {', '.join(facts(dataset))}"


def table(dataset: Dataset) -> str:
    """Return the first rows under the facts."""
    shown = dataset.table.slice(0, ROWS).select(dataset.columns[:COLUMNS])
    number = [is_number(type_of(t)) for t in shown.schema.types]
    head = "".join(_cell("th", name, num) for name, num in zip(shown.column_names, number, strict=True))
    rows = "".join(
        f"<tr>{''.join(_cell('td', v, num) for v, num in zip(row.values(), number, strict=True))}</tr>"
        for row in shown.to_pylist()
    )
    more = []
    if dataset.rows > ROWS:
        more.append(f"{dataset.rows - ROWS:,} more rows")
    if len(dataset.columns) > COLUMNS:
        more.append(f"{len(dataset.columns) - COLUMNS} more columns")
    foot = " and ".join(more)
    return (
        f"<div><p style='margin:0 0 6px'><b>{escape(dataset.name)}</b> &nbsp; {escape(', '.join(facts(dataset)))}</p>"
        f"<table style='border-collapse:collapse;font-size:12px;font-variant-numeric:tabular-nums'>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        f"<p style='margin:6px 0 0;font-size:12px;opacity:.75'>{foot}</p></div>"
    )


def _cell(tag: str, value: Any, number: bool) -> str:
    side = "right" if number else "left"
    style = f"text-align:{side};padding:3px 10px;background:none;{LINE}"
    if value is None:
        return f"<{tag} style='{style};font-style:italic;opacity:.7'>missing</{tag}>"
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return f"<{tag} style='{style}'>{escape(text if len(text) <= TEXT else text[: TEXT - 1] + '…')}</{tag}>"


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
