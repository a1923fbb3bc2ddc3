# Samples the problem in a folder, once for every line of standard input, a seed. Times are taken here, in R.
# Arguments: folder, family, prior, n, p, tune, draws, chains.
suppressMessages(library(rstanarm))
given <- commandArgs(trailingOnly = TRUE)
folder <- given[1]; family <- given[2]; prior <- given[3]
sizes <- as.integer(given[4:8]); n <- sizes[1]; p <- sizes[2]
numbers <- function(name, count) readBin(file.path(folder, name), "double", count)
data <- as.data.frame(matrix(numbers("X.bin", as.double(n) * p), n, p))
data$y <- numbers("y.bin", n)
scales <- if (prior == "laplace") numbers("scales.bin", p) else NULL
options(mc.cores = 2)
input <- file("stdin", "r")
cat("ready\n"); flush(stdout())
while (length(line <- readLines(input, 1))) {
  start <- as.numeric(Sys.time())
  law <- if (prior == "laplace") laplace(0, scales, autoscale = FALSE)
         else hs(df = 1, global_df = 1, global_scale = 1, slab_df = 4, slab_scale = 1e3)
  spread <- if (family == "gaussian") student_t(3, 0, sd(data$y), autoscale = FALSE) else NULL
  fit <- stan_glm(y ~ ., data = data, family = family, prior = law, prior_intercept = NULL, prior_aux = spread,
                  chains = sizes[5], iter = sizes[3] + sizes[4], warmup = sizes[3], seed = as.integer(line),
                  refresh = 0)
  draws <- as.array(fit)
  seconds <- as.numeric(Sys.time()) - start
  kept <- c(names(data)[seq_len(p)], if (family == "gaussian") "sigma")
  writeBin(as.vector(draws[, , kept]), file.path(folder, "draws.bin"))
  cat("done", format(seconds, digits = 15), length(kept), "\n"); flush(stdout())
}
