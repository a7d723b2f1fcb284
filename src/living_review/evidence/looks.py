"""The look of a study in figures: a colour and a marker, assigned once and never computed.

A look is a word of the list ``looks`` in ``data/vocabulary.yaml`` and is in ``study.yaml``, so that
a study keeps it whatever studies come or go.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from living_review.evidence.model import EvidenceError


def next_free(looks: Iterable[str], taken: Container[str]) -> str:
    """Return the look that a new study gets: the first one that no study has.

    Parameters
    ----------
    looks : iterable of str
        The list of the vocabulary, in its order.
    taken : container of str
        Those of the studies there are (``review.looks.values()``).

    Returns
    -------
    str
        A word of the vocabulary's ``looks``.

    Raises
    ------
    EvidenceError
        If every look is taken.
    """
    for look in looks:
        if look not in taken:
            return look
    raise EvidenceError(
        "every look is taken: add a pair of a colour and a marker to looks in data/vocabulary.yaml"
    )
