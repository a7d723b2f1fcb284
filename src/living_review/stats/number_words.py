"""Small whole numbers as words, for prose and for what papers print."""

from __future__ import annotations

_NAMES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    *("nineteen", "twenty"),
)
WORDS = {name: number for number, name in enumerate(_NAMES)}
TENS = {
    name: 10 * ten
    for ten, name in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), start=2
    )
}


def in_words(number: int) -> str:
    """Return a whole number as prose writes it: in words up to twenty, in digits beyond.

    Examples
    --------
    >>> in_words(6), in_words(1200)
    ('six', '1,200')
    """
    return _NAMES[number] if 0 <= number < len(_NAMES) else f"{number:,}"


def share_in_words(part: int, whole: int) -> str:
    """Return how many of a known whole, to follow *in*: *all five*, *none of the six*.

    Parameters
    ----------
    part : int
        How many.
    whole : int
        Of how many.

    Returns
    -------
    str
        Words.

    Examples
    --------
    >>> share_in_words(5, 5), share_in_words(4, 6), share_in_words(0, 6), share_in_words(1, 1)
    ('all five', 'four of the six', 'none of the six', 'the only one')
    >>> share_in_words(0, 1)
    'none'
    """
    if whole == 0 or (part, whole) == (0, 1):
        return "none"
    if part == whole:
        return "the only one" if whole == 1 else f"all {in_words(whole)}"
    return f"{in_words(part) if part else 'none'} of the {in_words(whole)}"
