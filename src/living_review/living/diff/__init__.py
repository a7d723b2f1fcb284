"""What differs between two states of the review, found by program.

Compared are studies, rows and cells (:mod:`.tables`), every result (:mod:`.results`), and what the
pages say (:mod:`.sentences`).
"""

from living_review.living.diff.comparison import Comparison, State, compare
from living_review.living.diff.results import Outcome
from living_review.living.diff.sentences import FigureData, Sentence
from living_review.living.diff.tables import Cell, Row
from living_review.living.diff.words import report

__all__ = [
    "Cell",
    "Comparison",
    "FigureData",
    "Outcome",
    "Row",
    "Sentence",
    "State",
    "compare",
    "report",
]
