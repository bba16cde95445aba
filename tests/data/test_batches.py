"""Minibatches: every row once an epoch, the same order for a seed, going on in the middle; features on disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import qlab
from qlab.errors import DataError


@pytest.fixture(scope="module")
def fx() -> qlab.Features:
    return qlab.load("iris").features(qubits=3, reduce="pca", seed=4)


def flat(batches: object) -> list[tuple[bytes, bytes]]:
    return [(X.tobytes(), y.tobytes()) for X, y in batches]  # type: ignore[attr-defined]


def test_each_row_comes_once_an_epoch_in_another_order(fx: qlab.Features) -> None:
    batches = fx.train.batches(32, seed=7)
    assert len(batches) == 3
    epochs = []
    for _ in range(2):
        rows = np.concatenate([np.column_stack([X, y]) for X, y in batches])
        epochs.append(rows)
        want = np.column_stack([fx.train.X, fx.train.y])
        assert sorted(map(tuple, rows)) == sorted(map(tuple, want))
    assert not np.array_equal(*epochs)
    assert flat(fx.train.batches(32, seed=7)) == flat(fx.train.batches(32, seed=7))
    assert flat(fx.train.batches(32, seed=7)) != flat(fx.train.batches(32, seed=8))
    assert [len(y) for _, y in fx.train.batches(32, drop_last=True)] == [32, 32]
    assert [len(y) for _, y in fx.train.batches(1000)] == [90]


def test_the_buffer_is_used_again(fx: qlab.Features) -> None:
    places = {X.__array_interface__["data"][0] for X, _ in fx.train.batches(32)}
    assert len(places) == 1


@pytest.mark.parametrize("stop", range(7))
def test_it_goes_on_in_the_middle_of_an_epoch(stop: int, fx: qlab.Features) -> None:
    def three_epochs(batches: qlab.data.batches.Batches) -> list[bytes]:  # type: ignore[name-defined]
        out: list[bytes] = []
        while batches.epoch < 3:
            out += [X.tobytes() for X, _ in batches]
        return out

    whole = three_epochs(fx.train.batches(32, seed=3))
    first = fx.train.batches(32, seed=3)
    got: list[bytes] = []
    while len(got) < stop:
        for X, _ in first:
            got.append(X.tobytes())
            if len(got) == stop:
                break
    state = json.loads(json.dumps(first.state()))
    assert got + three_epochs(fx.train.batches(32, seed=0).restore(state)) == whole


def test_what_can_t_be_is_refused(fx: qlab.Features) -> None:
    for bad in ({"size": 0}, {"size": 2.5}, {"size": True}, {"size": 3, "seed": -1}):
        with pytest.raises(DataError, match="can't be used"):
            fx.train.batches(**bad)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="in batches of 32"):
        fx.val.batches(16).restore(fx.train.batches(32).state())
    with pytest.raises(DataError, match="no rows"):
        qlab.load("iris").features(split=(0.5, 0.0, 0.5)).val.batches(2)


@pytest.mark.parametrize("source", ["iris", "diabetes", "digits"])
def test_saved_features_come_back_to_the_bit(source: str, tmp_path: Path) -> None:
    fx = qlab.load(source).features(qubits=3, reduce="pca", seed=4)
    folder = fx.save(tmp_path / "fx")
    back = qlab.Features.open(folder, lineage=fx.lineage.id, check=True)
    assert back.lineage == fx.lineage
    assert back.describe() == fx.describe()
    for part in ("train", "val", "test"):
        a, b = getattr(fx, part), getattr(back, part)
        assert a.X.tobytes() == b.X.tobytes()
        assert a.y.tobytes() == b.y.tobytes()
        assert a.rows.tobytes() == b.rows.tobytes()
        assert a.labels.tolist() == b.labels.tolist()
        assert not b.X.flags.writeable
        assert b.X.flags.c_contiguous
    assert flat(back.train.batches(16, seed=1)) == flat(fx.train.batches(16, seed=1))
    with pytest.raises(DataError, match="no pipeline"):
        back.transform(qlab.load(source))
    fx.save(folder)  # again, over the first
    assert sorted(p.name for p in tmp_path.iterdir()) == ["fx"]


def test_opened_features_train_like_the_ones_they_came_from(fx: qlab.Features, tmp_path: Path) -> None:
    back = qlab.Features.open(fx.save(tmp_path / "fx"))
    options = {"epochs": 2, "batch": 16, "seed": 5}
    runs = []
    for features in (fx, back):
        run = qlab.train(qlab.templates.reuploading(3, 1), features, **options)
        run.wait()
        runs.append(run)
    assert np.array_equal(runs[0].history["loss"].to_numpy(), runs[1].history["loss"].to_numpy())


def test_a_wrong_or_damaged_folder_is_refused(fx: qlab.Features, tmp_path: Path) -> None:
    folder = fx.save(tmp_path / "fx")
    about = json.loads((folder / "features.json").read_text())
    with pytest.raises(DataError, match="no saved features"):
        qlab.Features.open(tmp_path / "nowhere")
    with pytest.raises(DataError, match="lineage"):
        qlab.Features.open(folder, lineage="0123")
    (folder / "features.json").write_text(json.dumps({**about, "lineage": {**about["lineage"], "source": "x"}}))
    with pytest.raises(DataError, match="lineage doesn't belong"):
        qlab.Features.open(folder)
    (folder / "features.json").write_text(json.dumps(about))
    data = bytearray((folder / "train-X.npy").read_bytes())
    data[-3] ^= 1
    (folder / "train-X.npy").write_bytes(data)
    qlab.Features.open(folder)
    with pytest.raises(DataError, match=r"train-X\.npy was changed"):
        qlab.Features.open(folder, check=True)
    np.save(folder / "train-X.npy", np.array([object()]), allow_pickle=True)
    with pytest.raises(DataError, match="can't be read"):
        qlab.Features.open(folder)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("x")
    with pytest.raises(DataError, match="other files"):
        fx.save(tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.tex").read_text() == "x"


@pytest.mark.parametrize("fails", [1, 2])
def test_a_save_that_fails_leaves_the_old_folder_where_it_was(
    fails: int, fx: qlab.Features, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = fx.save(tmp_path / "fx")
    other = qlab.load("iris").features(qubits=2, reduce="pca", seed=9)
    move, moves = os.replace, []

    def full(a: Path, b: Path) -> None:
        moves.append((a, b))
        if len(moves) == fails:
            raise OSError(28, "No space left on device")
        move(a, b)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(DataError, match="No space left"):
        other.save(folder)
    assert qlab.Features.open(folder, check=True).lineage == fx.lineage
    assert [p.name for p in tmp_path.iterdir()] == ["fx"]
    moves[:] = [(folder, folder)] * 3  # the disk has room again
    other.save(folder)
    assert qlab.Features.open(folder, check=True).lineage == other.lineage


@pytest.mark.skipif(sys.platform != "linux", reason="smaps are Linux's")
def test_processes_share_the_arrays(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    n = 60_000
    ds = qlab.load({**{f"x{i}": rng.normal(size=n) for i in range(8)}, "y": rng.integers(0, 2, n)})
    folder = ds.features("y").save(tmp_path / "fx")
    code = (
        "import sys, re, qlab; fx = qlab.Features.open(sys.argv[1]); s = float(fx.train.X.sum())\n"
        "text = open('/proc/self/smaps').read(); part = text[text.index('train-X.npy'):]\n"
        "print(re.search(r'Anonymous: +(\\d+)', part).group(1), s == s)"
    )
    out = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True).stdout
    assert out.split() == ["0", "True"]
