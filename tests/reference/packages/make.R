# Fit the cases of a package: Rscript make.R PACKAGE HERE FOLDER, run by make.py.
# Reads FOLDER/cases.json and one CSV file a case, writes FOLDER/fits.json; numbers are text of 17 digits.

arguments <- commandArgs(TRUE)
package <- arguments[1]
here <- arguments[2]
folder <- arguments[3]

text <- function(numbers) sprintf("%.17g", as.numeric(numbers))
short <- function(numbers) sprintf("%.6g", as.numeric(numbers)) # of draws
given <- function(case, name, default) if (is.null(case[[name]])) default else case[[name]]
design <- function(data) as.matrix(data[grep("^x", names(data))])
file <- switch(package, exports = "exports.R", rstanarm = , brms = "stan.R", "fits.R")
source(file.path(here, file))

fit <- get(paste0("fit_", package))
cases <- jsonlite::fromJSON(file.path(folder, "cases.json"), simplifyDataFrame = FALSE)
fits <- lapply(cases, function(case) {
  file <- file.path(folder, paste0(case$name, ".csv"))
  fit(case, if (file.exists(file)) read.csv(file, colClasses = if (package == "exports") NA else "numeric"))
})
used <- list(
  glmnet = "glmnet", mass = "MASS", lasso2 = "lasso2", rstanarm = c("rstanarm", "rstan"), brms = c("brms", "rstan"),
  exports = c("glmnet", "brms", "rstan")
)[[package]]
versions <- lapply(setNames(used, used), function(name) as.character(packageVersion(name)))
made <- c(list(R = paste(R.version$major, R.version$minor, sep = ".")), versions)
writeLines(jsonlite::toJSON(list(made_with = made, fits = fits), auto_unbox = TRUE), file.path(folder, "fits.json"))
