"""What readers get of the audit: tables, marks, links, the picture; from results written here."""

import re

import pandas as pd
import pytest

from living_review import audit, evidence
from living_review.audit import Result, issues
from living_review.evidence.references import Cells
from living_review.plots import audit as plots_audit
from living_review.plots import theme
from living_review.report import audit as report_audit
from living_review.report import display

REVIEW = evidence.load()


def result(verdict="reproduced", study="benson_2014", claim="a_claim", headline=None, **others):
    return Result(
        **dict(
            study=study,
            claim=claim,
            kind="sum",
            locator="Table I",
            printed="5 < 7",
            recomputed="7",
            verdict=verdict,
            accepted=verdict,
            arithmetic="2 × 3 = 6_",
            explanation="It is so.",
            explained_by="",
            judged=False,
            headline=headline,
            references=("x",),
        )
        | others
    )


RESULTS = [
    result(),
    result("arithmetic error", claim="b", headline=2, explained_by="3 of 9 would give it"),
    result("not checkable", "hua_2014", "c", headline=1),
    result("rounding", "hua_2014", "d", headline=3),
    result("definition conflict", "hua_2014", "e", headline=2, judged=True, recomputed=""),
]


def test_conflicts_come_first_and_what_reproduces_last():
    assert [r.verdict for r in report_audit.ordered(RESULTS, REVIEW)] == [
        "arithmetic error",
        "definition conflict",
        "not checkable",
        "rounding",
        "reproduced",
    ]


def test_conflicts_leave_out_what_is_only_uncheckable():
    assert [r.claim for r in report_audit.conflicts(RESULTS)] == ["b", "d", "e"]


def finding(claim, issue, materiality, judged=False, study="hua_2014"):
    words = dict(issue=issue, materiality=materiality, judged=judged)
    return result("unit conflict", study, claim, **words)


FINDINGS = [
    finding("a", "dose", "minor"),
    finding("b", "pain", "material", judged=True),
    finding("c", "pain", "material"),
    finding("d", "words", "wording", judged=True),
    finding("e", "pain", "material", study="benson_2014", judged=True),
    result(),
    result("not checkable", claim="g"),
]


def test_the_summary_counts_issues_by_materiality_and_not_claims():
    said = report_audit.summary(FINDINGS)
    assert "**1 of the 6 claims that can be checked reproduce.**" in said
    assert "**4 distinct issues** (in 5 claims): 2 material" in said
    assert ", 1 minor, 1 a matter of wording." in said
    assert "2 of the issues rest on computation, 2 on reading alone" in said
    assert "Another 1 claims cannot be checked" in said


def test_the_summary_of_what_all_reproduces_speaks_of_no_issue():
    assert "issue" not in report_audit.summary([result()])


def test_what_matters_most_stands_first_and_says_so():
    ordered = report_audit.ordered(FINDINGS, REVIEW)
    assert [r.claim for r in ordered][:5] == ["b", "c", "e", "a", "d"]
    shown = display.table(report_audit.table(FINDINGS, REVIEW), caption="Claims", name="t").content
    assert shown.count("material: pain") == 3
    assert "minor: dose" in shown
    assert [i.name for i in audit.distinct_issues(FINDINGS)] == ["pain", "pain", "dose", "words"]


def test_materiality_is_ordered_as_in_the_vocabulary():
    assert list(issues.MATERIALITY) == list(REVIEW.vocabulary["materiality"])


def test_table_is_escaped_marked_and_linked():
    shown = display.table(report_audit.table(RESULTS, REVIEW), caption="Claims", name="t").content
    assert "5 &lt; 7" in shown
    assert '<span class="lr-verdict lr-verdict-arithmetic-error">' in shown
    assert 'href="hua_2014.html#claim-hua-2014-c"' in shown
    assert 'href="../data/hua_2014/claims.csv"' in shown
    assert "Found by search: 3 of 9 would give it." in shown
    assert shown.count("judged by reading") == 1


def test_what_is_compared_with_another_place_is_not_called_recomputed():
    shown = [
        display.table(report_audit.table([result(kind=kind)], REVIEW), caption="x", name="t").content
        for kind in ("equality", "unit", "sum")
    ]
    assert ["elsewhere <strong>" in s for s in shown] == [True, True, False]
    assert ["recomputed <strong>" in s for s in shown] == [False, False, True]


def test_every_link_of_the_chapter_lands_on_a_row_of_the_study():
    everywhere = display.table(report_audit.table(RESULTS, REVIEW), caption="x", name="t").content
    targets = set(re.findall(r'href="\w+\.html#([\w-]+)"', everywhere))
    there = "".join(
        display.table(report_audit.table([r], REVIEW, chapter=True), caption="x", name="t").content
        for r in RESULTS
    )
    assert targets == set(re.findall(r'<p id="([\w-]+)"', there))
    assert len(targets) == len(RESULTS)


def test_headlines_are_ordered_by_rank_and_limited():
    assert [r.claim for r in report_audit.headlines(RESULTS)] == ["c", "b", "e", "d"]
    assert [r.claim for r in report_audit.headlines(RESULTS, most=1)] == ["c"]
    assert [r.claim for r in report_audit.headlines(RESULTS, "hua_2014")] == ["c", "e", "d"]


def test_headlines_in_words_keep_arithmetic_out_of_markdown():
    text = report_audit.findings_list(report_audit.headlines(RESULTS, most=1), REVIEW)
    assert text.startswith("1. **Hua 2014.** It is so\\. ".replace("\\.", "."))
    assert "6\\_" in text


def test_tally_adds_up():
    tally = report_audit.tally(RESULTS, REVIEW).set_index("Study")
    assert tally.loc["All", "Claims"] == len(RESULTS)
    assert (tally.drop(columns="Claims").sum(axis=1) == tally["Claims"]).all()
    assert (tally.drop("All").sum() == tally.loc["All"]).all()


def test_the_picture_counts_claims_by_study_and_verdict_and_marks_each_verdict():
    import matplotlib.pyplot as plt

    theme.apply()
    counts = report_audit.verdict_counts(RESULTS, REVIEW)
    assert counts["claims"].sum() == len(RESULTS)
    fig, ax = theme.figure(plots_audit.overview_height(2))
    plots_audit.overview(ax, counts, {"hua_2014": "Hua 2014", "benson_2014": "Benson 2014"})
    heads = [t.get_text() for t in ax.get_xticklabels()]
    verdicts = list(counts["verdict"].unique())
    assert heads == [f"{v.capitalize()}: 1" for v in verdicts]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["Hua 2014", "Benson 2014"]
    cells = [t.get_text() for t in ax.texts]
    own = {(r.study, r.verdict): str(r.claims) for r in counts.itertuples()}
    assert cells == [own.get((s, v), "–") for s in ("hua_2014", "benson_2014") for v in verdicts]
    assert [line.get_marker() for line in ax.lines] == [plots_audit.LOOKS[v][1] for v in verdicts]
    assert min(t.get_size() for t in [*ax.texts, *ax.get_xticklabels()]) >= 9
    plt.close(fig)


def test_more_claims_have_a_darker_cell():
    import matplotlib.pyplot as plt

    counts = pd.DataFrame({"study": list("abcd"), "verdict": "rounding", "claims": [0, 4, 14, 400]})
    fig, ax = theme.figure(3)
    plots_audit.overview(ax, counts, {s: s for s in "abcd"})
    faces = ax.collections[0].get_facecolors()[:, :3].sum(axis=1)
    assert list(faces) == sorted(faces, reverse=True)
    assert len(set(faces)) == 4
    plt.close(fig)


def test_every_verdict_has_a_look_and_a_meaning():
    words = set(REVIEW.vocabulary["verdicts"])
    assert set(plots_audit.LOOKS) == words
    assert set(report_audit.WHEN) == words


def test_a_pattern_names_rows_in_file_order_and_conditions_narrow_it():
    cells = Cells(REVIEW.root)
    times = cells.find("events/p*_time_on_treatment.time", "benson_2014")
    assert [c.text for c in times][:3] == ["94", "1366", "637"]
    some = cells.find("counts/*[characteristic=sex;group=total;category!=not_reported].n", "nadal_2016")
    assert [c.id for c in some] == ["sex_male_total", "sex_female_total"]
    assert cells.find("nadal_2016:groups/publications.n", "hua_2014")[0].text == "25"


@pytest.mark.parametrize(
    "token", ["events/nobody.time", "events/p1.time", "evnts/p1.x", "31", "events/*[colour=red].time"]
)
def test_a_reference_to_nothing_is_refused(token):
    with pytest.raises(evidence.EvidenceError, match="expected"):
        Cells(REVIEW.root).find(token, "benson_2014")


USED = pd.DataFrame(
    {
        "reference": ["hua_2014:events/p1", "hua_2014:events/p2", "hua_2014:counts/n"],
        "section": ["Times", "Times", "Counts"],
        "value": ["1: 6 months", "2: 12 months", "3 of 3"],
        "rule": "a table goes before the text",
        "stands": ["Table 1, row 1", "Table 1, row 2", "Abstract"],
    }
)
TOUCHING = [
    result("arithmetic error", "hua_2014", "target", references=("hua_2014:counts/n.n", "x:y/z.n")),
    result("rounding", "hua_2014", "input", references=("x:y/z.n", "hua_2014:events/p1.time")),
    result(
        "text and table disagree",
        "hua_2014",
        "compared",
        kind="equality",
        references=("x:y/z.n", "hua_2014:events/p1.time", "hua_2014:events/p2.time"),
    ),
    result("reproduced", "hua_2014", "fine", references=("hua_2014:counts/n.n",)),
    result("not checkable", "hua_2014", "open", references=("hua_2014:counts/n.n",)),
    result("arithmetic error", "hua_2014", "elsewhere", references=("hua_2014:counts/m.n",)),
]


def test_only_conflicts_that_name_a_used_row_touch_it():
    found = report_audit.touching(TOUCHING, USED, REVIEW)
    assert {r.claim: own["reference"].tolist() for r, own in found} == {
        "target": ["hua_2014:counts/n"],
        "compared": ["hua_2014:events/p1", "hua_2014:events/p2"],
        "input": ["hua_2014:events/p1"],
    }


def test_the_table_says_what_the_used_number_is_to_the_conflict():
    shown = report_audit.touching_table(TOUCHING, USED, REVIEW).iloc[:, -1]
    by = dict(zip(("target", "compared", "input"), shown, strict=True))
    assert "the number under test, as it is printed. Rule: a table goes before" in by["target"]
    assert "what is printed in Table 1. Rule" in by["compared"]
    assert "1: 6 months; 2: 12 months" in by["compared"]
    assert "the number under test is not used here" in by["input"]
    assert "printed <strong>5 &lt; 7</strong> · recomputed <strong>7</strong>" in by["target"]


def test_many_numbers_of_one_section_are_counted_and_not_listed():
    used = pd.concat([USED[:1]] * 6).assign(value=[f"{i}: 6 months" for i in range(6)])
    shown = report_audit.touching_table(TOUCHING, used, REVIEW).iloc[0, -1]
    assert "6 numbers" in shown
    assert "0: 6 months" not in shown
