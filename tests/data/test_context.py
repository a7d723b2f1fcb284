"""Studies beside the sources: the real tables, and each issue planted once in a copy of them."""

import csv
import json
import shutil
from pathlib import Path

import pytest

from living_review import evidence, validation
from living_review.validation.cells import check_cells, check_header, check_rows
from living_review.validation.issues import Table, read

ROOT = Path(__file__).parents[2]
MISSING = ("not_reported", "not_applicable")


@pytest.fixture(scope="module")
def review():
    return evidence.load()


@pytest.fixture
def project(tmp_path):
    """A project that holds nothing but the studies beside the sources."""
    (tmp_path / "data" / "review").mkdir(parents=True)
    for folder in ("schema", "context"):
        shutil.copytree(ROOT / "data" / folder, tmp_path / "data" / folder)
    shutil.copy(ROOT / "data" / "vocabulary.yaml", tmp_path / "data" / "vocabulary.yaml")
    return tmp_path


def plant(project, table, name, /, **cells):
    """Write other cells into the row of a table."""
    path = project / "data" / "context" / f"{table}.csv"
    header, rows = evidence.read_rows(path)
    row = next(r for r in rows if r[0] == name)
    for column, value in cells.items():
        row[header.index(column)] = value
    evidence.write_rows(path, [header, *rows])


def the_issue(project, table, column):
    issues = validation.check(project)
    found = [f for f in issues if f.file == f"data/context/{table}.csv" and f.column == column]
    assert found, [str(f) for f in issues]
    return found[0]


def expectations(project):
    return " ".join(f.expected for f in validation.check(project))


def test_the_copy_is_valid(project):
    assert validation.check(project) == []


@pytest.mark.parametrize("which", ["first", "second"])
@pytest.mark.parametrize("name", ["studies", "results", "regulatory", "guidance"])
def test_each_reading_fits_the_same_schemas(review, which, name):
    table = read(ROOT / "data/review/readings" / which / "context" / f"{name}.csv", name)
    assert isinstance(table, Table)
    schema = review.schemas[f"context_{name}"]
    issues = [*check_header(table, schema), *check_cells(table, schema), *check_rows(table, schema, "")]
    assert [str(f) for f in issues] == []


def test_each_table_is_closed_and_each_meaning_coded(review):
    """A word that no list holds is an issue; a column of words names its list."""
    texts = {
        *("study_id", "authors", "title", "journal", "registry", "population", "drug", "comparator"),
        *("arm", "definition", "printed", "locator", "note", "former_id", "indication", "source"),
        *("fact", "first_id", "second_id", "column", "first", "second", "row_id", "settled", "reason"),
    }
    for name, schema in review.schemas.items():
        if not name.startswith("context_"):
            continue
        header, _ = evidence.read_rows(ROOT / "data/context" / f"{name.removeprefix('context_')}.csv")
        assert header == [c["name"] for c in schema.fields]
        for column in schema.fields:
            limits = column.get("constraints", {})
            coded = column["type"] in ("number", "integer") or "enum" in limits or "pattern" in limits
            assert coded or column["name"] in texts, (name, column["name"])


def test_every_study_has_a_doi_or_a_pubmed_number_or_the_address_of_its_publisher(review):
    studies = review.records("studies", "context")
    numbered = ~(studies["doi"].isin(MISSING) & studies["pmid"].isin(MISSING))
    assert (numbered | studies["address"].str.startswith("https://")).all()
    # A randomised trial is what a verdict may rest on: an address is not enough.
    assert numbered[studies["randomised"] == "yes"].all()


def test_no_proportion_without_a_base_became_a_count(review):
    results = review.records("results", "context")
    computed = results[results["derived"] == "yes"]
    assert computed["n"].notna().all()
    printed = computed.dropna(subset=["value"]).query("unit == 'percent'")
    share = 100 * printed["events"].astype(float) / printed["n"].astype(float)
    assert ((share - printed["value"]).abs() <= 1).all()


def test_a_study_without_doi_pubmed_number_and_address(project):
    plant(project, "studies", "okanishi_2020", doi="not_reported")
    assert "a DOI" in the_issue(project, "studies", "doi").expected


def test_a_study_without_number_says_in_its_note_why(project, review):
    studies = review.records("studies", "context")
    bare = studies[studies["doi"].isin(MISSING) & studies["pmid"].isin(MISSING)]
    assert len(bare)
    assert (bare["note"] != "").all()
    plant(project, "studies", bare["study_id"].iloc[0], note="")
    assert "looked for" in the_issue(project, "studies", "note").expected


def test_an_address_beside_a_doi(project):
    plant(project, "studies", "okanishi_2020", address="https://example.org/page")
    assert "not_applicable" in the_issue(project, "studies", "address").expected


def test_a_broken_doi(project):
    plant(project, "studies", "okanishi_2020", doi="doi:10.3389/fmed")
    assert "pattern" in the_issue(project, "studies", "doi").expected


def test_a_result_of_a_study_that_is_not_there(project):
    plant(project, "results", "okanishi_2020_response", study_id="okanishi_2021")
    assert "'okanishi_2021'" in the_issue(project, "results", "study_id").found


def test_a_review_that_counts_as_a_study(project):
    plant(project, "studies", "teng_2025", is_review="no")
    assert "'yes'" in the_issue(project, "studies", "is_review").expected


def test_a_single_arm_called_randomised(project):
    plant(project, "studies", "hammer_2018", randomised="yes")
    assert "prospective_single_arm" in the_issue(project, "studies", "randomised").expected


def test_more_patients_analysed_than_enrolled(project):
    plant(project, "studies", "hammer_2018", n_analysed="20")
    assert "at most the 19 enrolled" in the_issue(project, "studies", "n_analysed").expected
    plant(project, "results", "hammer_2018_symptoms", n="21", events="16")
    assert "at most the n_enrolled 19" in expectations(project)


def test_more_events_than_patients(project):
    plant(project, "results", "hammer_2018_symptoms", events="17")
    assert "at most the n 16" in expectations(project)


def test_a_count_that_is_not_printed(project):
    plant(project, "results", "wataya_2018_sirolimus_response_week_12", events="19")
    assert "18 out of 30" in the_issue(project, "results", "events").expected


def test_a_percentage_called_a_count(project):
    plant(project, "results", "hammer_2018_mucositis", statistic="count")
    assert "a proportion without its base" in the_issue(project, "results", "events").todo


def test_a_count_computed_without_its_base(project):
    plant(project, "results", "hammer_2018_mucositis", statistic="count", events="2", derived="yes")
    assert "a base" in the_issue(project, "results", "n").expected


def test_published_cases_outside_a_review_and_patients_within_one(project):
    plant(project, "results", "hammer_2018_symptoms", denominator_kind="published_cases")
    assert "in a review" in the_issue(project, "results", "denominator_kind").expected
    plant(project, "results", "hammer_2018_symptoms", denominator_kind="evaluable")
    plant(project, "results", "wiegand_2018_response", denominator_kind="enrolled")
    assert "'enrolled'" in the_issue(project, "results", "denominator_kind").found


def test_an_estimate_that_is_not_printed(project):
    plant(project, "results", "ji_2022_difference_platelets", value="29.7")
    assert "27.9" in the_issue(project, "results", "value").expected


def test_a_word_of_no_list_names_both_lists(project):
    plant(project, "results", "hammer_2018_symptoms", endpoint_class="cure")
    expected = the_issue(project, "results", "endpoint_class").expected
    assert "'endpoint_classes' and 'further_endpoint_classes'" in expected


def test_guidance_with_another_doi_than_its_study(project):
    plant(project, "guidance", "target_hammer", doi="10.1186/s13023-018-9999-9")
    assert "hammer_2018" in the_issue(project, "guidance", "doi").expected


def test_a_decision_that_points_nowhere(project):
    path = project / "data" / "context" / "settled.csv"
    with path.open(newline="") as stream:
        first = next(r for r in csv.DictReader(stream) if r["row_id"] not in MISSING)
    plant(project, "settled", first["settled_id"], row_id="nowhere")
    assert "'nowhere'" in the_issue(project, "settled", "row_id").found


def test_the_same_row_under_another_name(project):
    path = project / "data" / "context" / "results.csv"
    header, rows = evidence.read_rows(path)
    evidence.write_rows(path, [header, *rows, ["again", *rows[0][1:]]])
    issues = [f for f in validation.check(project) if f.found == "the same row as before"]
    assert [f.row for f in issues] == [len(rows) + 2]


def test_a_table_without_a_schema(project):
    (project / "data" / "context" / "resluts.csv").write_text("a\n1\n")
    issues = validation.check(project)
    assert any("results.csv" in f.todo for f in issues)


def test_a_schema_without_the_tables_it_names(project):
    path = project / "data" / "schema" / "context_results.json"
    descriptor = json.loads(path.read_text())
    descriptor["fields"] = [c for c in descriptor["fields"] if c["name"] != "harm"]
    path.write_text(json.dumps(descriptor))
    assert any("harm" in f.found for f in validation.check(project))
