"""The search from file://: what a reader would look for, and where it must lead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from looking import Visit, search_index
from playwright.sync_api import Browser


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("temsirolimus", "benson_2014"),  # a drug
        ("mucositis", "nadal_2016"),  # a harm
        ("Valeyrie", "references"),  # an author
        ("47.5", "benson_2014"),  # a number
        ("plexiform neurofibroma", "hua_2014"),  # words that come together
    ],
)
def test_the_search_finds(browser: Browser, site: Path, words: str, page: str) -> None:
    with Visit(browser, f"{(site / 'search.html').as_uri()}?q={words.replace(' ', '+')}") as visit:
        visit.page.wait_for_selector("#lr-results a")  # the index is unpacked first
        links = visit.page.locator("#lr-results a").evaluate_all("(all) => all.map((a) => a.href)")
        assert any(page in link for link in links), links
        assert visit.problems == []


def results(browser: Browser, site: Path, words: str) -> list[dict[str, str]]:
    """Return the results in their order: address and passage."""
    with Visit(browser, f"{(site / 'search.html').as_uri()}?q={words.replace(' ', '+')}") as visit:
        visit.page.wait_for_selector("#lr-results a")
        return visit.page.locator("#lr-results li").evaluate_all(RESULTS)


# Which page is about what: decided by reading the book, before the search was asked.
ABOUT = {
    # a harm: the chapter that holds the counts of all sources and later studies
    "mucositis": "/harms.html",
    "stomatitis": "/harms.html",  # in no page; the same as mucositis
    "pneumonitis": "/harms.html",
    "death": "/harms.html",
    "malignancy": "/harms.html",
    "rash": "/harms.html",
    "side effects": "/harms.html",
    # a fact on using the drugs
    "monitoring": "/practical.html",
    "interactions": "/practical.html",
    "grapefruit": "/practical.html",
    "pregnancy": "/practical.html",
    "vaccine": "/practical.html",
    "vaccination": "/practical.html",
    "prophylaxis": "/practical.html",
    "blood level": "/practical.html",
    "time to effect": "/practical.html",
    "stopping": "/practical.html",
    "after stopping": "/practical.html",
    "relapse": "/practical.html",
    "dose": "/synthesis.html#doses-and-target-levels",
    # a drug: sirolimus is what the sources are about, the others came later
    "sirolimus": "/synthesis.html",
    "everolimus": "/since.html",
    "alpelisib": "/since.html",
    "selumetinib": "/since.html",
    "licensed": "/synthesis.html",
    # a disease: its table of findings
    "plexiform neurofibroma": "/synthesis.html#nf1-plexiform-neurofibroma",
    "venous malformation": "/synthesis.html#venous-malformation",
    "vascular anomalies": "/synthesis.html#vascular-anomalies",
    "tuberous sclerosis": "/synthesis.html#tuberous-sclerosis-skin-tumours",
    "PEComa": "/synthesis.html#pecoma",
    "PECOMA": "/synthesis.html#pecoma",
    "angiofibroma": "/since.html#tuberous-sclerosis-skin-tumours",
    # a result of one source
    "analgesics": "/hua_2014.html#analgesics",
    "survival": "/benson_2014.html#survival",
    "Nadal": "/nadal_2016.html",
    # how sure, and how it was made
    "certainty": "/synthesis.html#how-sure",
    "not known": "/synthesis.html#what-is-not-known",
    "GRADE": "/methods.html#appraisal-and-certainty-grade",  # the method; a grade of harm is not meant
    "bounds": "/bounds.html",
    "audit": "/audit.html",
    "read twice": "/extraction.html",
    "erratum": "/errata.html",
    "screening": "/search_and_screening.html",
    "retracted": "/search_and_screening.html",
    "add a study": "/add_a_study.html",
    "audit your own paper": "/audit_your_own.html",
    "cite": "/cite.html",
    "download": "/data.html",
}
RESULTS = """(all) => all.map((li) => ({
    address: li.querySelector("a").href, passage: li.querySelector("p").textContent }))"""


@pytest.fixture(scope="module")
def first(browser: Browser, site: Path) -> dict[str, dict[str, str]]:
    """What the search puts first for each of the words."""
    found = {}
    with Visit(browser, f"{(site / 'search.html').as_uri()}?q=sirolimus") as visit:
        visit.page.wait_for_selector("#lr-results a")
        for words in ABOUT:
            visit.page.fill("#lr-q", words)
            shown = visit.page.locator("#lr-results li").evaluate_all(RESULTS)
            found[words] = shown[0] if shown else {"address": "nothing", "passage": ""}
        assert visit.problems == []
    return found


@pytest.mark.parametrize(("words", "page"), ABOUT.items(), ids=lambda value: value)
def test_the_page_about_a_thing_is_first(
    first: dict[str, dict[str, str]], words: str, page: str
) -> None:
    assert page in first[words]["address"]


def test_what_is_shown_is_a_sentence_or_names_the_row_of_a_table(
    first: dict[str, dict[str, str]], site: Path
) -> None:
    """No cells in a row: every passage is prose of the page, or says in which table the word is."""
    prose = "\n".join(entry[3] for entry in search_index(site))
    for words, result in first.items():
        text = result["passage"].removeprefix("… ").removesuffix(" …")
        named = text.startswith(("Row “", "In the table “"))
        assert named or (len(text.split()) > 4 and text in prose), (words, text)


def test_cells_of_tables_are_found_although_no_passage_shows_them(browser: Browser, site: Path) -> None:
    (found,) = [
        r for r in results(browser, site, "grapefruit") if "#vascular-anomalies" in r["address"]
    ]
    assert found["passage"].startswith("Row “Interactions” of the table “Vascular anomalies")
    assert "grapefruit" not in found["passage"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("randomised", "randomized"), ("tumour", "tumor"), ("oedema", "edema"), ("anaemia", "anemia")],
)
def test_both_spellings_find_the_same(browser: Browser, site: Path, one: str, other: str) -> None:
    found = [[r["address"] for r in results(browser, site, word)] for word in (one, other)]
    assert found[0] == found[1] != []


def test_every_result_leads_to_a_place_that_exists(site: Path) -> None:
    entries = [entry[0] for entry in search_index(site)]
    assert len(entries) > 40
    for entry in entries:
        place, _, mark = entry.partition("#")
        text = (site / place).read_text(encoding="utf-8")
        assert not mark or f'id="{mark}"' in text, entry


def test_the_index_comes_compressed(site: Path) -> None:
    text = len(json.dumps(search_index(site), ensure_ascii=False).encode())
    assert (site / "search-index.js").stat().st_size < 0.4 * text


def test_a_browser_that_cannot_unpack_is_sent_elsewhere(browser: Browser, site: Path) -> None:
    context = browser.new_context()
    context.add_init_script("delete window.DecompressionStream")
    page = context.new_page()
    page.goto(f"{(site / 'search.html').as_uri()}?q=sirolimus")
    assert page.locator("#lr-found").text_content().startswith("This browser is too old")
    context.close()


def test_a_search_from_the_top_of_any_page_arrives(browser: Browser, site: Path) -> None:
    with Visit(browser, (site / "notebooks" / "hua_2014.html").as_uri()) as visit:
        visit.page.get_by_label("Search the review").fill("sirolimus")
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_url("**/search.html?q=sirolimus")
        visit.page.wait_for_selector("#lr-results a")
        assert visit.page.locator("#lr-results li").count() > 3


def test_nothing_found_is_said(browser: Browser, site: Path) -> None:
    with Visit(browser, f"{(site / 'search.html').as_uri()}?q=zzzz") as visit:
        visit.page.locator("#lr-found:not(:empty)").wait_for(state="attached")
        assert visit.page.locator("#lr-found").text_content().startswith("Nothing holds all of: zzzz")
