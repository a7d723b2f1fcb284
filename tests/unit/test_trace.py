"""Oracle: small pages on which each number was looked at by eye."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from living_review import cli, evidence
from living_review.build import backlinks, leads, trace

PAGE = """<article><h1>A page</h1><h2>The answer</h2>
<p>It was <a class="lr-num" href="../evidence/a_2014.html#x-y">5 of 7</a>, or 71%.</p>
<div class="lr-table" id="counts"><table><caption>Of 9 <a class="lr-rows" href="#all">all</a></caption>
<tr><td>3</td><td><a class="lr-source" href="../evidence/a_2014.html#x-z">Table 1</a></td></tr>
<tr data-rows="a_2014/x/q context/results/r"><td>4</td></tr></table></div>
<div class="lr-table" id="bare"><table><tr><td>6</td></tr></table></div>
<figure id="drawn"><svg><desc>8 of 8</desc><text>11</text></svg></figure>
<p class="lr-time">5 min to read</p><p>NF1 is a name</p><pre>77</pre></article>"""
TIME = leads.Allowed("*", "p.lr-time", re.compile(r"\d+ min"), "reading time")


def test_each_number_is_listed_with_what_it_leads_to() -> None:
    found = [(n.part, n.region, n.text, n.leads_to) for n in trace.numbers(PAGE, "p.html", [TIME])]
    own = ("../evidence/a_2014.html#x-y",)
    row = ("../evidence/a_2014.html#x-z",)
    rows = ("../evidence/a_2014.html#x-q", "../evidence/context.html#results-r")
    part = "The answer"
    assert found == [
        *[(part, "p", "5", own), (part, "p", "7", own), (part, "p", "71%", ())],
        (part, "caption:counts", "9", ("#all",)),
        *[(part, "cell:counts", "3", row), (part, "cell:counts", "1", row)],
        (part, "cell:counts", "4", rows),
        (part, "cell:bare", "6", ()),
        *[(part, "alt:drawn", "8", ()), (part, "alt:drawn", "8", ())],
        (part, "p.lr-time", "5", ()),
    ]


def test_a_number_that_is_no_result_says_why_and_is_not_missing() -> None:
    found = list(trace.numbers(PAGE, "p.html", [TIME]))
    assert [n.allowed for n in found if n.text == "5"] == ["", "reading time"]
    assert [n.text for n in trace.without(found)] == ["71%", "6", "8", "8"]


def test_what_is_allowed_in_one_region_is_not_allowed_in_another() -> None:
    six = leads.Allowed("p.html", "cell:bare", re.compile("[68]"), "a name")
    found = list(trace.numbers(PAGE, "p.html", [TIME, six]))
    assert [n.text for n in trace.without(found)] == ["71%", "8", "8"]
    assert "6" in [n.text for n in trace.without(list(trace.numbers(PAGE, "q.html", [six])))]


def test_the_list_is_the_same_as_text_csv_and_json() -> None:
    found = list(trace.numbers(PAGE, "p.html", [TIME]))
    rows = list(csv.DictReader(io.StringIO(trace.report(found, "csv"))))
    assert [row["number"] for row in rows] == [n.text for n in found]
    assert [n["text"] for n in json.loads(trace.report(found, "json"))] == [n.text for n in found]
    text = trace.report(found)
    assert "p.html: 6 of 10 lead to evidence" in text
    assert "71% | It was 5 of 7, or 71%." in text


@pytest.mark.parametrize(("more", "code"), [("", 0), ("<p>and 12 more</p>", 1)])
def test_the_command_fails_if_a_result_has_no_evidence(
    tmp_path: Path, more: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "search.html").write_text("<article></article>")
    (tmp_path / "page.html").write_text(f"<article><h1>Page</h1>{more}</article>")
    assert cli.main(["trace", str(tmp_path)]) == code
    assert ("12 | and 12 more" in capsys.readouterr().out) == bool(code)


def test_a_folder_without_a_book_is_a_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["trace", str(tmp_path)]) == 2
    assert "holds no built book" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("row", "said"), [("*,*,[,why", "row 2, pattern"), ("*,*,x, ", "row 2, reason: empty")]
)
def test_a_malformed_line_of_the_list_is_named(tmp_path: Path, row: str, said: str) -> None:
    path = tmp_path / leads.ALLOWED
    path.parent.mkdir(parents=True)
    path.write_text(f"page,region,pattern,reason\n{row}\n")
    with pytest.raises(evidence.EvidenceError, match=re.escape(said)):
        leads.read_allowed(tmp_path)


SET = 'data-set="set-1" data-from="a_2014/x" data-by="report.f"'


def test_a_number_with_its_share_and_limits_is_one_link_to_its_set() -> None:
    page = f"<div {SET}><p>In 12 of 60 (20%, 95% CI 11% to 32%) of Hua 2014, and 3.</p></div><p>4</p>"
    name = leads.Allowed("*", "*", re.compile("Hua 2014"), "a name")
    shown = leads.add(page, "notebooks/p.html", [name])
    links = re.findall(r'<a class="lr-num" href="([^"]+)" data-meaning="([^"]+)">(.*?)</a>', shown)
    there = ("../evidence/computed.html#set-1", "Computed by report.f.")
    assert links == [(*there, "12 of 60 (20%, 95% CI 11% to 32%)"), (*there, "3")]
    assert "data-set" not in shown


def test_a_table_and_a_figure_get_one_link_and_headings_links_and_code_none() -> None:
    page = (
        f"<div {SET}><h2>7</h2><p><a href='x'>8</a> <code>9</code></p><table><caption>C</caption>"
        "<tr><td>1</td></tr></table><figure><figcaption>2</figcaption></figure></div>"
    )
    shown = leads.add(page, "book/p.html")
    assert shown.count("<a class=") == 2
    assert shown.count('<a class="lr-rows" href="../evidence/computed.html#set-1">') == 2


def test_the_number_of_an_escaped_sign_is_no_number() -> None:
    shown = leads.add(f"<p {SET}>the publisher&#39;s 5</p>", "book/p.html")
    assert "publisher&#39;s <a" in shown
    assert shown.count("<a ") == 1


def test_a_page_without_marks_is_the_same_bytes() -> None:
    assert leads.add(PAGE, "p.html") is PAGE


CARD = '<article class="lr-ev" id="{}"><dl></dl></article>'
CARDS = f"{CARD.format('x-y')}\n{CARD.format('x-w')}"


def test_a_card_lists_the_sentence_that_shows_it_and_another_says_that_none_does() -> None:
    found = backlinks.by_card(backlinks.of_page(PAGE, "notebooks/p.html"))
    assert set(found) == {
        *(f"evidence/a_2014.html#x-{row}" for row in "yzq"),
        *("evidence/context.html#results-r", "notebooks#all"),
    }
    shown = backlinks.add(CARDS, "evidence/a_2014.html", found)
    first, second = shown.split("\n")
    assert '<a href="../notebooks/p.html">A page</a>: “It was 5 of 7, or 71%.”' in first
    assert "no page shows it by itself" in second


def test_a_card_says_how_many_lines_it_has_also_when_it_is_made_again() -> None:
    value = (
        "<dt>A long label</dt><dd>w</dd></div><div><dt>x</dt>"
        "<dd>{}<br>y<details><summary>z</summary>{}</details></dd></div></dl>"
    ).format
    card = CARD.format("x-y").replace("</dl>", f"<div>{value('x' * 100, 'w' * 900)}")
    once = backlinks.add(card, "evidence/a_2014.html", {})
    assert '<article class="lr-ev" id="x-y" style="--wide:6;--narrow:8">' in once
    assert backlinks.add(once, "evidence/a_2014.html", {}).count("style=") == 1
