"""The page *Audit your own paper*: a reader who follows it gets what it shows."""

import re
from pathlib import Path

import pytest

from living_review import audit, cli, evidence
from living_review.audit.paper import VERDICTS
from living_review.audit.paper_kinds import KINDS
from living_review.report import audit_paper_page, substitutions

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "book" / "audit_your_own.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)


def test_the_table_on_the_page_gives_the_report_on_the_page(tmp_path, capsys, monkeypatch):
    (_, table), (_, command), (_, shown) = [b for b in BLOCKS if b[0] == "text"]
    monkeypatch.chdir(tmp_path)
    Path("claims.csv").write_text(table, encoding="utf-8")
    assert command.split()[0] == "living-review"
    assert cli.main(command.split()[1:]) == 0
    assert capsys.readouterr().out.startswith(shown)


def test_the_python_on_the_page_runs(capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    code = [text for language, text in BLOCKS if language == "python"]
    assert code
    for text in code:
        exec(compile(text, "book/audit_your_own.md", "exec"), {})
    assert "decision error" in capsys.readouterr().out


def test_every_verdict_is_explained_in_order():
    part = PAGE.partition("(own-verdicts)=")[2].partition("(own-power)=")[0]
    assert tuple(re.findall(r"^(.+)\n: ", part, re.MULTILINE)) == VERDICTS


def test_each_planted_error_of_the_made_up_paper_is_found_and_nothing_else():
    results = audit.audit_paper(ROOT / "examples" / "made_up_paper.csv")
    planted = {r.claim for r in results if r.note.startswith("planted")}
    assert len(planted) == 5
    assert {r.claim for r in results if r.is_finding} == planted


@pytest.mark.parametrize("name", ["template.csv", "covid_steroid_2_table1.csv"])
def test_the_other_examples_come_out(name):
    results = audit.audit_paper(ROOT / "examples" / name)
    assert results
    assert not [r.claim for r in results if r.is_finding or r.verdict == "not checkable"]


def test_the_page_shows_every_kind_and_the_figures_of_the_data():
    review = evidence.load(ROOT)
    assert list(audit_paper_page.kinds()["Kind"]) == list(KINDS)
    named = set(re.findall(r"\{\{ (\w+) \}\}", PAGE))
    found = substitutions.compute(review, named)
    assert set(found) == named
    rows = review.records("audit_figures")
    shown = {name: re.sub(r"<[^>]+>", "", text) for name, text in found.items()}
    assert shown["paper_false_alarms"].endswith(f"of {rows['checked'].iloc[0]:,}")
    assert shown["rate_trials"] == "17%"
