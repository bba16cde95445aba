"""The ports between a run, its panel and a browser. Protocols only; must not import a widget."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Message = dict[str, Any]


class Link(Protocol):
    """A way to the browser: a JSON-ready message and binary buffers, to every page that shows the panel."""

    def __call__(self, message: Message, buffers: list[bytes]) -> None: ...


class Rows(Protocol):
    """Growing columns, as `qlab.training.columns.Columns` has them."""

    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def n(self) -> int: ...
    def block(self, start: int, stop: int) -> NDArray[np.float64]: ...
    def bucket(self, start: int, stop: int, points: int) -> tuple[NDArray[np.float64], bool]: ...


class Watched(Protocol):
    """What a panel needs of a run."""

    lr: float

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def is_active(self) -> bool: ...
    @property
    def columns(self) -> Rows: ...
    def status(self) -> Message: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def stop(self) -> None: ...
