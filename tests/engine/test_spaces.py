"""Systems of parities solved side by side: by counting all indices, which knows no algebra."""

from __future__ import annotations

import numpy as np
from hypothesis import given, note, seed, settings
from hypothesis import strategies as st

from qlab.engine.frame import independent
from qlab.engine.spaces import Duals, solve_all, spans


def system(rng: np.random.Generator, n: int, most: int) -> tuple[tuple[int, int], ...]:
    """Return independent constraints, none at times."""
    some = [(int(rng.integers(1, 1 << n)), int(rng.integers(2))) for _ in range(rng.integers(most + 1))]
    return independent(some) or ()


@seed(20261123)
@settings(max_examples=60, deadline=None, database=None)
@given(number=st.integers(0, 2**32 - 1), n=st.integers(1, 9))
def test_lists_of_a_subspace_are_the_indices_that_meet_its_constraints(number: int, n: int) -> None:
    note(f"np.random.default_rng({number}), {n} bits")
    rng = np.random.default_rng(number)
    systems = [system(rng, n, n) for _ in range(rng.integers(0, 8))]
    padded = np.zeros((2, max(map(len, systems), default=0), len(systems)), dtype=np.int64)
    for s, constraints in enumerate(systems):
        for k, constraint in enumerate(constraints):
            padded[:, k, s] = constraint
    starts, basis, counts = solve_all(n, *padded)
    numbers, places = spans(starts, basis, counts, 5)
    assert len(numbers) == places[:, 1].sum() + places[:, 3].sum()
    for constraints, (lo, lo_n, hi, hi_n) in zip(systems, places.tolist(), strict=True):
        held = [p for p in range(1 << n) if all((m & p).bit_count() & 1 == value for m, value in constraints)]
        found = numbers[lo - 5 : lo - 5 + lo_n] ^ numbers[hi - 5 : hi - 5 + hi_n, None]
        assert sorted(found.ravel().tolist()) == held


@seed(20261124)
@settings(max_examples=60, deadline=None, database=None)
@given(number=st.integers(0, 2**32 - 1), n=st.integers(1, 9))
def test_a_dual_basis_spans_everything_and_tells_its_masks_apart(number: int, n: int) -> None:
    note(f"np.random.default_rng({number}), {n} bits")
    rng = np.random.default_rng(number)
    duals, systems = Duals(n), []
    for _ in range(rng.integers(0, 6)):
        masks = rng.integers(1, 1 << n, rng.integers(0, 14)).tolist()
        taken = duals.add(masks)
        kept = independent((m, 0) for m in masks)
        assert kept is not None
        assert len(taken) == len(kept)
        assert sorted((masks[k], 0) for k in taken) == list(kept)  # the same greedy choice
        systems.append([masks[k] for k in taken])
    for masks, basis in zip(systems, duals.solved().tolist(), strict=True):
        every = {0}
        for vector in basis:
            every |= {p ^ vector for p in every}
        assert len(every) == 1 << n
        for j, mask in enumerate(masks):
            odd = [k for k, vector in enumerate(basis) if (mask & vector).bit_count() & 1]
            assert odd == [n - 1 - j]
