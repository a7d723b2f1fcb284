"""CONTRIBUTING.md followed to its end in a copy: a study added, a version stated, and the tests pass.

What a study or a version more would break is what someone typed: a count of sources, a version.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import guide
import pytest

from living_review import evidence
from living_review.build import render

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed"),
]
# The tests that look at the evidence or at the book; the others know of no study that is really there.
TESTS = (
    *("data/test_claims.py", "data/test_corrections_of_rows.py", "data/test_list_of_changes.py"),
    *("data/test_rating_rules.py", "unit/test_counts_in_words.py", "unit/test_ratings.py"),
    *("unit/test_agreement.py", "unit/test_report_audit.py", "unit/test_evidence.py"),
    *(
        "unit/test_explorer.py",
        "unit/test_substitutions.py",
        "unit/test_sections.py",
        "unit/test_report_words.py",
    ),
    *("unit/test_synthesis.py", "site/test_book_checks.py", "site/test_changed_line.py"),
    *("site/test_overdue.py", "site/test_reading_level.py"),
)
CHAPTERS = (guide.NEW, "synthesis", "audit", "extraction")


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the copy after *Add a study* and *State a version*, up to the last step of each."""
    root = guide.copy(ROOT, tmp_path_factory.mktemp("guide") / "project")
    published = guide.commit(root)
    guide.add_study(root)
    guide.state_version(root, published)
    return root


def test_the_check_finds_nothing_left_to_do(followed: Path) -> None:
    checked = guide.run(followed, "living_review.cli", "check")
    assert checked.stdout == ""
    assert f"data/ is valid ({followed})" in checked.stderr


def test_the_version_before_is_compared_by_its_number(followed: Path) -> None:
    before = evidence.load(ROOT).version
    compared = guide.run(followed, "living_review.cli", "diff", before)
    assert compared.returncode == 1, compared.stderr
    assert f"OLD  version {before}, " in compared.stdout
    assert f"NEW  version {evidence.load(followed).version}, " in compared.stdout
    assert f"{guide.NEW}, the whole study: " in compared.stdout


def test_the_chapters_run_the_site_is_built_and_the_tests_pass(followed: Path) -> None:
    updated = guide.run(followed, "living_review.cli", "update", *CHAPTERS)
    assert updated.returncode == 0, updated.stdout + updated.stderr
    # The other chapters are not looked at here, and run for minutes.
    rendered = guide.run(followed, "living_review.cli", "render", "--allow-stale")
    assert rendered.returncode == 0, rendered.stderr
    site = render.site(followed)
    for page in ("book/index", "notebooks/synthesis", "notebooks/audit", "notebooks/extraction"):
        assert f"{guide.NEW}.html" in (site / f"{page}.html").read_text(encoding="utf-8"), page
    tested = guide.run(
        followed,
        *("pytest", "-q", "-p", "no:cacheprovider", *(f"tests/{name}" for name in TESTS)),
        LIVING_REVIEW_SITE=str(site),
    )
    assert tested.returncode == 0, tested.stdout[-6000:]
