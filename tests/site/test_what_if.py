"""What if: every combination the control offers, in the browser, against the Python results."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from looking import Visit
from playwright.sync_api import Browser

from living_review.stats import proportions

METHODS = {"exact": proportions.clopper_pearson, "wilson": proportions.wilson}
OUT_OF = {"evaluable": "those who could be judged", "treated": "all who were treated"}

# Set the controls as a reader would, then read what the page shows and what it computed.
ANSWERS = """(choices) => choices.map((choice) => {
  const form = document.querySelector(".lr-whatif-controls");
  const boxes = form.querySelectorAll("[name=study]");
  for (const box of boxes) box.checked = !choice.without.includes(box.value);
  for (const name of ["denominator", "method"]) form.elements[name].value = choice[name];
  form.dispatchEvent(new Event("change"));
  const cells = (row) => [...row.cells].map((cell) => cell.textContent);
  return {
    sentence: document.querySelector(".lr-whatif-sentence").textContent,
    table: [...document.querySelectorAll(".lr-whatif tbody tr")].map(cells),
    drawn: document.querySelectorAll(".lr-whatif-plate path").length,
    spoken: document.querySelector(".lr-whatif-plate svg")?.getAttribute("aria-label") ?? "",
    limits: window.livingReview.whatIf(choice).map((r) => [r.lower, r.upper]),
  };
})"""


def choices(data: list[dict]) -> Iterator[dict]:
    studies = list(dict.fromkeys(row["study_id"] for row in data))
    for size in range(len(studies) + 1):
        for without in itertools.combinations(studies, size):
            for denominator, method in itertools.product(OUT_OF, METHODS):
                yield {"without": list(without), "denominator": denominator, "method": method}


def expected(data: list[dict], choice: dict) -> dict:
    """What the page must show, from the package's own intervals."""
    interval, percent = METHODS[choice["method"]], proportions.format_percent
    kept = [row for row in data if row["study_id"] not in choice["without"]]
    found = [interval(row["events"], row[f"n_{choice['denominator']}"]) for row in kept]
    counted = list(zip(kept, found, strict=True))
    worded = sum(row["inferred"] for row in kept)
    if not kept:
        sentence = "No source is left: put one back."
    else:
        widths = [round(p.upper - p.lower, 11) for _, p in counted]
        row, widest = counted[widths.index(max(widths))]
        studies = len({row["study_id"] for row, _ in counted})
        sentence = (
            f"{len(counted)} counts from {studies} {'source' if studies == 1 else 'sources'}, out of "
            f"{OUT_OF[choice['denominator']]}: {sum(p.events == p.n for _, p in counted)} of "
            f"{len(counted)} are everyone counted. The widest {widest.method} interval is that of "
            f"{row['label']}, {row['outcome']}: {percent(widest.lower)} to {percent(widest.upper)}."
        )
        if worded:
            sentence += f" * {worded} of these in words."
    table, limits = [], []
    for row, p in zip(kept, found, strict=True):
        star = " *" if row["inferred"] else ""
        table.append(
            [
                *(row["outcome"], row["label"], row["definition"], f"{p.events} of {p.n}{star}"),
                *(percent(p.estimate), f"{percent(p.lower)} to {percent(p.upper)}"),
            ]
        )
        limits.append([p.lower, p.upper])
    return {"sentence": sentence, "table": table, "drawn": len(kept), "limits": limits}


def compare(browser: Browser, address: str, data: list[dict]) -> int:
    asked = list(choices(data))
    with Visit(browser, address) as visit:
        answers = visit.page.evaluate(ANSWERS, asked)
        assert visit.heard == []
    for choice, answer in zip(asked, answers, strict=True):
        want = expected(data, choice)
        for shown, limits in zip(answer.pop("limits"), want.pop("limits"), strict=True):
            assert shown == pytest.approx(limits, abs=1e-9), choice
        assert answer.pop("spoken") in (want["sentence"], ""), choice
        assert answer == want, choice
    return len(asked)


def test_every_combination_on_the_page_equals_python(browser: Browser, site: Path) -> None:
    page = site / "notebooks" / "synthesis.html"
    found = re.search(r'id="lr-whatif-data">(.*?)</script>', page.read_text(encoding="utf-8"), re.S)
    data = json.loads(found[1])
    studies = {row["study_id"] for row in data}
    assert compare(browser, page.as_uri(), data) == 2 ** len(studies) * 4


def test_every_count_up_to_forty_has_the_limits_of_python(
    browser: Browser, site: Path, tmp_path
) -> None:
    """Rows that the review does not hold yet: every proportion of small groups, and a large one."""
    pairs = [(x, n) for n in (1, 2, 7, 40) for x in range(n + 1)] + [(0, 600), (299, 600), (600, 600)]
    data = [
        {
            "study_id": "s", "label": "S 2020", "outcome": "O", "definition": "d", "events": x,
            "n_evaluable": n, "n_treated": n, "colour": "#000", "mark": "o", "inferred": False,
        }
        for x, n in pairs
    ]  # fmt: skip
    static = site / "_static"
    page = tmp_path / "page.html"
    page.write_text(
        '<!DOCTYPE html><title>t</title><body><button class="lr-colours"><span></span></button>'
        '<nav id="lr-nav"></nav><p id="lr-say"></p>'
        f'<script type="application/json" id="lr-whatif-data">{json.dumps(data)}</script>'
        f"<script>{(static / 'living-review.js').read_text()}</script>"
        f"<script>{(static / 'what-if.js').read_text()}</script>",
        encoding="utf-8",
    )
    assert compare(browser, page.as_uri(), data) == 8


def test_the_control_works_by_keyboard(browser: Browser, site: Path) -> None:
    with Visit(browser, (site / "notebooks" / "synthesis.html").as_uri()) as visit:
        sentence = visit.page.locator(".lr-whatif-sentence")
        before = sentence.text_content()
        visit.page.get_by_role("checkbox").first.focus()
        visit.page.keyboard.press("Space")
        without_one = sentence.text_content()
        assert without_one != before
        visit.page.get_by_role("radio", name="Wilson").focus()
        visit.page.keyboard.press("Space")
        assert "Wilson" in sentence.text_content()
