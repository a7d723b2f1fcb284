"""What if: every combination that the control offers, in the browser, against the Python results.

The numbers themselves are tested in tests/unit/test_what_if.py; here, that the page chooses, counts and
words them as it should.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

from looking import Visit
from playwright.sync_api import Browser

from living_review import evidence, synthesis
from living_review.stats import proportions

METHODS = {"exact": proportions.clopper_pearson, "wilson": proportions.wilson}
OUT_OF = {"evaluable": "those who could be judged", "treated": "all who were treated"}

# Set the controls as a reader would, then read what the page shows.
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
    drawn: [...document.querySelectorAll(".lr-whatif-plate path")].map((p) => p.getAttribute("d")),
    spoken: document.querySelector(".lr-whatif-plate svg")?.getAttribute("aria-label") ?? "",
  };
})"""


def choices(studies: list[str]) -> Iterator[dict]:
    for size in range(len(studies) + 1):
        for without in itertools.combinations(studies, size):
            for denominator, method in itertools.product(OUT_OF, METHODS):
                yield {"without": list(without), "denominator": denominator, "method": method}


def expected(
    rows: list[dict], choice: dict, outcome: dict[tuple[str, str], str], shapes: dict[str, str]
) -> dict:
    """What the page must show, from the package's own intervals."""
    interval, percent = METHODS[choice["method"]], proportions.format_percent
    kept = [row for row in rows if row["study_id"] not in choice["without"]]
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
            f"{row['label']}, {outcome[_endpoint(row)]}: {percent(widest.lower)} to "
            f"{percent(widest.upper)}."
        )
        if worded:
            sentence += f" * {worded} of these in words."
    table = []
    for row, p in zip(kept, found, strict=True):
        star = " *" if row["inferred"] else ""
        table.append(
            [
                *(outcome[_endpoint(row)], row["label"], row["definition"]),
                *(f"{p.events} of {p.n}{star}", percent(p.estimate)),
                f"{percent(p.lower)} to {percent(p.upper)}",
            ]
        )
    drawn = [shapes[row["study_id"]] for row in kept]
    return {"sentence": sentence, "table": table, "drawn": drawn}


def _endpoint(row: dict) -> tuple[str, str]:
    return row["endpoint_class"], row["criterion"]


def test_every_combination_on_the_page_equals_python(browser: Browser, site: Path) -> None:
    review = evidence.load()
    rows = synthesis.all_proportions(review).to_dict("records")
    outcome = {_endpoint(row): synthesis.heading(review, *_endpoint(row)) for row in rows}
    page = site / "notebooks" / "synthesis.html"
    found = re.search(
        r'id="lr-whatif-data">(.*?)</script>', page.read_text(encoding="utf-8"), re.DOTALL
    )
    shapes = {study: s["marker"] for study, s in json.loads(found[1])["studies"].items()}
    asked = list(choices(list(shapes)))
    assert len(asked) == 2 ** len({row["study_id"] for row in rows}) * 4
    with Visit(browser, page.as_uri()) as visit:
        answers = visit.page.evaluate(ANSWERS, asked)
        assert visit.problems == []
    for choice, answer in zip(asked, answers, strict=True):
        want = expected(rows, choice, outcome, shapes)
        assert answer.pop("spoken") in (want["sentence"], ""), choice
        assert answer == want, choice


def test_the_control_works_by_keyboard(browser: Browser, site: Path) -> None:
    with Visit(browser, (site / "notebooks" / "synthesis.html").as_uri()) as visit:
        figure = visit.page.locator("#synthesis-forest")
        drawn = visit.page.locator(".lr-whatif-plate")
        visit.page.locator("#what-if").focus()
        visit.page.keyboard.press("Enter")
        assert figure.is_visible()
        assert not drawn.is_visible(), "one forest, before and after a choice"
        sentence = visit.page.locator(".lr-whatif-sentence")
        before = sentence.text_content()
        visit.page.get_by_role("checkbox").first.focus()
        visit.page.keyboard.press("Space")
        without_one = sentence.text_content()
        assert without_one != before
        visit.page.get_by_role("radio", name="Wilson").focus()
        visit.page.keyboard.press("Space")
        assert "Wilson" in sentence.text_content()
        assert drawn.is_visible()
        assert not figure.is_visible()
        visit.page.emulate_media(media="print")
        assert figure.is_visible(), "on paper there is the plain figure"
        assert not drawn.is_visible()
        visit.page.emulate_media(media="screen")
        visit.page.get_by_role("button", name="Show the figure again").focus()
        visit.page.keyboard.press("Enter")
        drawn.wait_for(state="hidden")
        assert figure.is_visible()
