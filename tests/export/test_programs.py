"""What stands in the texts for Stan and brms; that they have the density of the model is compared with R's."""

import re

import pytest

import bayesreg as br
from bayesreg.export import export_table
from tests.export.models import frame, model_of

BLOCKS = ["data", "transformed data", "parameters", "transformed parameters", "model", "generated quantities"]
DECLARED = r"^\s*(?:array\[\w\] )?(?:int|real|vector|matrix)(?:<[^>]*>)?(?:\[[^\]]*\])? (\w+)(?= =|;)"
STAN = [cell for cell in export_table() if cell.target == "stan" and cell.works]


def blocks_of(text):
    """Return the blocks of a program by name, comments left out."""
    code = re.sub(r"//.*", "", text)
    found = re.findall(r"^(\w[\w ]*) \{\n(.*?)^\}", code, flags=re.S | re.M)
    return dict(found)


def test_every_program_declares_what_it_uses():
    for cell in STAN[::3]:
        blocks = blocks_of(model_of(cell.family, cell.law, cell.feature).export("stan"))
        assert [name for name in BLOCKS if name in blocks] == list(blocks), cell
        code = " ".join(blocks.values())
        declared = set(re.findall(DECLARED, code, flags=re.M))
        for name in re.findall(r"\b((?:b|w|R|z|local)_\w+|alpha|sigma|phi|weights|offset_)\b", code):
            assert name in declared, (cell, name)
        assert code.count("(") == code.count(")"), cell


def test_each_parameter_has_one_prior_and_is_used():
    text = model_of("gaussian", "L1", "squares and absolute values apart").export("stan")
    model = blocks_of(text)["model"]
    assert "b_b ~ normal(0, sqrt(phi / 2.0));" in model
    assert "b_rest ~ double_exponential(0, phi / 3.0);" in model
    assert "b[{2}] = b_b;" in text
    assert "b[{1, 3, 4}] = b_rest;" in text


def test_the_data_block_is_filled_by_the_lines_on_top():
    text = model_of("poisson", "Normal", "offset").export("stan")
    assert '//   stan_data = {"N": len(y), "K": X.shape[1], "X": X, "y": y, "offset_": offset}' in text
    assert "//   stan_data <- list(N = length(y), K = ncol(X), X = X, y = y, offset_ = offset)" in text
    assert "array[N] int<lower=0> y;" in text


def test_the_scales_of_brms_are_those_of_raw_coefficients():
    model = model_of("gaussian", "Laplace", "")
    text = model.export("brms")
    for name, coefficient in (("a", "a"), ("b", "b"), ("g[T.mid]", "gmid"), ("g[T.top]", "gtop")):
        (scale,) = re.findall(rf'double_exponential\(0, ([\d.e-]+)\)", class = "b", coef = "{coefficient}"', text)
        shown = model.priors().set_index("coefficient").loc[name, "scale"]
        assert float(scale) == pytest.approx(shown, rel=1e-12)
    assert 'set_prior("", class = "Intercept")' in text


def test_brms_priors_move_with_sigma_where_ours_do():
    model = br.Model("gaussian ~ a + b", frame(), penalty=br.Normal(0.5, relative_to="sigma"))
    assert re.search(r'"normal\(0, [\d.]+ \* sigma\)", class = "b", coef = "a"', model.export("brms"))
    fixed = br.Model("gaussian ~ a", frame(), penalty=br.Normal(0.5, relative_to="sigma"), dispersion=4.0)
    assert 'set_prior("constant(2.0)", class = "sigma")' in fixed.export("brms")
    assert "* sigma" not in fixed.export("brms")


def test_the_square_of_an_elastic_net_stands_beside_its_absolute_value():
    text = model_of("bernoulli", "ElasticNet", "").export("brms")
    assert text.count("target += -0.5") == 4
    assert text.count("double_exponential") == 4
    assert [int(k) for k in re.findall(r"square\(b\[(\d)\]\)", text)] == [1, 2, 3, 4]
