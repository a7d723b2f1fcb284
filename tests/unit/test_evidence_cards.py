"""Oracle: the CSV files, read here with the csv module, and the links of the stored chapters."""

import csv
import json
import re

import pytest
from markupsafe import escape

from living_review import evidence
from living_review.report import evidence_cards, lineage

ROOT = evidence.find_root()
LINK = re.compile(r'href="\.\./evidence/(\w+)\.html#([\w.-]+)"')


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {page.name: str(page.body) for page in evidence_cards.pages(evidence.load())}


def rows() -> list[tuple[str, str, dict[str, str]]]:
    found = []
    for path in sorted((ROOT / "data").glob("*_2*/*.csv")):
        if path.stem != "claims":
            with path.open(encoding="utf-8", newline="") as stream:
                found += [(path.parent.name, path.stem, row) for row in csv.DictReader(stream)]
    return found


def card(page: str, name: str) -> str:
    (found,) = re.findall(
        rf'<article class="lr-ev" id="{re.escape(name)}".*?</article>', page, re.DOTALL
    )
    return found


def test_every_row_of_every_study_has_one_card_with_its_place_and_printed_form(
    pages: dict[str, str],
) -> None:
    assert len(rows()) > 1000

    for study, table, row in rows():
        shown = card(pages[study], evidence_cards.anchor(table, row["id"]))
        assert str(escape(row["locator"])) in shown
        if row["printed"] not in {"", "not_applicable"}:
            assert str(escape(row["printed"])) in shown


def test_every_result_of_a_later_study_has_a_card(pages: dict[str, str]) -> None:
    with (ROOT / "data" / "context" / "results.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            assert card(pages["context"], evidence_cards.anchor("results", row["result_id"]))


def test_every_link_from_a_chapter_leads_to_a_card(pages: dict[str, str]) -> None:
    links = set()
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                shown = "".join(output.get("data", {}).get("text/html", []))
                links |= set(LINK.findall(shown))
    assert len(links) > 100
    assert {link for link in links if f'id="{link[1]}"' not in pages[link[0]]} == set()


def test_a_difference_of_the_readings_is_shown_with_how_it_was_settled(pages: dict[str, str]) -> None:
    shown = card(pages["benson_2014"], "adverse_events-t3_oedema_any")
    assert "Two readings differ in patients: ambiguous and 1" in shown
    assert "as the second reading" in shown


def test_a_claim_stands_on_the_cards_of_the_rows_it_names_and_on_no_other(
    pages: dict[str, str],
) -> None:
    assert "row mucositis" in card(pages["benson_2014"], "adverse_events-t3_mucositis_any")
    assert "row mucositis" not in card(pages["benson_2014"], "adverse_events-t3_rash_any")


@pytest.mark.parametrize(
    ("made", "led_to"),
    [
        ({"one_2020", "context", "records"}, ["context", "one_2020", "records"]),
        ({"one_2020", "records"}, ["one_2020", "records"]),  # a review without later studies
    ],
)
def test_a_computed_set_leads_to_no_page_that_is_not_made(made, led_to):
    source = lineage.Source(rows=("one_2020/outcomes/a", "context/results", "review/settled"))
    body = str(evidence_cards.computed_page({source.name: source}, made).body)
    assert sorted(name for name, _ in LINK.findall(body)) == led_to
    assert "results" in body
