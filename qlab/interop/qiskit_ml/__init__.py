"""The engine inside qiskit-machine-learning: its networks, kernels and trainers, with qlab doing the simulation.

`EngineQNN` takes the place of an `EstimatorQNN`; `EngineEstimator`, `EngineSampler` and `AdjointEstimatorGradient`
drop into whatever takes Qiskit's V2 primitives or a gradient: `EstimatorQNN`, `SamplerQNN`, `VQC`,
`FidelityQuantumKernel`. It translates and batches; it must not simulate anything itself.

Example:
    >>> import qlab
    >>> from qlab.interop.qiskit_ml import EngineQNN
    >>> qnn = EngineQNN(circuit=qlab.Circuit(1).append("ry", 0, "x[0]").append("ry", 0, "w[0]"), observables=["Z0"])
    >>> qnn.forward([[0.0], [1.0]], [0.0]).round(4).tolist()
    [[1.0], [0.5403]]
    >>> qnn.backward([[1.0]], [0.0])[1].shape  # batch, outputs, weights
    (1, 1, 1)
"""

from __future__ import annotations

from .compiled import clear_cache
from .estimator import EngineEstimator
from .exact import ExactBits
from .gradient import AdjointEstimatorGradient
from .qnn import EngineQNN
from .sampler import EngineSampler

__all__ = ["AdjointEstimatorGradient", "EngineEstimator", "EngineQNN", "EngineSampler", "ExactBits", "clear_cache"]
