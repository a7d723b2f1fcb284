"""What all studies say together: which rows of the evidence enter a comparison, by named rules.

Nothing here knows a study by name: a study added to ``data/`` appears by itself. Nothing is pooled.
Each rule is stated where it is applied: :mod:`.endpoints` (what is one endpoint), :mod:`.counts`
(which count enters a forest), :mod:`.individual_patients` (times and pain scores), :mod:`.drug` (who
took which, doses, target levels, harms and their denominators), :mod:`.coverage` (what is known of
which disease, and what is not), :mod:`.harms` (the gravest first, beside those of later studies),
:mod:`.provenance` (the rows behind all of these). Studies beside the
sources are held against what the sources say in :mod:`.context`, :mod:`.verdicts` and :mod:`.pooling`.
"""

import lazy_loader

from living_review.synthesis.counts import (
    all_proportions,
    also_printed,
    forest_rows,
    mostly_better,
    proportions_of,
    star,
    treated,
)
from living_review.synthesis.coverage import diseases, evidence_map, gaps, map_with_names, off_drug
from living_review.synthesis.drug import (
    doses,
    drugs_taken,
    harms_of,
    informed_on_harm,
    targets,
)
from living_review.synthesis.endpoints import (
    class_word,
    criterion_word,
    got_better,
    got_worse,
    heading,
    result_of,
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
    "all_proportions",
    "also_printed",
    "as_unit",
    "bars",
    "class_word",
    "criterion_word",
    "diseases",
    "doses",
    "drugs_taken",
    "evidence_map",
    "follow_up",
    "forest_rows",
    "gaps",
    "got_better",
    "got_worse",
    "harms_of",
    "heading",
    "informed_on_harm",
    "locator_rank",
    "map_with_names",
    "mostly_better",
    "off_drug",
    "pain",
    "points",
    "proportions_of",
    "result_of",
    "rows_used",
    "star",
    "targets",
    "treated",
]

# Modules that nothing here imports: loaded when they are first asked for.
__getattr__, _, _ = lazy_loader.attach(__name__, submodules={"context", "harms", "pooling", "verdicts"})
