"""The data view while a file is read: figures, a bar and histograms that grow; *Cancel* keeps what was shown."""

from __future__ import annotations

from .conftest import Shot
from .notebook import Notebook

SLOW = """
import time, numpy as np, pandas as pd, qlab
from qlab.data import progress, read_text
read_text.BLOCK = 100_000
step = progress.Watch.step
def slowly(self, *args):
    time.sleep(0.25)
    step(self, *args)
progress.Watch.step = slowly
rng = np.random.default_rng(0)
n = 60_000
columns = {"speed": rng.normal(size=n).round(4), "mass": rng.gamma(2, 1, n).round(4), "k": rng.integers(0, 9, n)}
pd.DataFrame(columns).to_csv("flights.csv", index=False)
d = qlab.Data("iris")
d
"""


def test_a_long_load_shows_how_far_it_is_and_can_be_stopped(notebook: Notebook, shot: Shot) -> None:
    notebook.new(SLOW).run(0)
    view = notebook.widget(".ql-data")
    field = view.locator("input").first
    field.fill("flights.csv")
    field.press("Enter")
    panel = view.locator(".ql-data-loading")
    panel.locator("figure").nth(2).wait_for()
    notebook.page.wait_for_function(
        "() => Number(document.querySelector('.ql-data-progress')?.getAttribute('aria-valuenow')) >= 20"
    )
    text = panel.inner_text()
    assert "flights.csv" in text
    assert "of about 60,0" in text or "of about 59,9" in text
    assert "kept in memory" in text
    assert "left" in text
    shot("data-loading", ".ql-data")
    panel.get_by_role("button", name="Cancel").click()
    panel.wait_for(state="hidden")
    assert notebook.evaluate("d.dataset.name") == "'iris'", "what was shown stays"
    field.press("Enter")
    panel.wait_for()
    panel.wait_for(state="hidden", timeout=60_000)
    assert notebook.evaluate("d.dataset.rows") == "60000"
