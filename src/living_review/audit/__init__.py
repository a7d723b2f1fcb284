"""The audit: every claim of a paper that can be checked, recomputed from the rows it points at.

``rounding``     how a printed number can come from an exact one
``expression``   references of a claim turned into exact values and written arithmetic
``claim``        a row of ``claims.csv``, resolved
``outcome``      what a computation says; ``counts``, ``lists``, ``pairs``, ``times``, ``pvalues`` and
                 ``statements`` compute the kinds; ``kinds`` names them
``search``       why a number does not reproduce: subsets, denominators, GRIM
``patterns``     what data can lie behind a printed survival or signed-rank p value
``conventions``  the rounding that fits a paper's percentages as a whole
``engine``       claims in, results out
``issues``       findings that are one issue in several places, and how much it matters
``report``       results as csv, json, md

Any paper, from one table (``living-review audit-paper``):

``paper``        rows in, verdicts out; ``paper_kinds`` names the kinds
``printed``      numbers as a paper writes them; ``inputs`` what they should follow from
``reading``      one usual way to get a number, and whether it is the printed one; power
``significance`` p values; ``effects`` intervals; ``grim`` whole numbers; ``totals`` sums and shares
"""

import lazy_loader

from living_review.audit.conventions import Fit, conventions
from living_review.audit.engine import Result, audit, changed, remember, stream, touching
from living_review.audit.issues import Issue, distinct_issues

__all__ = [
    "Fit",
    "Issue",
    "PaperResult",
    "Result",
    "audit",
    "audit_paper",
    "changed",
    "conventions",
    "distinct_issues",
    "remember",
    "stream",
    "touching",
]

# Modules that nothing here imports: loaded when they are first asked for.
__getattr__, _, _ = lazy_loader.attach(
    __name__,
    submodules={"paper", "patterns", "search"},
    submod_attrs={"paper": ["PaperResult", "audit_paper"]},
)
