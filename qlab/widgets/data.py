"""The data view as a widget: look at a dataset, pick target and features, see what they cost in qubits.

Traits hold settings only; everything shown goes through `DataServer`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anywidget
import traitlets as t

from ..training.job import loader, pager
from .assets import asset
from .comm import detach_subshell
from .dataserver import DataServer

if TYPE_CHECKING:
    from ..data import Dataset, Features

__all__ = ["Data", "DataServer"]


class Data(anywidget.AnyWidget):
    """A dataset to look at and to turn into features.

    Args:
        dataset: shown first; a Dataset or anything that ``qlab.load`` takes.
        height: of the widget, in CSS pixels.

    Attributes:
        dataset: the dataset shown; assigning one, or anything ``qlab.load`` takes, shows it.
        features: the Features of the last *Use these features*, or None.

    Raises:
        DataError: the dataset can't be loaded.

    Example:
        >>> data = qlab.Data("digits")   # doctest: +SKIP
        >>> data.features                # doctest: +SKIP
    """

    _esm = asset("data.js")
    _css = asset("data.css")

    height = t.Int(760, min=320, max=4000, help="CSS pixels").tag(sync=True)

    def __init__(self, dataset: Dataset | Any = None, **settings: Any) -> None:
        super().__init__(**settings)
        self.server = DataServer(self._link, wake=loader.wake, wake_quick=pager.wake)
        if dataset is not None:
            self.server.load(dataset)
        detach_subshell(self)
        self.on_msg(self._received)
        loader.add(self.server.pump)
        pager.add(self.server.pump_quick)

    @property
    def dataset(self) -> Dataset | None:
        """The dataset shown, filtered as it is shown."""
        return self.server.dataset

    @dataset.setter
    def dataset(self, source: Any) -> None:
        self.server.load(source)

    @property
    def features(self) -> Features | None:
        """The Features of the last *Use these features*, or None."""
        return self.server.features

    def _received(self, _widget: Any, message: Any, buffers: Any) -> None:
        # May run on a subshell's thread while a cell runs: only noted here, answered by the loader.
        self.server.handle(message, buffers)

    def _link(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        self.send(message, buffers)

    def close(self) -> None:
        """Take the widget off every page."""
        loader.remove(self.server.pump)
        pager.remove(self.server.pump_quick)
        super().close()

    def __repr__(self) -> str:
        return f"Data({self.dataset!r})"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        dataset = self.dataset
        still = "<p>No dataset is open.</p>" if dataset is None else dataset._repr_html_()
        return {**data, "text/html": still, "text/plain": repr(self)}, metadata
