"""The import rules of both languages, as functions of a file's path and text. `test_layers.py` runs them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

# What each package of qlab may import of qlab; everything may import `errors` and `machine`.
LAYERS: dict[str, set[str]] = {
    "errors": set(),
    "machine": set(),
    "circuit": set(),
    "data": set(),
    "engine": {"circuit"},
    "interop": {"circuit", "engine"},
    "models": {"circuit", "engine", "data"},
    "training": {"circuit", "engine", "data", "models"},
    "tuning": {"circuit", "engine", "data", "models", "training"},
    "optimize": {"circuit", "engine"},
    "backends": {"circuit", "engine", "interop"},
    "cluster": {"circuit", "engine", "data", "models", "training"},
}
FREE = {"widgets", "cli", "cli_runs", "demo", "doctor", "__init__"}  # the outermost ring: may import everything

# Methods that hand over to an outer ring on demand: (file, package). Each must import inside a function.
BRIDGES = {
    ("circuit/forms.py", "interop"),  # Circuit.to_qiskit and friends
    ("training/run_view.py", "widgets"),  # Run.panel and Run.report
    ("training/runs_list.py", "widgets"),  # the table that answers
    ("training/runs_compare.py", "widgets"),  # Comparison.panel and its figure
    ("models/estimator.py", "training"),  # an estimator's fit runs the one training loop
    ("training/views.py", "interop"),  # depth and gates on a device
    ("optimize/job.py", "widgets"),  # Run.panel of a solve
    ("training/networks.py", "interop"),  # qlab.train of a network of qiskit-machine-learning
}

# Third-party packages and the places that may import them.
OUTSIDE: dict[str, tuple[str, ...]] = {
    "qiskit": ("interop/", "backends/"),
    "qiskit_machine_learning": ("interop/", "backends/"),
    "pandas": ("data/", "training/run", "training/store_export.py", "models/", "optimize/decode.py"),
    "torch": ("interop/torch.py",),
    "numba": ("engine/", "optimize/"),
    "threading": ("engine/pool.py", "training/job.py", "optimize/job.py", "cluster/"),
    "dask": ("cluster/", "data/"),
    "distributed": ("cluster/",),
    "anywidget": ("widgets/",),
    "ipywidgets": ("widgets/",),
    "traitlets": ("widgets/",),
    "plotly": ("widgets/", "optimize/plots.py"),  # plots: figures handed to the user
    "pickle": (),
    "urllib": ("data/read", "cli.py"),  # cli quotes an address, and asks for none
    "sqlite3": ("data/read", "training/store"),
    "socket": (),
    "requests": (),
    "httpx": (),
}
FILE_CALLS = {"open", "read_text", "read_bytes", "write_text", "write_bytes"}
FILE_PLACES = (
    "data/read",  # read.py and the files named read_…
    "data/cache.py",
    "data/write.py",
    "training/store",  # store.py and the files named store_…
    "optimize/reading.py",
    "machine.py",  # reads the cgroup's limit
    "engine/wide_choice.py",  # keeps this machine's constants beside numba's cache
    "circuit/gates.py",  # writes the gate table for JavaScript when run as a script
    "widgets/",  # bundles, and the report the user asked for
    "demo.py",
    "doctor.py",
)


def python_faults(path: str, text: str) -> list[str]:
    """Every broken rule in one Python file; ``path`` is relative to ``qlab/``."""
    here = path.split("/")[0].removesuffix(".py")
    faults = []
    tree = ast.parse(text)
    inside = {id(node) for fn in ast.walk(tree) if isinstance(fn, ast.FunctionDef) for node in ast.walk(fn)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called in FILE_CALLS and not path.startswith(FILE_PLACES):
                faults.append(f"{path}:{node.lineno}: {called}() outside the places that may touch files")
            if called in {"eval", "exec"} and isinstance(node.func, ast.Name):
                faults.append(f"{path}:{node.lineno}: {called}() is never allowed")
        for module in _imported(node, path):
            line = f"{path}:{getattr(node, 'lineno', 0)}"
            top, _, rest = module.partition(".")
            if top == "qlab":
                target = rest.split(".")[0]
                allowed = here in FREE or target in {here, "errors", "machine", ""} or target in LAYERS.get(here, set())
                bridge = (path, target) in BRIDGES and id(node) in inside
                if not allowed and not bridge and not _type_only(tree, node):
                    faults.append(f"{line}: {here} may not import {target}")
            elif top in OUTSIDE and not path.startswith(OUTSIDE[top]) and not _type_only(tree, node):
                faults.append(f"{line}: {top} may not be imported here, only in {OUTSIDE[top] or 'no place'}")
    return faults


def _imported(node: ast.AST, path: str) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    if node.level == 0:
        return [node.module or ""]
    package = ["qlab", *Path(path).parts[:-1]]
    base = package[: len(package) - node.level + 1]
    if node.module:
        return [".".join([*base, node.module])]
    return [".".join([*base, alias.name]) for alias in node.names]


def _type_only(tree: ast.Module, node: ast.AST) -> bool:
    guards = (
        n
        for n in ast.walk(tree)
        if isinstance(n, ast.If) and isinstance(n.test, ast.Name) and n.test.id == "TYPE_CHECKING"
    )
    return any(node is child for guard in guards for child in ast.walk(guard))


JS_IMPORT = re.compile(r"""(import\s+type\s)?(?:[^"';]*?\bfrom\s+|import\s*\(\s*|import\s+)["']([^"']+)["']""")
JS_LAYERS = {
    "core": {"core"},
    "stream": {"stream"},
    "view": {"view", "core", "stream"},
    "host/widget": {"host/widget", "view", "core", "stream"},
    "host/lab": {"host/lab", "view", "core", "stream"},
}
DOM = re.compile(r"\b(document|window|HTMLElement|navigator|localStorage)\s*[.(;)]")
SETS_HTML = re.compile(r"\.(innerHTML|outerHTML)\s*=|insertAdjacentHTML|\beval\(|new Function\(")
PLOTLY_PLACES = ("view/panel", "view/pane", "view/optchart", "view/plotly.ts", "view/worthplot.ts", "host/lab/plotly")


def js_faults(path: str, text: str) -> list[str]:
    """Every broken rule in one TypeScript file; ``path`` is relative to ``js/src/``."""
    here = _js_layer(path)
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.S)
    faults = []
    for match in JS_IMPORT.finditer(code):
        target = match.group(2)
        if target.startswith("."):
            parts: list[str] = []
            for part in [*Path(path).parent.parts, *Path(target).parts]:
                parts = parts[:-1] if part == ".." else [*parts, part]
            layer = _js_layer("/".join(parts))
            if layer not in JS_LAYERS[here]:
                faults.append(f"{path}: {here} may not import {layer} ({target})")
        elif target.startswith(("@jupyterlab/", "@lumino/", "qlab:")) and here != "host/lab":
            faults.append(f"{path}: {target} belongs to host/lab")
        elif "plotly" in target and not path.startswith(PLOTLY_PLACES):
            faults.append(f"{path}: Plotly belongs to the panes ({target})")
        elif here in {"core", "stream"}:
            faults.append(f"{path}: {here} imports nothing from outside ({target})")
    if here in {"core", "stream"} and DOM.search(code):
        faults.append(f"{path}: {here} never touches the DOM ({DOM.search(code).group(0)})")  # type: ignore[union-attr]
    if SETS_HTML.search(code):
        faults.append(f"{path}: text reaches the DOM by textContent only")
    return faults


def _js_layer(path: str) -> str:
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] == "host" else parts[0]
