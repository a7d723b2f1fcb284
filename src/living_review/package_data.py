"""Where the files that the engine brings along are: style, templates, schemas, words, licences.

In a working copy of the engine they are its own files; in an installed package they are copies, made
when it was built (``setup.py``), under the same names.
"""

from __future__ import annotations

from pathlib import Path

# What is taken along, from the top of the project.
INCLUDED = (
    *("book/_ext", "book/_static", "book/_templates", "data/schema", "data/vocabulary.yaml"),
    *("data/review/appraisal.csv", "data/review/rating_rules.csv"),
    "data/review/imprecision.csv",
    *("data/review/glossary.csv", ".github/ISSUE_TEMPLATE"),
    *("LICENSE", "LICENSE-DATA"),
)
FOLDER = "engine"  # of the installed package


def path(name: str) -> Path:
    """Return where a file or folder of :data:`INCLUDED` is, by its name in the engine's project."""
    package = Path(__file__).resolve().parent
    inside = package / FOLDER
    return (inside if inside.is_dir() else package.parents[1]) / name
