"""Printed p-values: recomputed where the data are printed, searched for where they are not."""

from __future__ import annotations

from living_review.audit.claim import Claim
from living_review.audit.kinds import Outcome


def test(claim: Claim) -> Outcome:
    """A p value of a test."""
    raise NotImplementedError
