# Make tests/reference/bounds.json: values from R that the bounds must meet.
# Run from the project's top:  Rscript tests/reference/make_bounds.R
# Needs: R with the packages survival and jsonlite (Debian: r-base-core r-cran-survival r-cran-jsonlite).
library(survival)
library(jsonlite)

# Places of the median and its limits among n uncensored values 1, 2, ..., n (NA: not reached).
places <- do.call(rbind, lapply(c(7, 15, 21, 25, 31), function(n) {
  do.call(rbind, lapply(c("log", "log-log", "plain"), function(m) {
    q <- quantile(survfit(Surv(1:n, rep(1, n)) ~ 1, conf.type = m), 0.5)
    data.frame(n = n, method = m, lower = q$lower, median = q$quantile, upper = q$upper)
  }))
}))

# Log-rank tests of two uncensored groups: without and with equal times.
sets <- list(
  no_ties = list(time = 1:12, first = c(1, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0)),
  ties = list(time = c(1, 1, 2, 2, 2, 3, 4, 4, 5, 6, 7, 7), first = c(1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0)))
logrank <- lapply(sets, function(s) {
  fit <- survdiff(Surv(s$time, rep(1, length(s$time))) ~ I(1 - s$first))
  c(s, list(difference = fit$obs[1] - fit$exp[1], variance = fit$var[1, 1], chisq = fit$chisq))
})

# Wilcoxon signed-rank tests of differences from no change.
differences <- list(
  c(1, 2, 3), c(1.5, 0.5, 1.5, 1.5, 2), 1:7, c(-1.5, 1, 2, 1.5, 1.5, 1.5, 0.5, 2, 1),
  c(1, 2, -3, 4, 5, 6, 7, 8), c(-1, -2, 3.5, 4, 5, 6, 7, 8, 9.25, 10))
signed <- lapply(differences, function(d) list(
  differences = d,
  normal = suppressWarnings(wilcox.test(d, exact = FALSE, correct = FALSE)$p.value),
  continuity = suppressWarnings(wilcox.test(d, exact = FALSE, correct = TRUE)$p.value),
  exact = if (anyDuplicated(abs(d))) NA else wilcox.test(d, exact = TRUE)$p.value))

# Medians, their limits and follow-up with the indicator exchanged, of small sets with ties and S = 0.5.
small <- list(
  list(time = c(1, 2, 3, 4), event = c(1, 1, 1, 1)),
  list(time = c(1, 2, 3, 5), event = c(1, 1, 0, 1)),
  list(time = c(1, 2, 3, 4), event = c(1, 1, 0, 0)),
  list(time = c(2, 3, 3, 7, 8, 9), event = c(1, 0, 1, 0, 1, 1)),
  list(time = c(1, 1, 2, 2, 3, 3, 4, 4), event = c(1, 0, 1, 1, 0, 1, 0, 1)),
  list(time = c(5, 5, 5, 6, 6, 8, 8), event = c(1, 1, 0, 0, 1, 1, 0)),
  list(time = c(1, 3, 4, 4, 6, 7, 9, 9, 10), event = c(1, 1, 0, 1, 1, 0, 1, 0, 1)))
medians <- lapply(small, function(d) {
  q <- lapply(c("log", "log-log", "plain"), function(m)
    quantile(survfit(Surv(d$time, d$event) ~ 1, conf.type = m), 0.5))
  names(q) <- c("log", "log-log", "plain")
  back <- quantile(survfit(Surv(d$time, 1 - d$event) ~ 1), 0.5)
  c(d, list(median = q$log$quantile, follow_up = back$quantile,
            lower = lapply(q, function(x) x$lower), upper = lapply(q, function(x) x$upper)))
})

write_json(
  list(source = list(R = R.version.string, survival = as.character(packageVersion("survival")),
                     call = "survfit and quantile; survdiff; wilcox.test"),
       places = places, logrank = logrank, signed = signed, medians = medians),
  "tests/reference/bounds.json", digits = 12, auto_unbox = TRUE)
