"""Oracle: small cells whose reads are known because the test makes them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from living_review import evidence, report
from living_review.evidence import reads
from living_review.report import citing, html, lineage


class Shell:
    """What of IPython's shell the follower needs: two events and the names of the user."""

    def __init__(self) -> None:
        self.user_ns: dict[str, object] = {}
        self.events = SimpleNamespace(register=lambda name, call: self.calls.update({name: call}))
        self.calls: dict = {}

    def run(self, code: str) -> lineage.Source:
        self.calls["pre_run_cell"](SimpleNamespace(raw_cell=code))
        exec(code, self.user_ns)
        source = self.notebook.source()
        self.calls["post_run_cell"](SimpleNamespace(info=SimpleNamespace(raw_cell=code)))
        return source


@pytest.fixture
def shell() -> Shell:
    shell = Shell()
    shell.notebook = lineage.Notebook(shell)
    shell.run("from living_review import evidence, report, synthesis\nreview = evidence.load()")
    return shell


def test_a_cell_rests_on_what_it_reads_and_on_what_its_names_were_read_from(shell: Shell) -> None:
    assert shell.run("hua = review.study('hua_2014')\nx = hua.table('events')").rows == (
        "hua_2014/events",
    )
    assert shell.run("y = len(x)").rows == ("hua_2014/events",)
    assert shell.run("z = y + 1\nhua.row('events/p1_follow_up')").rows == (
        "hua_2014/events",  # of the table, the row is a part
    )
    assert shell.run("1 + 1").rows == ()


def test_a_name_of_a_comprehension_brings_nothing_along(shell: Shell) -> None:
    shell.run("r = review.study('hua_2014').table('events')")
    assert shell.run("[r for r in (1, 2)]").rows == ()


def test_a_variable_that_a_text_names_brings_along_what_it_was_read_from(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lineage, "_followed", [shell.notebook])
    shell.run("x = review.study('hua_2014').table('events')")
    assert shell.run("report.lineage.take('x')").rows == ("hua_2014/events",)
    assert shell.run("1 + 1").rows == ()


def test_a_row_asked_for_by_name_is_named(shell: Shell) -> None:
    code = "review.study('hua_2014').value('events/p1_follow_up.locator')"
    assert shell.run(code).rows == ("hua_2014/events/p1_follow_up",)


def test_the_functions_that_compute_are_named_and_those_that_show_are_not(shell: Shell) -> None:
    source = shell.run("n = synthesis.doses(review)\nreport.text('no number')")
    assert source.by == ("synthesis.drug.doses",)


def test_many_rows_of_a_table_are_the_table() -> None:
    many = [f"a_2014/x/{i}" for i in range(lineage.NAMED + 1)]
    assert lineage.shortened([*many, "a_2014/y/1"]) == ("a_2014/x", "a_2014/y/1")


def test_a_mark_is_written_only_where_a_number_is_shown() -> None:
    source = lineage.Source(("a_2014/x",), ("report.f",))
    assert lineage.mark('<p class="x">no</p>', source) == '<p class="x">no</p>'
    marked = lineage.mark('<p class="x">1</p>', source)
    assert marked.startswith('<p class="x" data-set="set-')
    assert lineage.sets(marked) == {source.name: source}


def test_a_ledger_that_was_closed_takes_nothing_more() -> None:
    with reads.watch() as seen:
        evidence.load().study("hua_2014").table("events")
    evidence.load().study("hua_2014").table("patients")
    assert list(seen) == ["hua_2014/events"]


def test_a_fact_of_a_page_names_what_was_read_for_it() -> None:
    found = report.substitutions.compute(evidence.load(), {"n_claims", "comparison"})
    (source,) = lineage.sets(found["n_claims"]).values()
    assert source.by == ("n_claims",)
    assert "hua_2014/claims" in source.rows
    assert "data-set" not in found["comparison"]  # no number


def test_a_row_of_a_table_leads_to_the_rows_it_was_made_from() -> None:
    doses = evidence.load().once("doses").head(2)
    shown = report.sections.for_display(doses, {"drug": "Drug", "dose": "Dose"})
    body = html.to_html(shown, "Doses", "doses")
    for row in doses.to_dict("records"):
        assert f'data-rows="{row["study_id"]}/doses/{row["id"]}"' in body
        assert citing.place(f"{row['study_id']}/doses/{row['id']}") in body
    assert citing.ROWS not in body


def test_the_data_behind_a_figure_name_their_rows() -> None:
    doses = evidence.load().once("doses").head(1)
    named = report.display._with_evidence(doses[["study_id", "id", "dose"]])
    first = doses.iloc[0]
    assert list(named["evidence"]) == [f"{first['study_id']}/doses/{first['id']}"]


def test_a_fact_of_links_stays_in_its_sentence_and_a_table_is_a_block() -> None:
    assert lineage.fact("links", lambda: '<a href="x">one</a> · <a href="y">two</a>').startswith("<a ")
    assert lineage.fact("table", lambda: "<table></table><p>Note.</p>").startswith("<div><table>")
