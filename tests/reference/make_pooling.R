# Make tests/reference/pooling.json: pooled proportions and contrasts that the Python code must meet.
# Run from the project's top:  Rscript tests/reference/make_pooling.R
# Needs: R with metafor, survival and jsonlite (Debian: r-base-core r-cran-metafor r-cran-survival r-cran-jsonlite).
suppressMessages(library(metafor)); library(jsonlite)
versions <- list(R = R.version.string, survival = as.character(packageVersion("survival")),
                 metafor = as.character(packageVersion("metafor")))
set.seed(20261128)
series <- c(
  list(three = list(xi = c(9, 22, 16), ni = c(12, 25, 16)),
       alike = list(xi = c(10, 20, 15), ni = c(20, 40, 30)),
       zeros = list(xi = c(0, 1, 0, 3), ni = c(10, 20, 15, 25)),
       wide = list(xi = c(1, 18, 9, 2, 14), ni = c(20, 20, 18, 25, 15))),
  setNames(lapply(1:14, function(i) {
    k <- sample(3:8, 1); ni <- sample(8:60, k, replace = TRUE)
    list(xi = rbinom(k, ni, plogis(rnorm(k, runif(1, -1.5, 1.5), runif(1, 0.2, 1.2)))), ni = ni)
  }), paste0("random", 1:14)))
pooled <- lapply(series, function(s) {
  # The default of 7 quadrature points is visibly off at small n: many are taken.
  fit <- tryCatch(rma.glmm(measure = "PLO", xi = s$xi, ni = s$ni, nAGQ = 100), error = function(e) NULL)
  if (is.null(fit)) return(c(s, list(fails = TRUE)))
  list(xi = s$xi, ni = s$ni, fails = FALSE, mu = as.numeric(fit$beta), tau2 = fit$tau2,
       ll = as.numeric(logLik(fit)))
})
contrasts <- list(c(56, 70, 48, 80), c(9, 10, 3, 10), c(6, 7, 2, 7), c(5, 56, 0, 29), c(0, 10, 0, 20),
                  c(10, 10, 0, 10), c(18, 30, 0, 32), c(33, 79, 0, 39), c(35, 37, 24, 36))
limits <- lapply(contrasts, function(v) {
  a <- suppressWarnings(prop.test(v[1], v[2], correct = FALSE)$conf.int)
  b <- suppressWarnings(prop.test(v[3], v[4], correct = FALSE)$conf.int)
  p <- v[1] / v[2]; q <- v[3] / v[4]
  list(counts = v, lower = p - q - sqrt((p - a[1])^2 + (b[2] - q)^2), upper = p - q + sqrt((a[2] - p)^2 + (q - b[1])^2))
})
write_json(list(source = c(versions, call = "rma.glmm(measure = 'PLO', nAGQ = 100); prop.test(correct = FALSE)"),
                pooled = pooled, contrasts = limits), "tests/reference/pooling.json", digits = 12, auto_unbox = TRUE)
