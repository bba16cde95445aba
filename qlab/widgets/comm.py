"""Keeps a widget answering while a cell runs. Touches one attribute of its comm; must not know any content.

ipykernel 7.4 sends a page's messages to the subshell the comm last *published* from
(`ipykernel.comm.BaseComm._reply_subshell_for`, asked by the shell channel's thread). A comm that publishes
from a cell or a training thread so has its replies queued behind whatever cell runs in the main shell.
Without that attribute a message goes where the page sent it: JupyterLab's own comm subshell, or, where its setting
*Kernel Comms over subshells* is off, one that the page opens for this comm alone: it finds it by the ``address``.
"""

from __future__ import annotations

from typing import Any

ROUTE = "_reply_subshell_for"
ADDRESS = "address"  # trait of the widgets that hold orders: the id of their model


def detach_subshell(widget: Any) -> None:
    """Let messages of the page reach ``widget`` while a cell runs, now and after its comm is replaced.

    Does nothing on an ipykernel that doesn't route replies, or without a kernel. Handlers may then run on a
    subshell's thread beside the main one: they must only set flags or append to a deque.

    Args:
        widget: an ipywidgets widget.
    """
    _detach(widget.comm)
    if widget.has_trait(ADDRESS):
        widget.set_trait(ADDRESS, str(widget.model_id))
    widget.observe(lambda change: _detach(change["new"]), "comm")


def _detach(comm: Any) -> None:
    if comm is not None and hasattr(type(comm), ROUTE):
        setattr(comm, ROUTE, None)
