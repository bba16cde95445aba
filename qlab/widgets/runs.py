"""The kernel's end of the *Runs* sidebar: lists stored runs, takes tags and notes, deletes, writes scripts.

Knows no widget and starts no thread; like `PanelServer` it notes messages in `handle` and answers them in `pump`.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Collection
from typing import Any

from ..errors import QlabError, TrainError, not_one_of
from ..training.runs_list import RunList, runs
from .link import Link, Message

KINDS = ("runs", "edit", "script")
ACTIONS = ("tag", "untag", "note", "delete")
PAGE = 200  # rows of an answer, at most
CHOSEN = 1000  # runs that one order may name


class RunsServer:
    """Answers the messages of a list of runs.

    Args:
        link: sends to all pages.
        folder: of the project; by default the user's.
        only: ids of the runs listed; by default all.
        wake: called when a message came and ``pump`` should be called soon.
    """

    def __init__(
        self,
        link: Link,
        *,
        folder: str | os.PathLike[str] | None = None,
        only: Collection[str] | None = None,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._link, self._folder, self._wake = link, folder, wake
        self._only = None if only is None else frozenset(only)
        self._inbox: deque[Message] = deque()

    def handle(self, message: object) -> bool:
        """Take a message of a page; return whether it was one for a list of runs."""
        if not isinstance(message, dict) or message.get("type") not in KINDS:
            return False
        self._inbox.append(message)
        self._wake()
        return True

    def pump(self) -> float | None:
        """Answer what came in; nothing is due later by itself."""
        while self._inbox:
            message = self._inbox.popleft()
            base = {"client": message.get("client"), "id": message.get("id")}
            try:
                answer = {"runs": self._list, "edit": self._edit, "script": self._script}[message["type"]](message)
                self._link({**answer, **base}, [])
            except QlabError as error:
                self._link({"type": "error", **base, "message": error.message, "cure": error.cure}, [])
            except Exception as error:  # a page must hear of it; the others must be answered too
                fault = f"{type(error).__name__}: {error}"
                self._link({"type": "error", **base, "message": fault, "cure": None}, [])
        return None

    def _all(self) -> RunList:
        found, only = runs(self._folder), self._only
        return found if only is None else found.filter(lambda row: row["id"] in only)

    def _list(self, message: Message) -> Message:
        found = self._all()
        wanted = {k: message[k] for k in ("text", "state", "tag") if isinstance(message.get(k), str) and message[k]}
        chosen = found.filter(**wanted) if wanted else found
        start = max(0, _whole(message.get("from"), 0))
        count = min(PAGE, max(0, _whole(message.get("n"), PAGE)))
        rows = chosen[start : start + count].rows()
        tags = sorted({tag for row in found.rows() for tag in row["tags"]})
        told = {"all": len(found), "total": len(chosen), "from": start, "rows": rows, "tags": tags}
        return {"type": "runs", "folder": str(found.folder), **told}

    def _edit(self, message: Message) -> Message:
        action, value = message.get("action"), message.get("value")
        if action not in ACTIONS:
            raise not_one_of(TrainError, "action", action, ACTIONS, where="runs")
        chosen = self._chosen(message)
        if action == "delete":
            return {"type": "edited", "action": action, "count": chosen.delete()}
        text = value if isinstance(value, str) else ""
        getattr(chosen, action)(text)
        return {"type": "edited", "action": action, "count": len(chosen), "rows": chosen.rows()}

    def _script(self, message: Message) -> Message:
        chosen = self._chosen({"runs": [message.get("run")]})
        return {"type": "script", "run": message.get("run"), "text": chosen[0].export_script()}

    def _chosen(self, message: Message) -> RunList:
        ids = message.get("runs")
        if not isinstance(ids, list) or not ids or len(ids) > CHOSEN or any(not isinstance(i, str) for i in ids):
            raise TrainError(
                "no runs are named", where="runs", cure=f"send a list of 1 to {CHOSEN} ids as 'runs'", value=ids
            )
        found = self._all()
        chosen = found.filter(lambda row: row["id"] in set(ids))
        missing = [i for i in ids if i not in chosen]
        if missing:
            raise TrainError(f"there is no run {missing[0]!r}", where=str(found.folder), cure="list the runs again")
        return chosen


def _whole(value: Any, otherwise: int) -> int:
    return int(value) if isinstance(value, (int, float)) and value == value and abs(value) < 2**53 else otherwise
