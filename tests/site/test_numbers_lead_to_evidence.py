"""On the built site: every result number leads to its evidence, and what it leads to says the same."""

from __future__ import annotations

import base64
import csv
import html
import importlib
import io
import json
import random
import re
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from living_review import evidence
from living_review.build import leads, trace
from living_review.living import page as search_facts
from living_review.living.diff import page as what_changed
from living_review.report import substitutions
from living_review.stats.proportions import clopper_pearson, format_percent

SAMPLE, SEED = 60, 20261128
CARD = re.compile(r'<article class="lr-ev" id="([^"]+)".*?</article>', re.DOTALL)
COMPUTED = "computed.html"


@pytest.fixture(scope="module")
def found(site: Path) -> list[trace.Number]:
    return trace.trace(site)


def test_every_result_number_of_every_page_leads_to_evidence(found: list[trace.Number]) -> None:
    assert len({n.page for n in found}) > 20
    assert sum(n.cited for n in found) > 15_000
    assert [(n.page, n.region, n.text, n.words) for n in trace.without(found)] == []


def test_every_line_of_the_list_of_what_is_no_result_is_needed(
    site: Path, found: list[trace.Number]
) -> None:
    used = {n.allowed for n in found}
    assert {one.reason for one in leads.read_allowed(site)} - used == set()


@pytest.mark.parametrize(
    "planted",
    ["<p>A cure in 17 of 18.</p>", '<div class="lr-table" id="t"><table><tr><td>17</td></table></div>'],
)
def test_a_number_that_is_typed_into_a_page_is_found(site: Path, planted: str) -> None:
    place = "notebooks/harms.html"
    page = (site / place).read_text(encoding="utf-8").replace("</h1>", f"</h1>{planted}", 1)
    seen = list(trace.numbers(page, place, leads.read_allowed(site)))
    assert [n.text for n in trace.without(seen)][:1] == ["17"]


def test_every_link_to_a_card_leads_to_one(site: Path, found: list[trace.Number]) -> None:
    links = {target(n.page, address) for n in found for address in n.leads_to}
    assert len(links) > 1000
    assert {link for link in links if link[1] not in places(site / link[0])} == set()


def target(page: str, address: str) -> tuple[str, str]:
    path, _, name = address.partition("#")
    return f"evidence/{Path(path).name}", name


@cache
def places(path: Path) -> frozenset[str]:
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return frozenset(re.findall(r'id="([^"]+)"', text))


@cache
def cards(path: Path) -> dict[str, str]:
    text = path.read_text(encoding="utf-8")
    return {
        card[1]: " ".join(html.unescape(re.sub(r"<[^>]+>", " ", card[0])).split())
        for card in CARD.finditer(text)
    }


def sample(found: list[trace.Number]) -> list[trace.Number]:
    """Draw from each page in turn, so that no page of many numbers drowns the others."""
    draw = random.Random(SEED)
    pages: dict[str, list[trace.Number]] = {}
    for number in (n for n in found if n.cited and not n.allowed):
        pages.setdefault(number.page, []).append(number)
    chosen: list[trace.Number] = []
    while len(chosen) < SAMPLE:
        chosen += [draw.choice(numbers) for numbers in pages.values()]
    return chosen[:SAMPLE]


def test_sixty_numbers_open_cards_that_say_the_same(site: Path, found: list[trace.Number]) -> None:
    review = evidence.load()
    wrong = [
        f"{n.page} {n.region}: {n.text} | {n.words} -> {n.leads_to}"
        for n in sample(found)
        if not opens_the_right_card(site, review, n)
    ]
    assert wrong == []


def opens_the_right_card(site: Path, review: evidence.Review, number: trace.Number) -> bool:
    reached = [target(number.page, address) for address in number.leads_to]
    if any(page.endswith(COMPUTED) for page, _ in reached):
        return all(is_computed(site, review, number, name) for _, name in reached)
    said = [cards(site / page).get(name, "") for page, name in reached]
    return all(said) and plain(number.text) in recomputed(said)


def plain(text: str) -> str:
    return text.replace(",", "").rstrip(".%")


def recomputed(said: list[str]) -> set[str]:
    """Return what the numbers on cards give: themselves, how many, shares with limits, differences."""
    digits = [plain(m[0]) for text in said for m in leads.NUMBER.finditer(text)]
    given = set(digits) | {str(len(said)), "95"}
    whole = sorted({int(d) for d in digits if d.isdigit() and int(d) < 2000})
    for events, n in product(whole, whole):
        if 0 <= events <= n > 0:
            share = clopper_pearson(events, n)
            for value in (share.estimate, share.lower, share.upper):
                given |= {format_percent(value).rstrip("%"), f"{100 * value:.1f}", f"{value:.2f}"}
        given |= {str(events + n), str(abs(events - n))}
    return given


def is_computed(site: Path, review: evidence.Review, number: trace.Number, name: str) -> bool:
    """Whether the card of a set names functions and rows there are, and gives the number once more."""
    (section,) = [
        card[0]
        for card in CARD.finditer((site / "evidence" / COMPUTED).read_text(encoding="utf-8"))
        if card[1] == name
    ]
    rows = re.findall(r'href="\.\./evidence/(\w+\.html)#([^"]+)"', section)
    by = re.findall(r"<code>([^<]+)</code>", section)
    assert all(anchor in places(site / "evidence" / page) for page, anchor in rows)
    facts = {
        **substitutions.compute(review, by),
        **search_facts.compute(review, by),
        **{name: str(make(review)) for name, make in what_changed.FACTS.items() if name in by},
    }
    said = " ".join(facts.values()) if facts else outputs(name)
    functions = [function for function in by if function not in facts]
    return bool(rows) and all(map(exists, functions)) and number.text in words(said)


def words(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", text))


def exists(function: str) -> bool:
    """Whether a name on a card is a function or a method of the package."""
    parts = function.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(f"living_review.{'.'.join(parts[:length])}")
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part, None)
        return callable(found)
    return False


@cache
def outputs(name: str) -> str:
    """Return the stored outputs of notebooks that name a set; nbval computes them once more."""
    mark, found = f'data-set="{name}"', []
    for path in sorted((evidence.find_root() / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                shown = ("".join(text) for text in output.get("data", {}).values())
                found += [text for text in shown if mark in text]
    return " ".join(found)


def test_the_data_behind_figures_name_their_rows(site: Path) -> None:
    named = 0
    for page in sorted((site / "notebooks").glob("*.html")):
        text = page.read_text(encoding="utf-8")
        for data in re.findall(r'href="data:text/csv;base64,([^"]+)"', text):
            rows = list(csv.DictReader(io.StringIO(base64.b64decode(data).decode())))
            named += sum("evidence" in row for row in rows[:1])
            for reference in (ref for row in rows for ref in row.get("evidence", "").split()):
                folder, table, row = reference.split("/")
                assert f"{table}-{row}" in places(site / "evidence" / f"{folder}.html"), reference
    assert named >= 5
