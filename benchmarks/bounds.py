"""Validate the bounds on data whose truth is known, and measure what they cost.

python benchmarks/bounds.py validation   # writes data/review/bounds_validation.csv (long: make bounds)
python benchmarks/bounds.py cost         # writes data/review/bounds_cost.csv (some minutes)

For a study with known times the script prints the summary that a paper would print, as each of five
packages prints it and with several roundings, forgets the times, asks for the bounds and checks that
the true curve, the true number of deaths and the true number at risk lie inside them at every time. How
a summary is printed is written anew in ``printing.py``.
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
import random
import resource
import statistics
import subprocess
import sys
import time
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from living_review import bounds

sys.path.insert(0, str(Path(__file__).parent))
import printing

ROOT = Path(__file__).resolve().parents[1]
SEED = 20240611
STUDIES = 1000
LARGEST_WITH_INTERVAL = 8
# How times are recorded and printed: unit of recording, digits printed
ROUNDINGS = {
    "days": (Fraction(1, 30), 2),
    "tenths of months": (Fraction(1, 10), 1),
    "whole months": (Fraction(1), 0),
}
TINY = 1e-12


def check(data: printing.Data, found: bounds.SurvivalBounds) -> tuple[int, int]:
    """Return how many times were checked, and at how many the truth lies outside."""
    curve, n = printing.Curve.of(data), len(data)
    marks = sorted({*found.breakpoints, *(t for t, _ in data)})
    marks = [t for t in marks if t <= curve.last]
    marks += [(a + b) / 2 for a, b in pairwise(marks)]
    outside = 0
    for t in marks:
        if t == 0:
            continue
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


def simulate(rng: random.Random, n: int, unit: Fraction) -> printing.Data:
    """Draw a study: Weibull survival, staggered entry; times in units, so that some are equal."""
    shape, scale, longest = rng.choice((0.7, 1.0, 1.5)), rng.uniform(1.5, 6), rng.uniform(2.5, 6)
    data = []
    for _ in range(n):
        death, end = rng.weibullvariate(scale, shape), rng.uniform(0.3, longest)
        t = max(unit, unit * round(Fraction(min(death, end)) / unit))
        data.append((t, int(death <= end)))
    return sorted(data)


def published() -> list[tuple[str, printing.Data, list[int]]]:
    """Return published data sets with individual times, whole groups: name, data, landmarks."""
    from lifelines import datasets

    leukemia = datasets.load_leukemia()
    treated = leukemia[leukemia["Rx"] == 0]
    glioma = datasets.load_g3()
    larynx = datasets.load_larynx()
    fourth = larynx[larynx["Stage_IV"] == 1]
    waltons = datasets.load_waltons()

    def rows(times: object, events: object) -> printing.Data:
        pairs = zip(times, events, strict=True)
        return sorted((Fraction(repr(float(t))), int(e)) for t, e in pairs)

    return [
        ("Freireich 1963, leukaemia, 6-MP arm", rows(treated["t"], treated["status"]), [10, 20]),
        ("Grana 2002, glioma", rows(glioma["time"], glioma["event"].astype(bool)), [12, 24]),
        ("Kardaun 1983, larynx, stage IV", rows(fourth["time"], fourth["death"]), [1, 2]),
        ("Walton, flies, all", rows(waltons["T"], waltons["E"]), [20, 50]),
    ]


def one(data: printing.Data, figures: dict, **arguments: object) -> dict:
    """Check one study; a summary that is called contradictory has its truth outside."""
    try:
        found = bounds.survival(len(data), **figures, **arguments)
    except bounds.ContradictorySummaryError:
        return {"checks": 1, "outside": 1, "exact": 0, "interval": int("ci" in figures)}
    checks, outside = check(data, found)
    times = [float(x) for x in figures["landmarks"]]
    times += [float(figures[x]) for x in ("median", "follow_up") if figures[x] != bounds.NOT_REACHED]
    mean, narrow = tightness(found, max(times)) if times and max(times) > 0 else (1.0, 0.0)
    exact = int(found.method == "exact")
    return {
        "checks": checks,
        "outside": outside,
        "exact": exact,
        "interval": int("ci" in figures) * exact,
        "deaths": found.deaths,
        "width": mean,
        "narrow": narrow,
    }


def row(
    name: str, kind: str, software: str, rounding: str, results: list[dict], sizes: list[int]
) -> dict:
    """Return a row of the table for studies printed alike."""
    found = [x for x in results if "width" in x]
    return {
        "id": "_".join(x.lower() for x in (*name.replace(",", "").replace("-", "_").split(), software))
        + ("" if kind == "published" else "_" + rounding.replace(" ", "_")),
        "kind": kind,
        "title": name,
        "software": software,
        "rounding": rounding,
        "studies": len(results),
        "n_min": min(sizes),
        "n_max": max(sizes),
        "exact": sum(x["exact"] for x in results),
        "interval_used": sum(x["interval"] for x in results),
        "times_checked": sum(x["checks"] for x in results),
        "times_outside": sum(x["outside"] for x in results),
        "mean_width": f"{statistics.median(x['width'] for x in found):.4f}"
        if found
        else "not_evaluable",
        "narrow_share": f"{statistics.median(x['narrow'] for x in found):.4f}"
        if found
        else "not_evaluable",
        "note": "",
    }


def study(software: str, rounding: str, number: int) -> tuple[printing.Data, dict]:
    """Return a simulated study and its printed summary; the same number gives the same study."""
    unit, digits = ROUNDINGS[rounding]
    rng = random.Random(f"{SEED} {software} {rounding} {number}")
    n = 4 + number % 9
    if number % 100 == 0:
        n = rng.choice((30, 60))
    data = simulate(rng, n, unit)
    figures = printing.summarise(
        data,
        software,
        rng,
        digits=digits,
        percent_digits=rng.choice((0, 1, 2)),
        landmarks=[1, 2],
        with_interval=n <= LARGEST_WITH_INTERVAL and rng.random() < 0.5,
    )
    return data, figures


def simulated(task: tuple[str, str, range]) -> dict:
    """Validate the simulated studies printed by one package with one rounding."""
    software, rounding, numbers = task
    made = [study(software, rounding, k) for k in numbers]
    results = [one(data, figures) for data, figures in made]
    return row("Simulated", "simulated", software, rounding, results, [len(data) for data, _ in made])


def validation(studies: int, jobs: int) -> list[dict]:
    """Validate simulated and published studies, printed by each package."""
    tasks = [
        (software, rounding, range(i, studies, len(ROUNDINGS)))
        for software in printing.SOFTWARE
        for i, rounding in enumerate(ROUNDINGS)
    ]
    rows = []
    with multiprocessing.Pool(jobs) as pool:
        for found in pool.imap(simulated, tasks):
            rows.append(found)
            print(found, flush=True)
    for title, data, landmarks in published():
        for name in printing.SOFTWARE:
            rng = random.Random(f"{SEED} {title} {name}")
            figures = printing.summarise(
                data, name, rng, digits=1, percent_digits=1, landmarks=landmarks, with_interval=False
            )
            result = one(data, figures)
            rows.append(row(title, "published", name, "tenths", [result], [len(data)]))
            print(rows[-1], flush=True)
    return rows


def cost() -> list[dict]:
    """Measure time and memory against the number of patients, each case in a process of its own."""
    rows = []
    for n in (10, 15, 20, 25, 30, 40, 60, 100):
        for case, scale in (("a", 4.0), ("b", 2.2)):
            rng = random.Random(SEED + n)
            data = sorted(
                (Fraction(round(min(a, b), 4)).limit_denominator(10**4), int(a <= b))
                for a, b in ((rng.expovariate(1 / scale), rng.uniform(1, 5)) for _ in range(n))
            )
            curve = printing.Curve.of(data)
            landmarks = {t: printing.percent(curve.at(Fraction(t)), 1) for t in (1, 2)}
            row: dict = {"id": f"n{n}_{case}", "n": n, "landmarks": "; ".join(landmarks.values())}
            for method in ("auto", "outer"):
                code = (
                    "import time, resource; from living_review import bounds;"
                    "t = time.process_time();"
                    f"x = bounds.survival({n}, landmarks={landmarks!r}, method={method!r});"
                    "t = time.process_time() - t;"
                    "m = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024;"
                    "print(x.method, x.count if x.method == 'exact' else 'not_applicable', x.states, "
                    "f'{t:.2g}', round(m))"
                )
                run = subprocess.run(
                    [sys.executable, "-c", code], capture_output=True, text=True, check=True
                )
                used, count, states, seconds, memory = run.stdout.split()
                if method == "auto":
                    row |= {"method": used, "orders": count, "states": states}
                    row |= {"seconds": seconds, "memory_mb": memory}
                else:
                    row |= {"seconds_outer": seconds, "memory_outer_mb": memory}
            rows.append({**row, "note": ""})
            print(rows[-1], flush=True)
    return rows


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=("validation", "cost"))
    parser.add_argument("--studies", type=int, default=STUDIES, help="simulated studies by package")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--dry-run", action="store_true", help="print, write nothing")
    args = parser.parse_args()
    started = time.perf_counter()
    rows = validation(args.studies, args.jobs) if args.what == "validation" else cost()
    if args.what == "validation":
        wrong = [r["id"] for r in rows if r["times_outside"]]
        checked = sum(r["times_checked"] for r in rows)
        print(f"{sum(r['studies'] for r in rows):,} studies, {checked:,} checks, outside: {wrong}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{time.perf_counter() - started:.0f} s, {peak:.0f} MB")
    if not args.dry_run:
        path = ROOT / "data" / "review" / f"bounds_{args.what}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
