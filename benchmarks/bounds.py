"""Validate the bounds on data whose truth is known, and measure what they cost.

python benchmarks/bounds.py validation   # writes data/review/bounds_validation.csv (about a minute)
python benchmarks/bounds.py cost         # writes data/review/bounds_cost.csv (some minutes)

For a study with known times the script prints the summary that a paper would print, forgets the
times, asks for the bounds and checks that the true curve, the true number of deaths and the true number
at risk lie inside them at every time. It computes the Kaplan-Meier estimate by its own few lines.
"""

from __future__ import annotations

import argparse
import csv
import random
import time
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from living_review import bounds

ROOT = Path(__file__).resolve().parents[1]
SEED = 20240611
STUDIES = 240
EXACT_STATES = 60_000
Z = 1.96
TINY = 1e-12


@dataclass
class Curve:
    """Product-limit estimate by its definition, in fractions; events before censorings."""

    steps: list[tuple[float, Fraction]]  # time of event, estimate from there on
    greenwood: list[Fraction | None]

    @classmethod
    def of(cls, data: list[tuple[float, int]], *, reverse: bool = False) -> Curve:
        steps, sums = [], []
        s, total = Fraction(1), Fraction(0)
        for t in sorted({x for x, _ in data}):
            dead = sum(x == t and e == 1 for x, e in data)
            left = sum(x == t and e == 0 for x, e in data)
            at_risk = sum(x >= t for x, _ in data)
            events = left if reverse else dead
            if reverse:
                at_risk -= dead
            if events:
                s *= 1 - Fraction(events, at_risk)
                if total is not None:
                    gone = at_risk == events
                    total = None if gone else total + Fraction(events, at_risk * (at_risk - events))
                steps.append((t, s))
                sums.append(total)
        return cls(steps, sums)

    def at(self, t: float) -> Fraction:
        """Return the estimate at a time."""
        return next((s for x, s in reversed(self.steps) if x <= t), Fraction(1))

    def first_at_most(self, level: Fraction) -> int | None:
        """Return the index of the first step at or below a level."""
        return next((i for i, (_, s) in enumerate(self.steps) if s <= level), None)


def spss_interval(curve: Curve) -> tuple[float, float, float] | None:
    """Return median and 95% limits as SPSS documents them, or None where it has none."""
    above = [t for t, s in curve.steps if s >= Fraction(11, 20)]
    m, low = curve.first_at_most(Fraction(1, 2)), curve.first_at_most(Fraction(9, 20))
    if not above or m is None or low is None or curve.greenwood[m] is None:
        return None
    u, ell = above[-1], curve.steps[low][0]
    density = float(curve.at(u) - curve.at(ell)) / (ell - u)
    middle, s = curve.steps[m]
    half = Z * float(s) * float(curve.greenwood[m]) ** 0.5 / density
    return middle, middle - half, middle + half


def summarise(data: list[tuple[float, int]], *, landmarks: list[int], interval: bool) -> dict:
    """Return what a paper would print of these data: the arguments of ``bounds.survival``."""
    curve, censored = Curve.of(data), Curve.of(data, reverse=True)
    last = max(t for t, _ in data)
    out: dict = {"landmarks": {}}
    for t in landmarks:
        if t <= last:
            out["landmarks"][t] = f"{float(curve.at(t)):.1%}"
    m = curve.first_at_most(Fraction(1, 2))
    out["median"] = bounds.NOT_REACHED if m is None else f"{curve.steps[m][0]:.1f}"
    f = censored.first_at_most(Fraction(1, 2))
    out["follow_up"] = bounds.NOT_REACHED if f is None else f"{censored.steps[f][0]:.1f}"
    limits = spss_interval(curve) if interval else None
    if limits is not None and limits[1] > 0.05:
        out["ci"] = (f"{limits[1]:.1f}", f"{limits[2]:.1f}")
    return out


def check(data: list[tuple[float, int]], found: bounds.SurvivalBounds) -> tuple[int, int]:
    """Return how many times were checked, and at how many the truth lies outside."""
    curve, n = Curve.of(data), len(data)
    last = max(t for t, _ in data)
    marks = sorted({float(t) for t in found.breakpoints} | {t for t, _ in data})
    marks = [t for t in marks if t <= last]
    marks += [(a + b) / 2 for a, b in pairwise(marks)]
    outside = 0
    for t in marks:
        lower, upper, deaths, at_risk = found.at(t)
        if lower is None:
            outside += 1
            continue
        dead = sum(x <= t and e for x, e in data)
        left = n - sum(x <= t for x, _ in data)
        inside = lower - TINY <= curve.at(t) <= upper + TINY
        inside &= deaths[0] <= dead <= deaths[1] and at_risk[0] <= left <= at_risk[1]
        outside += not inside
    total = sum(e for _, e in data)
    outside += not found.deaths[0] <= total <= found.deaths[1]
    return len(marks) + 1, outside


def tightness(found: bounds.SurvivalBounds, until: float) -> tuple[float, float]:
    """Return the mean width of the band until a time, and the share of time with a width below 0.1."""
    band = found.envelope(until=until)
    length = band["end"] - band["start"]
    width = band["upper"] - band["lower"]
    mean = float((width * length).sum() / length.sum())
    return mean, float(length[width < 0.1].sum() / length.sum())


def simulate(rng: random.Random, n: int, *, rounded: bool) -> list[tuple[float, int]]:
    """Draw a study: Weibull survival, staggered entry, follow-up of up to six time units."""
    shape, scale, longest = rng.choice((0.7, 1.0, 1.5)), rng.uniform(1.5, 6), rng.uniform(2.5, 6)
    data = []
    for _ in range(n):
        death, end = rng.weibullvariate(scale, shape), rng.uniform(0.3, longest)
        t = min(death, end)
        data.append((max(0.1, round(t, 1)) if rounded else round(t, 6), int(death <= end)))
    return sorted(data)


def published() -> list[tuple[str, list[tuple[float, int]], list[int]]]:
    """Return published data sets with individual times, whole groups: name, data, landmarks."""
    from lifelines import datasets

    leukemia = datasets.load_leukemia()
    treated = leukemia[leukemia["Rx"] == 0]
    glioma = datasets.load_g3()
    larynx = datasets.load_larynx()
    fourth = larynx[larynx["Stage_IV"] == 1]
    waltons = datasets.load_waltons()

    def rows(times: object, events: object) -> list[tuple[float, int]]:
        return sorted((float(t), int(e)) for t, e in zip(times, events, strict=True))

    return [
        ("Freireich 1963, leukaemia, 6-MP arm", rows(treated["t"], treated["status"]), [10, 20]),
        ("Grana 2002, glioma", rows(glioma["time"], glioma["event"].astype(bool)), [12, 24]),
        ("Kardaun 1983, larynx, stage IV", rows(fourth["time"], fourth["death"]), [1, 2]),
        ("Walton, flies, all", rows(waltons["T"], waltons["E"]), [20, 50]),
    ]


def one(
    name: str, kind: str, data: list[tuple[float, int]], landmarks: list[int], *, rounded: bool
) -> dict:
    """Validate one study; return a row of the table."""
    n = len(data)
    figures = summarise(data, landmarks=landmarks, interval=n <= 12)
    found, started = None, time.perf_counter()
    if n <= 60:
        try:
            found = bounds.survival(n, **figures, ties=rounded, max_states=EXACT_STATES)
        except bounds.TooManyStatesError:
            figures.pop("ci", None)
    if found is None:
        found = bounds.survival(n, **figures, method="outer")
    seconds = time.perf_counter() - started
    checked, outside = check(data, found)
    times = [float(x) for x in figures["landmarks"]]
    times += [float(figures[x]) for x in ("median", "follow_up") if figures[x] != bounds.NOT_REACHED]
    mean, narrow = tightness(found, max(times)) if times else (1.0, 0.0)
    if seconds > 20:
        print(f"  slow: {name}: {seconds:.0f} s")
    return {
        "id": name.lower().replace(" ", "_").replace(",", "").replace("-", "_"),
        "kind": kind,
        "title": name,
        "n": n,
        "deaths": sum(e for _, e in data),
        "interval_used": int("ci" in figures),
        "method": found.method,
        "orders": "not_applicable" if found.count is None else found.count,
        "deaths_min": found.deaths[0],
        "deaths_max": found.deaths[1],
        "times_checked": checked,
        "times_outside": outside,
        "mean_width": f"{mean:.4f}",
        "narrow_share": f"{narrow:.4f}",
        "note": "times rounded to one decimal, so with ties" if rounded else "",
    }


def validation(studies: int) -> list[dict]:
    """Validate simulated and published studies."""
    rng = random.Random(SEED)
    rows = []
    for i in range(studies):
        rounded = i % 3 == 2
        n = 5 + i % 26
        data = simulate(rng, n, rounded=rounded)
        rows.append(one(f"Simulated {i + 1:03d}", "simulated", data, [1, 2], rounded=rounded))
    for name, data, landmarks in published():
        rows.append({**one(name, "published", data, landmarks, rounded=True), "note": ""})
    return rows


def cost() -> list[dict]:
    """Measure how the size of the computation grows with the number of patients."""
    rows = []
    for n in (10, 15, 20, 25, 30, 35):
        for case, scale in (("a", 4.0), ("b", 2.2)):
            rng = random.Random(SEED + n)
            data = sorted(
                (min(a, b), int(a <= b))
                for a, b in ((rng.expovariate(1 / scale), rng.uniform(1, 5)) for _ in range(n))
            )
            figures = {"landmarks": summarise(data, landmarks=[1, 2], interval=False)["landmarks"]}
            row = {"n": n, "landmarks": "; ".join(figures["landmarks"].values())}
            started = time.perf_counter()
            try:
                found = bounds.survival(n, **figures, max_states=3_000_000)
                row |= {"orders": found.count, "states": found.states}
            except bounds.TooManyStatesError:
                row |= {"orders": "not_evaluable", "states": "not_evaluable"}
            row["seconds"] = f"{time.perf_counter() - started:.2g}"
            started = time.perf_counter()
            bounds.survival(n, **figures, method="outer")
            row["seconds_outer"] = f"{time.perf_counter() - started:.2g}"
            rows.append({"id": f"n{n}_{case}", **row, "note": ""})
            print(rows[-1], flush=True)
    return rows


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=("validation", "cost"))
    parser.add_argument("--studies", type=int, default=STUDIES, help="simulated studies")
    parser.add_argument("--dry-run", action="store_true", help="print, write nothing")
    args = parser.parse_args()
    started = time.perf_counter()
    rows = validation(args.studies) if args.what == "validation" else cost()
    if args.what == "validation":
        wrong = [r["id"] for r in rows if r["times_outside"]]
        checked = sum(r["times_checked"] for r in rows)
        print(f"{len(rows)} studies, {checked:,} checks, outside in {len(wrong)} studies: {wrong}")
    print(f"{time.perf_counter() - started:.0f} s")
    if not args.dry_run:
        path = ROOT / "data" / "review" / f"bounds_{args.what}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
