"""Verdicts on statements of the sources: each rule with rows that just pass and just fail.

Oracle: counts written here whose exact intervals are known, and rows planted in a copy of the data.
"""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

from living_review import evidence
from living_review.report import context as report_context
from living_review.report import context_figure, context_tables, practical
from living_review.stats.proportions import clopper_pearson
from living_review.synthesis import context, coverage, verdicts
from living_review.synthesis.verdicts import Statement
from living_review.validation.issues import read
from living_review.validation.judged import check_judged

ROOT = Path(__file__).parents[2]
EXPECTED = {
    "nf1_size": "confirmed",
    "nf1_pain": "untested",
    "nf1_analgesics": "untested",
    "nf1_choice": "superseded",
    "vascular_response": "contradicted",
    "vascular_choice": "confirmed",
    "skin_better": "confirmed",
    "skin_after_stopping": "untested",
    "venous_symptoms": "confirmed",
    "venous_size": "weaker",
    "pecoma_response": "confirmed",
    "pecoma_symptoms": "untested",
    "pecoma_choice": "confirmed",
}


def statement(
    events: int, n: int, *, treated: int = 0, direction="better", extent="share"
) -> Statement:
    judged, whole = clopper_pearson(events, n), clopper_pearson(events, treated or n)
    names = ("made_up", "pecoma", "benson_2014", "lesion_response", direction, extent, "", "")
    return Statement(*names, (), judged, whole)


def counts(*pairs: tuple[int, int, int]):
    return [(clopper_pearson(k, n), clopper_pearson(k, enrolled)) for k, n, enrolled in pairs]


@pytest.fixture
def copy(tmp_path):
    """The data in a folder of their own, which a test may change."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    return tmp_path


def table(root: Path, name: str) -> Path:
    return root / "data" / name


def plant(root: Path, file: str, like: str, **cells: object) -> None:
    """Add a row like another one but for some cells."""
    header, rows = evidence.read_rows(table(root, file))
    row = list(next(r for r in rows if r[0] == like))
    for column, value in cells.items():
        row[header.index(column)] = str(value)
    evidence.write_rows(table(root, file), [header, *rows, row])


def change(root: Path, file: str, name: str, **cells: object) -> None:
    header, rows = evidence.read_rows(table(root, file))
    row = next(r for r in rows if r[0] == name)
    for column, value in cells.items():
        row[header.index(column)] = str(value)
    evidence.write_rows(table(root, file), [header, *rows])


def found(root: Path) -> dict[str, str]:
    return {v.statement.statement_id: v.verdict for v in verdicts.verdicts(evidence.load(root))}


def role(root: Path, statement_id: str, result_id: str) -> str:
    review = evidence.load(root)
    said = next(s for s in verdicts.statements(review) if s.statement_id == statement_id)
    return verdicts.roles(review, said).set_index("result_id").loc[result_id, "role"]


# --- The rules by themselves ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "said", "expected"),
    [
        (["better"], "better", "confirmed"),
        (["better", "better"], "better", "confirmed"),
        (["better", "unchanged"], "better", "weaker"),
        (["unchanged"], "better", "weaker"),
        (["better", "worse"], "better", "contradicted"),
        (["unchanged"], "unchanged", "confirmed"),
        (["better"], "unchanged", "contradicted"),
    ],
)
def test_direction_of_randomised_comparisons(points, said, expected):
    assert verdicts.direction(points, said) == expected


def test_a_share_just_inside_the_interval_of_the_source_confirms_and_just_outside_is_weaker():
    source = statement(5, 10)  # exact interval 18.7% to 81.3%
    assert verdicts.share_within(source, counts((19, 100, 100))) == "confirmed"
    assert verdicts.share_within(source, counts((18, 100, 100))) == "weaker"
    assert (
        verdicts.share_within(source, counts((18, 90, 100))) == "weaker"
    )  # inside of those judged only
    assert verdicts.share_within(source, counts((95, 100, 100))) == "confirmed"  # more favourable


def test_a_share_whose_interval_lies_just_apart_contradicts():
    source = statement(5, 10)
    assert clopper_pearson(10, 100).upper < 0.187 < clopper_pearson(11, 100).upper
    assert verdicts.share_within(source, counts((10, 100, 100))) == "contradicted"
    assert verdicts.share_within(source, counts((11, 100, 100))) == "weaker"


def test_everyone_needs_everyone_by_both_denominators():
    source = statement(84, 84, extent="all")  # 95.7% to 100%
    assert verdicts.everyone_or_nobody(source, counts((20, 20, 20))) == "confirmed"
    assert verdicts.everyone_or_nobody(source, counts((16, 16, 19))) == "weaker"
    assert verdicts.everyone_or_nobody(source, counts((10, 20, 20))) == "contradicted"
    assert verdicts.everyone_or_nobody(source, counts((20, 20, 20), (10, 20, 20))) == "contradicted"


def test_nobody_is_the_same_the_other_way_round():
    source = statement(0, 3, direction="unchanged", extent="none")  # 0% to 71%
    assert verdicts.everyone_or_nobody(source, counts((0, 12, 12))) == "confirmed"
    assert verdicts.everyone_or_nobody(source, counts((1, 12, 12))) == "weaker"
    assert verdicts.everyone_or_nobody(source, counts((50, 50, 50))) == "contradicted"


def test_both_denominators_of_the_source_open_its_interval():
    assert verdicts.share_within(statement(5, 7), counts((28, 100, 100))) == "weaker"  # 29% to 96%
    assert verdicts.share_within(statement(5, 7, treated=10), counts((28, 100, 100))) == "confirmed"


# --- On the data ----------------------------------------------------------------------------------


def test_the_verdicts_of_the_data_and_that_each_names_its_rows():
    review = evidence.load()
    judged = verdicts.verdicts(review)
    assert {v.statement.statement_id: v.verdict for v in judged} == EXPECTED
    ids = set(review.records("results", "context")["result_id"])
    ids |= set(review.records("regulatory", "context")["regulatory_id"])
    for verdict in judged:
        assert set(verdict.rows) <= ids
        assert bool(verdict.rows) == (verdict.verdict != "untested")
        assert verdict.rule in review.vocabulary["verdict_rules"]


def test_every_statement_rests_on_rows_of_its_source_of_the_same_disease():
    review = evidence.load()
    for said in verdicts.statements(review):
        study = review.study(said.study_id)
        assert study.meta["indication"] == said.disease
        assert all(len(study.row(place)) for place in said.rows)


def made_up_trial(root: Path, direction: str) -> None:
    plant(
        root, "context/studies.csv", "maruani_2021", study_id="made_up_2026", overlap_group="made_up",
        doi="10.1000/made.up", disease="pecoma", subtype="malignant_pecoma", n_enrolled=80,
    )  # fmt: skip
    plant(
        root, "context/results.csv", "maruani_2021_response", result_id="made_up_2026_response",
        study_id="made_up_2026", direction=direction,
    )  # fmt: skip


def shown(root: Path) -> dict[str, str]:
    """Return what the book says by later studies: of each disease its line, of PEComa everything."""
    review = evidence.load(root)
    lines = {d: report_context.verdict_line(review, d) for d in report_context.diseases(review)}
    return lines | {
        "map": coverage.map_with_names(review)[0].to_csv(),
        "text": report_context.verdict_text(review, "pecoma"),
        "rest": report_context.rest_text(review, "pecoma"),
        "tables": context_tables.of_disease(review, "pecoma", "tables").content,
        "figure": context_figure.figure_data(review, "pecoma").to_csv(),
        "practical": practical.table(review, "pecoma").to_csv(),
    }


def test_a_trial_that_is_added_moves_a_verdict_and_taken_out_again_restores_all_that_is_shown(copy):
    files = ["context/studies.csv", "context/results.csv"]
    before, bytes_before = shown(copy), [table(copy, f).read_bytes() for f in files]
    made_up_trial(copy, "unchanged")
    assert found(copy) == EXPECTED | {"pecoma_response": "weaker"}
    after = shown(copy)
    # The trial is of PEComa, reports the lesion and has no count: nothing else may move.
    moved = {name for name in before if after[name] != before[name]}
    assert moved == {"pecoma", "map", "text", "tables"}
    assert "<strong>Weaker than stated</strong>: tumour response" in after["pecoma"]
    for file, content in zip(files, bytes_before, strict=True):
        table(copy, file).write_bytes(content)
    assert shown(copy) == before


@pytest.mark.parametrize(
    ("direction", "expected"),
    [("better", "confirmed"), ("unchanged", "weaker"), ("worse", "contradicted")],
)
def test_a_randomised_comparison_decides_before_any_count(copy, direction, expected):
    made_up_trial(copy, direction)
    assert found(copy)["pecoma_response"] == expected
    assert role(copy, "pecoma_response", "wagner_2021_response") == "lesser_design"


def test_a_trial_with_counts_points_where_the_interval_of_its_difference_does(copy):
    made_up_trial(copy, "better")
    shared = {"study_id": "made_up_2026", "criterion": "recist", "time_months": 6, "time_kind": "fixed",
              "n": 40, "n_enrolled": 40, "denominator_kind": "enrolled"}  # fmt: skip
    change(copy, "context/results.csv", "made_up_2026_response", **shared, statistic="count", events=14)
    plant(copy, "context/results.csv", "made_up_2026_response", result_id="made_up_2026_placebo",
          arm_kind="control", events=5)  # fmt: skip
    assert (
        found(copy)["pecoma_response"] == "confirmed"
    )  # 14 against 5 of 40: the interval leaves out 0
    change(copy, "context/results.csv", "made_up_2026_response", events=10)
    assert found(copy)["pecoma_response"] == "weaker"  # 10 against 5: it does not


def test_a_retrospective_count_weakens_but_never_confirms(copy):
    change(copy, "context/results.csv", "wagner_2021_response", derived="yes")
    change(copy, "context/studies.csv", "sanfilippo_2020", overlap_group="other")
    for name in ("bergamo_2014_response", "gennatas_2012_response", "dickson_2013_response"):
        change(copy, "context/results.csv", name, subgroup="adults")
    change(copy, "context/results.csv", "sanfilippo_2020_response", events=3)
    assert found(copy)["pecoma_response"] == "untested"  # 3 of 7 would confirm
    change(copy, "context/results.csv", "sanfilippo_2020_response", events=1)
    assert found(copy)["pecoma_response"] == "weaker"  # 1 of 7: below the source's 19%


def test_a_computed_count_never_decides_alone(copy):
    change(copy, "context/results.csv", "weiss_2014_response", derived="yes")
    assert found(copy)["nf1_size"] == "untested"
    assert role(copy, "nf1_size", "weiss_2014_response") == "computed"


@pytest.mark.parametrize(
    ("file", "row", "cells", "expected"),
    [
        ("context/results.csv", "wagner_2021_response", {"scope": "other_disease"}, "out_of_scope"),
        ("context/results.csv", "wagner_2021_response", {"subgroup": "adults"}, "part"),
        (
            "context/results.csv",
            "wagner_2021_response",
            {"definition_id": "agency"},
            "other_definition",
        ),
        ("context/results.csv", "wagner_2021_response", {"n_enrolled": "not_reported"}, "no_count"),
        ("context/results.csv", "wagner_2021_response", {"denominator_kind": "lesions"}, "no_count"),
        ("context/studies.csv", "wagner_2021", {"drug_class": "mek_inhibitor"}, "other_class"),
        ("context/studies.csv", "wagner_2021", {"route": "topical"}, "topical"),
        ("context/studies.csv", "wagner_2021", {"is_review": "yes"}, "review"),
        ("context/studies.csv", "wagner_2021", {"enrolment": "retrospective"}, "overlap"),
    ],
)
def test_a_row_that_may_not_decide_says_why(copy, file, row, cells, expected):
    if expected == "overlap":  # of one group the larger counts
        plant(copy, "context/studies.csv", "wagner_2021", study_id="made_up_2026")
        plant(copy, "context/results.csv", "wagner_2021_response", result_id="made_up_2026_response",
              study_id="made_up_2026", n_enrolled=35)  # fmt: skip
        cells = {}
    change(copy, file, row, **cells)
    assert role(copy, "pecoma_response", "wagner_2021_response") == expected


def test_a_study_that_becomes_a_source_no_longer_decides(copy):
    change(
        copy,
        "context/studies.csv",
        "wagner_2021",
        doi=evidence.load(copy).study("hua_2014").meta["doi"],
    )
    assert role(copy, "pecoma_response", "wagner_2021_response") == "is_source"


def test_a_licence_supersedes_only_if_full_and_of_another_class_alone(copy):
    assert found(copy)["vascular_choice"] == "confirmed"  # alpelisib: accelerated only
    change(copy, "context/regulatory.csv", "alpelisib_fda", status="approved")
    assert found(copy)["vascular_choice"] == "superseded"
    change(copy, "context/regulatory.csv", "sirolimus_fda_vascular", status="approved")
    assert found(copy)["vascular_choice"] == "confirmed"


def test_the_pair_of_arms_that_adds_a_treatment_is_not_the_question():
    assert role(ROOT, "vascular_response", "ji_2022_combination_response") == "not_the_question"


def test_two_definitions_of_one_trial_are_two_contrasts():
    rows = context.results(evidence.load(), "tsc_skin_tumours")
    gel = [c for c in context.contrasts(rows) if c.experimental["study_id"] == "wataya_2018"]
    shown = {
        (c.experimental["definition_id"], c.experimental["events"], c.control["events"])
        for c in gel
        if c.experimental["endpoint_class"] == "lesion_response" and c.difference
    }
    assert {("own", 18, 0), ("agency", 7, 2)} <= shown


def test_counts_of_a_gel_stand_beside_the_verdict_on_a_drug_by_mouth_and_decide_nothing(copy):
    told = report_context.verdict_text(evidence.load(copy), "tsc_skin_tumours")
    assert "**On the skin**" in told
    assert "18 of 30 (60%) against 0 of 32 (0%)" in told
    assert "6 of 30" not in told  # week 4: of several times the last counts
    assert role(copy, "skin_better", "wataya_2018_sirolimus_response_week_12") == "topical"
    change(copy, "context/studies.csv", "wataya_2018", route="oral")
    assert role(copy, "skin_better", "wataya_2018_sirolimus_response_week_12") == "decides"
    assert "18 of 30" not in report_context._on_the_skin(evidence.load(copy), "tsc_skin_tumours")


def test_a_comparison_with_counts_points_by_them_and_not_by_its_printed_p_value(copy):
    like = "bissler_2013_everolimus_skin_response"
    change(copy, "context/results.csv", like, events=10, n=40, denominator_kind="enrolled")
    change(copy, "context/results.csv", like.replace("everolimus", "placebo"), events=9, n=40,
           denominator_kind="enrolled")  # fmt: skip
    assert found(copy)["skin_better"] == "weaker"  # 10 against 9 of 40, p printed as 0.0011


def test_what_the_figure_does_not_draw_stands_in_the_table_below_it():
    review = evidence.load()
    for disease in report_context.diseases(review):
        drawn = context_figure.figure_data(review, disease)
        assert drawn["estimate"].notna().all()
        beside = context_figure.not_drawn(review, disease)
        assert not set(beside["Study and result"]) & set(drawn["label"])
    skin = context_figure.not_drawn(review, "tsc_skin_tumours")
    assert skin["Study and result"].str.contains("Bissler 2013").any()
    assert "7 randomised" in context_figure.figure_words(review, "tsc_skin_tumours")["caption"]


def test_every_later_study_is_listed_once_with_a_disease_or_out_of_scope():
    review = evidence.load()
    lists = [context_tables.used(review, d) for d in report_context.diseases(review)]
    names = [str(s) for own in [*lists, context_tables.elsewhere(review)] for s in own["Study"]]
    assert len(names) == len(set(names)) == len(context.studies(review))
    skin = context_tables.used(review, "tsc_skin_tumours")["Study"].astype(str)
    assert skin.str.contains("Bissler 2013").any()  # a trial of the kidney whose skin rows decide


def test_licences_name_each_class_drug_and_agency_once():
    told = report_context.licence_text(evidence.load(), "nf1_plexiform_neurofibroma")
    assert "**MEK inhibitor:** selumetinib: approved (FDA, EMA, PMDA)" in told
    assert told.count("\n") == 1


def test_labels_are_names_and_no_two_studies_of_a_disease_share_one():
    studies = context.studies(evidence.load())
    assert not studies.duplicated(["disease", "label"]).any()
    assert not studies["label"].str.contains("not read|not_reported|_").any()


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"study_id": "nobody_2001"}, "study_id"),
        ({"disease": "vascular_anomalies"}, "disease"),
        ({"rows": "outcomes/never_there"}, "rows"),
        ({"rows": "responses/p1"}, "rows"),
    ],
)
def test_a_statement_that_rests_on_nothing_is_an_issue(copy, cells, column):
    change(copy, "review/statements_judged.csv", "nf1_pain", **cells)
    review = evidence.load(copy)
    judged = read(table(copy, "review/statements_judged.csv"), "statements_judged.csv")
    tables = {
        s.study_id: {p.stem: read(p, p.name) for p in s.folder.glob("*.csv")} for s in review.studies
    }
    metas = {s.study_id: s.meta for s in review.studies}
    assert [f.column for f in check_judged(judged, tables, metas)] == [column]


# --- No word of prose decides ---------------------------------------------------------------------

FORBIDDEN = {"contains", "match", "fullmatch", "search", "findall", "startswith", "endswith", "extract"}


def prose_readers(source: str) -> list[str]:
    """Return imports of ``re`` and calls of methods that look for words in a text."""
    tree = ast.parse(source)
    out = [
        name.name
        for n in ast.walk(tree)
        if isinstance(n, ast.Import)
        for name in n.names
        if name.name == "re"
    ]
    calls = (n.func for n in ast.walk(tree) if isinstance(n, ast.Call))
    return out + [f.attr for f in calls if isinstance(f, ast.Attribute) and f.attr in FORBIDDEN]


@pytest.mark.parametrize("module", ["context", "verdicts", "pooling"])
def test_no_module_that_judges_looks_for_words(module):
    source = (ROOT / "src/living_review/synthesis" / f"{module}.py").read_text(encoding="utf-8")
    assert prose_readers(source) == []


def test_a_look_for_words_is_seen():
    planted = 'import re\nrows["note"].str.contains("randomised")\nname.startswith("x")'
    assert prose_readers(planted) == ["re", "contains", "startswith"]
