"""Reading level: words, sentences and syllables counted by hand, and two published values."""

from __future__ import annotations

import pytest

from living_review.stats import readability

# Each counted by hand: words, sentences, syllables.
COUNTED = {
    "The cat sat on the mat.": (6, 1, 6),
    # This sen-tence ta-ken as a rea-ding pas-sage un-to it-self is be-ing used to prove a point
    "This sentence, taken as a reading passage unto itself, is being used to prove a point.": (
        16,
        1,
        23,
    ),
    # No-bo-dy knows why. Two of the sev-en got bet-ter!
    "Nobody knows why. Two of the seven got better!": (9, 2, 13),
    # The true share lies be-tween (twen-ty-nine per cent) and (nine-ty-six per cent)
    "The true share lies between 29% and 96%.": (8, 1, 17),
    # Treat-ment las-ted (one thou-sand three hun-dred six-ty-six) days ((three point sev-en) years)
    "Treatment lasted 1366 days (3.7 years).": (6, 1, 19),
    # A full stop inside a number or before a small letter ends nothing; a paragraph does.
    "It took 3.7 years, i.e. long. mTOR grows\n\nThe end": (10, 3, 15),
    # Dashes are no words; a word with a hyphen is one.
    "The follow-up – short – was over": (5, 1, 8),
}
SYLLABLES = {
    1: "hope hopes hoped called don't they're eyes",
    2: "table tables settled litre metres classes treated didn't people something every beyond mTOR",
    3: "serious dieting PEComa everything MRI tuberous follow-ups element improvement",
    4: "sirolimus society variable millilitre ability",
    5: "everolimus temsirolimus evaluable",
    6: "systematically",
}
NUMBERS = {
    2: "0 7 20",
    3: "11 100",
    5: "95%",
    6: "117",
    9: "1,234",
    10: "<0.001",  # less than zero point zero zero one
}


@pytest.mark.parametrize(("text", "counts"), COUNTED.items())
def test_counts_against_counting_by_hand(text: str, counts: tuple[int, int, int]) -> None:
    assert tuple(readability.measure(text, {"mtor": 2})) == counts


@pytest.mark.parametrize(("count", "words"), [*SYLLABLES.items(), *NUMBERS.items()])
def test_syllables_against_reading_aloud(count: int, words: str) -> None:
    known = {"mtor": 2}  # as data/review.yaml has words of its topic
    assert {word: readability.syllables(word, known) for word in words.split()} == dict.fromkeys(
        words.split(), count
    )


def test_the_formulas_against_two_sentences_whose_values_are_widely_printed() -> None:
    """The cat and the mat: ease 116, grade -1.45; the sentence about itself: ease 69."""
    cat, itself = (readability.measure(text) for text in list(COUNTED)[:2])
    assert cat.ease == pytest.approx(116.145)
    assert cat.grade == pytest.approx(-1.45)
    assert itself.ease == pytest.approx(68.98, abs=0.01)


def test_a_text_without_numbers_against_textstat() -> None:
    """Values of textstat 0.7.8, which looks syllables up in a dictionary of pronunciation."""
    level = readability.measure(
        "Some people with this disease were given a drug. Their pain became less, and some could work "
        "again. Nobody was given something else to compare with. So we do not know whether they would "
        "have got better anyway."
    )
    assert level == (38, 4, 52)
    assert level.ease == pytest.approx(81.42407894736841)
    assert level.grade == pytest.approx(4.262368421052631)


def test_an_interval_makes_a_text_harder() -> None:
    without = readability.measure("The true share is not known.")
    assert readability.measure("The true share is 29% to 96%.").ease < without.ease - 20


@pytest.mark.parametrize(
    ("level", "said"),
    [
        ((100, 10, 120), "Flesch 95 (very easy), about the 2nd school year"),
        ((100, 5, 150), "Flesch 60 (plain), about the 10th school year"),
        ((100, 5, 151), "Flesch 59 (fairly hard), about the 10th school year"),
        ((16, 1, 66), "Flesch -158 (very hard), beyond the 12th school year"),
        ((6, 1, 6), "Flesch 116 (very easy), about the 1st school year"),
    ],
)
def test_a_level_is_said_in_words(level: tuple[int, int, int], said: str) -> None:
    assert str(readability.Level(*level)) == said


@pytest.mark.parametrize("text", ["", " – \n\n … "])
def test_a_text_without_a_word_has_no_level(text: str) -> None:
    with pytest.raises(ValueError, match="without a word"):
        readability.measure(text)
