"""What all studies say together: which rows of the evidence enter a comparison, by named rules.

Nothing here knows a study by name: a study added to ``data/`` appears by itself. Nothing is pooled.
Each rule is stated where it is applied: :mod:`.counts` (which count enters a forest), :mod:`.people`
(times and pain scores of single patients), :mod:`.drug` (doses, target levels, harms and their
denominators), :mod:`.coverage` (what is known of which disease, and what is not), :mod:`.used` (the
rows behind all of these). Studies beside the sources are held against what the sources say in
:mod:`.context`, :mod:`.verdicts` and :mod:`.pooling`.
"""

import lazy_loader

from living_review.synthesis.counts import (
    GOT_BETTER,
    all_proportions,
    also_printed,
    class_word,
    counts_in_words,
    forest_rows,
    proportions_of,
    treated,
    what_if,
)
from living_review.synthesis.coverage import diseases, evidence_map, gaps, map_with_names
from living_review.synthesis.drug import (
    doses,
    harm_matrix,
    harms_of,
    informed_on_harm,
    shared_harms,
    targets,
)
from living_review.synthesis.individual_patients import (
    as_unit,
    bars,
    follow_up,
    locator_rank,
    pain,
    points,
)
from living_review.synthesis.provenance import rows_used

__all__ = [
    "GOT_BETTER",
    "all_proportions",
    "also_printed",
    "as_unit",
    "bars",
    "class_word",
    "counts_in_words",
    "diseases",
    "doses",
    "evidence_map",
    "follow_up",
    "forest_rows",
    "gaps",
    "harm_matrix",
    "harms_of",
    "informed_on_harm",
    "locator_rank",
    "map_with_names",
    "pain",
    "points",
    "proportions_of",
    "rows_used",
    "shared_harms",
    "targets",
    "treated",
    "what_if",
]

# Modules that nothing here imports: loaded when they are first asked for.
__getattr__, _, _ = lazy_loader.attach(__name__, submodules={"context", "pooling", "verdicts"})
