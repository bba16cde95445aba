"""A run in one ``.qlabrun`` file, for another machine: packing it, and taking one in without trusting it.

The file is a zip of known names: ``manifest.json`` (format, sizes, SHA-256 of every member), ``record.json``,
``events.json``, ``rows.f8`` and ``checkpoints/<step>.qck``. Nothing is unpacked to a path of the file's choosing,
and nothing in it is run.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import secrets
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..circuit import Circuit
from ..errors import QlabError, TrainError
from .recorder import event_of
from .run_stored import StoredRun, stored
from .snapshot import from_bytes
from .spec import Spec
from .store import Record, open_store, packed
from .store_files import check_id
from .store_pieces import Piece, pieces_of

if TYPE_CHECKING:
    from .run_view import RunView

FORMAT = "qlabrun/1"
PARTS = ("record.json", "events.json", "rows.f8")
CHECKPOINT = re.compile(r"checkpoints/(\d{12})\.qck\Z")
MEMBERS = 200  # at most
RATIO = 100  # times that a member may grow
WHOLE = 4 << 30  # bytes uncompressed, at most, unless the caller allows more
LIVE = ("state", "step", "epoch", "total", "elapsed", "lr", "batch", "frozen", "terms", "last", "metrics", "error",
        "traceback", "baseline", "measured", "best", "marks", "checkpoint")  # fmt: skip


def pack_run(run: RunView) -> bytes:
    """Return a stored run as the bytes of a ``.qlabrun`` file."""
    from .resume_run import stored_of

    old = stored_of(run)
    store, record = old._store, old._record
    rows = old.columns.block(0, old.columns.n)
    head = json.loads(json.dumps(record.head))
    data = head.get("data") or {}
    if data.get("source") and not str(data["source"]).startswith("gallery:"):
        data["source"] = os.path.basename(data["source"])  # a path of this machine says nothing there
    live = {name: record.live.get(name) for name in LIVE} | {"state": old.state}
    told = {"id": run.id, "head": head, "live": live, "edits": record.edits, "rows": int(rows.shape[1])}
    parts = {
        "record.json": json.dumps(told, ensure_ascii=False).encode(),
        "events.json": json.dumps(store.backend.events(run.id), ensure_ascii=False).encode(),
        "rows.f8": packed(rows),
    }
    checkpoints = store.checkpoints(run.id)
    for step in checkpoints.steps():
        if step <= old.step:
            parts[f"checkpoints/{step:012d}.qck"] = checkpoints.raw(step)
    sums = {name: {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()} for name, raw in parts.items()}
    manifest = json.dumps({"format": FORMAT, "id": run.id, "members": sums}).encode()
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as file:
        file.writestr("manifest.json", manifest)
        for name, raw in parts.items():
            file.writestr(name, raw)
    return whole.getvalue()


def import_run(
    path: str | os.PathLike[str], *, folder: str | os.PathLike[str] | None = None, limit: int = WHOLE
) -> StoredRun:
    """Take a run in that another machine exported, and return it. Importing runs nothing of it.

    Args:
        path: of a ``.qlabrun`` file.
        folder: of the project whose store takes it; by default the user's.
        limit: bytes that it may unpack to.

    Raises:
        TrainError: no such file, not a run, damaged, too large, or a run of that id is there already.

    Example:
        >>> qlab.import_run("from-lab.qlabrun")     # doctest: +SKIP
    """
    source = Path(path).expanduser()
    try:
        parts = _members(source, limit)
        record, events, rows, checkpoints = _checked(parts, source.name)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise TrainError(
            f"{source.name!r} can't be read: {error}", where="import", cure="give a .qlabrun file from run.export(…)"
        ) from error
    store = open_store(folder)
    if store.backend.read(record.id) is not None:
        raise TrainError(
            f"there is a run {record.id} already",
            where=str(store.folder),
            cure=f"delete it first: qlab.runs().filter(id={record.id!r}).delete(), or give another folder=",
            value=record.id,
        )
    files = store.checkpoints(record.id)
    for step, raw in checkpoints.items():
        files.put(step, raw)
    n = rows.shape[1]
    pieces: list[Piece] = pieces_of(0, lambda a, b: rows[:, a:b], n)[0] if n else []
    store.backend.create(record)
    numbered = list(enumerate(events))
    live = {**record.live, "rows": n, "events": len(events)}
    store.backend.write(record.id, record.owner, live, numbered, pieces)
    return stored(store, store.find(record.id))


def _members(path: Path, limit: int) -> dict[str, bytes]:
    """The members of a file by name, each of a known name, a bearable size, and with its checksum."""
    if not path.is_file():
        raise TrainError(f"there is no file {str(path)!r}", where="import", cure="check the path", value=str(path))
    with zipfile.ZipFile(path) as file:
        infos = file.infolist()
        names = [info.filename for info in infos]
        if len(infos) > MEMBERS or len(set(names)) != len(names):
            raise _bad(f"{len(infos)} members, some of one name or more than {MEMBERS}", path)
        for info in infos:
            if info.filename not in (*PARTS, "manifest.json") and not CHECKPOINT.match(info.filename):
                raise _bad(f"a member {info.filename!r:.100} that no run has", path)
            if info.file_size > RATIO * max(1, info.compress_size):
                raise _bad(f"{info.filename!r} unpacks to over {RATIO} times its size", path)
        whole = sum(info.file_size for info in infos)
        if whole > limit:
            raise TrainError(
                f"it unpacks to {whole:,} bytes, over {limit:,}",
                where=path.name,
                cure="raise it: import_run(…, limit=…)",
            )
        found = {}
        for info in infos:
            with file.open(info) as member:
                raw = member.read(info.file_size + 1)
            if len(raw) != info.file_size:
                raise _bad(f"{info.filename!r} isn't as long as it says", path)
            found[info.filename] = raw
    manifest = _json(found.pop("manifest.json", b""), "manifest.json", path)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise _bad(f"no manifest of {FORMAT!r}", path)
    sums = manifest.get("members")
    if not isinstance(sums, dict) or set(sums) != set(found) or not set(PARTS) <= set(found):
        raise _bad("members that don't fit its manifest", path)
    for name, raw in found.items():
        if not isinstance(sums[name], dict) or sums[name].get("sha256") != hashlib.sha256(raw).hexdigest():
            raise _bad(f"{name!r} has changed since it was exported: its checksum doesn't fit", path)
    return found


def _checked(parts: dict[str, bytes], name: str) -> tuple[Record, list[dict[str, Any]], Any, dict[int, bytes]]:
    """The record, events, rows and checkpoints of members, every part of them read once."""
    path = Path(name)
    told = _json(parts["record.json"], "record.json", path)
    events = _json(parts["events.json"], "events.json", path)
    try:
        head, live = dict(told["head"]), {key: told["live"].get(key) for key in LIVE}
        edits = {"tags": [str(tag)[:64] for tag in told["edits"].get("tags", [])][:100],
                 "note": str(told["edits"].get("note", ""))[:4000]}  # fmt: skip
        run_id, n = check_id(told["id"]), int(told["rows"])
        if n < 0:
            raise ValueError(f"{n} rows")
        spec = Spec.from_json(head["spec"])
        Circuit.from_text(spec.circuit)
        columns = [str(column) for column in head["columns"]]
        rows = np.frombuffer(parts["rows.f8"], dtype="<f8").reshape(len(columns), n)
        if not {"step", "epoch", "time", "loss", "val_loss"} <= set(columns) or not isinstance(events, list):
            raise ValueError("columns or events are missing")
        if any(not isinstance(doc, dict) for doc in events):
            raise ValueError("an event is no object")
        known = [doc for doc in events if event_of(doc) is not None]
        checkpoints = {}
        for member, raw in parts.items():
            if match := CHECKPOINT.match(member):
                step = int(match[1])
                if from_bytes(raw, member).step != step:
                    raise ValueError(f"{member} is of another step")
                checkpoints[step] = raw
    except QlabError as error:
        raise TrainError(f"it can't be taken in: {error.message}", where=name, cure=error.cure) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _bad(f"a record that can't be read: {error}", path) from error
    if live["state"] in ("waiting", "running", "paused"):
        live["state"] = "interrupted"
    return Record(run_id, secrets.token_hex(8), head, live, edits), known, rows, checkpoints


def _json(raw: bytes, name: str, path: Path) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise _bad(f"{name!r} is no JSON", path) from error


def _bad(what: str, path: Path) -> TrainError:
    return TrainError(
        f"this is no run that was exported: {what}", where=path.name, cure="export it again: run.export(…)"
    )
