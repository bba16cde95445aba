"""``qlab runs``: the stored runs from a shell. Only translates arguments; `qlab.training` does the work."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from .errors import QlabError


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Add the commands and options of ``qlab runs`` to its parser."""
    parser.add_argument("--folder", help="of a project (default: QLAB_HOME, or the user's data folder)")
    parser.set_defaults(run=_list, state=None, tag=None, json=False)
    commands = parser.add_subparsers(metavar="what")
    listed = commands.add_parser("list", help="one line a run, newest first (the default)")
    listed.add_argument("--state", help="only those in this state, such as done or interrupted")
    listed.add_argument("--tag", help="only those with this tag")
    listed.add_argument("--json", action="store_true", help="as JSON")
    listed.set_defaults(run=_list)
    show = commands.add_parser("show", help="state, figures, recipe and interventions of a run")
    show.add_argument("id", help="id, or the beginning of one")
    show.set_defaults(run=_show)
    delete = commands.add_parser("delete", help="remove runs and their checkpoints")
    delete.add_argument("id", nargs="+", help="ids, or beginnings of them")
    delete.add_argument("--yes", action="store_true", help="don't ask")
    delete.set_defaults(run=_delete)
    export = commands.add_parser("export", help="write a run to a file")
    export.add_argument("id", help="id, or the beginning of one")
    export.add_argument("path", type=Path, help="ends in .csv, .parquet, .json, .qlabrun or .py")
    export.set_defaults(run=_export)
    taken = commands.add_parser("import", help="take in a .qlabrun file of another machine")
    taken.add_argument("path", type=Path, help="the file")
    taken.set_defaults(run=_import)


def _list(arguments: argparse.Namespace) -> int:
    from .training import runs

    found = runs(arguments.folder).filter(state=arguments.state, tag=arguments.tag)
    if arguments.json:
        print(json.dumps(found.rows(), indent=1, ensure_ascii=False))
    else:
        print(found)
    return 0


def _show(arguments: argparse.Namespace) -> int:
    from .training import runs

    run = runs(arguments.folder)[arguments.id]
    print(run)
    spec = {k: v for k, v in json.loads(run.spec.to_json()).items() if k != "circuit" and v not in (None, [], {}, "")}
    for name, value in {**run.summary(), **spec}.items():
        print(f"  {name:<18} {value:.6g}" if isinstance(value, float) else f"  {name:<18} {value}")
    for event in run.status()["events"]:
        print(f"  step {event['step']:>8,}      {event['text']}")
    return 0


def _delete(arguments: argparse.Namespace) -> int:
    from .training import runs

    found = runs(arguments.folder)
    ids = {found[prefix].id for prefix in arguments.id}  # all of them are there, or nothing is removed
    chosen = found.filter(lambda row: row["id"] in ids)
    if not arguments.yes:
        print(chosen)
        try:
            answer = input("remove them for good? [y/N] ")
        except EOFError:
            answer = ""
        if answer.strip().lower() not in ("y", "yes"):
            raise QlabError("nothing was removed", where="qlab runs delete", cure="answer y, or pass --yes")
    print(f"{chosen.delete()} removed")
    return 0


def _export(arguments: argparse.Namespace) -> int:
    from .training import runs

    runs(arguments.folder)[arguments.id].export(arguments.path)
    print(arguments.path)
    return 0


def _import(arguments: argparse.Namespace) -> int:
    from .training import import_run

    print(import_run(arguments.path, folder=arguments.folder))
    return 0
