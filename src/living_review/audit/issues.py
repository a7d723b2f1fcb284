"""Findings that are one issue: a slip printed in three places is listed once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from living_review.audit.engine import Result

MATERIALITY = ("material", "minor", "wording")  # what matters most first


@dataclass(frozen=True)
class Issue:
    """What one or more findings of a study come to.

    Attributes
    ----------
    study, name : str
        The study, and the word in the column ``issue``; the claim's own where none is given.
    findings : tuple of Result
        In the order of the rows; at least one.
    """

    study: str
    name: str
    findings: tuple[Result, ...]

    @property
    def materiality(self) -> str:
        """How much it matters: the most that one of its findings does."""
        words = {f.materiality for f in self.findings}
        return next((m for m in MATERIALITY if m in words), "")

    @property
    def judged(self) -> bool:
        """Whether it rests on reading alone: none of its findings is computed."""
        return all(f.judged for f in self.findings)


def distinct_issues(results: Iterable[Result]) -> list[Issue]:
    """Return the distinct issues among results, what matters most first.

    Parameters
    ----------
    results : iterable of Result
        From :func:`living_review.audit.audit`; what is no finding is left out.

    Returns
    -------
    list of Issue
        By materiality, within it in the order of the results. A finding without an issue is one.
    """
    found: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        if result.is_finding:
            found.setdefault((result.study, result.issue or result.claim), []).append(result)
    every = [Issue(study, name, tuple(one)) for (study, name), one in found.items()]
    order = (*MATERIALITY, "")
    return sorted(every, key=lambda issue: order.index(issue.materiality))
