"""The kinds of claim of any paper: what each needs, what it may have, and an example that holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from living_review.audit import (
    effects,
    grim,
    intervals,
    ranks,
    shares,
    significance,
    spread,
    tables,
    totals,
)
from living_review.audit.inputs import Inputs
from living_review.audit.reading import Check


@dataclass(frozen=True)
class Kind:
    """One kind of claim.

    Attributes
    ----------
    name : str
        As in the column ``kind``.
    what : str
        What is recomputed, in a few words.
    numbers : tuple of int
        How many numbers may be printed.
    needs, may : str
        Names of inputs: needed, and those that say more.
    printed, inputs : str
        An example that reproduces.
    check : callable
        Makes the check of its inputs.
    """

    name: str
    what: str
    numbers: tuple[int, ...]
    needs: str
    may: str
    printed: str
    inputs: str
    check: Callable[[Inputs], Check]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of an input that it takes."""
        words = f"{self.needs} {self.may}".replace(",", " ").replace("|", " ")
        return tuple(w for w in words.split() if w != "or")


ARMS = "events1, n1, events2, n2"
SUMMARY = "mean1, sd1 | se1, n1, mean2, sd2 | se2, n2"
EVERY = (
    Kind(
        "percentage",
        "a percentage from its count; without a count, whether any count gives it",
        (1,),
        "n",
        "count",
        "36.9%",
        "count = 31; n = 84",
        totals.percentage,
    ),
    Kind(
        "common_denominator",
        "percentages that share a group",
        (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
        "",
        "n, largest",
        "63.6% 94.5%",
        "n = 55",
        totals.common_denominator,
    ),
    Kind(
        "total",
        "a column that adds up",
        (1,),
        "parts",
        "rounded",
        "84",
        "parts = 27 3 4 38 12",
        totals.total,
    ),
    Kind(
        "ratio",
        "one number over another",
        (1,),
        "first, second",
        "exact",
        "1.5",
        "first = 12; second = 8",
        totals.ratio,
    ),
    Kind(
        "difference",
        "one number less another",
        (1,),
        "first, second",
        "exact",
        "2.3",
        "first = 7.4; second = 5.1",
        totals.difference,
    ),
    Kind(
        "percent_change",
        "a change in percent of the earlier value",
        (1,),
        "before, after",
        "exact",
        "-25%",
        "before = 40; after = 30",
        totals.percent_change,
    ),
    Kind(
        "same",
        "one quantity in two places",
        (1, 2, 3, 4),
        "other",
        "",
        "0.49",
        "other = 0.488",
        totals.same,
    ),
    Kind(
        "mean",
        "a mean of whole numbers or of steps (GRIM)",
        (1,),
        "n",
        "items, step, minimum, maximum",
        "5.18",
        "n = 28",
        grim.mean_of_whole_numbers,
    ),
    Kind(
        "sd",
        "a standard deviation beside its mean, whole numbers or steps (exact)",
        (1,),
        "mean, n",
        "items, step, minimum, maximum",
        "1.58",
        "mean = 3.00; n = 5",
        grim.sd_of_whole_numbers,
    ),
    Kind(
        "sd_of_share",
        "the standard deviation of values 0 and 1 (DEBIT)",
        (1,),
        "mean, n",
        "",
        "0.48",
        "mean = 0.35; n = 40",
        grim.sd_of_shares,
    ),
    Kind(
        "standard_error",
        "a standard error from SD and n",
        (1,),
        "sd, n",
        "",
        "0.83",
        "sd = 5.2; n = 39",
        spread.standard_error,
    ),
    Kind(
        "standard_deviation",
        "an SD from a standard error, or from the interval of a mean",
        (1,),
        "n",
        "se | lower, upper, level",
        "5.2",
        "se = 0.83; n = 39",
        spread.standard_deviation,
    ),
    Kind(
        "mean_interval",
        "the interval of a mean from its SD or SE",
        (2,),
        "mean, n",
        "sd | se, level",
        "10.3 to 13.7",
        "mean = 12.0; sd = 5.2; n = 39",
        spread.mean_interval,
    ),
    Kind(
        "share_interval",
        "a percentage with its interval",
        (3,),
        "count, n",
        "level",
        "36.9% (26.6 to 48.1)",
        "count = 31; n = 84",
        shares.share_interval,
    ),
    Kind(
        "p_value",
        "p from t, F, χ², z, r or Q",
        (1,),
        "t | F | chi2 | z | r | rho | Q",
        "df, df1, df2, n, tails, times, alpha",
        "p = .025",
        "t = 2.31; df = 48",
        significance.p_value,
    ),
    Kind(
        "p_from_interval",
        "p from an estimate and its interval",
        (1,),
        "estimate, lower, upper",
        "scale, level, method, alpha",
        "0.011",
        "estimate = 1.52; lower = 1.10; upper = 2.10",
        intervals.p_from_interval,
    ),
    Kind(
        "interval_from_p",
        "an interval from an estimate and p",
        (2,),
        "estimate, p",
        "scale, level, method",
        "1.10 to 2.10",
        "estimate = 1.52; p = 0.0112",
        intervals.interval_from_p,
    ),
    Kind(
        "symmetry",
        "a ratio in the middle of its interval, on the log scale",
        (1,),
        "lower, upper",
        "method",
        "1.52",
        "lower = 1.10; upper = 2.10",
        intervals.symmetry,
    ),
    Kind(
        "table_test",
        "p of a table of counts: χ², Fisher, and the others",
        (1,),
        "table",
        "test, tails, alpha",
        "0.25",
        "table = 12 28 / 8 34; test = chi2",
        tables.table_test,
    ),
    Kind(
        "chi2",
        "χ² of a table of counts",
        (1,),
        "table",
        "test",
        "1.33",
        "table = 12 28 / 8 34",
        tables.chi2_statistic,
    ),
    Kind(
        "mann_whitney",
        "p of the Mann-Whitney test, from values or from U",
        (1,),
        "x, y | U, n1, n2",
        "tails, alpha",
        "0.008",
        "x = 1 2 3 4 5; y = 6 7 8 9 10",
        ranks.mann_whitney,
    ),
    Kind(
        "t_test",
        "t or p from means, SDs and sizes",
        (1,),
        SUMMARY,
        "gives, test, paired, alpha",
        "0.026",
        "mean1 = 12.1; sd1 = 4.0; n1 = 25; mean2 = 9.4; sd2 = 4.3; n2 = 25",
        spread.t_test,
    ),
    Kind(
        "risk_ratio",
        "a risk ratio, with its interval if printed",
        (1, 2, 3),
        ARMS,
        "level",
        "0.55 (0.43 to 0.70)",
        "events1 = 104; n1 = 11037; events2 = 189; n2 = 11034",
        effects.risk_ratio,
    ),
    Kind(
        "odds_ratio",
        "an odds ratio, with its interval if printed",
        (1, 2, 3),
        ARMS,
        "level",
        "0.55 (0.43 to 0.69)",
        "events1 = 104; n1 = 11037; events2 = 189; n2 = 11034",
        effects.odds_ratio,
    ),
    Kind(
        "risk_difference",
        "a difference of risks, with its interval if printed",
        (1, 2, 3),
        ARMS,
        "level",
        "-0.77% (-1.07 to -0.47)",
        "events1 = 104; n1 = 11037; events2 = 189; n2 = 11034",
        effects.risk_difference,
    ),
    Kind(
        "number_needed",
        "a number needed to treat, with its interval if printed",
        (1, 3),
        ARMS,
        "level",
        "130",
        "events1 = 104; n1 = 11037; events2 = 189; n2 = 11034",
        effects.number_needed,
    ),
)
KINDS = {kind.name: kind for kind in EVERY}
