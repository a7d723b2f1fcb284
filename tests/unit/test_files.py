"""The guarded reader: what is valid is read as it is, what is not is refused with file and line."""

import json
import os

import pytest
import yaml

from living_review import files
from living_review.evidence import shapes


def refused(read, path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(files.UnreadableFileError) as caught:
        read(path)
    error = caught.value
    assert error.found
    assert error.expected
    assert error.todo
    assert str(path) in str(error)
    return error


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("a: 1\nb: [1\n", 3, "did not find"),
        ("a: 1\na: 2\n", 2, "'a' a second time"),
        ("x:\n  a: 1\n  a: 2\n", 3, "'a' a second time"),
        (BOMB, 1, "anchor &a"),
        ("a: 1\nb: *a\n", 2, "alias *a"),
        ("a: 1\nb: !!int x\n", 2, "tag"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "tag"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("a: " + "[" * 200_000, 1, "nesting"),
        ("- " * 200_000 + "x", 1, "nesting"),
        ("? [a, b]\n: c\n", 1, "as a key"),
        ("a: 'x\u202ey'\n", 1, "u202e"),
        ('a: "x\\u200by"\n', 1, "u200b"),
        ('a: "x\\0y"\n', 1, "x00"),
        ("a: " + "x" * 200_000 + "\n", 1, "200,000 characters"),
        ("a: 1\nb: \x1b[31m\n", None, ""),
        ("a: 1\n" * 300_000, None, "1,000,000 bytes"),
    ],
    ids=str,
)
def test_yaml_that_is_refused(tmp_path, text, line, found):
    error = refused(files.read_yaml, tmp_path / "a.yaml", text)
    assert found in error.found
    assert line is None or error.line == line


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-02-30", "2026-02-30"),
        ("2026-11-28", "2026-11-28"),
        ("1_000", "1_000"),
        ("1e999", "1e999"),
        (".inf", ".inf"),
        ("0x1F", "0x1F"),
        ("010", "010"),
        ("1:30", "1:30"),
        ("yes", "yes"),
        ("٣", "٣"),
        ("9" * 30, "9" * 30),
        ("12", 12),
        ("-3", -3),
        ("1.50", 1.5),
        ("'12'", "12"),
        ("true", True),
        ("~", None),
        ("", None),
        ("[1, a]", [1, "a"]),
    ],
)
def test_values_of_yaml(tmp_path, text, value):
    path = tmp_path / "a.yaml"
    path.write_text(f"a: {text}\n", encoding="utf-8")
    found = files.read_yaml(path)["a"]
    assert found == value
    assert type(found) is type(value)


def test_a_bounds_file_keeps_its_printed_digits(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("n: 21\nmedian: 8.0\n")
    assert files.read_yaml(path, as_text=True) == {"n": "21", "median": "8.0"}


def test_the_pure_parser_refuses_the_same(tmp_path, monkeypatch):
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    test_yaml_that_is_refused(tmp_path, BOMB, 1, "anchor &a")
    test_yaml_that_is_refused(tmp_path, "a: 1\na: 2\n", 2, "second time")


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ('{"a": 1,\n"a": 2}', 2, "'a' a second time"),
        ('{"a": {"b": 1,\n"b": 2}}', 2, "'b' a second time"),
        ("[" * 100_000, 1, "nesting"),
        ('{"a":' * 100_000, 1, "nesting"),
        ('{"a": NaN}', None, "NaN"),
        ('{"a": 1e999}', None, "1e999"),
        ('{"a": "\\ud800"}', None, "surrogates"),
        ('{"a": 1,\n}', 2, ""),
        ("", 1, ""),
    ],
)
def test_json_that_is_refused(tmp_path, text, line, found):
    error = refused(files.read_json, tmp_path / "a.json", text)
    assert found in error.found
    assert line is None or error.line == line


def test_a_key_may_stand_in_two_objects_and_as_a_value(tmp_path):
    path = tmp_path / "a.json"
    content = [{"a": "a", "b": ["a", "a"]}, {"a": {"a": 1}}]
    path.write_text(json.dumps(content))
    assert files.read_json(path) == content


ENTRY = '@article{hua_2014,\n  author = {Hua, {C}},\n  year = 2014, doi = "10.1/x"\n}\n'


def test_an_entry_of_bibtex(tmp_path):
    path = tmp_path / "a.bib"
    path.write_text(f"% a comment\n{ENTRY}")
    entry = {"entry": "article", "author": "Hua, {C}", "year": "2014", "doi": "10.1/x"}
    assert files.read_bibtex(path) == {"hua_2014": entry}


@pytest.mark.parametrize("length", range(1, len(ENTRY) - 1))
def test_half_a_bibliography(tmp_path, length):
    refused(files.read_bibtex, tmp_path / "a.bib", ENTRY[:length])


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        (ENTRY + ENTRY, 5, "'hua_2014' a second time"),
        ("@article{a,\n year = 1,\n year = 2\n}", 3, "'year' a second time"),
        (ENTRY + "}\n", 5, "}"),
        ("@article{a,\n title = {" + "{" * 100 + "x" + "}" * 100 + "}}", 2, "nesting"),
        (ENTRY.replace("Hua", "Hua\u202e"), 2, "u202e"),
    ],
)
def test_a_bibliography_that_is_refused(tmp_path, text, line, found):
    error = refused(files.read_bibtex, tmp_path / "a.bib", text)
    assert found in error.found
    assert error.line == line


READERS = [files.read_yaml, files.read_json, files.read_bibtex, files.read_csv]


@pytest.mark.parametrize("read", READERS)
def test_not_utf8_names_its_line(tmp_path, read):
    assert refused(read, tmp_path / "a", b"a: 1\nb: \xff\n").line == 2


@pytest.mark.parametrize("read", READERS)
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path, read):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name in ("", "pipe", "loop", "none"):
        with pytest.raises(files.UnreadableFileError):
            read(tmp_path / name)


def test_a_giant_cell_names_row_and_column(tmp_path):
    error = refused(files.read_csv, tmp_path / "a.csv", "id,note\na,b\nc," + "x" * 200_000 + "\n")
    assert (error.line, error.column) == (3, "note")


def test_a_quotation_without_end_is_refused(tmp_path):
    assert refused(files.read_csv, tmp_path / "a.csv", 'id,note\na,"b\n').todo == "Correct the quoting."


def test_line_ends_of_unicode_stay_inside_their_cell(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("\ufeffid,note\r\na,\x0bb\u2028c\x1d\r\n".encode())
    assert files.read_csv(path) == (["id", "note"], [["a", "\x0bb\u2028c\x1d"]])


COLUMN = {"name": "id", "type": "string", "description": "a name"}


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"name": None}, "fields.0"),
        ({"type": "date"}, "fields.id.type"),
        ({"vocabulary": "colours"}, "fields.id.vocabulary"),
        ({"vocabulary": []}, "fields.id.vocabulary"),
        ({"begins_with": "colours"}, "fields.id.begins_with"),
        ({"references": "x"}, "fields.id.references"),
        ({"constraints": []}, "fields.id.constraints"),
        ({"constraints": {"pattern": "("}}, "fields.id.constraints.pattern"),
        ({"constraints": {"minimum": "x"}}, "fields.id.constraints.minimum"),
        ({"description": 1}, "fields.id.description"),
    ],
)
def test_a_schema_of_another_shape(change, where):
    sound = {"fields": [COLUMN], "missingValues": [""]}
    assert list(shapes.schema_issues(sound, {})) == []
    wrong = {"fields": [COLUMN | change], "missingValues": [""]}
    assert [issue[0] for issue in shapes.schema_issues(wrong, {})] == [where]
