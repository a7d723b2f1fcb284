"""Any paper: every kind's example, planted slips, brute force for whole numbers, errors, reports."""

import csv
import io
import itertools
import json
import os
import random
import runpy
import time
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest
from scipy.stats import binom

from living_review import audit, cli
from living_review.audit import grim
from living_review.audit.paper import (
    FINDINGS,
    VERDICTS,
    InvalidPaperError,
    audit_paper,
)
from living_review.audit.paper_kinds import EVERY
from living_review.audit.printed import figure, figures, wrong_digits
from living_review.audit.reading import fits_any
from living_review.report import audit_paper as report

ROOT = Path(__file__).resolve().parents[2]
HONEST = runpy.run_path(str(ROOT / "benchmarks" / "honest_papers.py"), run_name="honest_papers")
STATISTICS = int(os.environ.get("HONEST_STATISTICS", "1000"))


def one(kind, printed, given, **more):
    return audit_paper([{"kind": kind, "printed": printed, "from": given, **more}])[0]


def verdict(*row):
    return one(*row).verdict


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_the_example_of_each_kind_comes_out(kind):
    result = one(kind.name, kind.printed, kind.inputs)
    assert result.verdict == "reproduced"
    assert 0 <= result.power <= 1


@pytest.mark.parametrize(
    ("kind", "printed", "given", "expected"),
    [
        ("p_value", "p = .03", "t = 2.31; df = 48", "reproduced"),
        ("p_value", "p = .02", "t = 2.31; df = 48", "reproduced by truncation"),
        ("p_value", "p < .05", "t = 2.31; df = 48", "reproduced"),
        ("p_value", "n.s.", "t = 2.31; df = 48", "decision error"),
        ("p_value", "p = .06", "t = 2.31; df = 48", "decision error"),
        ("p_value", "p = .987", "t = 2.31; df = 48", "another convention"),
        ("p_value", "n.s.", "t = 2.31; df = 48; tails = 1", "reproduced"),
        ("p_value", "p = .013", "t = 2.31; df = 48", "another convention"),
        ("p_value", "p = .017", "t = 2.31; df = 48", "arithmetic error"),
        ("p_value", "p = .076", "t = 2.31; df = 48; times = 3", "reproduced"),
        ("p_value", "0.053", "chi2 = 3.74; df = 1", "reproduced"),
        ("percentage", "37.0%", "count = 31; n = 84", "last digit differs"),
        ("percentage", "> 90%", "count = 85; n = 93", "reproduced"),
        ("percentage", "> 90%", "count = 83; n = 93", "arithmetic error"),
        ("percentage", "50%", "n = 7", "arithmetic error"),
        ("mean", "5.19", "n = 28", "arithmetic error"),
        ("total", "85", "parts = 27 3 4 38 12", "arithmetic error"),
        ("total", "100.0%", "parts = 33.3 33.3 33.3", "rounding"),
        ("common_denominator", "63.6% 94.4%", "n = 55", "arithmetic error"),
        ("same", "0.50", "other = 0.488", "text and table disagree"),
        ("symmetry", "1.20", "lower = 1.10; upper = 2.10; method = wald", "arithmetic error"),
        ("symmetry", "1.20", "lower = 1.10; upper = 2.10", "another convention"),
        ("symmetry", "2.30", "lower = 1.10; upper = 2.10", "arithmetic error"),
        ("p_from_interval", "0.2", "estimate = 1.52; lower = 1.10; upper = 2.10", "not checkable"),
        (
            "p_from_interval",
            "0.2",
            "estimate = 1.52; lower = 1.10; upper = 2.10; method = wald",
            "decision error",
        ),
    ],
)
def test_the_verdict_of_a_plain_case(kind, printed, given, expected):
    assert verdict(kind, printed, given) == expected


def test_another_test_is_tried_and_named_before_an_error():
    # Hydroxychloroquine in COVID-19 (Gautret 2020): chi-squared without correction, not Fisher's test.
    result = one("table_test", "0.005", "table = 10 10 / 1 15; test = fisher")
    assert result.verdict == "another convention"
    assert result.explanation == "χ² test"


def test_a_spread_with_the_wrong_name_is_found_and_explained():
    arms = "mean1 = 12.1; n1 = 25; mean2 = 9.4; n2 = 25"
    assert verdict("t_test", "0.026", arms + "; sd1 = 4.0; sd2 = 4.3") == "reproduced"
    slip = one("t_test", "0.026", arms + "; se1 = 4.0; se2 = 4.3")
    assert slip.verdict in FINDINGS
    assert "standard deviations" in slip.explanation


@pytest.mark.parametrize("n", range(1, 8))
def test_sums_of_squares_are_those_of_brute_force(n):
    values = range(-5, 8) if n < 6 else range(-3, 5)
    seen = {(sum(c), sum(x * x for x in c)) for c in itertools.combinations_with_replacement(values, n)}
    for total, squares in itertools.product(range(n), range(14)):
        assert grim.has_squares(n, total, squares) == ((total, squares) in seen)


@pytest.mark.parametrize("ends", [(0, 3), (1, 5), (-1, 2)])
def test_sums_of_squares_on_a_scale_are_those_of_brute_force(ends):
    for n in range(1, 7):
        values = range(ends[0], ends[1] + 1)
        seen = {
            (sum(c), sum(x * x for x in c)) for c in itertools.combinations_with_replacement(values, n)
        }
        for total in range(n * ends[0] - 1, n * ends[1] + 2):
            for squares in range(n * 25 + 2):
                found = grim.has_squares_between(n, total, squares, *ends)
                assert found == ((total, squares) in seen)


def test_a_scale_with_many_persons_ends():
    given = "mean = 5.19; n = {n}; minimum = 1; maximum = 7"
    for n in ("150", "250", "20000"):
        assert verdict("sd", "1.37", given.format(n=n)) == "reproduced"
        assert verdict("sd", "4.37", given.format(n=n)) == "arithmetic error"


def rounds_to(square: Fraction, printed: str) -> bool:
    """Whether the root of a fraction is printed so: rounded, either way at a tie, or cut off."""
    step = Fraction(1, 10 ** len(printed.partition(".")[2]))
    x = Fraction(printed)
    low, high = max(x - step / 2, Fraction(0)), x + step / 2
    return low**2 <= square <= high**2 or x**2 <= square < (x + step) ** 2


def test_mean_and_sd_are_possible_exactly_when_some_data_give_them():
    n, values = 5, range(1, 6)
    data = [(sum(c), sum(x * x for x in c)) for c in itertools.combinations_with_replacement(values, n)]
    for mean, sd in itertools.product(("2.4", "3.0", "3.2"), [f"{k / 20:.2f}" for k in range(45)]):
        given = f"mean = {mean}; n = {n}; minimum = 1; maximum = 5"
        possible = any(
            rounds_to(Fraction(total, n) ** 2, mean)
            and any(rounds_to((q - Fraction(total**2, n)) / d, sd) for d in (n - 1, n))
            for total, q in data
        )
        assert (verdict("sd", sd, given) not in FINDINGS) == possible


def test_power_is_the_share_of_slips_that_are_flagged():
    for kind, printed, given in (
        ("mean", "5.18", "n = 28"),
        ("percentage", "36.9%", "count = 31; n = 84"),
        ("p_value", "0.025", "t = 2.31; df = 48"),
    ):
        shown = one(kind, printed, given).power
        slips = [
            printed[:i] + d + printed[i + 1 :]
            for i, c in enumerate(printed)
            if c.isdigit() and printed[: i + 1] != "0"
            for d in "0123456789"
            if d != c
        ]
        flagged = sum(verdict(kind, slip, given) in FINDINGS for slip in slips)
        assert shown == pytest.approx(flagged / len(slips))


def test_a_test_without_power_says_so():
    assert one("mean", "5.19", "n = 400").power == 0
    assert one("mean", "5.18", "n = 28").power > 0.35


def test_many_at_once_are_as_one_by_one():
    rng = random.Random(3)
    for text in ("0.05", "-1.20", "12", "0.0", "<0.05", ">3.1", "1200"):
        wrong = wrong_digits(figure(text))
        for _ in range(50):
            low = rng.uniform(-3, 15)
            spans = [(low, low + rng.choice([0, 0.01, 1])), (wrong[0].number, wrong[0].number)]
            found = fits_any(wrong, spans)
            assert list(found) == [any(f.fits(*span) for span in spans) for f in wrong]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1.52 (95% CI 1.10–2.10)", [1.52, 1.1, 2.1]),
        ("−0.5 to 0.3", [-0.5, 0.3]),
        ("0·05", [0.05]),
        ("1,234", [1234]),
        ("1,5", [1.5]),
        ("1.2 × 10−5", [1.2e-5]),
        ("1.2×10⁻⁵", [1.2e-5]),
        ("P = .045", [0.045]),
        ("12%-15%", [12, 15]),
    ],
)
def test_a_printed_result_is_read_as_it_is_meant(text, numbers):
    assert [f.number for f in figures(text)] == pytest.approx(numbers)


# --- no false accusation ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def measured():
    claims = HONEST["honest"](STATISTICS)
    return {m.label: m for m in HONEST["measure"](claims)}


def test_no_honest_statistic_is_called_wrong(measured):
    assert measured["honest"].checked >= STATISTICS
    assert measured["honest"].flagged == 0


def test_ten_kinds_of_planted_errors_are_found_where_there_is_power(measured):
    planted = {label: m for label, m in measured.items() if label != "honest"}
    assert len(planted) == 10
    for label, m in planted.items():
        assert m.checked_with_power >= 10, label
        # 95 of 100, but for chance in a sample of this size; the stored figures are held exactly.
        least = binom.ppf(0.001, m.checked_with_power, 0.95)
        assert m.flagged_with_power >= least, label


def test_the_stored_figures_are_of_this_code():
    with (ROOT / "data" / "review" / "audit_figures.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {r["fingerprint"] for r in rows} == {HONEST["fingerprint"]()}, (
        "run: make honest (measures the audit of any paper again)"
    )
    honest = next(r for r in rows if r["kind"] == "honest")
    assert int(honest["checked"]) >= 20_000
    assert int(honest["flagged"]) == 0
    planted = [r for r in rows if r["kind"] == "planted"]
    assert len(planted) == 10
    for row in planted:
        assert int(row["flagged_with_power"]) >= 0.95 * int(row["checked_with_power"]), row["what"]


def test_many_claims_cost_little():
    claims = HONEST["honest"](600, seed=7)
    start = time.process_time()
    HONEST["audit"](claims)
    seconds = time.process_time() - start
    assert seconds / len(claims) * 10_000 < 40  # the goal is 20 on a quiet machine


# --- errors, and the command -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ({"kind": "p"}, "kind", "there are percentage"),
        ({"from": "t = 2.31; df = 0"}, "from", "df = 0"),
        ({"from": "t = 2.31"}, "from", "'df' is missing"),
        ({"from": "df = 48"}, "from", "expected one test statistic"),
        ({"from": "t = 2.31; df = 48; x = 3"}, "from", "unknown name 'x'"),
        ({"from": "t = 2.31; t = 2; df = 48"}, "from", "given twice"),
        ({"from": "t: 2.31"}, "from", "expected name = value"),
        ({"from": "t = <2; df = 4"}, "from", "a limit"),
        ({"printed": "p = 1.3"}, "printed", "lies from 0 to 1"),
        ({"printed": "0.03 and 0.04"}, "printed", "holds 2 numbers"),
        ({"printed": "small"}, "printed", "no number"),
        ({"printed": ""}, "printed", "no number"),
        ({"materiality": "huge"}, "materiality", "material, minor, wording"),
        ({"kind": "chi2", "from": "table = 1 2 / 3"}, "from", "rows of equal length"),
        ({"kind": "chi2", "from": "table = 0 0 / 3 4"}, "from", "nobody in it"),
        ({"kind": "percentage", "from": "count = 3; n = 2.5"}, "from", "whole number"),
        ({"kind": "mean", "from": "n = 9; minimum = 5; maximum = 1"}, "from", "not below"),
    ],
)
def test_a_wrong_cell_is_named_with_row_and_column(row, column, said):
    good = {"kind": "p_value", "printed": "0.025", "from": "t = 2.31; df = 48"}
    with pytest.raises(InvalidPaperError) as fault:
        audit_paper([good, {**good, **row}])
    assert f"row 3, column {column}: " in str(fault.value)
    assert said in str(fault.value)


def test_all_issues_are_reported_at_once():
    bad = {"kind": "p", "printed": "0.025", "from": "t = 2.31; df = 48"}
    with pytest.raises(InvalidPaperError) as fault:
        audit_paper([bad, bad, bad])
    assert len(str(fault.value).splitlines()) >= 3


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"kind;printed;from\n", "separate columns by commas"),
        (b"kind,printed\n", "column 'from' is missing"),
        (b"kind,printed,from,colour\n", "column 'colour' is unknown"),
        (b"kind,printed,from\np_value,0.02\n", "row 2: 2 cells; expected 3"),
        (b"kind,printed,from\np_value,0.02,t = 2,df = 4\n", "double quotes"),
        (b"kind,printed,from\n\xff\n", "line 2: not UTF-8"),
        (b'kind,printed,from\n"p\n', "not a CSV file"),
        (b"", "column 'kind' is missing"),
    ],
)
def test_a_file_that_is_no_table_of_claims_is_refused(raw, said, tmp_path, capsys):
    path = tmp_path / "claims.csv"
    path.write_bytes(raw)
    assert cli.main(["audit-paper", str(path)]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert str(path) in error


def test_a_missing_file_is_named(tmp_path, capsys):
    assert cli.main(["audit-paper", str(tmp_path / "none.csv")]) == 2
    assert "none.csv" in capsys.readouterr().err


EXAMPLE = ROOT / "examples" / "made_up_paper.csv"


def test_the_exit_code_is_zero_unless_asked(capsys):
    assert cli.main(["audit-paper", str(EXAMPLE)]) == 0
    assert cli.main(["audit-paper", str(EXAMPLE), "--fail-on", "FINDING"]) == 1
    assert (
        cli.main(["audit-paper", str(ROOT / "examples" / "template.csv"), "--fail-on", "FINDING"]) == 0
    )
    capsys.readouterr()


def test_fail_on_material_needs_a_material_finding(tmp_path, capsys):
    path = tmp_path / "one.csv"
    path.write_text('kind,printed,from\npercentage,37.9%,"count = 31; n = 84"\n', encoding="utf-8")
    assert cli.main(["audit-paper", str(path), "--fail-on", "MATERIAL"]) == 0
    assert cli.main(["audit-paper", str(path), "--fail-on", "FINDING"]) == 1
    capsys.readouterr()


def test_every_form_holds_every_claim(tmp_path, capsys):
    results = audit.audit_paper(EXAMPLE)
    assert len(results) > 15
    rows = list(csv.DictReader(io.StringIO(report.render(results, "csv"))))
    assert [r["claim"] for r in rows] == [r.claim for r in results]
    assert [r["verdict"] for r in json.loads(report.render(results, "json"))] == [
        r.verdict for r in results
    ]
    for form in ("text", "md", "html"):
        text = report.render(results, form)
        assert all(r.claim in text for r in results), form
    out = tmp_path / "report.html"
    assert cli.main(["audit-paper", str(EXAMPLE), "--format", "html", "--out", str(out)]) == 0
    assert "made_up_paper" in out.read_text("utf-8")
    capsys.readouterr()


class _Foreign(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag in ("script", "link", "img") or "src" in values or "href" in values:
            self.found.append(tag)


def test_the_page_needs_nothing_else_and_escapes_what_it_is_given():
    rows = [{"claim": "<b>x</b>", "kind": "percentage", "printed": "99%", "from": "count = 31; n = 84"}]
    page = report.render(audit_paper(rows), "html")
    parser = _Foreign()
    parser.feed(page)
    assert parser.found == []
    assert "&lt;b&gt;x" in page
    assert "<b>x" not in page


def test_every_verdict_has_its_mark():
    assert set(report.MARKS) == set(VERDICTS)
    with pytest.raises(ValueError, match="there are"):
        report.render([], "pdf")


def test_a_decision_error_is_material_and_a_last_digit_minor_unless_said_otherwise():
    assert one("p_value", "0.06", "t = 2.31; df = 48").materiality == "material"
    assert one("percentage", "36.9%", "count = 31; n = 84").materiality == ""
    assert one("percentage", "37.0%", "count = 31; n = 84").materiality == "minor"
    assert one("percentage", "47.0%", "count = 31; n = 84").materiality == "to be judged"
    said = one("percentage", "47.0%", "count = 31; n = 84", materiality="wording")
    assert said.materiality == "wording"
