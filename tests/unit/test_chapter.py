"""Oracle: the headings and calls of the chapters as they are stored, and tables written here."""

import html
import json
import re
from pathlib import Path

import pandas as pd
import pytest

from living_review import evidence
from living_review.report import chapter, prose, sections

ROOT = evidence.find_root()
STUDIES = evidence.load().study_ids
LONGEST = 104  # characters of a line
MOST_CODE = 120  # lines of code that a chapter has on average


def cells(study: str, kind: str) -> list[str]:
    path = Path(ROOT, "notebooks", f"{study}.ipynb")
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == kind]


def parts(texts: list[str]) -> list[str]:
    lines = [line for text in texts for line in text.splitlines()]
    return [line.removeprefix("## ") for line in lines if line.startswith("## ")]


@pytest.mark.parametrize("study", STUDIES)
def test_a_chapter_has_all_parts_in_the_order_that_is_stated_once(study: str) -> None:
    assert parts(cells(study, "markdown")) == list(chapter.ORDER)


def test_another_order_would_be_seen() -> None:
    texts = [f"## {part}\n\n### Below it" for part in chapter.ORDER]
    assert parts(texts) == list(chapter.ORDER)
    assert parts([texts[1], texts[0], *texts[2:]]) != list(chapter.ORDER)
    assert parts(texts[1:]) != list(chapter.ORDER)


@pytest.mark.parametrize("study", STUDIES)
def test_no_line_of_a_chapter_is_longer_than_a_screen(study: str) -> None:
    lines = [line for source in cells(study, "code") for line in source.splitlines()]
    assert [line for line in lines if len(line) > LONGEST] == []


@pytest.mark.parametrize("study", STUDIES)
def test_a_chapter_calls_what_all_chapters_show(study: str) -> None:
    calls = ("audit_summary", "audit_conflicts", "audit_rest", "appraisal", "certainty", "downloads")
    sources = cells(study, "code")
    assert [c for c in calls if not any(s.startswith(f"page.{c}(") for s in sources)] == []


def code_lines(sources: list[str]) -> int:
    return sum(bool(line.strip()) for source in sources for line in source.splitlines())


def test_the_chapters_are_thin() -> None:
    """Most of a chapter is calls and prose: what needs more code belongs into a module."""
    lines = {study: code_lines(cells(study, "code")) for study in STUDIES}
    assert sum(lines.values()) <= MOST_CODE * len(STUDIES), lines
    assert code_lines(["a = 1\n\nb = 2", "page.quoted()"]) == 3


def parts_of(study: str) -> set[str]:
    path = ROOT / prose.FOLDER / f"{study}.md"
    return {name.partition("/")[0] for name in prose.parts(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("study", STUDIES)
def test_each_part_of_the_prose_is_shown_by_a_cell(study: str) -> None:
    shown = {"answer", "glance", "methods", "times", "outcomes", "appraisal", "certainty"}
    for source in cells(study, "code"):
        shown |= set(re.findall(r'page\.(?:table|figure|text|harms|questions)\("([\w-]+)"', source))
    assert parts_of(study) - shown == set()


def test_a_table_has_the_name_of_its_study_and_the_usual_heads_but_those_it_changes() -> None:
    page = chapter.start(STUDIES[0])
    frame = pd.DataFrame({"who": ["Patient 1"], "n": [3]})
    shown = page.table("sizes", frame, "who n", caption="Sizes", heads={"n": "Number"}).content
    assert f'id="{STUDIES[0].split("_")[0]}-sizes' in shown
    assert "Patient</th>" in shown
    assert "Number</th>" in shown


def test_rows_about_nobody_in_particular_say_who_is_meant() -> None:
    page = chapter.start("carolino_2025")
    assert page.who(pd.Series(["not_applicable", "p1"]), "both")[0] == "both"
    assert page.who(pd.Series(["p1"])) == [page.patient("p1")]


def answer_of(study: str) -> list[tuple[str, str]]:
    path = Path(ROOT, "notebooks", f"{study}.ipynb")
    cell = next(c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["id"] == "answer")
    shown = "".join(cell["outputs"][0]["data"]["text/html"])
    lines = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", shown, re.DOTALL)
    return [(name, html.unescape(re.sub(r"<[^>]+>", "", text))) for name, text in lines]


@pytest.mark.parametrize("study", STUDIES)
def test_a_chapter_opens_with_its_five_lines_none_of_them_longer_than_can_be_taken_in(
    study: str,
) -> None:
    lines = answer_of(study)
    assert [name for name, _ in lines] == list(chapter.LINES)
    assert {name: len(text.split()) for name, text in lines if not 0 < len(text.split()) <= 75} == {}


@pytest.mark.parametrize("study", STUDIES)
def test_what_was_found_what_harmed_and_what_it_means_are_one_sentence_each(study: str) -> None:
    ends = re.compile(r"(?<!\d)\.(?:\s|$)|[?!](?:\s|$)")
    lines = {
        name: text
        for name, text in answer_of(study)
        if name not in {"What later studies say", "How sure"}
    }
    assert {name: text for name, text in lines.items() if len(ends.findall(text)) != 1} == {}


def test_the_certainty_of_a_rated_study_names_its_level_and_why_and_of_an_unrated_one_the_reason() -> (
    None
):
    review = evidence.load()
    steps = pd.DataFrame(
        {
            "study_id": "s",
            "outcome": ["harm"] * 3 + ["pain_score"] * 2,
            "domain": ["start", "imprecision", "risk_of_bias", "start", "imprecision"],
            "change": [2, -1, 0, 2, -1],
            "reason": "A reason.",
        }
    )
    said = sections.how_sure("s", Given(review, steps))
    assert said == (
        "Very low certainty: without a comparison group the rating starts low, and it goes down for "
        "imprecision."
    )
    unrated = steps.head(1).assign(domain="not_rated", change="not_applicable")
    assert sections.how_sure("s", Given(review, unrated)) == "Not rated: a reason."


class Given:
    """A review whose rating is given here."""

    def __init__(self, review: evidence.Review, steps: pd.DataFrame) -> None:
        self.vocabulary, self.word = review.vocabulary, review.word
        self._steps = steps

    def records(self, _: str) -> pd.DataFrame:
        return self._steps
