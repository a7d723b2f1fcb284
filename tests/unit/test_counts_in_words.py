"""A count that a paper gives by a word: what is taken, and what is refused."""

import pytest

from living_review.validation import printed

ROW = {"group": "all", "events": "14", "n": "14", "in_words": "yes", "printed": "in all cases"}


def issues(**cells):
    row = ROW | cells
    found = [
        *printed.check_words("x.csv", 2, row),
        *printed.check_numbers("x.csv", 2, row, "outcomes"),
    ]
    return [(f.column, f.expected) for f in found]


@pytest.mark.parametrize(
    ("words", "events"),
    [
        ("efficient in all cases", "14"),
        ("100% efficacy", "14"),
        ("every patient improved", "14"),
        ("each of them", "14"),
        ("All but one treated patient; 14 women", "13"),
        ("all but 2", "12"),
    ],
)
def test_the_words_and_the_size_of_the_group_give_the_count(words, events):
    assert issues(printed=words, events=events) == []


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"printed": "most patients"}, "in_words"),
        ({"printed": "all but a few"}, "in_words"),
        ({"n": "not_reported"}, "in_words"),
        ({"events": "13"}, "events"),
        ({"printed": "all but one", "events": "14"}, "events"),
        ({"events": "not_reported"}, "events"),
    ],
)
def test_what_the_words_do_not_give_is_refused(change, column):
    assert [c for c, _ in issues(**change)] == [column]


def test_a_count_that_is_no_number_in_the_print_must_be_marked():
    assert [c for c, _ in issues(in_words="no")] == ["events"]
    assert issues(in_words="no", printed="both", events="2", n="2") == []
