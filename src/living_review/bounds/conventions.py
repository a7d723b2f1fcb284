"""How software reads a median, a median follow-up and numbers at risk off data: the alternatives.

Papers seldom say which of these was used, and packages differ. A summary is therefore read under each
of them, and what holds under all is the answer.

* *Median where S is exactly one half on a flat step.* ``first``: the time at which the step begins
  (SPSS, Stata, lifelines). ``midpoint``: half way to the next death (R's ``survfit``, SAS). Where no
  death follows, R's ``quantile`` goes half way to the last time and its ``print`` gives the first time;
  the SAS definition has no value. All three are allowed under ``midpoint``.
* *Median follow-up by reverse Kaplan-Meier.* ``deaths``: at one time deaths leave before censorings, as
  in the curve itself. ``flipped``: the indicator is exchanged and the same program run again, so that
  the censorings now come first.
* *Numbers at risk at a time.* ``before``: those not gone just before it (R); ``after``: those still
  there after it.
* *Interval of the median*: see :mod:`living_review.bounds.patterns`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

MEDIAN_RULES = ("first", "midpoint")
FOLLOW_UP_TIES = ("deaths", "flipped")
AT_RISK_RULES = ("before", "after")
CI_METHODS = ("spss", "plain", "log", "log-log")
EITHER = "either"

# What each package does by default; what it lets a user choose is listed too.
SOFTWARE: dict[str, dict[str, tuple[str, ...]]] = {
    "R": {"median_rule": ("midpoint",), "ci_method": ("log", "log-log", "plain")},
    "SAS": {"median_rule": ("midpoint",), "ci_method": ("log-log", "log", "plain")},
    "SPSS": {"median_rule": ("first",), "ci_method": ("spss",)},
    "Stata": {"median_rule": ("first",), "ci_method": ("log-log",)},
    "lifelines": {"median_rule": ("first",), "ci_method": ("log-log",)},
}


@dataclass(frozen=True)
class Convention:
    """One way in which a summary can have been made.

    Attributes
    ----------
    median_rule : {"first", "midpoint"}
    follow_up_ties : {"deaths", "flipped"}
    at_risk_rule : {"before", "after"}
    ci_method : {"spss", "plain", "log", "log-log"} or None
        ``None`` if no interval is used.
    ties : bool
        Whether patients may share a time.
    """

    median_rule: str = "first"
    follow_up_ties: str = "deaths"
    at_risk_rule: str = "before"
    ci_method: str | None = None
    ties: bool = True

    def __str__(self) -> str:
        words = [
            "median at the first time" if self.median_rule == "first" else "median at the midpoint",
            "deaths first in follow-up"
            if self.follow_up_ties == "deaths"
            else "follow-up by the flipped indicator",
        ]
        if self.at_risk_rule == "after":
            words.append("at risk after the time")
        if self.ci_method:
            words.append(f"interval {self.ci_method}")
        return ", ".join(words)


def choices(
    *,
    median_rule: str,
    follow_up_ties: str,
    at_risk_rule: str,
    ci_method: str,
    ties: bool,
    software: str | None,
) -> list[Convention]:
    """Return every convention that the arguments leave open.

    Parameters
    ----------
    median_rule, follow_up_ties, at_risk_rule, ci_method : str
        As in :func:`living_review.bounds.survival`.
    ties : bool
        Whether patients may share a time.
    software : str or None
        The package that the paper names; None for any.

    Returns
    -------
    list of Convention
        Every combination of the choices left open, in a fixed order.

    Raises
    ------
    ValueError
        If a word is unknown, or two arguments contradict each other.
    """

    def open_(name: str, value: str, words: tuple[str, ...]) -> tuple[str, ...]:
        if value == EITHER:
            return words
        if value not in words:
            expected = ", ".join((*words, EITHER))
            raise ValueError(f"unknown {name} {value!r}; expected one of {expected}")
        return (value,)

    rules = open_("median_rule", median_rule, MEDIAN_RULES)
    methods = open_("ci_method", ci_method, CI_METHODS)
    if software is not None:
        if software not in SOFTWARE:
            raise ValueError(f"unknown software {software!r}; expected one of {', '.join(SOFTWARE)}")
        named = SOFTWARE[software]
        rules = tuple(x for x in rules if x in named["median_rule"])
        methods = tuple(x for x in methods if x in named["ci_method"])
        if not rules or not methods:
            raise ValueError(f"{software} offers none of the rules asked for: leave software out")
    return [
        Convention(rule, tie, risk, method, ties)
        for rule, tie, risk, method in product(
            rules,
            open_("follow_up_ties", follow_up_ties, FOLLOW_UP_TIES),
            open_("at_risk_rule", at_risk_rule, AT_RISK_RULES),
            methods,
        )
        # no program gives a midpoint together with the symmetrical interval of SPSS
        if (rule, method) != ("midpoint", "spss") or (len(rules) == 1 and len(methods) == 1)
    ]


def relevant(
    convention: Convention, *, halves: bool, follow_up: bool, at_risk: bool, ci: bool
) -> Convention:
    """Return a convention without the choices on which nothing depends.

    Parameters
    ----------
    convention : Convention
        The full convention.
    halves : bool
        Whether the curve can be flat at one half.
    follow_up : bool
        Whether a median follow-up is given.
    at_risk : bool
        Whether numbers at risk are given.
    ci : bool
        Whether an interval is given.

    Returns
    -------
    Convention
        With the first of the words wherever nothing depends on it.
    """
    plain = Convention()
    return replace(
        convention,
        median_rule=convention.median_rule if halves else plain.median_rule,
        follow_up_ties=convention.follow_up_ties
        if follow_up and convention.ties
        else plain.follow_up_ties,
        at_risk_rule=convention.at_risk_rule if at_risk else plain.at_risk_rule,
        ci_method=convention.ci_method if ci else None,
    )
