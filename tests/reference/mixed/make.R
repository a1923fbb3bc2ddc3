# Fits of lme4 and mgcv to bundled data, written to mixed.json beside this file.
# Run from the root of the repository: Rscript tests/reference/mixed/make.R

suppressMessages({library(lme4); library(mgcv); library(splines); library(jsonlite)})
read <- function(name) read.csv(file.path("bayesreg/datasets/data", paste0(name, ".csv")), stringsAsFactors = TRUE)
exact <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-11, maxfun = 1e5))
tight <- gam.control(epsilon = 1e-12, newton = list(conv.tol = 1e-10, maxNstep = 5, maxSstep = 2, maxHalf = 30))

penguins <- na.omit(read("penguins"))
penguins$flipper <- (penguins$flipper_length_mm - 200) / 10

lmer_fit <- function(formula) {
  fit <- lmer(formula, penguins, control = exact)
  sd <- as.data.frame(VarCorr(fit))
  effects <- ranef(fit, condVar = FALSE)
  list(log_likelihood = as.numeric(logLik(fit)), sd = sd$sdcor[sd$grp != "Residual"], sigma = sigma(fit),
       fixed = as.list(fixef(fit)), effects = lapply(effects, function(one) as.list(one)))
}

gam_fit <- function(fit) {
  list(reml = as.numeric(-fit$gcv.ubre), sp = as.numeric(fit$sp), scale = fit$scale, edf = sum(fit$edf),
       fitted = as.numeric(head(predict(fit), 5)))
}

penguins$B <- bs(penguins$bill_length_mm, df = 12)
penguins$C <- bs(penguins$bill_depth_mm, df = 10)
second <- function(k) crossprod(diff(diag(k), differences = 2))
smooth <- gam(body_mass_g ~ B + C + s(species, bs = "re"), data = penguins, method = "REML", control = tight,
              paraPen = list(B = list(second(12)), C = list(second(10))))

visits <- read("doctor_visits")
poisson_fit <- gam(visits ~ log_coinsurance + chronic + s(health, bs = "re"), family = poisson, data = visits,
                   method = "REML", control = tight)
visits$any <- as.numeric(visits$visits > 2)
logistic_fit <- gam(any ~ chronic + s(health, bs = "re"), family = binomial, data = visits, method = "REML",
                    control = tight)

found <- list(
  packages = list(R = as.character(getRversion()), lme4 = as.character(packageVersion("lme4")),
                  mgcv = as.character(packageVersion("mgcv"))),
  crossed = lmer_fit(body_mass_g ~ flipper + (1 | species) + (1 | island)),
  slopes = lmer_fit(body_mass_g ~ flipper + (flipper || species)),
  smooth = gam_fit(smooth),
  poisson = gam_fit(poisson_fit),
  logistic = gam_fit(logistic_fit)
)
write_json(found, "tests/reference/mixed/mixed.json", auto_unbox = TRUE, digits = 16, pretty = TRUE)
