"""Looks of studies: each one of the vocabulary, and of one study alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from living_review.evidence import EvidenceError, looks
from living_review.validation.issues import Issue


def check_looks(metas: Mapping[str, Mapping[str, Any]], words: Mapping[str, str]) -> Iterator[Issue]:
    """Find studies whose look another study has too, or that nobody can draw.

    Parameters
    ----------
    metas : mapping
        What each study's ``study.yaml`` holds, by its id.
    words : mapping of str to str
        The list ``looks`` of the vocabulary.

    Yields
    ------
    Issue
        One for each thing that is wrong.
    """
    holders: dict[str, list[str]] = {}
    for study, meta in metas.items():
        if "look" in meta:  # that it is there, its schema asks for
            holders.setdefault(str(meta["look"]), []).append(study)
    try:
        free = f"one that no other study has, such as {looks.next_free(words, holders)!r}"
    except EvidenceError as full:
        free = f"one that no other study has; {full}"
    for look, studies in holders.items():
        for study in studies:
            others = [f"data/{other}" for other in studies if other != study]
            if others or look not in words:
                yield Issue(
                    f"data/{study}/study.yaml",
                    None,
                    "look",
                    f"{look!r}{', also of ' if others else ''}{', '.join(others)}",
                    f"a word of looks in data/vocabulary.yaml, {free}",
                    "Change it in the study that came last: the others keep theirs."
                    if others
                    else "Correct it.",
                )
