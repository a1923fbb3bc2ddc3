# Fits the problem in a folder, once for every line "run" on standard input. Times are taken here, in R.
# Arguments: folder, family, n, p, share, intercept, sparse, thresh.
suppressMessages({library(Matrix); library(glmnet)})
given <- commandArgs(trailingOnly = TRUE)
folder <- given[1]; family <- given[2]
n <- as.integer(given[3]); p <- as.integer(given[4])
share <- as.numeric(given[5]); intercept <- given[6] == "1"; sparse <- given[7] == "1"; thresh <- as.numeric(given[8])
numbers <- function(name, count, what = "double") readBin(file.path(folder, name), what, count)
y <- numbers("y.bin", n)
lambda <- numbers("alphas.bin", 1e6)
if (sparse) {
  starts <- numbers("indptr.bin", p + 1L, "integer")
  X <- new("dgCMatrix", i = numbers("indices.bin", starts[p + 1L], "integer"), p = starts,
           x = numbers("data.bin", starts[p + 1L]), Dim = c(n, p))
} else X <- matrix(numbers("X.bin", as.double(n) * p), n, p)
glmnet.control(fdev = 0, devmax = 1)
input <- file("stdin", "r")
cat("ready\n"); flush(stdout())
while (length(line <- readLines(input, 1)) && line == "run") {
  start <- as.numeric(Sys.time())
  fit <- glmnet(X, y, family = family, alpha = share, lambda = lambda, standardize = FALSE, intercept = intercept,
                thresh = thresh, maxit = 1e8)
  seconds <- as.numeric(Sys.time()) - start
  writeBin(as.vector(as.matrix(fit$beta)), file.path(folder, "beta.bin"))
  writeBin(as.vector(fit$a0), file.path(folder, "a0.bin"))
  cat("done", format(seconds, digits = 15), length(fit$lambda), "\n"); flush(stdout())
}
