"""The command line: ``qlab lab | demo | doctor | runs``. Only translates arguments; each has a module."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from .cli_runs import add_commands
from .errors import QlabError


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; a QlabError is printed as one readable text, without a traceback."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except QlabError as error:
        print(f"qlab: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="qlab", description="A hybrid quantum-classical laboratory in JupyterLab.")
    commands = parser.add_subparsers(required=True, metavar="command")
    lab = commands.add_parser("lab", help="open JupyterLab, on a notebook if one is named")
    lab.add_argument("path", nargs="?", help="notebook or folder")
    lab.add_argument("--no-browser", action="store_true", help="print the address instead of opening a browser")
    lab.set_defaults(run=_lab)
    demo = commands.add_parser("demo", help="train without a screen, beside a logistic regression")
    demo.add_argument("--out", type=Path, default=Path("out/demo.html"), help="HTML report (default: out/demo.html)")
    demo.add_argument("--epochs", type=int, default=30, help="passes over the training rows (default: 30)")
    demo.add_argument("--seed", type=int, default=7, help="seed of split, weights and batches (default: 7)")
    demo.set_defaults(run=_demo)
    doctor = commands.add_parser("doctor", help="check this machine and say the cure for what fails")
    doctor.set_defaults(run=_doctor)
    stored = commands.add_parser("runs", help="list, show, delete, export or import stored runs")
    add_commands(stored)
    return parser


def lab_command(path: str | None, *, browser: bool = True) -> list[str]:
    """The command that opens JupyterLab; the address it prints leads to ``path``, for those who must copy it.

    Raises:
        QlabError: there is no such notebook or folder.
    """
    command = [sys.executable, "-m", "jupyterlab"]
    if path is not None:
        target = Path(path).resolve()
        if not target.exists():
            raise QlabError(f"there is no {path}", where="qlab lab", cure="name a notebook or a folder that exists")
        root = target if target.is_dir() else target.parent
        command.append(f"--ServerApp.root_dir={root}")
        if target.is_file():
            command.append(f"--LabApp.default_url=/lab/tree/{quote(target.name)}")
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    return command


def _lab(arguments: argparse.Namespace) -> int:
    os.execv(sys.executable, lab_command(arguments.path, browser=not arguments.no_browser))


def _demo(arguments: argparse.Namespace) -> int:
    from .demo import run_demo

    return run_demo(arguments.out, epochs=arguments.epochs, seed=arguments.seed)


def _doctor(_: argparse.Namespace) -> int:
    from .doctor import print_report, run_checks

    return print_report(run_checks())


if __name__ == "__main__":
    raise SystemExit(main())
