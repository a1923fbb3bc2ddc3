# Fit the cases of a package: Rscript make.R PACKAGE HERE FOLDER, run by make.py.
# Reads FOLDER/cases.json and one CSV file a case, writes FOLDER/fits.json; numbers are text of 17 digits.

arguments <- commandArgs(TRUE)
package <- arguments[1]
here <- arguments[2]
folder <- arguments[3]

text <- function(numbers) sprintf("%.17g", as.numeric(numbers))
given <- function(case, name, default) if (is.null(case[[name]])) default else case[[name]]
design <- function(data) as.matrix(data[grep("^x", names(data))])
source(file.path(here, if (package %in% c("rstanarm", "brms", "exports")) "stan.R" else "fits.R"))

fit <- get(paste0("fit_", package))
cases <- jsonlite::fromJSON(file.path(folder, "cases.json"), simplifyDataFrame = FALSE)
fits <- lapply(cases, function(case) {
  file <- file.path(folder, paste0(case$name, ".csv"))
  fit(case, if (file.exists(file)) read.csv(file, colClasses = "numeric"))
})
used <- list(
  glmnet = "glmnet", mass = "MASS", lasso2 = "lasso2", rstanarm = c("rstanarm", "rstan"), brms = c("brms", "rstan"),
  exports = c("glmnet", "brms", "rstanarm", "rstan")
)[[package]]
versions <- lapply(setNames(used, used), function(name) as.character(packageVersion(name)))
made <- c(list(R = paste(R.version$major, R.version$minor, sep = ".")), versions)
writeLines(jsonlite::toJSON(list(made_with = made, fits = fits), auto_unbox = TRUE), file.path(folder, "fits.json"))
