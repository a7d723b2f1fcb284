# Make tests/reference/audit_paper.json: what R computes for the kinds of `living-review audit-paper`.
# Run from the project's top:  Rscript tests/reference/make_audit_paper.R
# Needs: base R (Debian: r-base-core); JSON is written by hand, numbers with 12 digits.
set.seed(20261128)
rows <- list()
add <- function(kind, inputs, value, call) {
  rows[[length(rows) + 1]] <<- list(kind = kind, inputs = inputs, value = value, call = call)
}
pairs <- function(...) { x <- list(...); paste(names(x), vapply(x, function(v) paste(format(v, digits = 15, trim = TRUE), collapse = " "), ""), sep = " = ", collapse = "; ") }

for (i in 1:12) {
  t <- round(rnorm(1, 0, 2.5), 2); df <- sample(3:400, 1)
  add("p_value", pairs(t = t, df = df), 2 * pt(-abs(t), df), "2 * pt(-abs(t), df)")
  f <- round(rf(1, 3, 40) * 2, 2); d1 <- sample(1:6, 1); d2 <- sample(5:300, 1)
  add("p_value", pairs(F = f, df1 = d1, df2 = d2), pf(f, d1, d2, lower.tail = FALSE), "pf(F, df1, df2, lower.tail = FALSE)")
  x <- round(rchisq(1, 3) * 1.5, 2); k <- sample(1:12, 1)
  add("p_value", pairs(chi2 = x, df = k), pchisq(x, k, lower.tail = FALSE), "pchisq(x, df, lower.tail = FALSE)")
  add("p_value", pairs(Q = x, df = k), pchisq(x, k, lower.tail = FALSE), "pchisq(Q, df, lower.tail = FALSE)")
  z <- round(rnorm(1, 0, 2), 2)
  add("p_value", pairs(z = z), 2 * pnorm(-abs(z)), "2 * pnorm(-abs(z))")
  r <- round(runif(1, -0.9, 0.9), 2); n <- sample(5:200, 1)
  add("p_value", pairs(r = r, n = n), 2 * pt(-abs(r * sqrt((n - 2) / (1 - r^2))), n - 2), "t of cor.test from r and n")
}

for (i in 1:14) {
  n <- sample(8:120, 2, replace = TRUE)
  e <- pmin(n - 1, pmax(1, rbinom(2, n, runif(2, 0.1, 0.8))))
  m <- rbind(c(e[1], n[1] - e[1]), c(e[2], n[2] - e[2]))
  table <- paste(paste(m[1, ], collapse = " "), paste(m[2, ], collapse = " "), sep = " / ")
  plain <- suppressWarnings(chisq.test(m, correct = FALSE)); yates <- suppressWarnings(chisq.test(m))
  add("table_test", paste0("table = ", table, "; test = chi2"), plain$p.value, "chisq.test(m, correct = FALSE)")
  add("table_test", paste0("table = ", table, "; test = yates"), yates$p.value, "chisq.test(m)")
  add("table_test", paste0("table = ", table, "; test = fisher"), fisher.test(m)$p.value, "fisher.test(m)")
  add("chi2", paste0("table = ", table, "; test = chi2"), unname(plain$statistic), "chisq.test(m, correct = FALSE)$statistic")
  add("chi2", paste0("table = ", table, "; test = yates"), unname(yates$statistic), "chisq.test(m)$statistic")
  arms <- pairs(events1 = e[1], n1 = n[1], events2 = e[2], n2 = n[2])
  ft <- fisher.test(m)
  add("odds_ratio", arms, c(unname(ft$estimate), ft$conf.int), "fisher.test(m)")
  g <- suppressWarnings(glm(cbind(e, n - e) ~ c(1, 0), family = binomial))
  s <- summary(g)$coefficients[2, ]
  add("odds_ratio", arms, exp(s[1] + c(0, -1, 1) * qnorm(0.975) * s[2]), "glm(binomial), Wald")
  w <- exp(s[1] + c(0, -1, 1) * qnorm(0.975) * s[2])
  limits <- paste0(pairs(estimate = w[1], lower = w[2], upper = w[3]), "; method = wald")
  add("p_from_interval", limits, s[4], "glm(binomial), Wald p from exp(confint.default)")
  add("interval_from_p", paste0(pairs(estimate = w[1], p = s[4]), "; method = wald"), w[2:3], "glm(binomial), Wald limits")
  add("symmetry", paste0(pairs(lower = w[2], upper = w[3]), "; method = wald"), w[1], "glm(binomial), Wald")
  p <- e / n
  se <- sqrt(sum(p * (1 - p) / n))
  add("risk_difference", arms, p[1] - p[2] + c(0, -1, 1) * qnorm(0.975) * se, "Wald")
  pt <- suppressWarnings(prop.test(e, n))
  add("risk_difference", arms, c(p[1] - p[2], pt$conf.int), "prop.test(e, n) (continuity correction)")
  rr <- log(p[1] / p[2]); ser <- sqrt(sum(1 / e - 1 / n))
  add("risk_ratio", arms, exp(rr + c(0, -1, 1) * qnorm(0.975) * ser), "log method")
  add("share_interval", pairs(count = e[1], n = n[1]), 100 * c(p[1], binom.test(e[1], n[1])$conf.int), "binom.test")
  add("share_interval", pairs(count = e[1], n = n[1]), 100 * c(p[1], prop.test(e[1], n[1], correct = FALSE)$conf.int), "prop.test(correct = FALSE)")
  add("share_interval", pairs(count = e[1], n = n[1]), 100 * c(p[1], suppressWarnings(prop.test(e[1], n[1]))$conf.int), "prop.test")
}

for (i in 1:10) {
  m <- matrix(rpois(6, 15) + 1, 2); table <- paste(apply(m, 1, paste, collapse = " "), collapse = " / ")
  add("table_test", paste0("table = ", table, "; test = chi2"), suppressWarnings(chisq.test(m))$p.value, "chisq.test(m)")
  add("table_test", paste0("table = ", table, "; test = trend"), suppressWarnings(prop.trend.test(m[1, ], colSums(m)))$p.value, "prop.trend.test")
}

for (i in 1:12) {
  n1 <- sample(4:30, 1); n2 <- sample(4:30, 1)
  if (i %% 2) { x <- round(rnorm(n1, 0, 3), 3); y <- round(rnorm(n2, 1.5, 3), 3) } else { x <- sample(0:6, n1, TRUE); y <- sample(1:8, n2, TRUE) }
  both <- pairs(x = x, y = y)
  add("mann_whitney", both, suppressWarnings(wilcox.test(x, y))$p.value, "wilcox.test(x, y)")
  add("mann_whitney", both, suppressWarnings(wilcox.test(x, y, exact = FALSE, correct = FALSE))$p.value, "wilcox.test(exact = FALSE, correct = FALSE)")
  if (i %% 2 && !anyDuplicated(c(x, y))) {
    w <- wilcox.test(x, y)
    add("mann_whitney", pairs(U = unname(w$statistic), n1 = n1, n2 = n2), w$p.value, "wilcox.test(x, y), from W")
  }
  a <- c(mean(x), sd(x), mean(y), sd(y))
  summary <- pairs(mean1 = a[1], sd1 = a[2], n1 = n1, mean2 = a[3], sd2 = a[4], n2 = n2)
  for (equal in c(TRUE, FALSE)) {
    t <- t.test(x, y, var.equal = equal); name <- if (equal) "student" else "welch"
    add("t_test", paste0(summary, "; test = ", name), t$p.value, "t.test(x, y)$p.value")
    add("t_test", paste0(summary, "; test = ", name, "; gives = t"), abs(unname(t$statistic)), "t.test(x, y)$statistic")
  }
  one <- t.test(x)
  add("mean_interval", pairs(mean = a[1], sd = a[2], n = n1), as.numeric(one$conf.int), "t.test(x)$conf.int")
  add("standard_error", pairs(sd = a[2], n = n1), unname(one$stderr), "t.test(x)$stderr")
  add("standard_deviation", pairs(lower = one$conf.int[1], upper = one$conf.int[2], n = n1), a[2], "sd(x), from t.test(x)$conf.int")
}

number <- function(x) formatC(x, digits = 12, format = "g")
line <- function(r) sprintf('{"kind": "%s", "inputs": "%s", "value": [%s], "call": "%s"}', r$kind, r$inputs, paste(number(r$value), collapse = ", "), r$call)
text <- sprintf('{"source": {"R": "%s"}, "rows": [\n%s\n]}', R.version.string, paste(vapply(rows, line, ""), collapse = ",\n"))
writeLines(text, "tests/reference/audit_paper.json")
