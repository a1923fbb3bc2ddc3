"""The problems, by name; each is made by a function of whether a small version will do."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.problems.cross_validated import cv_products, cv_wide
from benchmarks.problems.elastic_net import elastic_net
from benchmarks.problems.group import group_tall, group_wide
from benchmarks.problems.lasso import square, tall, wide
from benchmarks.problems.logistic import logistic_tall, logistic_wide
from benchmarks.problems.poisson import doctor_visits, poisson
from benchmarks.problems.ridge_loo import ridge_tall, ridge_wide
from benchmarks.problems.sparse import sparse_lasso
from benchmarks.record import Problem

PROBLEMS: dict[str, Callable[[bool], Problem]] = {
    "tall": tall,
    "wide": wide,
    "square": square,
    "sparse": sparse_lasso,
    "elastic_net": elastic_net,
    "group_wide": group_wide,
    "group_tall": group_tall,
    "logistic_wide": logistic_wide,
    "logistic_tall": logistic_tall,
    "poisson": poisson,
    "doctor_visits": doctor_visits,
    "ridge_tall": ridge_tall,
    "ridge_wide": ridge_wide,
    "cv_products": cv_products,
    "cv_wide": cv_wide,
}
