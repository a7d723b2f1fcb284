"""What is one endpoint: a result, and the criterion by which it was judged.

The *result* is the endpoint class with the direction of what was counted (words in the vocabulary's
``results``): progression is not a lesion response, whatever its row is called. The *criterion* is a
column. Two counts are beside each other only if both are the same: a partial response by RECIST and
any smaller area are two endpoints.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from living_review.evidence import Review
from living_review.evidence.codes import MISSING
from living_review.evidence.topic import TURNED, Topic

# Endpoint classes that a count of patients can answer, and the direction that counts as the event.
FAVOURABLE = {
    "symptom_improvement": "better",
    "any_response": "better",
    "lesion_response": "better",
    "lesion_appearance": "better",
    "stability": "no_change",
    "analgesic_use": "better",
    "function": "better",
}
# ... and those of them that say whether patients or their lesions got better.
GOT_BETTER = ("symptom_improvement", "any_response", "lesion_response", "lesion_appearance")
# Lesions have one scale: what is counted on it decides, not the class that the row was given.
PROGRESSION = "progression"
LESIONS = {"better": "lesion_response", "no_change": "stability", "worse": PROGRESSION}
IN_WORDS = "in_words"


def counted(topic: Topic) -> dict[str, str]:
    """Return every endpoint class that a count can answer, with the direction that is the event."""
    return FAVOURABLE | dict(topic.counted)


def got_better(topic: Topic) -> tuple[str, ...]:
    """Return the results that say that patients or their lesions got better."""
    return (*GOT_BETTER, *(name for name, towards in topic.counted.items() if towards == "better"))


def got_worse(topic: Topic) -> tuple[str, ...]:
    """Return the results of this review whose event is against the patient."""
    return tuple(name for name, towards in topic.counted.items() if towards == "worse")


def result_of(
    endpoint_class: str, direction: str, own: Mapping[str, str] = MappingProxyType({})
) -> str | None:
    """Return what a count shows: a key of the vocabulary's ``results``; None without a direction.

    Parameters
    ----------
    endpoint_class : str
        A word of the vocabulary's ``endpoint_classes``.
    direction : str
        A word of the vocabulary's ``directions``.
    own : mapping of str to str, optional
        Further classes with the direction of their event: ``counted`` of the topic.

    Returns
    -------
    str or None
        A key, or None.

    Examples
    --------
    >>> result_of("lesion_response", "better"), result_of("lesion_response", "worse")
    ('lesion_response', 'progression')
    >>> result_of("function", "worse"), result_of("function", "none")
    ('function_worse', None)
    >>> result_of("death", "worse", {"death": "worse"})
    'death'
    """
    event = (FAVOURABLE | dict(own)).get(endpoint_class)
    if event is None or direction not in LESIONS:
        return None
    if direction == event:
        return endpoint_class
    if (endpoint_class, direction) == ("stability", "better"):  # not growing is what was hoped for
        return endpoint_class
    if endpoint_class in ("lesion_response", "stability"):
        return LESIONS[direction]
    return endpoint_class + TURNED[direction]


def class_word(review: Review, key: str) -> str:
    """Return the words of a result (see :func:`result_of`).

    Parameters
    ----------
    review : Review
        The opened evidence.
    key : str
        A key of the vocabulary's ``results``.

    Returns
    -------
    str
        For readers.
    """
    return review.word("results", key)


def criterion_word(review: Review, key: str) -> str:
    """Return the words of a criterion; a missing code says that none is named.

    Parameters
    ----------
    review : Review
        The opened evidence.
    key : str
        A word of the vocabulary's ``criteria`` or a missing code.

    Returns
    -------
    str
        For readers.
    """
    return "criterion not named" if key in MISSING else review.word("criteria", key)


def heading(review: Review, result: str, criterion: str) -> str:
    """Return the name of one endpoint, result and criterion: ``Lesion stable: RECIST 1.1``.

    Parameters
    ----------
    review : Review
        The opened evidence.
    result : str
        A key of the vocabulary's ``results``.
    criterion : str
        A word of the vocabulary's ``criteria`` or a missing code.

    Returns
    -------
    str
        For readers.
    """
    word = criterion_word(review, criterion)
    if word.split(" ", maxsplit=1)[0][1:].islower():  # an abbreviation keeps its capitals
        word = word[0].lower() + word[1:]
    return f"{class_word(review, result)}: {word}"


def endpoints_in_order(review: Review, found: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return results with their criteria, each pair once, in the order of the vocabulary.

    Parameters
    ----------
    review : Review
        The opened evidence.
    found : iterable of tuple of str
        Pairs of result and criterion, in any order.

    Returns
    -------
    list of tuple of str
        Pairs of result and criterion.
    """
    results, criteria = list(review.vocabulary["results"]), [*review.vocabulary["criteria"], *MISSING]
    return sorted(set(found), key=lambda pair: (results.index(pair[0]), criteria.index(pair[1])))
