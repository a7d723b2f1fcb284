"""Two readings compared: what must agree agrees, what is planted is found, what differs is settled."""

import random
import re
import shutil
from types import SimpleNamespace

import pytest

from living_review import evidence
from living_review.extraction import agreement, matching
from living_review.report import extraction as report_extraction


@pytest.fixture(scope="module")
def review():
    return evidence.load()


@pytest.fixture(scope="module")
def counts(review):
    return agreement.read(review, "first", "nadal_2016")["counts"]


def altered(reading, rows):
    return matching.Reading(reading.schema, rows, reading.groups)


def row_of(reading, **cells):
    blank = {column: "not_reported" for column in reading.columns}
    return blank | {"note": "", "locator": "Abstract", "group": "total"} | cells


def test_a_reading_agrees_with_itself_whatever_the_order_and_names_of_its_rows(review):
    for study_id in agreement.studies(review):
        for table, reading in agreement.read(review, "first", study_id).items():
            shuffled = [row | {"id": f"r{i}"} for i, row in enumerate(reading.rows)]
            random.Random(1).shuffle(shuffled)
            result = matching.compare(reading, altered(reading, shuffled)).summary()
            assert result["matched"] == result["identical"] == len(reading.rows), (study_id, table)
            assert result["same"] == result["cells"]


def test_a_planted_wrong_number_is_the_only_difference(counts):
    rows = [dict(row) for row in counts.rows]
    planted = next(row for row in rows if row["id"] == "sex_male_total")
    planted["n"] = "32"
    result = matching.compare(counts, altered(counts, rows))
    assert [
        (d["first_id"], d["column"], d["first"], d["second"], d["kind"]) for d in result.differences
    ] == [("sex_male_total", "n", "31", "32", "value")]
    assert result.summary()["identical"] == len(rows) - 1


def test_a_planted_gap_is_the_only_lone_row(counts):
    rows = [row for row in counts.rows if row["id"] != "type_venous_posters"]
    result = matching.compare(counts, altered(counts, rows))
    assert [row["id"] for row in result.only_first] == ["type_venous_posters"]
    assert result.only_second == []


def test_a_missing_code_against_a_value_and_against_another_code_are_distinguished(counts):
    here = row_of(counts, id="a", characteristic="sex", category="male", n="3", printed="3 men")
    there = here | {"n": "not_reported", "percent": "not_applicable"}
    result = matching.compare(altered(counts, [here]), altered(counts, [there]))
    assert {d["column"]: d["kind"] for d in result.differences} == {"n": "missing", "percent": "code"}
    assert result.summary()["cells"] == 2  # group and n: the codes of percent are counted apart
    assert result.summary()["same"] == 1


def test_free_text_and_the_form_of_a_number_are_no_disagreement(counts):
    here = row_of(
        counts, id="a", characteristic="sex", category="male", n="3", percent="48.0", printed="3"
    )
    there = here | {"percent": "48", "category": "men", "note": "counted twice"}
    assert matching.compare(altered(counts, [here]), altered(counts, [there])).differences == []


def test_a_group_that_only_one_reader_named_is_no_disagreement(counts):
    here = row_of(counts, id="a", characteristic="sex", category="male", n="3", printed="3 men")
    there = matching.Reading(counts.schema, [here | {"group": "men"}], frozenset({"total", "men"}))
    assert matching.compare(altered(counts, [here]), there).differences == []
    known = matching.Reading(counts.schema, [here], frozenset({"total", "men"}))
    assert [d["column"] for d in matching.compare(known, there).differences] == ["group"]


def test_a_column_that_came_after_the_readings_is_no_agreement(review):
    outcomes = agreement.read(review, "first", "carolino_2025")["outcomes"]
    assert "in_words" in matching.value_columns(outcomes.schema)
    assert not any("in_words" in row for row in outcomes.rows)
    marked = [row | {"in_words": "not_applicable"} for row in outcomes.rows]
    assert (
        matching.compare(outcomes, outcomes).cells
        == matching.compare(altered(outcomes, marked), altered(outcomes, marked)).cells
    )


def test_one_number_in_two_places_is_two_rows(counts):
    places = ("Abstract", "Results, Safety", "Discussion, Main results")
    rows = [
        row_of(counts, id=f"x{i}", characteristic="sex", category="male", n="3", printed="3", locator=p)
        for i, p in enumerate(places)
    ]
    result = matching.compare(altered(counts, rows[:2]), altered(counts, rows[1:]))
    assert result.pairs == [(1, 0)]


def test_two_poor_pairs_do_not_outweigh_a_good_one(review):
    statements = agreement.read(review, "first", "hua_2014")["statements"]
    second = agreement.read(review, "second", "hua_2014")["statements"]
    result = matching.compare(statements, second)
    pairs = {statements.rows[i]["id"]: second.rows[j]["id"] for i, j in result.pairs}
    assert pairs["p3_no_pain_6m"] == "p3_no_pain_6m"


def test_a_fact_that_the_other_reader_put_in_another_table_is_found_there(review):
    compared = agreement.comparisons(review, "benson_2014")
    assert agreement.elsewhere(compared, "outcomes", "first")["res_dose_reduction"] == (
        "counts/saf_dose_reduction"
    )


def test_rows_add_up_for_every_table_of_the_stored_readings(review):
    table = agreement.by_table(review)
    assert set(table["study_id"]) == set(review.study_ids)
    for which in agreement.READINGS:
        assert (table["matched"] + table[f"only_{which}"] == table[which]).all()
        assert (table[f"elsewhere_{which}"] <= table[f"only_{which}"]).all()
    assert (table["same"] <= table["cells"]).all()
    assert (table["identical"] <= table["matched"]).all()


def unsettled(review, settled):
    return agreement.unsettled(agreement.by_table(review), agreement.differences(review), settled)


def test_every_difference_is_settled_once(review):
    assert unsettled(review, agreement.settlements(review)).to_dict("records") == []


def test_an_unsettled_difference_is_reported(review):
    settled = agreement.settlements(review)
    one = settled.index[settled["kind"] == "value"][0]
    left = unsettled(review, settled.drop(one))
    assert len(left) == 1
    assert left.loc[0, "kind"] == "value"
    assert left.loc[0, "found"] > left.loc[0, "settled"]


def test_a_settlement_that_names_no_outcome_is_refused(review, monkeypatch):
    frame = review.records("settled").head(1).assign(settled="it was looked at again")
    monkeypatch.setattr(type(review), "records", lambda *_: frame)
    with pytest.raises(evidence.EvidenceError, match="how it was settled"):
        agreement.settlements(review)


def test_data_hold_what_was_settled(review):
    frame = review.records("settled")
    checked = 0
    for row in frame[frame["kind"].str.startswith("cell: ")].to_dict("records"):
        place = re.match(r"(\w+)\.(\w+) = ", row["first"])
        value = re.match(r"(\S+) \((?:as the|neither)", row["settled"])
        study = review.study(row["study_id"])
        header, rows = evidence.read_rows(study.folder / f"{row['table']}.csv")
        cells = {r[0]: dict(zip(header, r, strict=True)) for r in rows}
        assert cells[place[1]][place[2]] == value[1], (row["study_id"], row["table"], row["first"])
        checked += 1
    assert checked > 100


def test_an_unknown_reading_is_named():
    with pytest.raises(ValueError, match="first, second"):
        agreement.read(evidence.load(), "third", "hua_2014")


# --- texts that were had later ----------------------------------------------------------------------


def test_numbers_of_a_text_that_was_had_later_agree_but_for_what_is_settled(review):
    rows = review.records("settled").query("kind == 'another text'")
    told = " ".join([*rows["first"], *rows["second"]])
    table = agreement.again(review)
    assert len(table) >= 2
    assert (table["same"] + table["only_first"].str.len() == table["first"]).all()
    assert (table["same"] + table["only_second"].str.len() == table["second"]).all()
    assert table["same"].sum() >= 30
    for names in [*table["only_first"], *table["only_second"]]:
        assert not [n for n in names if n not in told]


def reread(tmp_path, first, second):
    folder = tmp_path / "data" / "review" / "readings" / "again" / "new_2027"
    folder.mkdir(parents=True)
    for name, rows in (("first", first), ("second", second)):
        evidence.write_rows(folder / f"{name}.csv", rows)
    return agreement.again(SimpleNamespace(data=tmp_path / "data", out=frozenset()))


LINE = ["a_n", "abstract", "all", "patients", "14", "patients", "14 adults", "Abstract", ""]


def test_a_planted_number_is_the_only_one_that_differs(tmp_path):
    other = [*LINE[:4], "15", *LINE[5:]]
    age = ["a_age", "abstract", "not_reported", "age", "36.0", "year", "36", "Abstract", ""]
    same = [*age[:4], "36", *age[5:]]
    table = reread(tmp_path, [agreement.LINES, LINE, age], [agreement.LINES, other, same])
    row = table.loc[0]
    assert (row["same"], row["only_first"], row["only_second"]) == (1, ["a_n"], ["a_n"])


def test_a_second_reading_with_other_columns_is_refused(review, tmp_path):
    with pytest.raises(
        evidence.EvidenceError, match=r"first\.csv: columns id, what; expected id, text"
    ):
        reread(tmp_path, [["id", "what"]], [agreement.LINES])


def test_a_kind_of_difference_that_is_misspelt_is_refused(review, monkeypatch):
    frame = review.records("settled").head(1).assign(kind="cel: two values")
    monkeypatch.setattr(type(review), "records", lambda *_: frame)
    with pytest.raises(evidence.EvidenceError, match="cel: two values"):
        agreement.settlements(review)


@pytest.fixture
def copied(tmp_path):
    """The readings of one study, with what is needed to compare them, to be broken."""
    for name in ("schema", "hua_2014", "review/readings"):
        shutil.copytree(evidence.load().data / name, tmp_path / "data" / name)
    for name in ("vocabulary.yaml", "review/settled.csv"):
        shutil.copy(evidence.load().data / name, tmp_path / "data" / name)
    return evidence.load(tmp_path)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"study.yaml": None}, "no such file: a reading is its tables and study.yaml"),
        ({"study.yaml": "title: x\n"}, "no groups can be read"),
        ({"doses.csv": ""}, "expected a table of data/schema"),
        ({"doses.csv": "id,printed,locator\n"}, "expected rows of 3 cells"),
        ({"*.csv": None}, "no table: put the tables of the second reading there"),
    ],
)
def test_a_reading_that_is_none_is_a_message(copied, broken, message):
    folder = copied.data / "review" / "readings" / "second" / "hua_2014"
    for name, text in broken.items():
        for path in folder.glob(name):
            path.unlink() if text is None else path.write_text(text, encoding="utf-8")
    with pytest.raises(evidence.EvidenceError, match=message):
        agreement.by_table(copied)


def test_a_study_read_once_is_in_no_comparison_and_is_named_by_the_page(copied):
    assert agreement.studies(copied) == ["hua_2014"]
    assert report_extraction.declared(copied) == "Each source was read twice."
    shutil.rmtree(copied.data / "review" / "readings" / "second" / "hua_2014")
    path = copied.data / "hua_2014" / "study.yaml"
    text = path.read_text(encoding="utf-8").replace("readings: 2", "readings: 1")
    path.write_text(text.replace("text_read: full_text", "text_read: abstract"), encoding="utf-8")
    after = evidence.load(copied.root)
    assert agreement.studies(after) == []
    assert agreement.by_table(after).empty
    assert agreement.differences(after).empty
    said = report_extraction.declared(after)
    assert said.startswith("Each source was read once")
    assert "Hua 2014 (abstract)" in said


def test_a_number_that_no_row_settles_is_a_message(review):
    found = agreement.differences(review)
    two = report_extraction.two_values(found)["numbers"].head(1)
    two = two.assign(first="16")
    with pytest.raises(evidence.EvidenceError, match=r"no row of \w+ with .* = 16 as first"):
        report_extraction.explained(two, review, {s.study_id: s.label for s in review.studies})
