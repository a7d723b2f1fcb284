"""Oracle: files written here."""

from pathlib import Path

import pytest

from living_review.evidence import people
from living_review.validation.people import check_people

NOBODY = "authors: []\nreviewers: []\ncontact: not_named\nrepository: not_named\n"
SOMEBODY = """
authors: [{name: A. Made-Up, role: clinical, conflicts: none declared}]
reviewers: []
contact: made-up@example.org
repository: made-up/review
"""


def write(root: Path, text: str) -> Path:
    path = root / people.FILE
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return root


def test_a_file_without_names_names_nobody(tmp_path: Path) -> None:
    assert not people.read(write(tmp_path, NOBODY)).anyone_named
    assert list(check_people(tmp_path)) == []


def test_who_is_named_is_read_with_role_and_conflicts(tmp_path: Path) -> None:
    named = people.read(write(tmp_path, SOMEBODY))
    assert named.authors == (people.Person("A. Made-Up", "clinical", "none declared"),)
    assert named.repository == "made-up/review"
    assert named.anyone_named


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("authors: []", "authors: [{name: A}]", "authors"),
        ("authors: []", "authors: A", "authors"),
        ("contact: not_named", "contact: ''", "contact"),
        ("repository: not_named", "repository: https://host/a/b", "repository"),
        ("reviewers: []\n", "", "authors, contact, repository"),
        ("authors: []", "authors: [", ""),
        (
            "authors: []",
            "authors: [{name: A, role: king, conflicts: none}]",
            "authors: role 'king'",
        ),
    ],
)
def test_what_is_wrong_with_the_file_is_an_issue_with_a_remedy(
    tmp_path: Path, old: str, new: str, found: str
) -> None:
    (issue,) = check_people(write(tmp_path, NOBODY.replace(old, new)))
    assert issue.file == people.FILE
    assert found in issue.found
    assert issue.todo
