"""Points this environment's labextension at the tree's build: an edit is seen after `make build` and a reload."""

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
target = Path(sys.prefix) / "share" / "jupyter" / "labextensions" / "qlab"
source = ROOT / "qlab" / "labextension"
if not (target.is_symlink() and target.resolve() == source):
    if target.is_symlink() or target.is_file():
        target.unlink()
    elif target.is_dir():
        shutil.rmtree(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.symlink_to(source, target_is_directory=True)
