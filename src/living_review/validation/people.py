"""Who answers for the review: the file that names them is complete, or says that nobody is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from living_review.evidence import people
from living_review.validation.issues import Issue, first_line


def check_people(root: Path) -> Iterator[Issue]:
    """Find what is wrong in ``data/review/people.yaml``; a project without the file names nobody."""
    path = root / people.FILE
    if not path.is_file():
        return
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        yield Issue(people.FILE, None, None, first_line(error), "YAML in UTF-8", "Correct the file.")
        return
    for found, expected, remedy in people.problems(content):
        yield Issue(people.FILE, None, None, found, expected, remedy)
