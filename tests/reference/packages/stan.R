# Priors of rstanarm as draws, and the Stan programs of brms: their prior statements and log densities.

# Debian keeps the headers of Boost outside of R's own package of them.
if (!nzchar(system.file("include", package = "BH"))) rstan::rstan_options(boost_lib = "/usr/include")

formula_of <- function(case) reformulate(paste0("x", case$columns), "y")

fit_rstanarm <- function(case, data) {
  choice <- as.list(case$arguments)
  choice$autoscale <- case$autoscale
  prior <- do.call(getExportedValue("rstanarm", case$prior), choice)
  fit <- rstanarm::stan_glm(
    formula_of(case), case$family, data,
    prior = prior, prior_PD = TRUE, chains = 4, iter = 3500, warmup = 1000, seed = 1, refresh = 0, cores = 1,
    adapt_delta = 0.99
  )
  draws <- as.array(fit)
  sigma <- if (case$family == "gaussian") draws[, , "sigma"]
  levels <- seq(0.1, 0.9, 0.1)
  summary_of <- function(j) {
    size <- abs(draws[, , paste0("x", j)])
    moved <- if (!is.null(sigma)) text(cor(as.vector(size), as.vector(sigma), method = "spearman"))
    if (given(case, "per_sigma", FALSE)) size <- size / sigma
    made <- list(
      deciles = I(short(quantile(size, levels))), ess = I(short(posterior::ess_quantile(size, levels))),
      mean = short(mean(size))
    )
    c(made, list(rank_correlation_with_sigma = moved))
  }
  known <- rstanarm::prior_summary(fit, digits = 17)$prior
  scale <- if (is.null(known$adjusted_scale)) known$scale else known$adjusted_scale
  list(scale = I(text(scale)), coefficients = lapply(case$columns, summary_of))
}

# The log density of a program, up to a constant, at parameters on their own scale (no Jacobian).
log_densities <- function(program, data, points) {
  model <- rstan::stan_model(model_code = program)
  fit <- rstan::sampling(model, data, chains = 1, iter = 1, algorithm = "Fixed_param", refresh = 0)
  at <- function(point) rstan::log_prob(fit, rstan::unconstrain_pars(fit, point), adjust_transform = FALSE)
  I(text(vapply(points, at, 0)))
}

statements <- function(program) {
  lines <- trimws(strsplit(program, "\n")[[1]])
  I(grep("^(lprior|target) \\+= |^b = |^- 1 \\* ", lines, value = TRUE))
}

fit_brms <- function(case, data) {
  formula <- brms::brmsformula(formula_of(case))
  prior <- brms::set_prior(case$prior, class = "b") + brms::set_prior("", class = "Intercept")
  if (case$family == "gaussian") prior <- prior + brms::set_prior("", class = "sigma")
  program <- as.character(brms::make_stancode(formula, data, family = case$family, prior = prior))
  made <- list(statements = statements(program))
  if (!case$density) return(made)
  values <- brms::make_standata(formula, data, family = case$family, prior = prior)
  means <- colMeans(data[paste0("x", case$columns)])
  points <- lapply(seq_len(nrow(case$points)), function(k) {
    b <- case$points[k, -1]
    list(b = array(b), Intercept = case$points[k, 1] + sum(means * b), sigma = case$sigma)
  })
  c(made, list(log_densities = log_densities(program, unclass(values), points)))
}
