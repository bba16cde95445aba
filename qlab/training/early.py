"""Early stopping as a pure function of the state and the newest validation. Must not validate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .snapshot import Snapshot


def watched(
    rule: Mapping[str, Any], state: Snapshot, values: Mapping[str, float], *, last: bool
) -> tuple[Snapshot, str]:
    """Return the state after a validation, and what was decided: an empty text, or why the stage ends.

    The best value, its weights and the number of validations since are kept in the state, so that a resumed run
    decides the same. When the stage ends, the best weights are put back if the rule says so.

    Args:
        rule: as `options.early_stop_of` gives it.
        state: after the step that was validated.
        values: the figures of the validation, by column.
        last: whether the stage ends with this step anyway.
    """
    extra = dict(state.extra or {})
    figure = rule["monitor"]
    value = values[figure] if figure == "val_loss" else -values[figure]
    best = extra.get("best")
    if best is None or value < best - rule["min_delta"]:
        extra |= {"best": value, "bad": 0, "best_theta": state.theta, "best_step": state.step}
    else:
        extra["bad"] = int(extra.get("bad", 0)) + 1
    text = ""
    if extra["bad"] >= rule["patience"]:
        text = f"{figure} did not improve in {rule['patience']} validations"
        extra["over"] = text
    state = state._replace(extra=extra)
    if (last or text) and rule["restore"] and extra["best_step"] != state.step:
        theta = np.array(extra["best_theta"], dtype=np.float64)
        state = state._replace(theta=theta)
        text = (text or "the stage ended") + f"; weights of step {extra['best_step']} restored"
    return state, text
