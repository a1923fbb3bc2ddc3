"""What Hamiltonian moves learn before draws are kept: the frame and the size of a step."""

from __future__ import annotations

from typing import final

import numpy as np
from scipy.linalg import cholesky

from bayesreg.posterior.gibbs.hamiltonian.moves import Frame

FIRM = 10.0
"""How many points the covariance that was believed before counts as."""


@final
class StepSize:
    """Dual averaging of the logarithm of the step towards an acceptance rate.

    Parameters
    ----------
    step : float
        Where to start.
    aim : float
        The acceptance rate.

    References
    ----------
    Hoffman and Gelman (2014), The No-U-Turn sampler, section 3.2.
    """

    def __init__(self, step: float, aim: float) -> None:
        self.step, self.aim = step, aim
        self.anchor = float(np.log(4.0 * step))
        self.count, self.error, self.log_mean = 0, 0.0, float(np.log(step))

    def update(self, acceptance: float) -> None:
        """Learn from the mean acceptance of the chains."""
        self.count += 1
        rate = 1.0 / (self.count + 10.0)
        self.error = (1.0 - rate) * self.error + rate * (self.aim - acceptance)
        log_step = self.anchor - np.sqrt(self.count) / 0.05 * self.error
        power = self.count**-0.75
        self.log_mean = power * log_step + (1.0 - power) * self.log_mean
        self.step = float(np.exp(log_step))

    @property
    def mean(self) -> float:
        """The averaged step."""
        return float(np.exp(self.log_mean))


def reframed(frame: Frame, points: np.ndarray) -> Frame:
    """Return the frame in which points (N, D), given in another one, have covariance 1.

    The covariance is shrunk towards its diagonal as far as its error asks for, and that a little towards 1.

    References
    ----------
    Ledoit and Wolf (2004), A well-conditioned estimator for large-dimensional covariance matrices.
    """
    count, size = points.shape
    middle = points.mean(axis=0)
    centred = points - middle
    covariance = centred.T @ centred / count
    squares = centred * centred
    error = max(0.0, float((squares.T @ squares).sum() / count**2 - (covariance * covariance).sum() / count))
    own = np.diag(covariance).copy()
    apart = float((covariance * covariance).sum() - (own * own).sum())
    share = min(1.0, error / apart) if apart > 0.0 else 1.0
    trust = count / (count + FIRM)
    covariance *= trust * (1.0 - share)
    covariance[np.arange(size), np.arange(size)] = trust * own + (1.0 - trust)
    return Frame(frame.position(middle[None])[0], frame.factor @ cholesky(covariance, lower=True))


def windows(tune: int) -> list[int]:
    """Return at which tuning moves the frame is learned again: each time from twice as many moves."""
    found, length, at = [], 25, max(10, tune // 8)
    while at + length <= tune - max(10, tune // 8):
        at += length
        found.append(at)
        length *= 2
    return found
