"""Lists of the vocabulary that name words of its other lists: what decides is coded, and is there.

Which later results answer a statement, which harm is graver, which disease is a kind of another: each
is a list whose words come from another list. A word that is in none decides nothing, and nobody would
notice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from living_review.validation.issues import Issue, Table

FILE = "data/vocabulary.yaml"
CLASSES = ("endpoint_classes", "further_endpoint_classes")
DISEASES = ("indications", "context_diseases")
# For each list the lists that its keys are in, and those that its values are in.
NAMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "answering_classes": (CLASSES, CLASSES),
    "partial_criteria": (("criteria",), ()),
    "poolable_classes": (CLASSES, ()),
    "harms_by_severity": (("harm_severity",), ("harm_terms",)),
    "wider_disease": (DISEASES, DISEASES),
}
NOT_ANSWERED = "recommendation"  # a statement on the use of a drug is held against licences


def check_words(vocabulary: Mapping[str, Any]) -> Iterator[Issue]:
    """Yield words of a list that are in none of the lists they are taken from.

    Parameters
    ----------
    vocabulary : mapping of str to object
        The lists of ``data/vocabulary.yaml``; a list that is not there names nothing.

    Yields
    ------
    Issue
        One for each word.
    """
    for name, (of_keys, of_values) in NAMES.items():
        for key, inside in vocabulary.get(name, {}).items():
            yield from _unknown(vocabulary, name, key, of_keys)
            if of_values:
                for word in [inside] if isinstance(inside, str) else inside:
                    yield from _unknown(vocabulary, f"{name}.{key}", word, of_values)
    for harm, ranks in vocabulary.get("graver_by_criterion", {}).items():
        yield from _unknown(vocabulary, "graver_by_criterion", harm, ("harm_terms",))
        for criterion, rank in ranks.items():
            place = f"graver_by_criterion.{harm}"
            yield from _unknown(vocabulary, place, criterion, ("criteria",))
            yield from _unknown(vocabulary, place, rank, ("harm_severity",))


def _unknown(
    vocabulary: Mapping[str, Any], place: str, word: str, lists: tuple[str, ...]
) -> Iterator[Issue]:
    there = [known for name in lists for known in vocabulary.get(name, {})]
    if word not in there:
        todo = "Correct it, take it out, or add it to that list."
        yield Issue(FILE, None, place, repr(word), f"a word of {' or '.join(lists)}", todo)


def check_answered(judged: Table | None, vocabulary: Mapping[str, Any]) -> Iterator[Issue]:
    """Yield statements of a class of which no list says what answers it.

    Parameters
    ----------
    judged : Table or None
        ``data/review/statements_judged.csv``; None if it cannot be read.
    vocabulary : mapping of str to object
        The lists of ``data/vocabulary.yaml``.

    Yields
    ------
    Issue
        One for each statement.
    """
    answers = vocabulary.get("answering_classes", {})
    for number, row in judged.cells() if judged else ():
        name = row.get("endpoint_class", "")
        if name not in (*answers, NOT_ANSWERED):
            expected = (
                f"a class that answering_classes of {FILE} says something of: {', '.join(answers)}"
            )
            todo = f"Add {name} there, with the endpoint classes of later studies that answer it."
            yield Issue(
                judged.file if judged else "", number, "endpoint_class", repr(name), expected, todo
            )
