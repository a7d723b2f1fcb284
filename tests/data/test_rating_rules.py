"""Errors of appraisal and certainty, each planted once in a copy and seen with its place and remedy."""

import shutil
from pathlib import Path

import pytest

from living_review import evidence, validation

ROOT = Path(__file__).parents[2]
TABLES = ("appraisal", "certainty", "imprecision", "rating_rules", "settled_appraisal")
POINTED_AT = ("study", "patients", "counts", "outcomes")


@pytest.fixture
def project(tmp_path):
    """Appraisal and certainty with the tables that they point at: small enough to check in a moment."""
    shutil.copytree(ROOT / "data" / "schema", tmp_path / "data" / "schema")
    shutil.copy(ROOT / "data" / "vocabulary.yaml", tmp_path / "data" / "vocabulary.yaml")
    for path in (ROOT / "data").glob("*/*.*"):
        wanted = TABLES if path.parent.name == "review" else POINTED_AT
        if path.stem in wanted and path.parent.name != "schema":
            place = tmp_path / path.relative_to(ROOT)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place)
    return tmp_path


def change(project, name, column, new, **where):
    """Set a cell of the one row of a table that has the given cells."""
    path = project / "data" / "review" / f"{name}.csv"
    header, rows = evidence.read_rows(path)
    found = [r for r in rows if all(r[header.index(k)] == v for k, v in where.items())]
    assert len(found) == 1, where
    found[0][header.index(column)] = new
    evidence.write_rows(path, [header, *rows])


def drop(project, name, **where):
    path = project / "data" / "review" / f"{name}.csv"
    header, rows = evidence.read_rows(path)
    kept = [r for r in rows if not all(r[header.index(k)] == v for k, v in where.items())]
    assert len(kept) == len(rows) - 1, where
    evidence.write_rows(path, [header, *kept])


def issues(project, name):
    return [i for i in validation.check(project) if i.file == f"data/review/{name}.csv"]


def step(study, outcome, domain):
    return {"study_id": study, "outcome": outcome, "domain": domain}


def answer(study, checklist, item):
    return {"study_id": study, "checklist": checklist, "item": item}


def test_the_copy_is_valid(project):
    assert issues(project, "appraisal") == issues(project, "certainty") == []
    assert issues(project, "settled_appraisal") == []


def test_publication_bias_takes_one_step_at_most(project):
    change(project, "certainty", "change", "-2", **step("nadal_2016", "harm", "publication_bias"))
    found = issues(project, "certainty")
    assert [(i.column, i.found) for i in found] == [("change", "'-2'")]
    assert "from -1 to 0 for publication_bias" in found[0].expected
    assert found[0].row is not None


@pytest.mark.parametrize("wrong", ["-1", "0"])
def test_imprecision_that_the_number_of_patients_does_not_give(project, wrong):
    change(project, "certainty", "change", wrong, **step("hua_2014", "harm", "imprecision"))
    found = issues(project, "certainty")
    assert [i.column for i in found] == ["change"]
    assert found[0].expected.startswith("-2, the step for 3 patients")


def test_patients_who_become_fewer_change_the_step_that_is_asked_for(project):
    path = project / "data" / "nadal_2016" / "study.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("n: 25\n", "n: 9\n", 1), encoding="utf-8")
    found = [i for i in issues(project, "certainty") if "9 patients" in i.expected]
    assert {i.expected.split(",")[0] for i in found} == {"-2"}


def test_patients_that_are_no_number(project):
    where = step("nadal_2016", "harm", "imprecision")
    change(project, "certainty", "patients", "groups/with_harm_information.n", **where)
    found = issues(project, "certainty")
    assert [(i.column, i.expected) for i in found] == [("patients", "a number of patients")]


def test_patients_beside_another_domain(project):
    change(project, "certainty", "patients", "groups/all.n", **step("hua_2014", "harm", "start"))
    assert "not_applicable" in issues(project, "certainty")[0].expected


def test_a_rating_without_a_start_or_without_imprecision(project):
    drop(project, "certainty", **step("hua_2014", "harm", "imprecision"))
    drop(project, "certainty", **step("hua_2014", "stability", "start"))
    found = [i for i in issues(project, "certainty") if i.column == "domain"]
    assert [i.found.split(":")[0] for i in found] == ["hua_2014, stability", "hua_2014, harm"]


def test_what_is_not_rated_has_no_step(project):
    change(project, "certainty", "change", "0", **step("nathan_2015", "harm", "not_rated"))
    change(project, "certainty", "domain", "not_rated", **step("hua_2014", "harm", "risk_of_bias"))
    expected = " ".join(i.expected for i in issues(project, "certainty"))
    assert "not_applicable: nothing is rated" in expected
    assert "or the one row not_rated" in expected


def test_a_result_is_computed_and_no_row_may_state_one(project):
    change(project, "certainty", "domain", "result", **step("hua_2014", "harm", "risk_of_bias"))
    assert any("grade_domains" in i.expected for i in issues(project, "certainty"))


@pytest.mark.parametrize(
    ("item", "word"),
    [(("hua_2014", "jbi_case_series", "4"), "low"), (("nadal_2016", "robis", "1.2"), "unclear")],
)
def test_an_answer_that_the_checklist_does_not_have(project, item, word):
    change(project, "appraisal", "answer", word, **answer(*item))
    expected = [i.expected for i in issues(project, "appraisal")]
    assert any(f"for item {item[2]} of {item[1]}" in e for e in expected)


def test_partly_is_a_word_of_no_tool(project):
    change(project, "appraisal", "answer", "partly", **answer("nadal_2016", "robis", "1.1"))
    assert any("vocabulary 'answers'" in i.expected for i in issues(project, "appraisal"))


def test_a_rating_that_its_questions_do_not_give(project):
    change(project, "appraisal", "answer", "low", **answer("nadal_2016", "robis", "2"))
    found = issues(project, "appraisal")
    assert [(i.column, i.found) for i in found] == [("answer", "'low'")]
    assert found[0].expected.startswith("'high'")


def test_a_rating_without_one_of_its_questions(project):
    drop(project, "appraisal", **answer("hua_2014", "murad", "8"))
    assert issues(project, "appraisal")[0].found == "'reporting' without 8"


def test_an_answer_that_is_not_what_was_settled(project):
    change(project, "appraisal", "answer", "unclear", **answer("hua_2014", "jbi_case_series", "1"))
    found = issues(project, "settled_appraisal")
    assert [(i.column, i.found) for i in found] == [("settled", "'no'")]
    assert "unclear" in found[0].expected


def test_a_decision_by_a_rule_that_is_not_there(project):
    drop(project, "rating_rules", id="jbi_analysis")
    assert {i.found for i in issues(project, "settled_appraisal")} == {"'jbi_analysis'"}


def test_no_limit_for_a_single_patient(project):
    change(project, "imprecision", "fewest", "2", fewest="1")
    assert issues(project, "imprecision")[0].expected == "a row for 1"


def test_a_wrong_header_and_a_short_row_are_issues_and_no_traceback(project):
    path = project / "data" / "review" / "certainty.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("patients", "people", 1), encoding="utf-8")
    assert issues(project, "certainty")
    path.write_text(text + "hua_2014,harm\n", encoding="utf-8")
    assert issues(project, "certainty")
