"""One change of each kind planted in a small project: it is found, and nothing else is reported.

The project has two studies, the studies beside them, two chapters and a prose page made up here.
"""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from living_review import evidence
from living_review.living import diff
from living_review.living.diff import words

ROOT = evidence.find_root()
STUDIES = ("hua_2014", "benson_2014")
SAID = "Tumours shrank in 5 of 7. Nobody was compared."
TABLE = """<div><p class="lr-version">Review version 1 · data of all: <code>0a1</code></p>
<table><caption>Harms</caption><tr><th>Harm</th><th>Patients</th></tr>
<tr><th>Rash</th><td>3</td></tr><tr><th>Fatigue</th><td>2</td></tr></table></div>"""
CURVE = "time,survival\n0,1\n94,0.9\n158,0.5\n"
PROSE = "# About\n\nThere are {{ n_studies_in_words }} sources.\n\n- They were *chosen*.\n"


def output(mime: str, text: str) -> dict:
    return {
        "cell_type": "code",
        "metadata": {},
        "source": [],
        "outputs": [{"output_type": "execute_result", "data": {mime: text, "text/plain": "x"}}],
    }


def figure(csv: str, alt: str = "Half had stopped after 158 days.") -> str:
    packed = base64.b64encode(csv.encode()).decode()
    return (
        f'<figure id="km"><svg><title>km</title><desc>{alt}</desc><path d="M 0 1"/></svg>'
        f'<figcaption>Time on treatment.</figcaption><p class="lr-links"><a download="km.csv" '
        f'href="data:text/csv;base64,{packed}">Data</a></p></figure>'
    )


def chapter(root: Path, name: str, *cells: dict) -> None:
    (root / "notebooks").mkdir(exist_ok=True)
    title = {"cell_type": "markdown", "metadata": {}, "source": [f"# {name}\n"]}
    record = {"living_review": {"inputs": {"data/review/versions.csv": "digest"}}}
    content = {"metadata": record, "cells": [title, *cells]}
    (root / "notebooks" / f"{name}.ipynb").write_text(json.dumps(content))


def pages(root: Path, said: str = SAID, table: str = TABLE, curve: str = CURVE) -> None:
    chapter(root, "one", output("text/markdown", said), output("text/html", table))
    chapter(root, "two", output("text/html", figure(curve)))
    (root / "book").mkdir(exist_ok=True)
    (root / "book" / "about.md").write_text(PROSE)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("before")
    shutil.copytree(ROOT / "data" / "schema", root / "data" / "schema")
    for name in ("vocabulary.yaml", "review.yaml"):
        shutil.copy(ROOT / "data" / name, root / "data" / name)
    for folder in (*STUDIES, "review", "context"):
        shutil.copytree(
            ROOT / "data" / folder, root / "data" / folder, ignore=shutil.ignore_patterns("readings")
        )
    for study in STUDIES:  # without claims that point at what this project leaves out
        keep(root, f"{study}/claims.csv", lambda row: ":" not in f"{row['target']} {row['inputs']}")
    keep(root, "review/statements_judged.csv", lambda row: row["study_id"] in STUDIES)
    pages(root)
    return root


@pytest.fixture
def after(before: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(before, tmp_path / "after"))


def rows_of(root: Path, table: str) -> tuple[Path, list[str], list[list[str]]]:
    path = root / "data" / table
    return path, *evidence.read_rows(path)


def keep(root: Path, table: str, wanted: Callable[[dict[str, str]], bool]) -> None:
    path, header, rows = rows_of(root, table)
    left = [row for row in rows if wanted(dict(zip(header, row, strict=True)))]
    evidence.write_rows(path, [header, *left])


def put(table: str, row_id: str, **cells: str) -> Callable[[Path], None]:
    """Return what writes cells into the row whose first cell is a name."""

    def plant(root: Path) -> None:
        path, header, rows = rows_of(root, table)
        (row,) = [row for row in rows if row[0] == row_id]
        for column, value in cells.items():
            row[header.index(column)] = value
        evidence.write_rows(path, [header, *rows])

    return plant


def add(table: str, like: str, name: str) -> Callable[[Path], None]:
    def plant(root: Path) -> None:
        path, header, rows = rows_of(root, table)
        (row,) = [row for row in rows if row[0] == like]
        evidence.write_rows(path, [header, *rows, [name, *row[1:]]])

    return plant


def certainty(root: Path) -> None:
    path, header, rows = rows_of(root, "review/certainty.csv")
    row = next(r for r in rows if r[0] == "hua_2014" and r[header.index("domain")] == "start")
    row[header.index("change")] = "4"
    for other in rows:
        if other[:2] == row[:2] and other is not row:
            other[header.index("change")] = "0"
    evidence.write_rows(path, [header, *rows])


def found(old: Path, new: Path) -> diff.Comparison:
    return diff.compare(evidence.load(old), evidence.load(new))


def test_the_same_project_is_the_same(before: Path, after: Path) -> None:
    result = found(before, after)
    assert result.is_same, words.report(result)


PLANTED = {
    "a note": (
        put("hua_2014/statements.csv", "p1_volume_1y", note="Other words."),
        {"cells changed": 1},
        "hua_2014:statements/p1_volume_1y.note: ",
    ),
    "a row": (
        add("hua_2014/quoted.csv", "nf1_common", "quoted_again"),
        {"rows added": 1},
        "hua_2014:quoted/quoted_again",
    ),
    "a verdict of the audit": (
        put("benson_2014/counts.csv", "t1_site_renal", n="4"),
        {"cells changed": 1, "claims": 2},
        "benson_2014, claim site_sum: reproduced → arithmetic error",
    ),
    "a proportion": (
        put("hua_2014/outcomes.csv", "abs_analgesics_withdrawn", events="1"),
        {"cells changed": 1, "claims": ..., "proportions": 1},
        " → 1 of 3 judged, of 3 treated, ",
    ),
    "a median": (
        put("benson_2014/events.csv", "p4_time_on_treatment", time="100", printed="100"),
        {"cells changed": 2, "claims": ..., "medians": 1},
        "benson_2014, median of time_on_treatment: ",
    ),
    "bounds": (
        put("benson_2014/statistics.csv", "res_survival_1_year", value="70.0"),
        {"cells changed": 1, "claims": ..., "bounds": 1},
        "benson_2014, bounds of overall_survival: 3 to 6 deaths, 2 to 2 by year 1",
    ),
    "certainty": (
        certainty,
        {"cells changed": ..., "certainty": 1},
        "hua_2014, certainty of ",
    ),
    "a contrast": (
        put("context/results.csv", "franz_2013_everolimus_seizure", events="60"),
        {"cells changed": 1, "contrasts": 1},
        "franz_2013_everolimus_seizure against franz_2013_placebo_seizure): unchanged by counts; ",
    ),
    "a verdict of later evidence": (
        put("context/results.csv", "weiss_2014_response", events="5"),
        {"cells changed": 1, "later evidence": 1},
        "hua_2014, statement nf1_size: confirmed (everyone_or_nobody; weiss_2014_response) → ",
    ),
    "a number in a sentence": (
        lambda root: pages(root, said=SAID.replace("5 of 7", "4 of 7")),
        {"sentences": 1},
        "notebooks/one: Tumours shrank in 5 of 7. → Tumours shrank in 4 of 7.",
    ),
    "a new sentence": (
        lambda root: pages(root, said=f"{SAID} One patient died."),
        {"sentences": 1},
        "notebooks/one: + One patient died.",
    ),
    "a sentence that is gone": (
        lambda root: pages(root, said=SAID.partition(". ")[0] + "."),
        {"sentences": 1},
        "notebooks/one: - Nobody was compared.",
    ),
    "a row of a table": (
        lambda root: pages(root, table=TABLE.replace("<td>2</td>", "<td>3</td>")),
        {"sentences": 1},
        "notebooks/one: Fatigue · 2 → Fatigue · 3",
    ),
    "a point of a curve": (
        lambda root: pages(root, curve=CURVE.replace("0.5", "0.4")),
        {"figures": 1},
        "notebooks/two, figure km: 1 lines of its data became 1 others",
    ),
    "a sentence of prose": (
        lambda root: (root / "book" / "about.md").write_text(PROSE.replace("*chosen*", "searched")),
        {"sentences": 1},
        "book/about: They were chosen. → They were searched.",
    ),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_what_is_planted_is_found_and_nothing_else(before: Path, after: Path, kind: str) -> None:
    plant, expected, line = PLANTED[kind]
    plant(after)
    result = found(before, after)
    text = words.report(result)
    numbers = {name: number for name, number in words.counts(result).items() if number}
    assert numbers.keys() == expected.keys(), text
    assert all(number in (..., numbers[name]) for name, number in expected.items()), text
    assert line in text


def test_a_study_that_comes_changes_the_numbers_of_prose(before: Path, after: Path) -> None:
    shutil.copytree(after / "data" / "hua_2014", after / "data" / "rossi_2027")
    path = after / "data" / "rossi_2027" / "study.yaml"
    path.write_text(path.read_text().replace("study_id: hua_2014", "study_id: rossi_2027"))
    result = found(before, after)
    assert [str(o) for o in result.results["studies"]] == ["rossi_2027, source: none → active"]
    assert [str(s) for s in result.sentences] == [
        "book/about: There are two sources. → There are three sources."
    ]
    assert {o.before for o in result.results["proportions"]} == {"none"}
    assert result.not_compared == ()


def test_a_retired_study_is_a_change_of_its_state(before: Path, after: Path) -> None:
    (after / "data" / "review" / "lifecycle.csv").write_text(
        "study_id,state,reason,date,notice\n"
        "hua_2014,retracted,Made up for a test,2027-01-01,not_applicable\n"
    )
    result = found(before, after)
    assert [str(o) for o in result.results["studies"]] == ["hua_2014, source: active → retracted"]
    assert {o.after for o in result.results["proportions"] if o.study == "hua_2014"} == {"none"}


def test_what_one_state_cannot_give_is_not_reported_as_gone(before: Path, after: Path) -> None:
    """An unreadable column is a line, not fifty results that vanished."""
    path, header, rows = rows_of(after, "benson_2014/events.csv")
    header[header.index("event")] = "happened"
    evidence.write_rows(path, [header, *rows])
    result = found(before, after)
    assert result.results["medians"] == ()
    assert any(line.startswith("NEW benson_2014, medians: KeyError") for line in result.not_compared)


def test_a_notebook_that_cannot_be_read_is_named(before: Path, after: Path) -> None:
    (after / "notebooks" / "one.ipynb").write_text("{")
    result = found(before, after)
    assert result.sentences == ()
    assert any(line.startswith("NEW notebooks/one: ") for line in result.not_compared)


def test_sentences_are_read_from_markdown_and_html_alike() -> None:
    from living_review.living.diff import sentences

    markdown = (
        "## A *head*\n\n(anchor)=\nSee [the table](x.md#y) {cite}`hua_2014`: **3** of 4.\n"
        "So it was.\n\n```python\nx = 1\n```\n\n1. One\n2. `two`\n\n| A | B |\n|---|---|\n| 1 | 2 |\n"
    )
    assert list(sentences.of_markdown(markdown)) == [
        *("A head", "See the table [hua_2014]: 3 of 4.", "So it was.", "One", "two", "A · B", "1 · 2"),
    ]
    link = '<a href="x" data-meaning="Table 1. So.">pain: 8 to 3</a>'
    wrapped = f"Both had less\n{link}\nin all.\n<div>Apart.</div>\n"
    assert list(sentences.of_markdown(wrapped)) == ["Both had less pain: 8 to 3 in all.", "Apart."]
    html = (
        "<div><h2>A <em>head</em></h2><p>3 of <b>4</b>. So.</p><script>x</script>left <i>over</i></div>"
    )
    assert list(sentences.of_html(html)) == ["A head", "3 of 4.", "So.", "left over"]
