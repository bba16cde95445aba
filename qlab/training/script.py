"""The plain script that makes a run again, to the last bit: its text. Pure; must not write it."""

from __future__ import annotations

import json
import pprint
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .run_view import RunView

WIDTH = 100


def script_of(run: RunView) -> str:
    """Return a script with the run's spec, data and interventions; run by itself it says whether the bits are equal."""
    from .resume_run import all_orders, stored_of

    told = _data(run)
    told_again = all_orders(run, holding=True)
    orders = [(step, kind, list(v) if isinstance(v, tuple) else v) for step, kind, v in told_again]
    ended = run.state == "done"
    spec = json.loads(run.spec.to_json())
    origin = "" if run.origin is None else f", branched from {run.origin['run']} at step {run.origin['step']}"
    environment = dict(stored_of(run).environment) if run.store is not None else {}
    lines = [
        f'"""Makes run {run.id} again, to the last bit{origin}.',
        "",
        f"Interventions given again: {len(orders)}; a pause takes no time in it.",
        *([f"Made with {', '.join(f'{k} {v}' for k, v in environment.items())}."] if environment else []),
        '"""',
        "",
        "import qlab",
        "",
        *told,
        "",
        f"SPEC = {pprint.pformat(spec, width=WIDTH, sort_dicts=True)}",
        "",
        "# first step that it governs, what, value",
        f"INTERVENTIONS = {pprint.pformat(orders, width=WIDTH)}",
        "",
        f"run = qlab.replay(SPEC, features, INTERVENTIONS, stop={None if ended else run.step})",
        "run.wait()",
        "print(run.summary())",
        "",
        f"expected = {run.fingerprint!r}  # of the weights after step {run.step:,}",
        'print("the weights are the same to the last bit" if run.fingerprint == expected else "the weights DIFFER")',
        "",
    ]
    return "\n".join(lines)


def _data(run: RunView) -> list[str]:
    """Lines that make the features again, or say that they must be given."""
    from .keep import data_of
    from .run import Run
    from .run_stored import StoredRun

    told: dict[str, Any] = {}
    if isinstance(run, Run):
        told = data_of(run.features)
    elif isinstance(run, StoredRun):
        told = run.data
    source, lineage = str(told.get("source") or ""), told.get("lineage")
    if lineage and source:
        options = pprint.pformat(dict(lineage["options"]), width=WIDTH, sort_dicts=True)
        return [
            f"dataset = qlab.load({source.removeprefix('gallery:')!r})",
            f"features = dataset.features(**{options})",
            f"if str(features.lineage) != {told.get('id')!r}:",
            '    print("other data, options or versions than then: the numbers may differ")',
        ]
    return [
        f"# The data was in memory only: give the features it was trained on, lineage {told.get('id') or 'unknown'}.",
        "features = None",
        "if features is None:",
        '    raise SystemExit("give the features in this script: features = dataset.features(...)")',
    ]
