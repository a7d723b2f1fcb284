"""How hard a text is to read: Flesch's reading ease and the school grade of Kincaid and others.

``ease  = 206.835 - 1.015 * words / sentences - 84.6 * syllables / words``
    Flesch R. A new readability yardstick. Journal of Applied Psychology 1948; 32: 221-233. From 100
    (very easy) down to 0 (very hard) and below; from 60 on it is plain English.
``grade = 0.39 * words / sentences + 11.8 * syllables / words - 15.59``
    Kincaid JP, Fishburne RP, Rogers RL, Chissom BS. Derivation of new readability formulas for Navy
    enlisted personnel. Research Branch Report 8-75, 1975. The school year, in the United States,
    whose pupils can read the text.

**A word** is what is between spaces and holds a letter or a figure; hyphens do not part it.
**A sentence** ends with a full stop, question or exclamation mark before a capital or a figure, or
with its paragraph.

**Syllables** of a word come from its letters. Each group of vowels is one; ``y`` is a vowel but at
the start and between vowels. An ``e`` is silent at the end, before a last ``s`` or ``d`` and before a
second word (``some-thing``), unless it is pronounced there (``tab-les``, ``class-es``, ``treat-ed``).
Vowels that are together and are spoken apart count twice (``di-et``, ``pre-vi-ous``). Short words in
capitals are spelt (``MRI`` has three). What the rule gets wrong, as far as these texts need it, is in
:data:`SPOKEN`.

**A number** is one word with the syllables of its reading aloud: ``29%`` is *twenty-nine per cent*, so
five. An interval, ``29% to 96%``, is three words of eleven syllables. Flesch later gave any figure one
syllable (How to write plain English, 1979): a text with numbers is rated harder here, never easier.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

PLAIN = 60
BANDS = {90: "very easy", 80: "easy", 70: "fairly easy", PLAIN: "plain", 50: "fairly hard", 30: "hard"}
SPOKEN = {
    word: count
    for count, words in {
        2: "cement create every platelet safety science therefore",
        3: "anyone area creative element everyone fatigue idea kg linear mg ng scientist",
        4: "cm ml mm",  # as *centimetre*
    }.items()
    for word in words.split()
}
END = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]*[a-z]?[A-Z0-9])")
PART = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|[%<>=≥≤]|[^\W\d_]+(?:['’][^\W\d_]+)*")
SECOND = "body|book|ful|hand|less|like|line|ly|ment|ness|one|thing|times?|what|where"
# After "table" and "litre" the last e is pronounced; the three ends are those of hope, hopes and hoped.
SILENT = re.compile(
    rf"(?<=[^aeiouy])(?<![^aeiouylr][lr])e(?=$|(?<![cgsxz]e)(?<![cs]he)s$|(?<![td]e)d$|(?:{SECOND})s?$)"
)
# Vowels that are together in two syllables: vari-ous, tri-al, di-et, earli-er, be-ing, ...
APART = re.compile(
    r"(?<!ll)(?<![ctsgx])i(?:[au]|o(?!n))|(?<=[ct])ia(?=te)|(?<!fr)(?<![ctsg])ie(?=[nt])|ie(?=r$|st$|ty)"
    r"|[aeou](?=ing$)|ua(?=[blt])|ue(?=[lnt])|u(?=ous|ity)|(?<!p)eo(?=[^u])"
)
ONES = (2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 3, 1, 2, 2, 2, 2, 3, 2, 2)  # zero to nineteen
TENS = (0, 0, 2, 2, 2, 2, 2, 3, 2, 2)  # twenty to ninety


class Level(NamedTuple):
    """What was counted in a text."""

    words: int
    sentences: int
    syllables: int

    @property
    def ease(self) -> float:
        """Flesch's reading ease."""
        return 206.835 - 1.015 * self.words / self.sentences - 84.6 * self.syllables / self.words

    @property
    def grade(self) -> float:
        """The school grade of Kincaid and others."""
        return 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59

    def __str__(self) -> str:
        band = next((word for least, word in BANDS.items() if round(self.ease) >= least), "very hard")
        year = max(1, round(self.grade))
        end = {1: "st", 2: "nd", 3: "rd"}.get(year, "th")
        school = f"about the {year}{end} school year" if year <= 12 else "beyond the 12th school year"
        return f"Flesch {self.ease:.0f} ({band}), {school}"


def measure(text: str, spoken: Mapping[str, int] | None = None) -> Level:
    """Return the words, sentences and syllables of a text whose paragraphs have blank lines between.

    Parameters
    ----------
    text : str
        The text.
    spoken : mapping of str to int, optional
        Words of its topic that :data:`SPOKEN` lacks, in lower case, with their syllables.

    Returns
    -------
    Level
        What was counted.

    Raises
    ------
    ValueError
        If there is no word in it.
    """
    paragraphs = [p for p in re.split(r"\n\s*\n", text) if PART.search(p)]
    words = [word for word in text.split() if re.search(r"\w", word)]
    if not words:
        raise ValueError("a text without a word has no reading level")
    sentences = sum(1 + len(END.findall(p.strip())) for p in paragraphs)
    return Level(len(words), sentences, sum(syllables(word, spoken) for word in words))


def syllables(word: str, spoken: Mapping[str, int] | None = None) -> int:
    """Return how many syllables a word or a number has when it is read aloud.

    Parameters
    ----------
    word : str
        The word or number.
    spoken : mapping of str to int, optional
        As :func:`measure` takes it.

    Returns
    -------
    int
        Its syllables.
    """
    return sum(_syllables_of_part(part, SPOKEN | dict(spoken or {})) for part in PART.findall(word))


def _syllables_of_part(part: str, spoken: Mapping[str, int]) -> int:
    if part[0].isdecimal():
        whole, point, decimals = part.replace(",", "").partition(".")
        return _of_number(int(whole)) + (1 + sum(ONES[int(d)] for d in decimals) if point else 0)
    if not part[0].isalpha():
        return 2  # per cent, equals, less than, more than, at least, at most
    return _syllables_of_word(part, spoken)


def _of_number(n: int) -> int:
    """Return the syllables of a whole number: *one thousand three hundred sixty-six* has nine."""
    for step, name in ((1_000_000, 2), (1_000, 2), (100, 2)):
        if n >= step:
            return _of_number(n // step) + name + (_of_number(n % step) if n % step else 0)
    return ONES[n] if n < 20 else TENS[n // 10] + (ONES[n % 10] if n % 10 else 0)


def _syllables_of_word(word: str, spoken: Mapping[str, int]) -> int:
    if word.isupper() and 1 < len(word) < 5:
        return len(word) + 2 * word.count("W")
    word = re.sub(r"(?<=[^aeiou])n['’]t$", "nent", word.lower())  # did-n't
    word = re.sub(r"['’]", "", word)
    if known := spoken.get(word) or spoken.get(word.removesuffix("s")):
        return known
    word = re.sub(r"(?<=[aeou])y(?=[aeiou])", "-", word.replace("qu", "q").replace("every", "evry"))
    bare = SILENT.sub("", word)
    return max(1, len(re.findall(r"(?!^y)[aeiouy]+", bare)) + len(APART.findall(bare)))
