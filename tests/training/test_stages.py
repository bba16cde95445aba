"""The whole recipe in the loop: stages, schedules, clipping, early stopping, terms, shots; each resumed bit for bit."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from qlab.errors import TrainError
from qlab.models import build_model
from qlab.training import loop
from qlab.training.events import Evaluated, Event, Failed, Finished, Intervened, Measured, Noted, Step
from qlab.training.snapshot import equal, from_bytes, to_bytes
from qlab.training.spec import Spec

from .fakes import Script, circuit, features

COARSE = [
    {"optimizer": "spsa", "epochs": 2, "rows": 0.5, "shots": 50},
    {"optimizer": "adam", "epochs": 2, "schedule": {"name": "cosine", "warmup": 2}, "clip": {"norm": 0.3}},
    {"optimizer": "lbfgs", "epochs": 3},
]


def spec_of(fx: Any, **options: Any) -> Spec:
    known = {k: options.pop(k) for k in ("head", "before", "after", "input_scaling") if k in options}
    base = {"loss": "mse" if fx.task == "regression" else "cross_entropy", "epochs": 3, "batch": 16, "seed": 1}
    return Spec.of(build_model(circuit(2), fx, **known), **{**base, **options})


def events(fx: Any = None, control: Any = None, start: Any = None, **options: Any) -> list[Event]:
    fx = features() if fx is None else fx
    return list(loop.run(spec_of(fx, **options), fx, control, start=start))


def of(found: list[Event], kind: type) -> list[Any]:
    return [e for e in found if isinstance(e, kind)]


def rows(found: list[Event]) -> np.ndarray:
    return np.array(
        [[v for k, v in e.values.items() if k not in loop.TIMES] for e in of(found, Step) if "loss_se" not in e.values]
    )


def thetas(found: list[Event]) -> list[Any]:
    return [e.state.theta for e in of(found, Step)]


def test_stages_in_turn_with_a_note_at_each_boundary() -> None:
    found = events(stages=COARSE)
    assert not of(found, Failed)
    notes = [(e.step, e.data["stage"], e.data["optimizer"], e.data["rows"]) for e in of(found, Noted)]
    assert notes == [(1, 0, "spsa", 20), (5, 1, "adam", 40), (11, 2, "lbfgs", 40)]
    steps = of(found, Step)
    assert [e.epoch for e in steps] == [1, 1, 2, 2, 3, 3, 3, 4, 4, 4, 5, 6, 7]
    assert [e.state.stage for e in steps] == [0] * 4 + [1] * 6 + [2] * 3
    assert found[0].total_steps == len(steps) == 13
    assert next(e.text for e in of(found, Noted)) == "stage 1: spsa, 20 rows, 50 shots"
    assert isinstance(found[-1], Finished)


@pytest.mark.parametrize(
    "options",
    [
        {"stages": COARSE},
        {"optimizer": "adamw", "early_stop": {"patience": 1, "min_delta": 0.05}, "epochs": 12, "lr": 0.3},
        {"optimizer": "nelder_mead", "epochs": 8},
        {"optimizer": "cobyla", "epochs": 8},
        {"optimizer": "qng"},
        {"optimizer": "adam", "shots": 30},
        {"optimizer": "spsa", "optimizer_options": {"blocking": True}},
    ],
    ids=lambda o: o.get("optimizer", "stages"),
)
def test_a_run_goes_on_from_the_bytes_of_any_state_bit_for_bit(options: dict[str, Any]) -> None:
    whole = of(events(**options), Step)
    for k in range(1, len(whole)):
        state = from_bytes(to_bytes(whole[k - 1].state))
        assert equal(state, whole[k - 1].state)
        rest = of(events(start=state, **options), Step)
        assert [e.step for e in rest] == [e.step for e in whole[k:]]
        for a, b in zip(rest, whole[k:], strict=True):
            np.testing.assert_array_equal(a.state.theta, b.state.theta)
            told = [{k: v for k, v in e.values.items() if k not in loop.TIMES} for e in (a, b)]
            np.testing.assert_array_equal(list(told[0].values()), list(told[1].values()))


def test_the_column_of_the_learning_rate_follows_the_schedule_until_a_hand_sets_it() -> None:
    plain = [e.values["lr"] for e in of(events(schedule="linear", epochs=3, lr=0.09), Step)]
    np.testing.assert_allclose(plain, 0.09 * (1 - np.arange(9) / 9))
    found = events(schedule="linear", epochs=3, lr=0.09, control=Script({4: [("lr", 0.2)]}))
    np.testing.assert_allclose([e.values["lr"] for e in of(found, Step)], [*plain[:4], *[0.2] * 5])
    (event,) = of(found, Intervened)
    assert (event.step, event.new) == (5, 0.2)
    assert event.old == pytest.approx(0.05)


def test_a_coarse_stage_in_single_precision_is_close_and_is_not_the_same() -> None:
    exact = rows(events(epochs=2))
    coarse = rows(events(stages=[{"dtype": "complex64", "epochs": 2}, {"epochs": 1}]))[: len(exact)]
    assert not np.array_equal(exact[:, 2], coarse[:, 2])
    np.testing.assert_allclose(coarse[:, 2], exact[:, 2], atol=1e-4)


def test_clipping_bounds_the_move_and_tells_the_norm_before() -> None:
    free, held = events(optimizer="sgd", lr=1.0), events(optimizer="sgd", lr=1.0, clip=0.01)
    first = spec_of(features()).model()
    start = loop.start_state(spec_of(features()), first).theta
    assert of(held, Step)[0].values["grad_norm"] == of(free, Step)[0].values["grad_norm"] > 0.01
    assert np.linalg.norm(thetas(held)[0] - start) == pytest.approx(0.01)
    each = events(optimizer="sgd", lr=1.0, clip={"value": 1e-3})
    assert np.abs(thetas(each)[0] - start).max() == pytest.approx(1e-3)


def test_early_stopping_ends_and_puts_the_best_weights_back() -> None:
    fx = features(40)
    fx.val.y = 1 - fx.val.y  # training can only make the validation worse
    found = events(fx, epochs=30, early_stop={"patience": 3, "restore": True})
    evaluated = of(found, Evaluated)
    best = min(evaluated, key=lambda e: e.values["val_loss"])
    assert len(evaluated) == evaluated.index(best) + 4
    (note,) = of(found, Noted)
    assert note.kind == "early_stop"
    assert f"weights of step {best.step} restored" in note.text
    by_step = {e.step: e.state.theta for e in of(found, Step)}
    last = of(found, Step)[-1]
    np.testing.assert_array_equal(last.state.theta, by_step[best.step])
    assert found[-1].reason == "done"
    assert found[-1].metrics["val_loss"] == pytest.approx(best.values["val_loss"], abs=1e-12)
    kept = events(fx, epochs=30, early_stop={"patience": 3, "restore": False})
    assert not np.array_equal(thetas(kept)[-1], last.state.theta)


def test_early_stopping_without_validation_rows_fails_by_name() -> None:
    failed = events(features(val=0), early_stop=True)[-1]
    assert "no" in failed.error["message"]
    assert "val=0.2" in failed.error["cure"]


def test_a_search_that_is_done_ends_its_stage() -> None:
    found = events(features(60, 2, task="regression"), optimizer="lbfgs", epochs=500)
    (note,) = of(found, Noted)
    assert note.kind == "converged"
    assert of(found, Step)[-1].step < 500
    norms = [e.values["grad_norm"] for e in of(found, Step)]
    assert norms[-1] < 1e-6 * norms[0]
    losses = [e.values["loss"] for e in of(found, Step)]
    assert all(b <= a for a, b in itertools.pairwise(losses))


@pytest.mark.parametrize("name", ["adam", "lbfgs", "spsa", "nelder_mead"])
def test_frozen_weights_stay_to_the_last_bit(name: str) -> None:
    found = events(optimizer=name, epochs=4, control=Script({1: [("freeze", "circuit")]}))
    assert not of(found, Failed)
    circuits = [t[:4] for t in thetas(found)]
    heads = [t[4:] for t in thetas(found)]
    for a, b in itertools.pairwise(circuits):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(heads[1], heads[-1])


def test_a_term_shrinks_the_head_and_a_hand_can_change_its_weight() -> None:
    plain, held = thetas(events(epochs=20))[-1], thetas(events(epochs=20, terms={"l2": 0.5}))[-1]
    part = build_model(circuit(2), features()).slices["head.w"]
    assert np.linalg.norm(held[part]) < 0.5 * np.linalg.norm(plain[part])
    steered = thetas(events(epochs=20, control=Script({0: [("term", ("l2", 0.5))]})))[-1]
    np.testing.assert_array_equal(steered, held)
    failed = events(terms={"l2": 0.5}, head="direct")[-1]
    assert "nothing to act on" in failed.error["message"]


def test_shots_tell_their_noise_and_their_gradient_is_unbiased() -> None:
    exact = of(events(optimizer="sgd", lr=1e-9), Step)[0]
    noisy = [of(events(optimizer="sgd", lr=1e-9, shots=200, seed=1), Step)[0]]
    assert noisy[0].values["loss"] != exact.values["loss"]
    assert 0 < noisy[0].values["loss_se"] < 0.1
    fx, gaps = features(), []
    model = build_model(circuit(2), fx)
    from dataclasses import replace

    from qlab.models.model import loss_and_grad
    from qlab.models.shots import ShotPlan

    theta = loop.start_state(spec_of(fx), model).theta
    true = loss_and_grad(model, theta, fx.train.X, fx.train.y)
    for k in range(60):
        plan = ShotPlan(model.circuit, model.observables, 400)
        plan.reseed(k)
        gaps.append(loss_and_grad(replace(model, plan=plan), theta, fx.train.X, fx.train.y)[1] - true[1])
    spread = np.std(gaps, axis=0) / np.sqrt(len(gaps))
    assert (np.abs(np.mean(gaps, axis=0)) < 5 * spread + 1e-3).all()


def test_nothing_is_evaluated_for_instruments_unless_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[int] = []
    from qlab.engine import Plan

    for name in ("expectations", "value_and_vjp", "statevector", "probabilities"):
        real = getattr(Plan, name)

        def spy(self: Any, X: Any, *args: Any, _real: Any = real, **more: Any) -> Any:
            counted.append(len(X))
            return _real(self, X, *args, **more)

        monkeypatch.setattr(Plan, name, spy)
    events()
    assert sum(counted) == 3 * 40 + 3 * 12 + (40 + 12 + 12)  # training, validations, final figures
    counted.clear()
    watching = Script({})
    watching.instruments = {"layers", "weights", "entanglement", "outputs", "bits"}  # type: ignore[attr-defined]
    found = events(control=watching)
    assert sum(counted) > 3 * 40 + 3 * 12 + (40 + 12 + 12)
    names = [e.name for e in of(found, Measured)]
    assert names.count("layers") == 9
    assert {names.count(n) for n in ("weights", "entanglement", "outputs", "bits")} == {3}
    for a, b in zip(of(found, Step), of(events(), Step), strict=True):
        np.testing.assert_array_equal(a.state.theta, b.state.theta)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"stages": [{"optimiser": "adam"}]}, "stage 1 has 'optimiser'"),
        ({"stages": [{}, {"lr": -1}]}, r"learning rate -1.*stages\[1\]"),
        ({"stages": "adam"}, "is no list"),
        ({"clip": -1.0}, "no way to clip"),
        ({"clip": 1.0, "optimizer": "lbfgs"}, "asks for losses itself"),
        ({"early_stop": {"patience": 0}}, "early_stop"),
        ({"early_stop": {"patients": 3}}, "early_stop"),
        ({"shots": 0}, "shots 0"),
        ({"shots": 10, "optimizer": "lbfgs"}, "needs exact losses"),
        ({"shots": 10, "optimizer": "qng"}, "needs exact losses"),
        ({"rows": 0.0}, "neither a share nor a number"),
        ({"rows": 1.5}, "neither a share nor a number"),
        ({"terms": {"l3": 1.0}}, "no term of the loss"),
        ({"dtype": "float16"}, "dtype='float16' is unknown"),
        ({"loss_options": {"delta": 1.0}}, "has no option 'delta'"),
    ],
)
def test_refusals_of_the_spec(options: dict[str, Any], text: str) -> None:
    with pytest.raises(TrainError, match=text) as caught:
        spec_of(features(), **options)
    assert caught.value.cure


def test_a_spec_with_everything_is_json_there_and_back() -> None:
    one = spec_of(
        features(), stages=COARSE, early_stop=3, clip=1, schedule="cosine", terms={"l2": 0.1}, rows=30,
        class_weight=(1.0, 2.0), optimizer_options={"b1": 0.8}, before=[4], after=[3], input_scaling=True,
    )  # fmt: skip
    two = Spec.from_json(one.to_json())
    assert two == one
    assert two.model() == one.model()
    assert two.settings == one.settings


def test_numpys_numbers_are_numbers() -> None:
    one = spec_of(
        features(), clip=np.float32(0.5), early_stop=np.int64(3), rows=np.float64(0.5), terms={"l2": np.float64(1)}
    )
    assert Spec.from_json(one.to_json()) == one


def test_what_a_run_would_fail_by_is_refused_before_it_starts() -> None:
    import qlab

    turned = qlab.Circuit(1).append("u", 0, "w[0]", "0", "0").append("ry", 0, "x[0]")
    for given, options, text in (
        (turned, {"optimizer": "qng"}, "knows no generator"),
        (circuit(2), {"terms": {"l1": 1.0}, "head": "direct"}, "nothing to act on"),
        (circuit(2), {"early_stop": 3}, "needs validation rows"),
        (circuit(2), {"schedule": lambda step, total: 1.0}, "register it by name"),
        (circuit(2), {"class_weight": {"z": 1.0}}, "which is no class"),
    ):
        with pytest.raises(TrainError, match=text) as caught:
            qlab.train(given, features(val=0), record=False, **options)
        assert caught.value.cure
