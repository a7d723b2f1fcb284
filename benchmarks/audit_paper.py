"""How long the audit of any paper takes, and how that grows; writes benchmarks/audit_paper.md.

python benchmarks/audit_paper.py
"""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path

import honest_papers

from living_review.audit import paper

TARGET = Path(__file__).with_suffix(".md")
CLAIMS = (1000, 2000, 5000, 10000)
SIZES = (10, 100, 1000, 10000, 100000)
SEARCHES = {  # a row of each kind whose cost could grow with the number of persons
    "mean": ("5.19", "n = {n}"),
    "sd": ("1.37", "mean = 5.19; n = {n}"),
    "sd on a scale": ("1.37", "mean = 5.19; n = {n}; minimum = 1; maximum = 7"),
    "percentage": ("63.6%", "n = {n}"),
    "odds_ratio": ("1.37 (0.80 to 2.31)", "events1 = 4; n1 = {n}; events2 = 3; n2 = {n}"),
    "mann_whitney": ("0.03", "U = 12; n1 = {n}; n2 = 7"),
}


def seconds(rows: list[dict[str, str]]) -> float:
    start = time.process_time()
    paper.audit_paper(rows)
    return time.process_time() - start


def main() -> None:
    rows = [claim.row() for claim in honest_papers.honest(max(CLAIMS))]
    lines = [
        "# How long the audit of any paper takes",
        "",
        f"Made by `python benchmarks/audit_paper.py`: Python {platform.python_version()}, one of "
        f"{os.cpu_count()} cores, seconds of the processor. Claims are those of `honest_papers.py`, "
        "of every kind. The goal is 10,000 claims in under 20 seconds.",
        "",
        "| claims | seconds | milliseconds for one |",
        "|---|---|---|",
    ]
    for number in CLAIMS:
        spent = seconds(rows[:number])
        lines.append(f"| {number:,} | {spent:.1f} | {1000 * spent / number:.2f} |")
    lines += [
        "",
        "Milliseconds for one claim, by the number of persons n: a closed form does not grow.",
        "",
        "| kind | " + " | ".join(f"n = {n:,}" for n in SIZES) + " |",
        "|---|" + "---|" * len(SIZES),
    ]
    for name, (printed, given) in SEARCHES.items():
        cells = []
        for n in SIZES:
            row = {"kind": name.split()[0], "printed": printed, "from": given.format(n=n)}
            paper.audit_paper([row])  # what is loaded or kept the first time is not the search
            cells.append(f"{1000 * min(seconds([row]) for _ in range(3)):.1f}")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
