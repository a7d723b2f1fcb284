"""Bad input: each issue planted once in a copy of the data, and seen with its place and remedy."""

import json
import shutil
from pathlib import Path

import pytest

from living_review import cli, evidence, validation

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path):
    """A project with one study, small enough to check in a moment."""
    (tmp_path / "data" / "review").mkdir(parents=True)
    shutil.copytree(ROOT / "data" / "schema", tmp_path / "data" / "schema")
    shutil.copy(ROOT / "data" / "vocabulary.yaml", tmp_path / "data" / "vocabulary.yaml")
    shutil.copytree(ROOT / "data" / "benson_2014", tmp_path / "data" / "benson_2014")
    claims = tmp_path / "data" / "benson_2014" / "claims.csv"
    if claims.is_file():  # without those that point at what this copy leaves out
        header, rows = evidence.read_rows(claims)
        evidence.write_rows(claims, [header, *(r for r in rows if ":" not in f"{r[2]} {r[3]}")])
    return tmp_path


def edit(project, name, old, new, count=1):
    path = project / "data" / "benson_2014" / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} not in {name}"
    path.write_text(text.replace(old, new, count), encoding="utf-8")


def the_issue(project, file, column=None):
    issues = [f for f in validation.check(project) if f.file.endswith(f"/{file}")]
    found = [f for f in issues if column in (None, f.column)]
    assert found, f"no issue in {file}"
    return found[0]


def test_the_real_data_are_valid():
    assert [str(f) for f in validation.check(ROOT)] == []


def test_the_copy_is_valid(project):
    assert validation.check(project) == []


def test_a_schema_whose_key_names_no_column(project):
    path = project / "data" / "schema" / "counts.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"primaryKey": ["idd"]}))
    issue = the_issue(project, "counts.json")
    assert "idd" in issue.expected
    assert "counts.csv was not checked" in issue.todo


@pytest.mark.parametrize(
    ("old", "new", "column", "expected"),
    [
        (",material,time_on_treatment,", ",not_applicable,time_on_treatment,", "materiality", "a word"),
        (",material,time_on_treatment,", ",material,not_applicable,", "issue", "a word"),
        (",material,time_on_treatment,", ",minor,time_on_treatment,", "materiality", "the same issue"),
        (",material,time_on_treatment,", ",grave,time_on_treatment,", "materiality", "material"),
        (",not_applicable,not_applicable,ten c", ",minor,ten,ten c", "issue", "not_applicable"),
    ],
)
def test_a_finding_says_how_much_it_matters_and_nothing_else_does(project, old, new, column, expected):
    edit(project, "claims.csv", old, new)
    assert expected in the_issue(project, "claims.csv", column).expected


def test_percentage_typed_as_a_count(project):
    edit(project, "counts.csv", ",renal,3,10,", ",renal,30%,10,")
    issue = the_issue(project, "counts.csv", "n")
    assert issue.row == 1 + 1 + row_of(project, "counts.csv", ",renal,30%")
    assert "30%" in issue.found
    assert "percentage is not a count" in issue.todo


def test_count_above_its_denominator(project):
    edit(project, "counts.csv", ",renal,3,10,", ",renal,13,10,")
    expected = [f.expected for f in validation.check(project) if f.file.endswith("/counts.csv")]
    assert any("at most the denominator 10" in e for e in expected)


def test_unknown_unit(project):
    edit(project, "statistics.csv", ",year,", ",yaer,")
    issue = the_issue(project, "statistics.csv", "unit")
    assert "units" in issue.expected
    assert "'year'" in issue.todo


def test_missing_locator(project):
    edit(project, "events.csv", ',"Table II, row 3, column Duration of treatment",', ",,")
    issue = the_issue(project, "events.csv", "locator")
    assert issue.row is not None


def test_patient_that_does_not_exist(project):
    edit(project, "events.csv", "p3_time_on_treatment,p3,", "p3_time_on_treatment,p33,")
    issue = the_issue(project, "events.csv", "patient")
    assert "'p33'" in issue.found
    assert "patients.csv" in issue.expected


def test_group_that_does_not_exist(project):
    edit(project, "statistics.csv", ",all,age,", ",everyone,age,")
    assert "groups of" in the_issue(project, "statistics.csv", "group").expected


def test_duplicated_row_under_the_same_id_and_under_another(project):
    path = project / "data" / "benson_2014" / "events.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    again = lines[1].replace("p1_time", "again_time", 1)
    path.write_text("".join([*lines, lines[1], again]), encoding="utf-8")
    issues = [f for f in validation.check(project) if f.file.endswith("/events.csv")]
    assert any("each id once" in f.expected for f in issues)
    assert any("the same row as before" in f.found for f in issues)


def test_number_that_does_not_stand_in_its_printed_form(project):
    edit(project, "events.csv", "time_on_treatment,637,", "time_on_treatment,673,")
    assert "637a" in the_issue(project, "events.csv", "time").expected


def test_a_number_of_the_place_does_not_stand_for_a_printed_number(project):
    edit(project, "events.csv", "time_on_treatment,637,", "time_on_treatment,3,")  # Table II, row 3
    assert "637a" in the_issue(project, "events.csv", "time").expected


def test_denominator_that_is_not_the_size_of_its_group(project):
    edit(project, "counts.csv", ",renal,3,10,", ",renal,3,11,")
    assert "the size of 'all'" in the_issue(project, "counts.csv", "denominator").expected


@pytest.mark.parametrize(("sign", "word"), [(";", "semicolon"), ("\t", "tab")])
def test_wrong_delimiter(project, sign, word):
    path = project / "data" / "benson_2014" / "events.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",", sign), encoding="utf-8")
    assert word in the_issue(project, "events.csv").found


def test_wrong_encoding(project):
    path = project / "data" / "benson_2014" / "counts.csv"
    path.write_bytes(path.read_bytes() + "é".encode("latin-1"))
    assert "UTF-8" in the_issue(project, "counts.csv").expected


def test_windows_line_ends_and_byte_order_mark_are_accepted(project):
    path = project / "data" / "benson_2014" / "events.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert validation.check(project) == []


def test_empty_file(project):
    (project / "data" / "benson_2014" / "events.csv").write_text("")
    assert the_issue(project, "events.csv").found == "an empty file"


def test_study_folder_without_study_yaml(project):
    (project / "data" / "benson_2014" / "study.yaml").unlink()
    assert the_issue(project, "study.yaml").found == "no study.yaml"


def test_yaml_syntax_error_names_its_line(project):
    edit(project, "study.yaml", "year:", "year: [")
    issue = the_issue(project, "study.yaml")
    assert issue.row is not None
    assert "YAML" in issue.expected


def test_unknown_column_and_missing_column(project):
    edit(project, "events.csv", "reason,same_as", "raeson,same_as")
    issues = [f for f in validation.check(project) if f.file.endswith("/events.csv")]
    assert {"reason", "raeson"} <= {f.column for f in issues}


def test_unknown_table(project):
    (project / "data" / "benson_2014" / "evnets.csv").write_text("id\n1\n")
    assert "events.csv" in the_issue(project, "evnets.csv").todo


@pytest.mark.parametrize(
    ("old", "new", "column", "said"),
    [
        ("- temsirolimus\n", "- temsirolimos\n", "drugs.1", "Did you mean 'temsirolimus'?"),
        ("- temsirolimus\n", "- alpelisib\n", "drugs.1", "a word of the vocabulary 'drugs'"),
        ("indication: pecoma", "indication: pecomas", "indication", "the vocabulary 'indications'"),
        ("n_patients: 10", "n_patients: 99", "n_patients", "(all 10)"),
        ("doi: not_reported", "doi: javascript:alert(1)", "doi", "does not match"),
        ("- Benson C\n", "- ''\n", "authors.0", "does not match"),
        ("design: retrospective", "design: '' # retrospective", "design", "too short"),
        ("year: 2014\n", "year: 2014\nyear: 2015\n", "year", "each key once"),
    ],
)
def test_a_description_that_chapters_could_not_use(project, old, new, column, said):
    edit(project, "study.yaml", old, new)
    assert said in str(the_issue(project, "study.yaml", column))


def test_a_new_disease_needs_a_word_of_the_vocabulary_and_nothing_else(project):
    edit(project, "study.yaml", "indication: pecoma", "indication: lymphangioma")
    the_issue(project, "study.yaml", "indication")
    path = project / "data" / "vocabulary.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("indications:\n", "indications:\n  lymphangioma: Lymphangioma\n", 1))
    assert validation.check(project) == []


@pytest.mark.parametrize(
    ("name", "author", "label"),
    [
        ("li_2020a", "Li X", "Li 2020a"),
        ("van_den_berg_2020", "van den Berg JM", "van den Berg 2020"),
        ("berg_2020", "Van Den Berg J-M 3rd", "Van Den Berg 2020"),
        ("group_2020", "The Sirolimus Study Group", "The Sirolimus Study Group 2020"),
    ],
)
def test_names_and_ids_of_every_usual_form(project, name, author, label):
    place = (project / "data" / "benson_2014").rename(project / "data" / name)
    path = place / "study.yaml"
    text = path.read_text(encoding="utf-8").replace("study_id: benson_2014", f"study_id: {name}")
    path.write_text(text.replace("- Benson C\n", f"- {author}\n").replace("year: 2014", "year: 2020"))
    header, rows = evidence.read_rows(place / "claims.csv")
    whole = [
        c.replace("events/", f"{name}:events/") if i in (2, 3) else c for i, c in enumerate(rows[0])
    ]
    evidence.write_rows(place / "claims.csv", [header, whole, *rows[1:]])
    assert validation.check(project) == []
    assert evidence.load(project).study(name).label == label


def test_a_locator_may_name_any_usual_part_of_a_paper(project):
    places = ["Background, paragraph 1", "Supplement, Table S1", "Supplementary Table 2", "Appendix A"]
    path = project / "data" / "benson_2014" / "events.csv"
    header, rows = evidence.read_rows(path)
    for row, place in zip(rows, places, strict=False):
        row[header.index("locator")] = place
    evidence.write_rows(path, [header, *rows])
    assert validation.check(project) == []


def test_a_locator_that_names_no_part_of_a_paper(project):
    edit(project, "events.csv", '"Table II, row 3, column Duration of treatment"', '"Page 3"')
    issue = the_issue(project, "events.csv", "locator")
    assert "the vocabulary 'places' first: Title, " in issue.expected


def test_a_death_is_grade_5(project):
    edit(project, "adverse_events.csv", ",hypertriglyceridaemia,3,", ",hypertriglyceridaemia,5,")
    assert validation.check(project) == []
    edit(project, "adverse_events.csv", ",hypertriglyceridaemia,5,", ",hypertriglyceridaemia,6,")
    assert "the vocabulary 'grades'" in the_issue(project, "adverse_events.csv", "grade").expected


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (",637,", ",٦٣٧,", "plain digits"),
        (",637,", ",6e2,", "pattern"),
        (",renal,3,10,", ",renal,3,1_0,", "plain digits"),
        (",renal,3,10,", ",renal,+3,10,", "plain digits"),
        (",renal,", ",re\u202enal,", "characters that can be seen"),
    ],
)
def test_a_number_or_a_word_in_characters_that_mislead(project, old, new, said):
    edit(project, "events.csv" if "637" in old else "counts.csv", old, new)
    assert any(said in issue.expected for issue in validation.check(project))


def test_a_repeat_that_names_no_row(project):
    edit(
        project, "events.csv", ",disease progression,p6_time_on_treatment,", ",disease progression,p66,"
    )
    assert "another row" in the_issue(project, "events.csv", "same_as").expected


def test_a_repeat_that_names_itself(project):
    edit(project, "counts.csv", "0,not_reported,t1_female,eight", "0,not_reported,abs_female,eight")
    assert "another row" in the_issue(project, "counts.csv", "same_as").expected


def test_a_repeat_of_a_repeat(project):
    edit(project, "counts.csv", "0,not_reported,t1_female,eight", "0,not_reported,res_female,eight")
    issue = the_issue(project, "counts.csv", "same_as")
    assert "res_female names t1_female" in issue.expected
    assert issue.todo == "Name the row that represents the quantity."


def test_a_repeat_of_another_quantity(project):
    edit(
        project,
        "events.csv",
        ",disease progression,p6_time_on_treatment,",
        ",disease progression,p2_time_off_treatment,",
    )
    assert "'time_on_treatment'" in the_issue(project, "events.csv", "same_as").expected


def test_a_time_that_is_printed_twice_and_counts_twice(project):
    edit(
        project,
        "events.csv",
        ",disease progression,p6_time_on_treatment,",
        ",disease progression,not_applicable,",
    )
    issue = the_issue(project, "events.csv", "same_as")
    assert "'p6_time_on_treatment'" in issue.expected
    assert "table before the text" in issue.todo


def test_a_direction_that_is_no_word_or_missing(project):
    edit(project, "outcomes.csv", ",better,not_applicable,5 out", ",good,not_applicable,5 out")
    assert "directions" in the_issue(project, "outcomes.csv", "direction").expected
    edit(project, "outcomes.csv", ",good,not_applicable,5 out", ",not_reported,not_applicable,5 out")
    assert the_issue(project, "outcomes.csv", "direction").row is not None


def test_a_criterion_that_is_no_word(project):
    edit(project, "responses.csv", ",recist_1_1,", ",recist_11,")
    issue = the_issue(project, "responses.csv", "criterion")
    assert "criteria" in issue.expected
    assert "'recist_1_1'" in issue.todo


def test_all_issues_at_once(project):
    edit(project, "statistics.csv", ",year,", ",yaer,")
    edit(project, "events.csv", "p3_time_on_treatment,p3,", "p3_time_on_treatment,p33,")
    files = {f.file.rsplit("/", 1)[1] for f in validation.check(project)}
    assert files == {"statistics.csv", "events.csv"}


def test_study_without_chapter_place_or_reference(project):
    (project / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    expected = " ".join(f.expected for f in validation.check(project))
    assert "a chapter for each study" in expected
    assert "every chapter listed" in expected
    assert "references.bib" in expected


def test_the_command_lists_issues_and_exits_1_without_a_traceback(project, capsys):
    edit(project, "statistics.csv", ",year,", ",yaer,")
    assert cli.main(["--root", str(project), "check"]) == 1
    shown = capsys.readouterr()
    assert "statistics.csv:2:unit" in shown.out
    assert "Traceback" not in shown.out + shown.err


def row_of(project, name, text):
    lines = (project / "data" / "benson_2014" / name).read_text(encoding="utf-8").splitlines()
    return next(i for i, line in enumerate(lines[1:]) if text in line)


def test_two_studies_with_one_look(project):
    shutil.copytree(project / "data" / "benson_2014", project / "data" / "rossi_2027")
    look = evidence.load(project).study("benson_2014").look
    free = next(word for word in evidence.load(project).vocabulary["looks"] if word != look)
    found = {f.file: f for f in validation.check(project) if f.column == "look"}
    assert set(found) == {f"data/{study}/study.yaml" for study in ("benson_2014", "rossi_2027")}
    issue = found["data/rossi_2027/study.yaml"]
    assert issue.found == f"{look!r}, also of data/benson_2014"
    assert repr(free) in issue.expected
    assert "the others keep theirs" in issue.todo


def test_look_of_no_list(project):
    edit(project, "study.yaml", "look: ", "look: pink_")
    assert "'pink_" in the_issue(project, "study.yaml", "look").found


def test_study_without_a_look(project):
    edit(project, "study.yaml", "look: ", "view: ")
    assert any("'look' is a required" in f.found for f in validation.check(project))


@pytest.mark.parametrize(
    ("table", "row", "wrong", "expected"),
    [
        ("doses", "p7_doxorubicin", "on_treatment", "'baseline', as the role is 'prior'"),
        ("doses", "later_thalidomide", "baseline", "'after_treatment', as the role is 'later'"),
        ("doses", "res_sirolimus_median", "baseline", "on_treatment or paused"),
        ("statements", "met_recist", "on_treatment", "'not_applicable', as the class is 'method'"),
        ("statements", "p6_clinical_benefit", "not_applicable", "happened to a patient"),
        ("statements", "p6_clinical_benefit", "later", "baseline"),
    ],
)
def test_a_timing_that_contradicts_its_row(project, table, row, wrong, expected):
    path = project / f"data/benson_2014/{table}.csv"
    header, rows = evidence.read_rows(path)
    own = next(cells for cells in rows if cells[0] == row)
    own[header.index("timing")] = wrong
    evidence.write_rows(path, [header, *rows])
    issue = the_issue(project, f"{table}.csv", "timing")
    assert expected in issue.expected
