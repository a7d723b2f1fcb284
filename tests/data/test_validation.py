"""Bad input: each fault planted once in a copy of the data, and seen with its place and remedy."""

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


def the_fault(project, file, column=None):
    faults = [f for f in validation.check(project) if f.file.endswith(f"/{file}")]
    found = [f for f in faults if column in (None, f.column)]
    assert found, f"no fault in {file}"
    return found[0]


def test_the_real_data_are_valid():
    assert [str(f) for f in validation.check(ROOT)] == []


def test_the_copy_is_valid(project):
    assert validation.check(project) == []


def test_a_schema_whose_key_names_no_column(project):
    path = project / "data" / "schema" / "counts.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"primaryKey": ["idd"]}))
    fault = the_fault(project, "counts.json")
    assert "idd" in fault.expected
    assert "counts.csv was not checked" in fault.todo


def test_percentage_typed_as_a_count(project):
    edit(project, "counts.csv", ",renal,3,10,", ",renal,30%,10,")
    fault = the_fault(project, "counts.csv", "n")
    assert fault.row == 1 + 1 + row_of(project, "counts.csv", ",renal,30%")
    assert "30%" in fault.found
    assert "percentage is not a count" in fault.todo


def test_count_above_its_denominator(project):
    edit(project, "counts.csv", ",renal,3,10,", ",renal,13,10,")
    expected = [f.expected for f in validation.check(project) if f.file.endswith("/counts.csv")]
    assert any("at most the denominator 10" in e for e in expected)


def test_unknown_unit(project):
    edit(project, "statistics.csv", ",year,", ",yaer,")
    fault = the_fault(project, "statistics.csv", "unit")
    assert "units" in fault.expected
    assert "'year'" in fault.todo


def test_missing_locator(project):
    edit(project, "events.csv", ',"Table II, row 3, column Duration of treatment",', ",,")
    fault = the_fault(project, "events.csv", "locator")
    assert fault.row is not None


def test_patient_that_does_not_exist(project):
    edit(project, "events.csv", "p3_time_on_treatment,p3,", "p3_time_on_treatment,p33,")
    fault = the_fault(project, "events.csv", "patient")
    assert "'p33'" in fault.found
    assert "patients.csv" in fault.expected


def test_group_that_does_not_exist(project):
    edit(project, "statistics.csv", ",all,age,", ",everyone,age,")
    assert "groups of" in the_fault(project, "statistics.csv", "group").expected


def test_duplicated_row_under_the_same_id_and_under_another(project):
    path = project / "data" / "benson_2014" / "events.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    again = lines[1].replace("p1_time", "again_time", 1)
    path.write_text("".join([*lines, lines[1], again]), encoding="utf-8")
    faults = [f for f in validation.check(project) if f.file.endswith("/events.csv")]
    assert any("each id once" in f.expected for f in faults)
    assert any("the same row as before" in f.found for f in faults)


def test_number_that_does_not_stand_in_its_printed_form(project):
    edit(project, "events.csv", "time_on_treatment,637,", "time_on_treatment,673,")
    assert "637a" in the_fault(project, "events.csv", "time").expected


def test_a_number_of_the_place_does_not_stand_for_a_printed_number(project):
    edit(project, "events.csv", "time_on_treatment,637,", "time_on_treatment,3,")  # Table II, row 3
    assert "637a" in the_fault(project, "events.csv", "time").expected


def test_denominator_that_is_not_the_size_of_its_group(project):
    edit(project, "counts.csv", ",renal,3,10,", ",renal,3,11,")
    assert "the size of 'all'" in the_fault(project, "counts.csv", "denominator").expected


@pytest.mark.parametrize(("sign", "word"), [(";", "semicolon"), ("\t", "tab")])
def test_wrong_delimiter(project, sign, word):
    path = project / "data" / "benson_2014" / "events.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",", sign), encoding="utf-8")
    assert word in the_fault(project, "events.csv").found


def test_wrong_encoding(project):
    path = project / "data" / "benson_2014" / "counts.csv"
    path.write_bytes(path.read_bytes() + "é".encode("latin-1"))
    assert "UTF-8" in the_fault(project, "counts.csv").expected


def test_windows_line_ends_and_byte_order_mark_are_accepted(project):
    path = project / "data" / "benson_2014" / "events.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert validation.check(project) == []


def test_empty_file(project):
    (project / "data" / "benson_2014" / "events.csv").write_text("")
    assert the_fault(project, "events.csv").found == "an empty file"


def test_study_folder_without_study_yaml(project):
    (project / "data" / "benson_2014" / "study.yaml").unlink()
    assert the_fault(project, "study.yaml").found == "no study.yaml"


def test_yaml_syntax_error_names_its_line(project):
    edit(project, "study.yaml", "year:", "year: [")
    fault = the_fault(project, "study.yaml")
    assert fault.row is not None
    assert "YAML" in fault.expected


def test_unknown_column_and_missing_column(project):
    edit(project, "events.csv", "reason,printed", "raeson,printed")
    faults = [f for f in validation.check(project) if f.file.endswith("/events.csv")]
    assert {"reason", "raeson"} <= {f.column for f in faults}


def test_unknown_table(project):
    (project / "data" / "benson_2014" / "evnets.csv").write_text("id\n1\n")
    assert "events.csv" in the_fault(project, "evnets.csv").todo


def test_all_faults_at_once(project):
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


def test_the_command_lists_faults_and_exits_1_without_a_traceback(project, capsys):
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
    fault = found["data/rossi_2027/study.yaml"]
    assert fault.found == f"{look!r}, also of data/benson_2014"
    assert repr(free) in fault.expected
    assert "the others keep theirs" in fault.todo


def test_look_of_no_list(project):
    edit(project, "study.yaml", "look: ", "look: pink_")
    assert "'pink_" in the_fault(project, "study.yaml", "look").found


def test_study_without_a_look(project):
    edit(project, "study.yaml", "look: ", "view: ")
    assert any("'look' is a required" in f.found for f in validation.check(project))
