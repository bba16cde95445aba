"""The command line and the doctor: exit codes, readable errors, a cure for each failure."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import qlab
from qlab import cli, doctor


def test_the_demo_prints_both_accuracies_and_writes_a_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "deep" / "demo.html"
    assert cli.main(["demo", "--epochs", "4", "--out", str(out)]) == 0
    told = capsys.readouterr().out
    rows = re.findall(r"^(qlab, hybrid|logistic.*?) +(\d\.\d{3}) +(\d\.\d{3})$", told, flags=re.M)
    assert len(rows) == 2
    assert all(0.5 < float(test) <= 1 for _, _, test in rows)
    page = out.read_text()
    assert "Plotly.newPlot" in page
    asked = re.findall(r"""<(?:script|link|img)[^>]*?\s(?:src|href)=["']?([^"'\s>]*)""", page)
    assert [url[:40] for url in asked if not url.startswith("data:")] == [], "the report must not need another file"


def test_a_qlab_error_is_one_readable_text(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise qlab.DataError("unknown dataset 'digit'", cure="did you mean 'digits'?")

    monkeypatch.setattr("qlab.demo.run_demo", refuse)
    assert cli.main(["demo"]) == 1
    told = capsys.readouterr().err
    assert "unknown dataset 'digit'" in told
    assert "did you mean 'digits'?" in told
    assert "Traceback" not in told


def test_the_doctor_finds_this_environment_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor"]) == 0, capsys.readouterr().out
    assert capsys.readouterr().out.rstrip().endswith("all is well")


@pytest.mark.parametrize(
    ("patch", "name", "cure"),
    [
        ("qlab.doctor.MEMORY_FLOOR", "memory", "memory limit"),
        ("qlab.doctor.BUNDLES", "browser bundles", "make build"),
    ],
)
def test_the_doctor_names_failure_and_cure(
    patch: str, name: str, cure: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(patch, {"memory": 1 << 60, "browser bundles": ("nowhere.js",)}[name])
    monkeypatch.setattr(doctor, "CHECKS", (doctor.memory, doctor.bundles))
    assert cli.main(["doctor"]) == 1
    told = capsys.readouterr().out
    assert re.search(rf"FAIL +{name}", told)
    assert cure in told


def test_the_doctor_says_where_it_cannot_write(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(blocked / "data"))
    monkeypatch.setattr(doctor, "CHECKS", (doctor.durable_write,))
    assert cli.main(["doctor"]) == 1
    assert str(blocked) in capsys.readouterr().out


def test_a_missing_browser_is_a_warning_not_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "find_browser", lambda: None)
    monkeypatch.setattr(doctor, "CHECKS", (doctor.browser,))
    assert cli.main(["doctor"]) == 0
    assert "warn  browser" in capsys.readouterr().out


def test_the_lab_opens_on_the_notebook_that_was_named(tmp_path: Path) -> None:
    notebook = tmp_path / "first steps.ipynb"
    notebook.write_text("{}")
    command = cli.lab_command(str(notebook), browser=False)
    assert f"--ServerApp.root_dir={tmp_path.resolve()}" in command
    assert "--LabApp.default_url=/lab/tree/first%20steps.ipynb" in command
    assert "--no-browser" in command
    with pytest.raises(qlab.QlabError, match=r"nowhere\.ipynb"):
        cli.lab_command(str(tmp_path / "nowhere.ipynb"))
