# Fits the problem in a folder, once for every line "run" on standard input. Times are taken here, in R.
# With folds, rows are left out in turn: "run" is cv.glmnet, and "folds" writes the fits without each fold.
# Arguments: folder, family, n, p, share, intercept, sparse, thresh, folds (0: none).
suppressMessages({library(Matrix); library(glmnet)})
given <- commandArgs(trailingOnly = TRUE)
folder <- given[1]; family <- given[2]
n <- as.integer(given[3]); p <- as.integer(given[4])
share <- as.numeric(given[5]); intercept <- given[6] == "1"; sparse <- given[7] == "1"; thresh <- as.numeric(given[8])
folds <- as.integer(given[9])
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
options <- list(family = family, alpha = share, lambda = lambda, standardize = FALSE, intercept = intercept,
                thresh = thresh, maxit = 1e8)
if (folds) {
  fold <- (seq_len(n) - 1L) %% folds + 1L
  while (length(line <- readLines(input, 1))) {
    if (line == "run") {
      start <- as.numeric(Sys.time())
      found <- do.call(cv.glmnet, c(list(X, y, foldid = fold), options))
      best <- coef(found, s = "lambda.min")
      cat("done", format(as.numeric(Sys.time()) - start, digits = 15), length(found$cvm), "\n"); flush(stdout())
    } else {
      fits <- lapply(seq_len(folds), function(k) do.call(glmnet, c(list(X[fold != k, ], y[fold != k]), options)))
      writeBin(unlist(lapply(fits, function(fit) as.vector(as.matrix(fit$beta)))), file.path(folder, "beta.bin"))
      writeBin(unlist(lapply(fits, function(fit) as.vector(fit$a0))), file.path(folder, "a0.bin"))
      cat("written\n"); flush(stdout())
    }
  }
}
while (length(line <- readLines(input, 1)) && line == "run") {
  start <- as.numeric(Sys.time())
  fit <- do.call(glmnet, c(list(X, y), options))
  seconds <- as.numeric(Sys.time()) - start
  writeBin(as.vector(as.matrix(fit$beta)), file.path(folder, "beta.bin"))
  writeBin(as.vector(fit$a0), file.path(folder, "a0.bin"))
  cat("done", format(seconds, digits = 15), length(fit$lambda), "\n"); flush(stdout())
}
