"""Many runs in a real JupyterLab: panes, steering and branch, twenty overlaid, the table and the sidebar of runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import ROOT, Shot
from .notebook import DARK, LIGHT, Notebook

SETUP = """import os, tempfile
os.environ["QLAB_HOME"] = tempfile.mkdtemp()
import qlab
fx = qlab.load("digits").features(target="target", classes=[3, 5], qubits=6, reduce="pca", seed=7)
c = qlab.templates.reuploading(6, 2)
run = qlab.train(c, fx, epochs=20_000, batch=32, lr=0.02, seed=7, name="parent")
run.panel"""
MANY = """run.stop()
for one in run.panel.runs:
    if one.is_active: one.stop()
for one in run.panel.runs: one.wait()
for i in range(20):
    qlab.train(c, fx, epochs=4, batch=32, lr=0.02 * (i + 1), seed=i, name=f"lr {0.02 * (i + 1):.2f}").wait()
qlab.compare(qlab.runs()[:20]).panel"""
ALL_DRAWN = """() => [...document.querySelectorAll('.ql-panel')[1].querySelectorAll('.ql-plot')]
  .filter(p => p.offsetParent !== null && p.data?.some(t => t.x?.length > 1)).length >= 4"""
AXE = ROOT / "js" / "node_modules" / "axe-core" / "axe.min.js"
FINDINGS = """selector => axe.run(document.querySelector(selector), {runOnly: ['wcag2a', 'wcag2aa']})
  .then(r => r.violations.filter(v => ['serious', 'critical'].includes(v.impact))
  .map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ') + ' ' + n.failureSummary).slice(0, 3).join(' | ')))"""
DRAWN = """n => (document.querySelectorAll('.ql-panel')[n]?.querySelector('.ql-pane-loss .ql-plot')?.data ?? [])
  .filter(t => t.x?.length > 1).length"""


def axe(notebook: Notebook, selector: str) -> list[str]:
    if notebook.page.evaluate("() => typeof axe === 'undefined'"):
        notebook.page.evaluate(Path(AXE).read_text())
    return list(notebook.page.evaluate(FINDINGS, selector))


@pytest.fixture
def wide(notebook: Notebook) -> Notebook:
    notebook.page.set_viewport_size({"width": 1640, "height": 1200})
    return notebook


def test_panes_branch_twenty_runs_table_and_sidebar(wide: Notebook, shot: Shot) -> None:
    page = wide.page
    wide.new(SETUP, MANY, name="runs.ipynb").run(0)
    page.wait_for_selector(".ql-panel .ql-pane-loss .main-svg", timeout=60_000)
    # an instrument is read only while its pane is shown
    page.get_by_role("button", name="Choose the panes").click()
    page.locator(".ql-pop label", has_text="Entanglement").click()
    page.keyboard.press("Escape")
    page.locator(".ql-pane-ent").scroll_into_view_if_needed()  # what can't be seen is not drawn
    page.wait_for_function("() => document.querySelector('.ql-pane-ent .ql-plot')?.data?.length > 0", timeout=30_000)
    assert "entanglement" in wide.evaluate("run.status()['watched']")
    page.locator(".ql-pane-ent .ql-more").click()
    page.get_by_role("menuitem", name="Hide").click()
    page.wait_for_selector(".ql-panes > .ql-pane-ent", state="detached")
    wide.becomes("'entanglement' in run.status()['watched']", "False")
    # batch size and freezing are taken by the run, and told
    page.get_by_role("button", name="Batch size, frozen weights, terms of the loss").click()
    page.get_by_label("Batch size", exact=True).fill("16")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Freeze head").click()
    # taken at the next step, which the card tells
    page.locator(".ql-pop-form [role='status']", has_text="frozen").filter(has_not_text="No weight").wait_for(
        timeout=10_000
    )
    page.locator(".ql-events", has_text="batch").wait_for(timeout=10_000)
    page.keyboard.press("Escape")
    wide.becomes("run.status()['batch'], len(run.status()['frozen']) > 0", "(16, True)")
    # a click in a plot offers a branch from that step
    page.locator(".ql-panel .ql-pane-loss").scroll_into_view_if_needed()
    page.locator(".ql-panel .ql-pane-loss .ql-plot-body").click(position={"x": 60, "y": 120})
    page.get_by_label("Learning rate of the branch").fill("0.005")
    page.get_by_role("button", name="Start branch").click()
    # it waits while the steps after the checkpoint are made again
    child = page.locator(".ql-runs [data-run]").nth(1)
    child.filter(has_text="running").wait_for(timeout=30_000)
    assert wide.evaluate("len(run.panel.runs), run.panel.runs[1].lr") == "(2, 0.005)"
    shot("panel-branch-light", ".ql-panel")
    # twenty at once
    wide.run(1)
    page.locator(".ql-panel").nth(1).scroll_into_view_if_needed()
    page.wait_for_function(f"() => ({DRAWN})(1) >= 20", timeout=60_000)
    many = page.locator(".ql-panel").nth(1)
    expect(many.locator(".ql-runs [data-run]")).to_have_count(20)
    many.locator(".ql-plot .main-svg >> visible=true").nth(3).wait_for()  # drawn one by one
    page.wait_for_function(ALL_DRAWN, timeout=30_000)
    many.locator(".ql-pane-loss .ql-plot-body").hover(position={"x": 200, "y": 100})
    expect(many.locator(".ql-panel-tip .ql-tip-row")).not_to_have_count(0)
    many.locator(".ql-rule:not([hidden])").nth(3).wait_for()  # the line goes through all panes
    shot("panel-twenty-light", ".ql-panel >> nth=1")
    assert axe(wide, ".ql-panel") == []
    # the table, and the sidebar beside it
    wide.run(wide.append("qlab.runs()"))
    table = page.locator(".jp-OutputArea .ql-runsview")
    table.scroll_into_view_if_needed()
    for row in (0, 1):
        table.locator("tr[data-run] input").nth(row).click()
    table.get_by_role("button", name="Tag", exact=True).click()
    page.keyboard.type("paper")
    page.keyboard.press("Enter")
    expect(table.locator(".ql-tag")).to_have_count(2)
    assert wide.evaluate("len(qlab.runs().filter(tag='paper'))") == "2"
    shot("runs-table-light", ".jp-OutputArea .ql-runsview")
    wide.command("qlab:show-runs")
    side = page.locator("#qlab-runs")
    side.locator("tr[data-run]").first.wait_for(timeout=30_000)
    side.get_by_placeholder("Name, data, note, id").fill("parent")
    expect(side.locator("tr[data-run]")).to_have_count(2)
    shot("runs-sidebar-light", "#qlab-runs")
    assert axe(wide, "#qlab-runs") == []
    wide.theme(DARK)
    page.wait_for_selector(".ql-panel.ql-dark")
    shot("runs-sidebar-dark", "#qlab-runs")
    shot("runs-table-dark", ".jp-OutputArea .ql-runsview")
    page.wait_for_timeout(2_500)  # plots are drawn one after the other, at most two thirds of the time
    shot("panel-twenty-dark", ".ql-panel >> nth=1")
    assert axe(wide, "#qlab-runs") == []
    assert axe(wide, ".ql-panel") == []
    wide.theme(LIGHT)
    # one click opens the panel of a run in a new cell
    before = page.locator(".ql-panel").count()
    side.locator(".ql-run-name").first.click()
    page.wait_for_function("n => document.querySelectorAll('.ql-panel').length > n", arg=before, timeout=30_000)
    # and one is deleted only when that has been said twice
    side.locator("tr[data-run] input").first.click()
    side.get_by_role("button", name="Delete").click()
    side.get_by_role("button", name="Delete").click()
    expect(side.locator("tr[data-run]")).to_have_count(1)
