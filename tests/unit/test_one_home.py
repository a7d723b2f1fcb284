"""What several modules use has one home; copies elsewhere are found."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import living_review
from living_review import evidence
from living_review.audit import expression
from living_review.bounds import rounding
from living_review.build import digest
from living_review.evidence import codes
from living_review.plots import audit as plots_audit
from living_review.report import audit as report_audit
from living_review.report import explorer
from living_review.stats import dates, units

PACKAGE = Path(living_review.__file__).parent


def lists_of_codes(source: str) -> list[int]:
    """Return the lines of collections that hold three of the missing codes or more, typed out."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            words = {e.value for e in node.elts if isinstance(e, ast.Constant)}
            if len(words & set(codes.MISSING)) > 2:
                found.append(node.lineno)
    return found


def test_missing_codes_are_those_of_the_vocabulary_and_of_every_schema() -> None:
    review = evidence.load()
    assert tuple(review.vocabulary["missing"]) == codes.MISSING
    assert {frozenset(s.missing) for s in review.schemas.values()} <= {frozenset(codes.MISSING)}


def test_missing_codes_are_listed_once() -> None:
    found = {
        p.relative_to(PACKAGE).as_posix(): lists_of_codes(p.read_text(encoding="utf-8"))
        for p in PACKAGE.rglob("*.py")
    }
    assert {name: lines for name, lines in found.items() if lines} == {}
    assert lists_of_codes('A = ("not_reported", "ambiguous", "not_applicable", "")') == [1]


@pytest.mark.parametrize("value", [None, float("nan"), "", *codes.MISSING])
def test_what_is_missing_is_not_known(value: object) -> None:
    assert not codes.known(value)


@pytest.mark.parametrize("value", [0, 0.0, "0", "none", "not_improved"])
def test_zero_and_words_are_known(value: object) -> None:
    assert codes.known(value)


def test_units_of_time_are_the_same_in_the_audit_in_dates_and_in_the_bounds() -> None:
    assert units.DAYS_IN["year"] == 12 * units.DAYS_IN["month"] == rounding.DAYS_IN_YEAR
    for unit, days in units.DAYS_IN.items():
        assert expression.SIZES[unit] == ("time", days)
        assert rounding.in_weeks(1, unit) == days / 7  # bounds import nothing of ours
    assert dates.MONTHS_IN["day"] == 48 / 1461
    assert dates.MONTHS_IN["year"] == 12


def test_digests_of_the_build_are_computed_in_one_module() -> None:
    using = {p.name for p in (PACKAGE / "build").glob("*.py") if "hashlib" in p.read_text("utf-8")}
    assert using == {"digest.py", "tracing.py"}  # the tracer imports nothing of ours


def test_a_digest_of_files_changes_with_a_name_and_with_a_byte(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    (tmp_path / "b").write_text("y")
    one = digest.of_files([("a", tmp_path / "a")])
    assert one == digest.of_files([("a", tmp_path / "a")])
    others = {
        digest.of_files([("b", tmp_path / "a")]),
        digest.of_files([("a", tmp_path / "b")]),
        digest.of_files([("a", tmp_path / "a"), ("b", tmp_path / "b")]),
        digest.of_files([("a", tmp_path / "a")], first="3.11"),
    }
    assert len(others | {one}) == 5


def test_whatever_is_said_of_verdicts_is_said_of_those_of_the_vocabulary() -> None:
    verdicts = set(evidence.load().vocabulary["verdicts"])
    assert set(explorer.ORDER) == verdicts
    assert set(plots_audit.LOOKS) == verdicts
    assert set(report_audit.WHEN) == verdicts
