# Penalised fits: glmnet, MASS::lm.ridge, lasso2::l1ce.

record <- function(coefficients, intercept, ...) {
  list(coefficients = I(text(coefficients)), intercept = text(intercept), ...)
}

fit_glmnet <- function(case, data) {
  glmnet::glmnet.control(fdev = 0, devmax = 1, epsnr = 1e-15, mxitnr = 1000)
  family <- if (case$family == "gaussian()") gaussian() else case$family
  call <- list(
    x = design(data), y = data$y, family = family, alpha = case$alpha, lambda = case$lambda * c(10, 5, 2, 1),
    standardize = given(case, "standardize", TRUE), intercept = given(case, "intercept", TRUE),
    lower.limits = given(case, "lower_limits", -Inf), thresh = 1e-20, maxit = 1e7
  )
  if (!is.null(case$weights)) call$weights <- data$w
  if (!is.null(case$offset)) call$offset <- data$o
  if (!is.null(case$penalty_factor)) call$penalty.factor <- case$penalty_factor
  fit <- do.call(glmnet::glmnet, call)
  record(fit$beta[, 4], fit$a0[4])
}

fit_mass <- function(case, data) {
  formula <- if (given(case, "intercept", TRUE)) y ~ . else y ~ . - 1
  used <- data[c("y", colnames(design(data)))]
  found <- coef(MASS::lm.ridge(formula, used, lambda = case$lambda))
  p <- ncol(design(data))
  if (length(found) == p) record(found, 0) else record(found[-1], found[1])
}

fit_lasso2 <- function(case, data) {
  used <- data[c("y", colnames(design(data)))]
  fit <- lasso2::l1ce(y ~ ., used, bound = case$bound, standardize = given(case, "standardize", TRUE))
  record(coef(fit)[-1], coef(fit)[1], Lagrangian = text(fit$Lagrangian))
}
