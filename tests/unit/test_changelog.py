"""What a page says of the versions, on a list of three versions written here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from living_review import evidence
from living_review.evidence import changelog
from living_review.report import substitutions

ROOT = evidence.find_root()
VERSIONS = [("0.1.0", "2027-01-02"), ("0.9.0", "2028-03-04"), ("0.10.0", "2029-05-06")]
CHANGES = [
    ("0.1.0", "notebooks/a", "data", "First version of this chapter"),
    ("0.1.0", "notebooks/b", "data", "First version of this chapter"),
    ("0.9.0", "notebooks/b", "data", "A dose corrected"),
    ("0.10.0", "notebooks/c", "text", "New chapter"),
    ("0.10.0", "notebooks/b", "data", "Two patients < 18 added"),
    ("0.10.0", "notebooks/b", "result", "The median is another"),
    ("7.7.7", "notebooks/d", "data", "A row of no version"),
]


@pytest.fixture
def review(tmp_path: Path) -> evidence.Review:
    data = tmp_path / "data"
    (data / "review").mkdir(parents=True)
    (data / "schema").symlink_to(ROOT / "data" / "schema")
    (data / "vocabulary.yaml").symlink_to(ROOT / "data" / "vocabulary.yaml")
    columns = ["version", "date", "evidence_up_to", "last_search", "next_review_due"]
    columns += ["changed_data", "changed_results", "by", "note"]
    rows = [[*version, *["x"] * 7] for version in VERSIONS]
    evidence.write_rows(data / "review" / "versions.csv", [columns, *rows])
    rows = [["version", "page", "kind", "what"], *map(list, CHANGES)]
    evidence.write_rows(data / "review" / "changes.csv", rows)
    return evidence.load(tmp_path)


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("notebooks/a", "Unchanged since version 0.1.0 (2 January 2027)"),
        (
            "notebooks/b",
            "Changed in version 0.10.0 (6 May 2029): Two patients < 18 added; The median is another",
        ),
        ("notebooks/c", "Changed in version 0.10.0 (6 May 2029): New chapter"),
        ("notebooks/d", "None"),
        ("book/methods", "None"),
    ],
)
def test_a_page_says_what_the_newest_version_changed_on_it(
    review: evidence.Review, page: str, said: str
) -> None:
    assert str(changelog.changes_of_page(review, page)) == said


def test_in_the_first_version_of_the_review_a_page_says_only_that(review: evidence.Review) -> None:
    path = review.data / "review" / "versions.csv"
    path.write_text("\n".join(path.read_text().split("\n")[:2]) + "\n")
    assert str(changelog.changes_of_page(review, "notebooks/a")) == "First version, 2 January 2027"


def test_the_title_of_a_page_is_its_first_heading(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "x.md").write_text("(label)=\n# A page *here*\n\n## Part\n")
    cells = [
        {"cell_type": "code", "source": "# not this"},
        {"cell_type": "markdown", "source": ["# A chapter\n", "text"]},
    ]
    (tmp_path / "book" / "y.ipynb").write_text(json.dumps({"cells": cells}))
    titles = [changelog.page_title(tmp_path, f"book/{name}") for name in "xyz"]
    assert titles == ["A page *here*", "A chapter", "book/z"]


def test_the_table_of_changes_has_every_row_with_the_newest_version_first(
    review: evidence.Review,
) -> None:
    table = substitutions.SUBSTITUTIONS["changes_table"](review)
    assert table.count("<tr>") == 1 + len(CHANGES)
    order = [table.index(f">{version}</th>") for version in ("0.10.0", "0.9.0", "0.1.0", "7.7.7")]
    assert order == sorted(order)
    assert '<a href="{notebooks}/b.html">{title of notebooks/b}</a>' in table
    assert "Two patients &lt; 18 added" in table
