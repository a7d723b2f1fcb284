# Make tests/reference/survival.json and binomial.json: values from R that the Python code must meet.
# Run from the project's top:  Rscript tests/reference/make_reference.R
# Needs: R with the packages survival and jsonlite (Debian: r-base-core r-cran-survival r-cran-jsonlite).
library(survival)
library(jsonlite)

versions <- list(R = R.version.string, survival = as.character(packageVersion("survival")))
na <- function(x) ifelse(is.na(x) | is.infinite(x), NA, x)

# Every number of events of every denominator that the review meets, and 60 and 84 in steps.
cells <- do.call(rbind, c(
  lapply(c(1:25), function(n) expand.grid(events = 0:n, n = n)),
  lapply(c(60, 84), function(n) expand.grid(events = seq(0, n, by = 4), n = n))))
limits <- t(mapply(function(x, n) binom.test(x, n)$conf.int, cells$events, cells$n))
binomial <- data.frame(events = cells$events, n = cells$n, lower = limits[, 1], upper = limits[, 2])
write_json(list(source = c(versions, call = "binom.test(events, n)$conf.int"), rows = binomial),
           "tests/reference/binomial.json", digits = 12, auto_unbox = TRUE)

# The times on treatment of Benson 2014 as the data have them: what the book draws is what R computes.
benson <- read.csv("data/benson_2014/events.csv")
benson <- benson[benson$endpoint == "time_on_treatment" & startsWith(benson$locator, "Table II"), ]
sets <- list(
  ten = list(time = as.numeric(benson$time), event = as.numeric(benson$event)),
  # Freireich and others 1963, 6-mercaptopurine arm (21 patients; also in Kalbfleisch and Prentice).
  freireich_6mp = list(time = c(6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35),
                       event = c(1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0)),
  freireich_placebo = list(time = c(1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23),
                           event = rep(1, 21)),
  all_censored = list(time = c(3, 5, 8), event = c(0, 0, 0)),
  half_exactly = list(time = c(1, 2, 3, 4), event = c(1, 1, 1, 1)))
curves <- lapply(sets, function(s) {
  fit <- survfit(Surv(s$time, s$event) ~ 1, conf.type = "log-log")
  q <- quantile(fit, 0.5)
  reverse <- quantile(survfit(Surv(s$time, 1 - s$event) ~ 1, conf.type = "log-log"), 0.5)
  list(times = s$time, events = s$event, time = fit$time, n_risk = fit$n.risk, n_event = fit$n.event,
       n_censor = fit$n.censor, survival = fit$surv, lower = na(fit$lower), upper = na(fit$upper),
       median = na(unname(q$quantile)), median_lower = na(unname(q$lower)), median_upper = na(unname(q$upper)),
       follow_up = na(unname(reverse$quantile)))
})
write_json(list(source = c(versions, call = "survfit(Surv(time, event) ~ 1, conf.type = 'log-log')"), sets = curves),
           "tests/reference/survival.json", digits = 12, auto_unbox = TRUE, na = "null")
