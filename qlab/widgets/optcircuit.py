"""Whether the circuit of a problem's coarse pass can be opened in the designer, and the circuit. Pure."""

from __future__ import annotations

from ..circuit import Circuit
from ..errors import OptimizeError
from ..optimize import Problem, qaoa_circuit
from ..optimize.circuits import drawn
from .optstory import Story

WIRES = 20  # bits of the largest window
GATES = 10_000  # of a circuit that a document takes
DEPTH = 8


def circuit_of(p: Problem, story: Story | None) -> Circuit:
    """Return the circuit of the coarse pass that was made, with its angles; else of the whole problem, with weights.

    Args:
        p: what is shown.
        story: of its latest solve; None when that was of another problem.

    Raises:
        OptimizeError: there is none, or it is too large; the message is the reason that a button shows.
    """
    if story is not None and story.figures.get("bits"):
        made = drawn(story.figures, p.name)
        if made is None:
            what = "its windows" if story.figures.get("windows") else "a sampler"
            raise OptimizeError(f"{what} had no circuit: only bits mixed one by one or in groups have a short one")
    else:
        made = _whole(p)
    if len(made.ops) > GATES:
        raise OptimizeError(f"it has {len(made.ops):,} gates; the designer takes {GATES:,}")
    return made


def _whole(p: Problem) -> Circuit:
    if p.kind in ("job_shop", "rcpsp"):
        raise OptimizeError("QAOA takes the orders of a few tasks of a schedule at a time, which have no short circuit")
    if p.n > WIRES:
        raise OptimizeError(f"{p.n:,} variables are more than {WIRES} wires; solve with QAOA to see one of its windows")
    bits = p.to_bits(keep_groups=bool(p.groups)).n
    if bits > WIRES:
        raise OptimizeError(f"{bits:,} bits are more than {WIRES} wires")
    return qaoa_circuit(p, DEPTH, mixer="xy" if p.groups else "x").with_(name=f"QAOA of {p.name}"[:64])
