"""Colours of the figures handed to the user, light and dark, as in the panel. Knows which theme the newest page has.

A figure made by Python can't ask the page; the panel's pages tell their theme, and a new figure takes that of the
last one that did. Its ground is clear, so that it takes the surface it lies on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..errors import TrainError, not_one_of

THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Palette:
    """Inks and series of one theme; each series holds 3:1 and each ink 4.5:1 on the surface."""

    ink: str
    quiet: str
    grid: str
    accent: str
    raised: str
    series: tuple[str, ...]

    def layout(self, **more: Any) -> dict[str, Any]:
        """Return what all figures have in common, as arguments of ``update_layout``."""
        return {
            "template": "none",
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "height": 360,
            "font": {"size": 11, "color": self.quiet},
            "title_font_color": self.ink,
            "colorway": self.series,
            "hovermode": "x unified",
            "hoverlabel": {"bgcolor": self.raised, "font": {"color": self.ink, "size": 11}},
            "legend": {"orientation": "h", "y": -0.18},
            **more,
        }

    def axis(self) -> dict[str, Any]:
        """Return the look of both axes."""
        return {"gridcolor": self.grid, "linecolor": self.quiet, "zeroline": False, "automargin": False}


LIGHT = Palette(
    ink="#19202a",
    quiet="#5f6978",
    grid="#e7eaee",
    accent="#4347c4",
    raised="#ffffff",
    series=("#1a3a9e", "#cf5a10", "#35975a", "#ab78e6", "#5e5200", "#9a2c66", "#0f9bab", "#3a3545"),
)
DARK = Palette(
    ink="#e8ebef",
    quiet="#949eab",
    grid="#2b323b",
    accent="#a5a4f5",
    raised="#262c34",
    series=("#5286ec", "#d9792f", "#a6f5ba", "#ceb1fc", "#f8b81f", "#fd7596", "#06a4d4", "#d2ddf1"),
)
_last = "light"


def told(theme: object) -> None:
    """Note the theme a page has; anything else is passed over."""
    global _last
    if theme in THEMES:
        _last = str(theme)


def palette(theme: str | None = None) -> Palette:
    """Return the colours of a theme, by default of the newest page that shows a panel, and light without one.

    Raises:
        TrainError: there is no such theme.
    """
    chosen = _last if theme is None else theme
    if chosen not in THEMES:
        raise not_one_of(TrainError, "theme", theme, THEMES, where="figure")
    return DARK if chosen == "dark" else LIGHT
