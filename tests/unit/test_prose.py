"""The prose of a chapter: what its marks become, and what is said where a name is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from living_review import evidence
from living_review.report import citing, prose, sections
from living_review.stats.proportions import clopper_pearson

REVIEW = evidence.load()
STUDY = REVIEW.study("benson_2014")


def filled(tmp_path: Path, text: str, **values: object) -> str:
    path = tmp_path / "benson_2014.md"
    path.write_text(f"# Words\n\n## plain\n\n{text}\n", encoding="utf-8")
    return prose.Prose(REVIEW, STUDY, values, path).text("plain")


def test_variables_formats_methods_and_counts(tmp_path: Path) -> None:
    times = STUDY.table("events")
    text = "{n} of {times!n}, {days.max:g} days, {row[unit]}, {{braces}}"
    days = times["time"].astype(float)
    shown = filled(tmp_path, text, n=3, times=times, days=days, row={"unit": "mm"})
    assert shown == f"3 of {len(times)}, {days.max():g} days, mm, {{braces}}"


def test_cells_and_patients_need_no_variable(tmp_path: Path) -> None:
    shown = filled(tmp_path, "{p2}: {events/p2_time_off_treatment.time} days")
    assert shown == f"{sections.patient_label(STUDY, 'p2')}: 275 days"
    assert not citing.is_marked(shown)


@pytest.mark.parametrize(
    ("written", "cited"),
    [
        ("[{n} of {m}](rows)", ("3 of 10", "responses")),
        ("[{n}\nof {m}](events/p2_time_on_treatment doses/p7_temsirolimus)", ("3 of 10", "events")),
        ("[](events/p2_time_on_treatment.time)", ("1366", "events")),
        ("[:.1f](statistics/res_median_survival.value)", ("2.4", "statistics")),
    ],
)
def test_a_cited_number_leads_to_its_rows(tmp_path: Path, written: str, cited: tuple[str, str]) -> None:
    shown = filled(tmp_path, written, n=3, m=10, rows=STUDY.table("responses"))
    assert citing.plain(shown) == cited[0]
    assert f"benson_2014.html#{cited[1]}-" in citing.linked(shown)


def test_how_a_number_was_computed_is_said(tmp_path: Path) -> None:
    shown = filled(tmp_path, '[{n}](rows "all less none")', n=3, rows=STUDY.table("responses"))
    assert "All less none. From " in shown


def test_a_share_is_shown_with_its_interval(tmp_path: Path) -> None:
    row = STUDY.row("outcomes/abs_stopped_harm")
    share = clopper_pearson(int(row["events"]), int(row["n"]))
    rows = STUDY.table("outcomes")
    shown = filled(tmp_path, "[](outcomes/abs_stopped_harm), [{s}](rows)", s=share, rows=rows)
    assert citing.plain(shown) == f"{share}, {share}"


def test_words_lead_to_the_rows_that_must_obey_their_rule(tmp_path: Path) -> None:
    row = "adverse_events/res_treatment_related_death"
    shown = filled(tmp_path, f'[no death from\ntreatment](none: {row} "as the text says")')
    assert citing.plain(shown) == "no death from treatment"
    assert "benson_2014.html#adverse_events-res_treatment_related_death" in citing.linked(shown)
    assert "As the text says. From " in shown
    assert filled(tmp_path, "[nobody was compared](no_comparison:)") == "nobody was compared"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "[Everyone died](some: adverse_events/res_treatment_related_death)",
            "'Everyone died' no longer holds",
        ),
        ("[It grew](grows: adverse_events/res_treatment_related_death)", "there is no rule 'grows'"),
        ("[It is so](named: statements/never)", "statements/never"),
    ],
)
def test_words_that_their_rows_do_not_bear_out_are_refused(
    tmp_path: Path, written: str, said: str
) -> None:
    with pytest.raises(evidence.EvidenceError, match=said):
        filled(tmp_path, written)


def test_a_link_to_a_page_stays_one(tmp_path: Path) -> None:
    assert filled(tmp_path, "See [Bounds](bounds.ipynb).") == "See [Bounds](bounds.ipynb)."


def test_all_wrong_names_are_listed_at_once_with_their_place(tmp_path: Path) -> None:
    text = "{gone} [{n}](nowhere) [](events/never.time) [{n}](events/p2_time_on_treatment)"
    with pytest.raises(evidence.EvidenceError) as error:
        filled(tmp_path, text, n=3)
    said = str(error.value)
    assert said.startswith("book/chapters/benson_2014.md, plain: ")
    assert all(name in said for name in ("'gone'", "'nowhere'", "events/never"))
    assert "p2_time_on_treatment" not in said


def test_a_text_that_is_not_there_and_a_heading_twice(tmp_path: Path) -> None:
    none = prose.Prose(REVIEW, STUDY, {}, tmp_path / "benson_2014.md")
    assert none.line("harms/note", "") == ""
    with pytest.raises(evidence.EvidenceError, match=r"no text 'plain': write it"):
        none.text("plain")
    with pytest.raises(evidence.EvidenceError, match="'plain' is there twice"):
        prose.parts("## plain\n\nA.\n\n## plain\n\nB.\n")
