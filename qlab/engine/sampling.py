"""What a plan offers by chance: samples, classical bits, expectations under noise; methods of `Plan`.

It only checks and hands over: `trajectory` and `channels` do the work where a plain sample of the state won't do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from qlab.errors import EngineError

from .arrays import FloatArray, IntArray

if TYPE_CHECKING:
    from .channels import NoiseModel
    from .plan import Plan


class Sampling:
    """Methods of `Plan`."""

    obstacle: EngineError | None = None

    def sample(
        self,
        X: Any = None,
        w: Any = None,
        shots: int = 1024,
        seed: int | None = None,
        *,
        noise: NoiseModel | None = None,
    ) -> IntArray:
        """Return measured basis states as whole numbers, shape (batch, shots), qubit 0 the least significant
        bit.

        All wires are measured at the end, whatever the circuit measures before; `sample_clbits` gives what its own
        measurements wrote.

        Args:
            X: Inputs, shape (batch, n_inputs).
            w: Weights, shape (n_weights,).
            shots: Measurements per sample.
            seed: The same seed gives the same shots.
            noise: What goes wrong, on up to 10 qubits.

        Raises:
            EngineError: for a number of shots below 1, or noise on more than 10 qubits.
        """
        _check_shots(shots)
        if self.obstacle is not None or noise is not None:
            return self._trajectories(X, w, shots, seed, noise)[0]
        probabilities = cast("Plan", self).probabilities(X, w)
        rng = np.random.default_rng(seed)
        out = np.empty((len(probabilities), shots), dtype=np.int64)
        for row, p in enumerate(probabilities):
            edges = np.cumsum(p)
            out[row] = np.searchsorted(edges[:-1], rng.random(shots) * edges[-1], side="right")
        return out

    def sample_clbits(
        self,
        X: Any = None,
        w: Any = None,
        shots: int = 1024,
        seed: int | None = None,
        *,
        noise: NoiseModel | None = None,
    ) -> npt.NDArray[np.uint8]:
        """Return the classical bits after each shot, shape (batch, shots, n_clbits), 0 or 1; arguments as `sample`.

        A bit that nothing was measured into is 0. The same seed gives the shots of `sample`.
        """
        _check_shots(shots)
        return self._trajectories(X, w, shots, seed, noise)[1]

    def _trajectories(
        self, X: Any, w: Any, shots: int, seed: int | None, noise: NoiseModel | None
    ) -> tuple[IntArray, npt.NDArray[np.uint8]]:
        from .channels import check_size
        from .trajectory import bits_of, sampled

        plan = cast("Plan", self)
        if noise is not None:
            check_size(plan.n_qubits)
        if self.obstacle is None and noise is None:
            states = self.sample(X, w, shots, seed)
            return states, bits_of(plan.circuit, states)
        return sampled(plan, X, w, shots, seed, noise)

    def noisy_expectations(
        self,
        X: Any,
        w: Any,
        noise: NoiseModel,
        trajectories: int = 1000,
        seed: int | None = None,
    ) -> tuple[FloatArray, FloatArray]:
        """Return the observables' expectations under noise, estimated from random trajectories, and how sure they are.

        Works for circuits with measurements, resets and conditions in the middle too; readout errors count as in
        an experiment that measures each Pauli string.

        Args:
            X: Inputs, shape (batch, n_inputs).
            w: Weights, shape (n_weights,).
            noise: What goes wrong; ``NoiseModel()`` for nothing.
            trajectories: How many per sample, at least 2.
            seed: The same seed gives the same estimate.

        Returns:
            mean, standard error: each (batch, n_observables). The error is that of the mean of the trajectories,
            with the most that one trajectory more could change; it is 0 where nothing is random.

        Raises:
            EngineError: for more than 10 qubits.
        """
        from .channels import noisy_expectations

        return noisy_expectations(cast("Plan", self), X, w, noise, trajectories, seed)


def _check_shots(shots: Any) -> None:
    if not isinstance(shots, int | np.integer) or shots < 1:
        raise EngineError(
            f"{shots!r} shots were asked for",
            where="argument shots",
            cure="use a whole number of at least 1",
            value=shots,
        )
