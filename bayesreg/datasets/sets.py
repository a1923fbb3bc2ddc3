"""The data sets, one function each."""

from __future__ import annotations

import pandas as pd

from bayesreg.datasets.table import read


def diabetes() -> pd.DataFrame:
    """Return the diabetes progression of 442 patients, in raw units.

    Returns
    -------
    pandas.DataFrame
        442 rows, 11 columns, all float64, none missing:

        - ``age``: years
        - ``sex``: 1 or 2 (the source does not say which is which)
        - ``bmi``: body mass index, kg/m^2
        - ``bp``: average blood pressure, mm Hg
        - ``s1``: total serum cholesterol, mg/dl
        - ``s2``: low-density lipoproteins, mg/dl
        - ``s3``: high-density lipoproteins, mg/dl
        - ``s4``: total cholesterol / HDL
        - ``s5``: possibly the logarithm of serum triglycerides
        - ``s6``: blood sugar, mg/dl
        - ``target``: disease progression one year after baseline, a quantitative measure

    Notes
    -----
    Source: Efron B, Hastie T, Johnstone I, Tibshirani R (2004). Least angle regression. Annals of
    Statistics 32, 407-499; numbers as in ``sklearn.datasets.load_diabetes(scaled=False)``. Licence:
    the authors published the data with the paper and state none; scikit-learn passes them on under
    BSD-3-Clause.

    Examples
    --------
    >>> import bayesreg as br
    >>> frame = br.datasets.diabetes()
    >>> frame.shape, float(frame["target"].mean().round(2))
    ((442, 11), 152.13)
    """
    return read("diabetes")


def penguins() -> pd.DataFrame:
    """Return sizes of 344 penguins of three species; a set with factors and missing values.

    Returns
    -------
    pandas.DataFrame
        344 rows, 8 columns:

        - ``species``: Adelie, Chinstrap, Gentoo
        - ``island``: Biscoe, Dream, Torgersen
        - ``bill_length_mm``, ``bill_depth_mm``, ``flipper_length_mm``: mm, 2 missing each
        - ``body_mass_g``: g, 2 missing
        - ``sex``: female, male; 11 missing
        - ``year``: of the study, 2007 to 2009

    Notes
    -----
    Source: Gorman KB, Williams TD, Fraser WR (2014). Ecological sexual dimorphism and environmental
    variability within a community of Antarctic penguins. PLoS ONE 9(3), e90081; Palmer Station LTER,
    as prepared in palmerpenguins (Horst, Hill and Gorman 2020). Licence: CC0 1.0.

    Examples
    --------
    >>> import bayesreg as br
    >>> frame = br.datasets.penguins()
    >>> len(frame), len(frame.dropna())
    (344, 333)
    """
    return read("penguins")


def breast_cancer() -> pd.DataFrame:
    """Return thirty features of cell nuclei in 569 breast masses; a binary set that is nearly separable.

    Returns
    -------
    pandas.DataFrame
        569 rows, 31 columns, none missing: ten features (``radius``, ``texture``, ``perimeter``, ``area``,
        ``smoothness``, ``compactness``, ``concavity``, ``concave_points``, ``symmetry``,
        ``fractal_dimension``), each as the mean over the nuclei (``mean_radius``), its standard error
        (``radius_error``) and the mean of the three largest values (``worst_radius``), in the units of the
        digitised image (pixels, pixels^2, grey levels, ratios); and ``malignant``: 1 malignant (212),
        0 benign (357).

    Notes
    -----
    Source: Wolberg W, Mangasarian O, Street N, Street W (1993). Breast Cancer Wisconsin (Diagnostic),
    UCI Machine Learning Repository, doi:10.24432/C5DW2B; numbers as in
    ``sklearn.datasets.load_breast_cancer()``, whose ``target`` is 1 for benign: ``malignant = 1 -
    target``. Licence: CC BY 4.0.

    Examples
    --------
    >>> import bayesreg as br
    >>> frame = br.datasets.breast_cancer()
    >>> frame.shape, int(frame["malignant"].sum())
    ((569, 31), 212)
    """
    return read("breast_cancer")


def doctor_visits() -> pd.DataFrame:
    """Return yearly visits to a doctor under randomised insurance plans; a set of counts.

    Returns
    -------
    pandas.DataFrame
        2019 rows (person-years), 8 columns, none missing:

        - ``visits``: outpatient visits to a physician in the year, a count
        - ``log_coinsurance``: log(coinsurance rate in per cent + 1)
        - ``individual_deductible``: 1 for a plan with a deductible per person, else 0
        - ``log_incentive``: log(max(1, yearly participation incentive in dollars))
        - ``log_max_expenditure``: log(max(1, maximum expenditure in dollars / (0.01 coinsurance))), 0 with an
          individual deductible
        - ``physical_limit``: 1 with a physical limitation, 0 without; values between are the source's
          imputations
        - ``chronic``: index of chronic diseases
        - ``health``: self-rated, excellent, good, fair, poor

    Notes
    -----
    Source: RAND Health Insurance Experiment, from Cameron AC, Trivedi PK (2005), Microeconometrics,
    Cambridge, as ``statsmodels.datasets.randhie``: its rows 0, 10, 20, ..., columns renamed (mdvis,
    lncoins, idp, lpi, fmde, physlm, disea) and the three indicators of health joined into one factor.
    Licence: public domain.

    Examples
    --------
    >>> import bayesreg as br
    >>> frame = br.datasets.doctor_visits()
    >>> frame.shape, int(frame["visits"].max())
    ((2019, 8), 76)
    """
    return read("doctor_visits")


def vote_1996() -> pd.DataFrame:
    """Return expected votes of 944 Americans in 1996; a binary set with a factor and without separation.

    Returns
    -------
    pandas.DataFrame
        944 rows, 10 columns, none missing:

        - ``dole``: 1 expects to vote for Dole, 0 for Clinton
        - ``party``: party identification, seven labels from strong Democrat to strong Republican
        - ``self_right``, ``clinton_right``, ``dole_right``: political place of oneself and of the two
          candidates, 1 extremely liberal to 7 extremely conservative
        - ``tv_news``: days a week with television news, 0 to 7
        - ``age``: years
        - ``education``: 1 (up to eight grades) to 7 (doctorate)
        - ``income``: household income, in 24 rising classes
        - ``population``: of the place of residence, thousands

    Notes
    -----
    Source: American National Election Studies of 1996, as ``statsmodels.datasets.anes96``, columns
    renamed (vote, PID, selfLR, ClinLR, DoleLR, TVnews, age, educ, income, popul) and the codes of PID
    written out. Licence: public domain.

    Examples
    --------
    >>> import bayesreg as br
    >>> frame = br.datasets.vote_1996()
    >>> frame.shape, int(frame["dole"].sum()), frame["party"].nunique()
    ((944, 10), 393, 7)
    """
    return read("vote_1996")
