"""What a likelihood is to the sampler: normal in the linear predictor given a latent variable for each row."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from bayesreg.posterior.gibbs.streams import Streams


class Augmentation(ABC):
    """``p(y | eta, latents) ~ exp(linear' eta - sum_i omega_i eta_i^2 / 2)``, and the latents given ``eta``."""

    @abstractmethod
    def draw(self, eta: np.ndarray, nuisance: np.ndarray, streams: Streams) -> tuple[np.ndarray, np.ndarray]:
        """Return the precisions ``omega`` and ``linear`` (K, n) of rows, latents drawn given ``eta`` (K, n).

        Parameters
        ----------
        eta : ndarray (K, n)
            Linear predictors, offset included.
        nuisance : ndarray (K,)
            The parameter that the likelihood has beside ``eta``; ones where it has none.
        streams : Streams
        """
