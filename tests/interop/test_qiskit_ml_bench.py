"""The table of tests/bench: same numbers before any time, and a row for what isn't installed."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
from peers import table, with_qiskit
from peers.work import Work, numpy_step


@pytest.mark.parametrize("kind", ["Z0", "mean Z"])
@pytest.mark.parametrize(
    "build", [table.engine_step, with_qiskit.engine_qnn, with_qiskit.with_ours, with_qiskit.default]
)
def test_every_step_is_the_textbooks_loss_and_gradient(build, kind: str) -> None:  # type: ignore[no-untyped-def]
    work = Work.make(3, kind, 5)
    loss, grad = numpy_step(3, kind, work.x, work.y, work.w)
    h = 1e-5
    for k in (0, 7, 23):  # the textbook itself against central differences
        up, down = (numpy_step(3, kind, work.x, work.y, work.w + s * h * np.eye(24)[k])[0] for s in (1, -1))
        assert abs((up - down) / (2 * h) - grad[k]) < 1e-8
    got_loss, got = build(work)()
    assert abs(got_loss - loss) < 1e-10
    np.testing.assert_allclose(got, grad, atol=1e-10)


def test_table_names_what_is_missing_and_what_no_longer_fits(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def never(work: Work) -> table.Step:
        raise AssertionError("it must not be built")

    monkeypatch.setattr(table, "ROWS", ((3, "mean Z"),))
    monkeypatch.setattr(table, "REPEATS", 1)
    monkeypatch.setattr(
        table,
        "contenders",
        lambda: [
            table.Contender("ours", table.engine_step, sizes=(3,)),
            table.Contender("half", table.engine_step, sizes=(3,), samples=32),
            table.Contender("absent", never, ("no_such_simulator",), sizes=(3,)),
            table.Contender("slow", never, sizes=(3,), seconds={3: 1e6}),
        ],
    )
    table.compare(60.0)
    out = capsys.readouterr().out
    assert "absent                           not installed: pip install -e '.[bench]'" in out
    assert "slow                             left out: about 1000000 s to compile, past the time cap" in out
    assert "  ours" in out
    assert "(batch 32, scaled by 2)" in out


def test_table_refuses_to_time_a_wrong_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(work: Work) -> table.Step:
        right = table.engine_step(work)
        return lambda: (right()[0], right()[1] + 1e-5)

    monkeypatch.setattr(table, "ROWS", ((3, "Z0"),))
    monkeypatch.setattr(table, "contenders", lambda: [table.Contender("wrong", wrong, sizes=(3,))])
    with pytest.raises(AssertionError, match="wrong"):
        table.compare(60.0)
