"""The audit: every claim of a paper that can be checked, recomputed from the rows it points at.

``rounding``    how a printed number can come from an exact one
``expression``  references of a claim turned into exact values and written arithmetic
``kinds``       percentage, sum, median, … : what each kind computes
``statements``  a small language for statements that can be computed
``search``      why a number does not reproduce: subsets, denominators, GRIM, signed-rank tests
``engine``      claims in, results out
``report``      results as csv, json, md
"""

from living_review.audit.engine import Result, audit, changed, touching

__all__ = ["Result", "audit", "changed", "touching"]
