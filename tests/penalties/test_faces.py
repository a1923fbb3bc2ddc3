"""A penalty shows both of its faces, and the other face as written is the one that the conversion gives."""

import numpy as np
import pytest

import bayesreg as br

FACES = [
    (br.L1(4.0), "L1(lam=4.0) = Laplace(scale=phi / 4.0)"),
    (br.L1(), "L1(lam=None) = Laplace(scale=phi / lam)"),
    (br.L1(0.0), "L1(lam=0.0) = Flat()"),
    (br.L1(br.HalfCauchy(2.0)), f"L1(lam={br.HalfCauchy(2.0)!r}) = Laplace(scale=phi / lam)"),
    (
        br.L1(4.0, relative_to="sigma"),
        "L1(lam=4.0, relative_to='sigma') = Laplace(scale=sqrt(phi) / 4.0, relative_to='sigma')",
    ),
    (br.Laplace(0.5), "Laplace(scale=0.5) = L1(lam=phi / 0.5)"),
    (
        br.Laplace(0.5, limits=(0, 2)),
        "Laplace(scale=0.5, limits=(0.0, 2.0)) = L1(lam=phi / 0.5, limits=(0.0, 2.0))",
    ),
    (br.L2(8.0), "L2(lam=8.0) = Normal(scale=sqrt(phi / 8.0))"),
    (br.Normal(0.5, positive=True), "Normal(scale=0.5, positive=True) = L2(lam=phi / 0.5**2, positive=True)"),
    (
        br.ElasticNet(4.0, 0.7),
        "ElasticNet(lam=4.0, l1_ratio=0.7) = ElasticNetPrior(rate=2.8 / phi, precision=1.2 / phi)",
    ),
    (
        br.ElasticNet(),
        "ElasticNet(lam=None, l1_ratio=0.5) = ElasticNetPrior(rate=lam * 0.5 / phi, precision=lam * 0.5 / phi)",
    ),
    (
        br.ElasticNetPrior(1.5, 0.5),
        "ElasticNetPrior(rate=1.5, precision=0.5) = ElasticNet(lam=2.0 * phi, l1_ratio=0.75)",
    ),
    (br.Flat(limits=(-1, 1)), "Flat(limits=(-1.0, 1.0))"),
]
PRECISION = np.array([[2.0, 1.0], [1.0, 3.0]])
WRITTEN = [
    law
    for relative_to in (None, "sigma")
    for law in (
        br.L1(4.0, relative_to=relative_to),
        br.Laplace(0.3, relative_to=relative_to),
        br.L2(4.0, relative_to=relative_to, positive=True),
        br.Normal(0.3, relative_to=relative_to),
        br.ElasticNet(4.0, 0.7, relative_to=relative_to),
        br.ElasticNetPrior(1.5, 0.5, relative_to=relative_to),
        br.Bridge(4.0, 0.7, relative_to=relative_to),
        br.GeneralizedNormal(0.3, 1.4, relative_to=relative_to),
        br.LogPenalty(9.0, 0.7, relative_to=relative_to),
        br.GeneralizedDoublePareto(0.3, 2.5, relative_to=relative_to, weights=[2.0]),
        br.GroupLasso(4.0, 1, relative_to=relative_to),
        br.GroupLaplace(0.3, {"a": 2.0}, relative_to=relative_to),
        br.SparseGroupLasso(4.0, 0.7, relative_to=relative_to),
        br.SparseGroupLaplace(0.3, 0.7, relative_to=relative_to),
        br.FusedLasso(4.0, 0.7, relative_to=relative_to),
        br.FusedLaplace(0.3, 0.7, relative_to=relative_to),
        br.SLOPE(4.0, sequence=[2.0, 1.0], relative_to=relative_to),
        br.SortedLaplace(0.3, 0.2, relative_to=relative_to),
        br.Smooth(4.0, order=1, cyclic=True, relative_to=relative_to),
        br.RandomWalk(0.3, order=3, relative_to=relative_to),
        br.Tikhonov(PRECISION, 4.0, relative_to=relative_to),
        br.MultivariateNormal(PRECISION, 0.3, relative_to=relative_to),
    )
]


@pytest.mark.parametrize(("law", "text"), FACES, ids=lambda part: part if isinstance(part, str) else "")
def test_both_faces_are_shown(law, text):
    assert repr(law) == text


@pytest.mark.parametrize("law", WRITTEN, ids=lambda law: law.written)
@pytest.mark.parametrize("phi", [0.3, 2.0])
def test_the_text_is_the_conversion(law, phi):
    """The text, read as code at this dispersion, gives the law of the conversion; numbers are shown to 12 digits."""
    names = {name: getattr(br, name) for name in br.__all__ if name[0].isupper()}
    names |= {"phi": phi, "sqrt": np.sqrt, "precision": PRECISION}
    read = eval(law.other_face, {"__builtins__": {}}, names)
    made = law.to_penalty(phi) if law.prior_units else law.to_prior(phi)
    assert type(read) is type(made)
    np.testing.assert_allclose(read.strength(phi), made.strength(phi), rtol=1e-11)
    assert (read.bounds, read.weights, read.relative_to) == (made.bounds, made.weights, made.relative_to)
    for name in ("order", "cyclic", "l1_ratio", "q", "sequence"):
        assert getattr(read, name, None) == getattr(made, name, None)


@pytest.mark.parametrize(
    "law", [br.StudentT(3.0, 0.7, relative_to="sigma"), br.SpikeSlabLasso(1.0, 0.1, 0.2, relative_to="sigma")]
)
def test_a_scale_relative_to_sigma_is_shown_in_units_of_sigma(law):
    assert "0.7 sqrt(phi)" in law.other_face or "Laplace(b; (1.0 sqrt(phi)))" in law.other_face
