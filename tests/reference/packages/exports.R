# What exported texts return: coefficients of glmnet, log densities of the programs of brms and Stan.

source(file.path(here, "stan.R"))

fit_exports <- function(case, data) {
  switch(case$target, glmnet = run_glmnet(case, data), brms = run_brms(case, data), stan = run_stan(case, data))
}

run_glmnet <- function(case, data) {
  world <- new.env(parent = globalenv())
  world$data <- data
  utils::capture.output(eval(parse(text = case$text), world))
  list(params = as.list(setNames(text(world$params), names(world$params))))
}

# The text is run with a brm() that keeps its arguments instead of sampling.
run_brms <- function(case, data) {
  world <- new.env(parent = globalenv())
  world$data <- data
  world$brm <- function(...) list(...)
  eval(parse(text = case$text), world)
  call <- world$fitted
  values <- unclass(do.call(brms::make_standata, call))
  columns <- setdiff(colnames(values$X), "Intercept")
  means <- colMeans(values$X[, columns, drop = FALSE])
  points <- lapply(case$points, function(point) {
    if (!is.null(point$Intercept)) point$Intercept <- point$Intercept + sum(means * point$b)
    point$b <- array(point$b)
    point
  })
  program <- as.character(do.call(brms::make_stancode, call))
  list(columns = I(columns), log_densities = log_densities(program, values, points))
}

# The lines of the comment fill the data block; rstan 2.21 reads arrays of integers in the older spelling.
run_stan <- function(case, data) {
  lines <- strsplit(case$text, "\n")[[1]]
  after <- lines[-seq_len(which(lines == "// and in R by"))]
  fill <- after[startsWith(after, "//   ")]
  world <- new.env(parent = globalenv())
  world$data <- data
  eval(parse(text = sub("^//   ", "", fill)), world)
  program <- gsub("array\\[(\\w+)\\] int(<[^>]*>)? (\\w+)", "int\\2 \\3[\\1]", case$text)
  points <- lapply(case$points, function(point) {
    vectors <- setdiff(names(point), c("alpha", "sigma"))
    point[vectors] <- lapply(point[vectors], array)
    point
  })
  list(log_densities = log_densities(program, world$stan_data, points))
}
