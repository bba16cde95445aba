"""The Lab from a dataset to a trained model with the mouse alone, and errors shown where they happen."""

from __future__ import annotations

from .conftest import Shot
from .notebook import Notebook


def test_from_data_to_a_trained_model_by_hand(notebook: Notebook, shot: Shot) -> None:
    notebook.new("import qlab\nlab = qlab.Lab('iris')\nlab").run(0)
    page = notebook.page
    lab = notebook.widget(".ql-labroot")
    lab.get_by_role("button", name="Use these features").click()
    lab.locator(".ql-ds [role='application']").wait_for()
    assert notebook.evaluate("lab.circuit.n_qubits, lab.features.qubits") == "(4, 4)"
    shot("lab-circuit-empty", ".ql-labroot")
    lab.get_by_role("button", name="Re-upload").first.click()
    lab.locator("[role='application'] [data-id]").first.wait_for()
    shot("lab-circuit", ".ql-labroot")
    # the gates of the encoding take the place of what reads the features already, and undo brings that back
    lab.get_by_role("tab", name="Data").click()
    lab.get_by_role("button", name="Encode in the designer").click()
    notebook.becomes("[op.gate for op in lab.circuit.ops]", "['ry', 'ry', 'ry', 'ry']")
    lab.locator(".ql-ds").get_by_role("button", name="Undo").click()
    notebook.becomes("lab.circuit.n_weights > 0", "True")
    lab.get_by_role("button", name="Train", exact=True).first.click()
    lab.locator(".ql-lab-train").get_by_role("button", name="Train", exact=True).click()
    page.wait_for_selector(".ql-labroot .ql-panel .js-plotly-plot .main-svg", timeout=60_000)
    page.wait_for_selector(".ql-labroot .ql-panel .ql-pill:has-text('Done')", timeout=60_000)
    assert notebook.evaluate("lab.run.state") == "'done'"
    assert float(notebook.evaluate("lab.run.summary()['test_accuracy']")) > 0.6
    shot("lab-train", ".ql-labroot")


def test_a_name_that_is_not_known_is_said_where_it_was_typed(notebook: Notebook, shot: Shot) -> None:
    notebook.new("import qlab\nlab = qlab.Lab('iris')\nlab").run(0)
    lab = notebook.widget(".ql-labroot")
    field = lab.locator(".ql-data input").first
    field.fill("irsi")
    field.press("Enter")
    note = lab.locator(".ql-data [role='alert']", has_text="irsi").first
    note.wait_for()
    assert "iris" in note.inner_text()
    assert notebook.evaluate("lab.dataset.name") == "'iris'", "what was loaded before stays"
    shot("lab-data-error", ".ql-labroot")


def test_two_runs_at_once_are_refused_and_the_first_survives(notebook: Notebook) -> None:
    notebook.new(
        "import qlab\nfx = qlab.load('iris').features(target='target', qubits=4, seed=1)\n"
        "run = qlab.train(qlab.templates.reuploading(4, 2), fx, epochs=100000, name='first')",
        "lab = qlab.Lab('iris', qlab.templates.reuploading(4, 1), features=fx)\nlab.tab = 'train'\nlab",
    )
    notebook.run(0)
    notebook.run(1)
    lab = notebook.widget(".ql-labroot")
    lab.locator(".ql-lab-train").get_by_role("button", name="Train", exact=True).click()
    note = lab.locator(".ql-lab-note .ql-note.err")
    note.wait_for()
    assert notebook.evaluate("run.id").strip("'") in note.inner_text()
    assert notebook.evaluate("run.is_active") == "True"
    notebook.evaluate("run.stop()")
