"""``living-review bounds FILE.yaml`` on the example, whose true times lifelines ships."""

from fractions import Fraction as F
from pathlib import Path

import pytest

from living_review import cli
from living_review.report import bounds_file
from living_review.stats import survival

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "freireich_1963.yaml"


def arms():
    from lifelines import datasets

    rows = datasets.load_leukemia()
    for which in (0, 1):
        arm = rows[rows["Rx"] == which]
        yield [(F(int(t)), int(e)) for t, e in zip(arm["t"], arm["status"], strict=True)]


def test_the_example_is_what_the_times_give_and_the_truth_lies_inside():
    result = bounds_file.solve(EXAMPLE)
    for arm, data in zip(result.arms, arms(), strict=True):
        times, events = zip(*data, strict=True)
        curve = survival.kaplan_meier([float(t) for t in times], events)
        assert len(data) == int(arm.asked["n"])
        assert sum(events) == arm.asked["deaths"]
        for t in range(1, 36):
            s = float(survival.survival_at(curve, t)["survival"])
            here = arm.found.at(t)
            if t <= max(times) or s == 0:
                assert float(here.lower) - 1e-9 <= s <= float(here.upper) + 1e-9, t
    difference = variance = 0.0
    first, second = arms()
    for t in sorted({t for arm in (first, second) for t, e in arm if e}):
        a, b = (sum(x >= t for x, _ in arm) for arm in (first, second))
        d1, d2 = (sum(x == t and e for x, e in arm) for arm in (first, second))
        d, n = d1 + d2, a + b
        difference += d1 - d * a / n
        variance += d * a * b * (n - d) / (n * n * max(1, n - 1))
    truth = 2.718281828 ** (difference / variance)
    assert result.ratio.lower <= truth <= result.ratio.upper < 1


def test_the_command_writes_text_table_and_picture(tmp_path, capsys):
    assert cli.main(["bounds", str(EXAMPLE), "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "hazard ratio" in said
    assert "These are bounds" in said
    header = (tmp_path / "freireich_1963.csv").read_text().splitlines()[0]
    assert header.startswith("start,end,lower,upper,deaths_min")
    assert "<svg" in (tmp_path / "freireich_1963.svg").read_text()


def test_digits_of_the_file_are_kept(tmp_path):
    narrow, wide = tmp_path / "a.yaml", tmp_path / "b.yaml"
    narrow.write_text("n: 6\nmedian: 2.40\n")
    wide.write_text("n: 6\nmedian: 2.4\n")
    ends = [bounds_file.solve(x).arms[0].found.problem.median for x in (narrow, wide)]
    assert ends[0].high - ends[0].low == F(1, 100)
    assert ends[1].high - ends[1].low == F(1, 10)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("n: ten\n", "expected a whole number"),
        ("median: 2.4\n", "n is missing"),
        ("n: 5\nmedain: 2.4\n", "unknown medain"),
        ("n: 5\nlandmarks: 50%\n", "'time: value'"),
        ("- 5\n", "'key: value'"),
        ("n: [5\n", "expected valid YAML"),
        ("n: 3\nlandmarks: {1: 95%}\n", "survival 95% at 1"),
        ("n: 5\nsoftware: Excel\n", "unknown software"),
        ("n: 5\nties: maybe\n", "expected true or false"),
        ("n: 5\nsecond: {n: 5}\ncompare: {q: 1}\n", "compare: unknown q"),
    ],
)
def test_a_mistake_in_the_file_is_a_message(tmp_path, capsys, text, message):
    path = tmp_path / "case.yaml"
    path.write_text(text)
    assert cli.main(["bounds", str(path)]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert "Traceback" not in said


def test_a_file_that_is_not_there_is_a_message(tmp_path, capsys):
    assert cli.main(["bounds", str(tmp_path / "none.yaml")]) == 2
    assert "expected a file that can be read" in capsys.readouterr().err
