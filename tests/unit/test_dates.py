"""Oracles: the calendar counted by hand, and Python's own difference of days."""

from datetime import date

import pytest

from living_review.stats import dates


def test_two_months_without_days_count_as_printed_and_leave_a_month_each_way():
    found = dates.months_between("2010-04", "2013-05")
    assert found.value == 37
    # 30 April to 1 May three years on; 1 April to 31 May.
    assert found.lower == pytest.approx((date(2013, 5, 1) - date(2010, 4, 30)).days / 30.4375)
    assert found.upper == pytest.approx((date(2013, 5, 31) - date(2010, 4, 1)).days / 30.4375)
    assert not found.is_exact


def test_whole_dates_leave_nothing_open():
    found = dates.months_between("2010-04-12", "2011-04-12")
    assert found.is_exact
    assert found.value == pytest.approx(365 / 30.4375)


def test_a_year_alone_is_as_wide_as_a_year():
    found = dates.months_between("2009", "2010-04")
    assert found.value == 12
    assert found.lower < 4
    assert 12 < found.upper < 17


def test_what_comes_before_the_start_is_negative():
    found = dates.months_between("2010-04", "2009-07")
    assert found.value == -9
    assert found.lower < found.value < found.upper


def test_the_same_month_may_be_either_side_of_the_start():
    found = dates.months_between("2010-04", "2010-04")
    assert found.value == 0
    assert found.lower == -found.upper


@pytest.mark.parametrize(
    ("time", "unit", "expected"),
    [("2.5", "year", 30), ("36", "month", 36), (4, "week", 28 / 30.4375), ("2013-05", "date", 37)],
)
def test_durations_and_dates_meet_on_one_axis(time, unit, expected):
    assert dates.months_since("2010-04", time, unit).value == pytest.approx(expected)


@pytest.mark.parametrize("text", ["04/2010", "2010-13", "2010-4", "not_reported", "2013-02-30"])
def test_what_is_not_a_date_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        dates.date_bounds(text)


def test_an_unknown_unit_is_refused():
    with pytest.raises(ValueError, match="fortnight"):
        dates.months_since("2010-04", 2, "fortnight")


def test_the_written_form_says_what_is_open():
    text = "37 months (36 to 38, as the days are not printed)"
    assert dates.format_months(dates.months_between("2010-04", "2013-05")) == text
    assert dates.format_months(dates.months_since("2010-04", 36, "month")) == "36 months"
    before = "9 months before (8 to 10, as the days are not printed)"
    assert dates.format_months(dates.months_between("2010-04", "2009-07")) == before
    same = "0 months (1 before to 1 after, as the days are not printed)"
    assert dates.format_months(dates.months_between("2010-04", "2010-04")) == same


def test_a_year_alone_gives_its_limits_and_no_month():
    # 31 December 2009 to 1 April 2010, and 1 January 2009 to 30 April 2010.
    assert dates.format_months(dates.months_between("2010-04", "2009")) == (
        "3 to 16 months before (only a year is printed)"
    )
    assert dates.format_months(dates.months_between("2010-04", "2010")) == (
        "4 before to 9 after, in months (only a year is printed)"
    )
