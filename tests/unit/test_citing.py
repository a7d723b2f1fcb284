"""Oracle: texts and rows named here; a link is read with a plain pattern."""

import re

import pandas as pd
import pytest

from living_review import evidence, plots
from living_review.build import trace
from living_review.report import chapter, citing, display

LINK = re.compile(r'<a class="lr-num" href="([^"]+)" data-meaning="([^"]+)">(.*?)</a>')


@pytest.fixture(scope="module")
def page() -> chapter.Chapter:
    return chapter.start("benson_2014")


def test_a_cited_number_is_a_link_with_the_printed_form_and_the_place(
    page: chapter.Chapter,
) -> None:
    row = page.study.row("outcomes/res_partial_response")
    shown = display.text(f"It was {page.share('res_partial_response')}.").content
    (found,) = LINK.findall(shown)
    assert found[0] == "../evidence/benson_2014.html#outcomes-res_partial_response"
    assert row["printed"] in found[1]
    assert row["locator"] in found[1]
    assert found[2].startswith("5 of 7 (71%")


def test_a_cited_proportion_still_computes(page: chapter.Chapter) -> None:
    share = page.share("res_partial_response")
    assert (share.events, share.n) == (5, 7)
    assert share.lower < share.estimate < share.upper


def test_rows_of_a_table_are_cited_by_what_they_are(page: chapter.Chapter) -> None:
    rows = page.study.table("events").query("patient == 'p2'")
    (found,) = LINK.findall(display.text(page.cite(len(rows), rows)).content)
    assert found[0].endswith(f"#events-{rows['id'].iloc[0]}")


@pytest.mark.parametrize("rows", [(), (pd.DataFrame({"id": ["x"]}),)])
def test_a_number_without_rows_or_with_rows_of_nowhere_is_refused(
    page: chapter.Chapter, rows: tuple
) -> None:
    with pytest.raises(ValueError, match="name"):
        page.cite(3, *rows)


def test_a_row_that_does_not_exist_is_refused(page: chapter.Chapter) -> None:
    with pytest.raises(evidence.EvidenceError, match="names 0 rows"):
        page.cite(3, "events/none_such")


@pytest.mark.filterwarnings("ignore:Glyph")
def test_a_cited_number_that_is_drawn_is_refused_and_in_alt_text_it_is_plain(
    page: chapter.Chapter,
) -> None:
    cited = page.value("statistics/res_median_survival.value", "g")
    words = f"the median survival of all these patients was {cited} years"
    fig, ax = plots.theme.figure(2)
    ax.set_xlabel(cited)
    with pytest.raises(ValueError, match="was drawn"):
        display.figure(fig, "drawn", alt=words, caption=words)
    fig, _ = plots.theme.figure(2)
    shown = display.figure(fig, "plain", alt=words, caption=words).content
    assert f'<desc id="plain-desc">{citing.plain(words)}</desc>' in shown
    assert LINK.search(shown.partition("<figcaption>")[2])


def test_what_is_around_a_cited_number_is_escaped_once(page: chapter.Chapter) -> None:
    cited = page.value("statistics/res_median_survival.value", "g")
    assert citing.linked_markup(f"p < 0.05 & {cited}").startswith("p &lt; 0.05 &amp; <a ")


PAGE = """<article><h2>The answer</h2><p>It was <a class="lr-num" href="x">5 of 7</a>, or 71%.</p>
<table><tr><td>3</td><td><a class="lr-source" href="y">Table 1</a></td></tr><tr><td>4</td></tr></table>
<h2>Rest</h2><p class="lr-time">5 min</p><p>NF1 is a name</p></article>"""


def test_the_trace_lists_the_numbers_with_and_without_evidence() -> None:
    found = [(n.part, n.text, n.cited) for n in trace.numbers(PAGE, "page.html")]
    assert found[:3] == [
        ("The answer", "5", True),
        ("The answer", "7", True),
        ("The answer", "71%", False),
    ]
    assert sorted(found[3:]) == [
        ("Rest", "5", False),  # how long it takes to read, which the list of what is no result names
        ("The answer", "1", True),
        ("The answer", "3", True),
        ("The answer", "4", False),
    ]
