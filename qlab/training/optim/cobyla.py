"""Powell's linear trust region without constraints, one iteration a step. Must not ask for a gradient."""

from __future__ import annotations

import numpy as np

from .base import Array, Move, Objective, Optimizer, State

FLAT, FAR = 0.25, 2.1  # Powell's alpha and beta: how flat and how long a simplex may be, in trust radii
BETWEEN = 0.5  # Powell's gamma: length of a move that mends the simplex, in trust radii


def cobyla(end: float = 1e-5) -> Optimizer:
    """A plane through the losses at size + 1 points says where to go, within a radius that shrinks as it stops to help.

    This is the method of COBYLA for a problem without constraints, which training is, written here because SciPy's
    can't be held between two steps; it finds SciPy's minima (tested), by its own path. ``lr`` is the first radius.
    State: points (size + 1, size), best first; their losses; the resolution, which only shrinks; the radius, which may
    grow again beyond it, as in PRIMA's COBYLA (Zhang, arXiv:2302.13246); and whether the last move disappointed.
    The first step costs size + 1 values, each later one a single value.
    Source: Powell, doi:10.1007/978-94-015-8330-5_4.

    Args:
        end: it is done when the radius would become smaller.
    """

    def start(theta: Array) -> State:
        return np.zeros((0, theta.shape[0])), np.zeros(0), np.zeros(3)

    def search(objective: Objective, state: State, theta: Array, lr: float) -> Move:
        points, values, memory = state
        n = theta.shape[0]
        if not len(points):
            points = np.concatenate([theta[None], theta[None] + lr * np.eye(n)])
            values = np.array([objective.value(point) for point in points])
            memory = np.array([lr, lr, 0.0])
        points, values = points.copy(), values.copy()
        best = int(np.argmin(values))
        points[[0, best]], values[[0, best]] = points[[best, 0]], values[[best, 0]]
        before = float(values[0])
        finest, radius, failed = float(memory[0]), float(memory[1]), bool(memory[2])
        while True:
            edges = points[1:] - points[0]
            inverse = np.linalg.pinv(edges)  # column j is normal to the face opposite of corner j
            heights = 1.0 / np.maximum(np.sqrt((inverse * inverse).sum(axis=0)), 1e-300)
            lengths = np.sqrt((edges * edges).sum(axis=1))
            slope = inverse @ (values[1:] - values[0])
            steep = float(np.sqrt(slope @ slope))
            sound = bool((heights >= FLAT * radius).all() and (lengths <= FAR * radius).all())
            if failed and not sound:
                far = int(lengths.argmax())
                j = far if lengths[far] > FAR * radius else int(heights.argmin())
                normal = inverse[:, j] * heights[j]
                move = BETWEEN * radius * normal * (1.0 if slope @ normal <= 0.0 else -1.0)
                points[j + 1] = points[0] + move
                values[j + 1] = objective.value(points[j + 1])
                failed = False
                break
            if failed or steep == 0.0:
                if radius > finest:
                    failed = False
                    radius = finest if radius <= 3.0 * finest else 0.5 * radius
                    continue
                if finest <= end:
                    return Move(points[0], (points, values, memory), before, None, "the trust radius is at its end")
                finest = end if finest <= 3.0 * end else 0.5 * finest
                radius, failed = finest, steep == 0.0
                continue
            move = -radius / steep * slope
            value = objective.value(points[0] + move)
            gained = values[0] - value
            failed = not gained >= 0.1 * radius * steep
            grown = 2.0 * radius if gained > 0.7 * radius * steep else radius
            share = np.abs(inverse.T @ move)  # by how much each corner's exchange scales the volume
            if gained > 0.0:
                # the corner that leaves: the farthest of those whose exchange keeps the simplex from going flat
                away = np.sqrt(((points[1:] - points[0] - move) ** 2).sum(axis=1))
                share = np.where(away > FAR * radius, np.maximum(share, 1e-3) * away / radius, share)
            j = int(share.argmax())
            if gained > 0.0 or share[j] > 1.0:
                points[j + 1], values[j + 1] = points[0] + move, value
            radius = grown
            break
        best = int(np.argmin(values))
        points[[0, best]], values[[0, best]] = points[[best, 0]], values[[best, 0]]
        return Move(points[0].copy(), (points, values, np.array([finest, radius, float(failed)])), before)

    return Optimizer(start, search=search, whole=True)
