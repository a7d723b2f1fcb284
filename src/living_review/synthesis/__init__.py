"""What all studies say together: which rows of the evidence enter a comparison, by named rules.

Nothing here knows a study by name: a study added to ``data/`` appears by itself. Nothing is pooled.
Each rule is stated where it is applied: :mod:`.counts` (which count enters a forest), :mod:`.people`
(times and pain scores of single patients), :mod:`.drug` (doses, target levels, harms and their
denominators), :mod:`.coverage` (what is known of which disease, and what is not), :mod:`.used` (the
rows behind all of these).
"""

from living_review.synthesis.counts import (
    all_proportions,
    also_printed,
    class_word,
    forest_rows,
    proportions_of,
    treated,
    what_if,
)
from living_review.synthesis.coverage import evidence_map, gaps
from living_review.synthesis.drug import doses, harm_matrix, harms_of, informed_on_harm, targets
from living_review.synthesis.people import as_unit, follow_up, pain, place_rank
from living_review.synthesis.used import used

__all__ = [
    "all_proportions",
    "also_printed",
    "as_unit",
    "class_word",
    "doses",
    "evidence_map",
    "follow_up",
    "forest_rows",
    "gaps",
    "harm_matrix",
    "harms_of",
    "informed_on_harm",
    "pain",
    "place_rank",
    "proportions_of",
    "targets",
    "treated",
    "used",
    "what_if",
]
