"""The codes that stand for a missing value; ``data/vocabulary.yaml`` says what each means."""

from __future__ import annotations

import pandas as pd

NOT_REPORTED, NOT_APPLICABLE = "not_reported", "not_applicable"
NOT_EVALUABLE, AMBIGUOUS = "not_evaluable", "ambiguous"
MISSING = (NOT_REPORTED, NOT_APPLICABLE, NOT_EVALUABLE, AMBIGUOUS)


def known(value: object) -> bool:
    """Return whether a cell holds a value: no code, no blank, not NA."""
    return not pd.isna(value) and value not in ("", *MISSING)  # type: ignore[call-overload]  # a cell
