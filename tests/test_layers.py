"""Who may import whom, in both languages; and that the check itself notices a broken rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from .layers import js_faults, python_faults

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sorted((ROOT / "qlab").rglob("*.py"))
TYPESCRIPT = sorted((ROOT / "js" / "src").rglob("*.ts"))


def test_python_layers() -> None:
    faults = [f for p in PYTHON for f in python_faults(p.relative_to(ROOT / "qlab").as_posix(), p.read_text())]
    assert len(PYTHON) > 20
    assert faults == []


def test_typescript_layers() -> None:
    faults = [f for p in TYPESCRIPT for f in js_faults(p.relative_to(ROOT / "js/src").as_posix(), p.read_text())]
    assert len(TYPESCRIPT) > 20
    assert faults == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("circuit/model.py", "from ..data import load"),
        ("data/read.py", "import qlab.circuit"),
        ("engine/plan.py", "from ..widgets import panel"),
        ("engine/plan.py", "import qiskit"),
        ("circuit/model.py", "from ..interop import qasm"),  # a bridge, but not inside a function
        ("models/model.py", "def f():\n    from ..training import run"),
        ("training/loop.py", "import threading"),
        ("training/loop.py", "from pathlib import Path\nPath('x').write_text('y')"),
        ("circuit/expr.py", "eval('1+1')"),
        ("data/read.py", "import pickle"),
        ("models/head.py", "import plotly.graph_objects as go"),
    ],
)
def test_a_broken_python_rule_is_noticed(path: str, text: str) -> None:
    assert python_faults(path, text)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("core/edit.ts", 'import { h } from "../view/dom";'),
        ("core/text.ts", 'import fc from "fast-check";'),
        ("stream/columns.ts", 'import { parse } from "../core/text";'),
        ("core/layout.ts", "const w = document.body.clientWidth;"),
        ("view/palette.ts", 'import { LabIcon } from "@jupyterlab/ui-components";'),
        ("view/designer.ts", 'import type Plotly from "plotly.js";'),
        ("host/widget/designer.ts", 'import { store } from "../lab/store";'),
        ("host/lab/document.ts", 'import x from "../widget/designer";'),
        ("view/draw.ts", "node.innerHTML = name;"),
    ],
)
def test_a_broken_typescript_rule_is_noticed(path: str, text: str) -> None:
    assert js_faults(path, text)


def test_what_the_rules_allow_is_let_through() -> None:
    assert python_faults("training/run_view.py", "def panel(self):\n    from ..widgets.panel import Panel") == []
    assert python_faults("engine/plan.py", "from ..circuit import Circuit\nimport numba") == []
    assert js_faults("view/designer.ts", 'import { parse } from "../core/text"; document.body.append(x);') == []


def test_no_file_is_too_large_to_live_in() -> None:
    generated = {"gates.gen.ts"}
    files = [*PYTHON, *TYPESCRIPT, *(ROOT / "tests").rglob("*.py"), *(ROOT / "js/test").rglob("*.ts")]
    long = {p.relative_to(ROOT).as_posix(): n for p in files if (n := len(p.read_text().splitlines())) > 400}
    assert {name: n for name, n in long.items() if Path(name).name not in generated} == {}
