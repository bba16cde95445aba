"""The picture of a panel in a saved notebook: when it is drawn anew, and who writes it."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from qlab.widgets.keeper import FIRST, LONGEST, Keeper

VIEW = "application/vnd.jupyter.widget-view+json"
CELLS = (
    "import qlab\nfx = qlab.load('iris').features(target='target', qubits=4, seed=1)\n"
    "run = qlab.train(qlab.templates.reuploading(4, 1), fx, epochs=400, batch=16, seed=1)\nrun.panel",
    "run.wait()",
)


class Page:
    """A keeper, its clock, a run in three values, and what is said and published."""

    def __init__(self) -> None:
        self.now, self.state, self.step, self.active = 0.0, "running", 0, True
        self.sent: list[dict[str, Any]] = []
        self.replaced: list[Any] = []
        self.keeper = Keeper(
            lambda: (self.state, self.step, self.active),
            lambda: ({"text/html": f"step {self.step}"}, {}),
            self.sent.append,
            lambda: "m1",
            lambda: self.now,
        )
        self.keeper.publish = lambda drawn, *, update: self.replaced.append(drawn)  # type: ignore[method-assign]

    def pass_(self, seconds: float, *, answer: bool | None = True) -> int:
        """Let time pass in steps; returns how many pictures were sent."""
        first = len(self.sent)
        for _ in range(int(seconds / 0.5)):
            self.now += 0.5
            self.step += 1 if self.active else 0
            before = len(self.sent)
            self.keeper.pump()
            if len(self.sent) > before and answer is not None:
                self.keeper.handle({"type": "still", "kept": answer})
        return len(self.sent) - first


def test_nothing_is_drawn_until_a_page_opens_and_ever_more_rarely_then() -> None:
    page = Page()
    assert page.pass_(60) == 0
    assert page.keeper.handle({"type": "open", "client": "a"}) is False  # the streams hear it too
    assert page.pass_(FIRST) == 1
    assert 4 <= page.pass_(30) <= 6
    assert 3 <= page.pass_(4 * LONGEST) <= 5


def test_the_end_of_a_run_is_drawn_at_once_and_then_never_again() -> None:
    page = Page()
    page.keeper.handle({"type": "open"})
    page.pass_(20)
    page.state, page.active = "done", False
    assert page.pass_(1) == 1
    assert page.sent[-1]["data"] == {"text/html": f"step {page.step}"}
    assert page.sent[-1]["model"] == "m1"
    assert page.pass_(300) == 0
    assert page.keeper.pump() is None
    page.keeper.handle({"type": "open"})  # a page loaded anew: its notebook may hold an older picture
    assert page.pass_(5) == 1


def test_a_closed_tab_gets_one_picture_not_one_each_half_minute() -> None:
    page = Page()
    page.keeper.handle({"type": "open"})
    assert page.pass_(600, answer=None) == 1
    page.state, page.active = "done", False
    assert page.pass_(600, answer=None) == 1


def test_where_the_page_cannot_write_the_output_is_replaced_once_at_the_end() -> None:
    page = Page()
    page.keeper.handle({"type": "open"})
    page.pass_(60, answer=False)
    assert page.replaced == []  # it would draw the widget anew while somebody works with it
    page.state, page.active = "done", False
    page.pass_(60, answer=False)
    assert len(page.replaced) == 1
    data, _ = page.replaced[0]
    assert data[VIEW]["model_id"] == "m1", "the widget stays; only beside it is the picture another one"
    assert data["text/html"] == f"step {page.step}"


@pytest.mark.parametrize("stored", [True, False])
def test_a_notebook_that_nobody_sees_holds_the_end_of_the_run(stored: bool) -> None:
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    NotebookClient(nb, timeout=120, kernel_name="python3", store_widget_state=stored).execute()
    (output,) = nb.cells[0].outputs
    assert VIEW not in output.data  # an exporter would wait for a widget that no page can make
    assert "Done, step" in output.data["text/html"]
    assert output.data["image/png"]
    assert len(nbformat.writes(nb)) < 400_000
