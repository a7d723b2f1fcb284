"""Who answers for the review: the file that names them is complete, or says that nobody is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from living_review import files
from living_review.evidence import people
from living_review.validation.issues import Issue, unreadable


def check_people(root: Path) -> Iterator[Issue]:
    """Find what is wrong in ``data/review/people.yaml``; a project without the file names nobody."""
    path = root / people.FILE
    if not path.is_file():
        return
    try:
        content = files.read_yaml(path)
    except files.UnreadableFileError as error:
        yield unreadable(error, people.FILE)
        return
    for found, expected, remedy in people.problems(content):
        yield Issue(people.FILE, None, None, found, expected, remedy)
