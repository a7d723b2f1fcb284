"""Two readings of a study set side by side: the lines that are to be settled, and the tables made.

A line has the columns of ``data/review/settled.csv``; its ``settled`` waits for the decision of a
person who has gone back to the paper (``CONTRIBUTING.md`` says how it begins). A table of
``data/<study>/`` that holds a header only is filled: with what both readers have, the first reader's
words where words are free, ``to_fill`` where two values differ and in columns that the review codes.
"""

from __future__ import annotations

from collections.abc import Iterator

from living_review import evidence, files
from living_review.evidence import TO_FILL, EvidenceError, Review
from living_review.extraction import agreement
from living_review.extraction.matching import Comparison

KINDS = {
    "value": "cell: two values",
    "missing": "cell: a value against none",
    "code": "cell: two missing codes",
}
COLUMNS = ["study_id", "table", "kind", "first", "second", "settled", "note"]


class DifferencesError(EvidenceError):
    """There are no two readings to compare, or no reading at all; the message says what to do."""


def lines(review: Review, study_id: str) -> list[dict[str, str]]:
    """Return a line for each difference that ``settled.csv`` does not hold yet.

    Parameters
    ----------
    review : Review
    study_id : str
        Read twice.

    Returns
    -------
    list of dict
        Columns as :data:`COLUMNS`; ``settled`` is to be filled.

    Raises
    ------
    DifferencesError
        If the study declares one reading, or one is missing.
    """
    if review.study(study_id).meta.get("readings") == 1:
        raise DifferencesError(
            f"{study_id} declares readings: 1, so there is nothing to compare. Once a second reader "
            "has read it, say readings: 2 in its study.yaml"
        )
    for which in agreement.READINGS:
        if not agreement.read(review, which, study_id):
            raise DifferencesError(
                f"no {which} reading in data/review/readings/{which}/{study_id}: put it there, or "
                f"declare readings: 1 in data/{study_id}/study.yaml"
            )
    settled = _settled(review, study_id)
    compared = agreement.comparisons(review, study_id)
    found = [line for table, result in compared.items() for line in _of(study_id, table, result)]
    left = agreement.unsettled(
        agreement.by_table(review, [study_id]),
        agreement.differences(review, [study_id]),
        agreement.settlements(review, study_id),
    )
    open_ = {(row["table"], row["kind"]) for row in left.to_dict("records")}
    return [
        {c: line[c] for c in COLUMNS}
        for line in found
        if (line["table"], line["which"]) in open_
        and (line["table"], line["first"], line["second"]) not in settled
    ]


def _settled(review: Review, study_id: str) -> set[tuple[str, str, str]]:
    rows = review.records("settled")
    own = rows[rows["study_id"] == study_id]
    return set(own[["table", "first", "second"]].itertuples(index=False, name=None))


def _of(study_id: str, table: str, result: Comparison) -> Iterator[dict[str, str]]:
    base = {"study_id": study_id, "table": table, "settled": TO_FILL, "note": ""}
    for cell in result.differences:
        first, second = (
            f"{cell[f'{which}_id']}.{cell['column']} = {cell[which]}" for which in agreement.READINGS
        )
        kind = KINDS[cell["kind"]]
        yield base | {"kind": kind, "which": cell["kind"], "first": first, "second": second}
    for which, other in (agreement.READINGS, agreement.READINGS[::-1]):
        kind = f"rows only in the {which} reading (1)"
        for row in getattr(result, f"only_{which}"):
            ids = {which: row["id"], other: "no row"}
            yield base | {"kind": kind, "which": f"only_{which}"} | ids


def write(review: Review, study_id: str) -> list[str]:
    """Add the lines to ``settled.csv`` and fill the tables of the study that have no row yet.

    Parameters
    ----------
    review : Review
    study_id : str
        Read once or twice, as its ``study.yaml`` declares.

    Returns
    -------
    list of str
        What was written, a sentence for each file.

    Raises
    ------
    DifferencesError
        If a reading is missing.
    """
    once = review.study(study_id).meta.get("readings") == 1
    new = [] if once else lines(review, study_id)
    if once and not agreement.read(review, "first", study_id):
        raise DifferencesError(
            f"no first reading in data/review/readings/first/{study_id}: fill its tables"
        )
    said = []
    for table, result in agreement.comparisons(review, study_id).items():
        path = review.data / study_id / f"{table}.csv"
        if not path.is_file() or not evidence.read_rows(path)[1]:
            rows = list(_joined(result))
            evidence.write_rows(path, [result.first.columns, *rows])
            said.append(f"data/{study_id}/{table}.csv: {len(rows)} rows")
    said += _groups(review, study_id)
    if new:
        path = review.data / "review" / "settled.csv"
        header, rows = evidence.read_rows(path)
        evidence.write_rows(path, [header, *rows, *([line[c] for c in header] for line in new)])
        said.append(f"data/review/settled.csv: {len(new)} lines to settle")
    return said


def _joined(result: Comparison) -> Iterator[list[str]]:
    """Yield the rows of a table as they are before anything is settled."""
    open_ = {(cell["first_id"], cell["column"]) for cell in result.differences}
    coded = {c["name"] for c in result.first.schema.fields if c.get("coded") == "review"}
    rows = [*result.first.rows, *result.only_second]
    if len(rows) == 1:
        coded -= {"same_as"}  # a row alone stands for nothing else
        rows = [row | {"same_as": "not_applicable"} for row in rows]
    for row in rows:
        yield [
            TO_FILL
            if column in coded or (row["id"], column) in open_
            else row.get(column, "" if column == "note" else "not_reported")
            for column in result.first.columns
        ]


def _groups(review: Review, study_id: str) -> Iterator[str]:
    """Take the groups of the first reading over, as long as nobody has filled those of the study."""
    mine = review.data / study_id / "study.yaml"
    theirs = review.data / "review" / "readings" / "first" / study_id / "study.yaml"
    text, reading = (files.read_text(path) for path in (mine, theirs))
    head, mark, groups = text.partition("\ngroups:\n")
    _, found, taken = reading.partition("\ngroups:\n")
    if mark and found and TO_FILL in groups:
        mine.write_text(head + mark + taken, encoding="utf-8", newline="\n")
        yield f"data/{study_id}/study.yaml: groups of the first reading"


def as_csv(rows: list[dict[str, str]]) -> str:
    """Return lines as CSV text with a header, to look at."""
    import csv
    import io

    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()
