"""A book of any size with this project's code, pages and schema: what the benchmark builds."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATTERN = "benson_2014"  # the study whose data every synthetic study has, its numbers moved

COPIED = [
    "_config.yml",
    "requirements.txt",
    "pyproject.toml",
    "data/vocabulary.yaml",
    "data/review.yaml",
]
COPIED += ["book/references.bib", "CITATION.cff", "README.md", "CHANGELOG.md", "LICENSE"]
COPIED += ["LICENSE-DATA"]

STUDY = [
    (
        "from living_review import evidence, plots, report, stats\n"
        "review = evidence.load()\nstudy = review.study({name!r})\nplots.theme.apply()\n"
        "report.provenance_line(study, review)"
    ),
    (
        "times = study.table('events')\n"
        "times = times[times['endpoint'] == 'time_on_treatment'].drop_duplicates('patient')\n"
        "best = study.table('responses').set_index('patient')['category']\n"
        "partial = int((best == 'partial_response').sum())\n"
        "share = stats.proportions.clopper_pearson(partial, len(best))\n"
        "report.text(f'Of {{len(best)}} patients: {{share}}.')"
    ),
    (
        "report.table(times[['patient', 'time', 'event']], caption='Time on treatment of each patient',"
        " name={slug!r} + '-times')"
    ),
    (
        "report.table(study.table('statements')[['subject', 'finding', 'locator']],"
        " caption='Every finding in words', name={slug!r} + '-words')"
    ),
    (
        "curve = stats.survival.kaplan_meier(times['time'].astype(float), times['event'])\n"
        "fig, ax = plots.theme.figure(4)\nplots.basic.survival_curve(ax, curve)\n"
        "report.figure(fig, {slug!r} + '-km',"
        " alt=f'Time on treatment of {{len(times)}} patients of {name}, the median being"
        ' {{stats.survival.format_quantile(stats.survival.median(curve), "days")}}\','
        " caption='Time on treatment in {name}: each step is one patient who stopped.')"
    ),
    (
        "order = sorted(set(best))\n"
        "fig, ax = plots.theme.figure(3)\n"
        "plots.basic.bars(ax, order, [int((best == k).sum()) for k in order], order)\n"
        "report.figure(fig, {slug!r} + '-best',"
        " alt=f'Best response of {{len(best)}} patients of {name}, by kind of response',"
        " caption='Best response in {name}: the length of a bar is the number of patients.')"
    ),
    (
        "report.table(report.sections.downloads(study), caption='The evidence as tables',"
        " name={slug!r} + '-data')"
    ),
]
ACROSS = [
    (
        "from living_review import evidence, report, stats\n"
        "review = evidence.load()\nreport.provenance_line(review)"
    ),
    (
        "best = review.table('responses')\n"
        "rows = best.groupby('study_id')['category'].value_counts().unstack(fill_value=0)\n"
        "report.table(rows.reset_index(), caption='Responses of every study', name='all-responses')"
    ),
    (
        "total = int((best['category'] == 'partial_response').sum())\n"
        "report.text(f'Over all: {stats.proportions.clopper_pearson(total, len(best))}.')"
    ),
]


def name_of(number: int) -> str:
    """Return the id of a synthetic study."""
    return f"study{number:03}_2020"


def make(root: Path, studies: int) -> Path:
    """Write a book of so many studies and one notebook that reads all of them."""
    root.mkdir(parents=True)
    # Claims of the study that is copied name studies of data/context.
    data = ("data/schema", "data/review", "data/context")
    for folder in ("book/_ext", "book/_static", "book/_templates", *data, "src"):
        if (ROOT / folder).is_dir():
            shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("*.pyc"))
    # What the sources of this review are held to is of no made-up study.
    judged = root / "data" / "review" / "statements_judged.csv"
    judged.write_text(judged.read_text(encoding="utf-8").split("\n")[0] + "\n", encoding="utf-8")
    for file in COPIED:
        if (ROOT / file).exists():
            shutil.copy(ROOT / file, root / file)
    (root / "notebooks").mkdir()
    for number in range(1, studies + 1):
        add_study(root, number)
    write_notebook(root / "notebooks" / "across.ipynb", "Across the studies", ACROSS)
    (root / "book" / "index.md").write_text(
        "# Synthetic review\n\nThere are {{ n_studies }} studies with {{ n_rows }} rows.\n"
    )
    chapters = "".join(f"  - file: notebooks/{name_of(n)}\n" for n in range(1, studies + 1))
    (root / "_toc.yml").write_text(
        f"format: jb-book\nroot: book/index\nchapters:\n  - file: notebooks/across\n{chapters}"
    )
    return root


def add_study(root: Path, number: int) -> None:
    """Add a study: its folder, with individual times, and its notebook."""
    name = name_of(number)
    folder = root / "data" / name
    shutil.copytree(ROOT / "data" / PATTERN, folder)
    text = (folder / "study.yaml").read_text(encoding="utf-8")
    (folder / "study.yaml").write_text(text.replace(f"study_id: {PATTERN}", f"study_id: {name}"))
    touch(root, number, number)
    slug = name.replace("_", "-")
    cells = [cell.format(name=name, slug=slug) for cell in STUDY]
    write_notebook(root / "notebooks" / f"{name}.ipynb", f"Study {number}", cells)


def touch(root: Path, number: int, seed: int) -> None:
    """Change one number of a study: the time of the first event."""
    path = root / "data" / name_of(number) / "events.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    column = lines[0].split(",").index("time")
    cells = lines[1].split(",")
    cells[column] = str(20 + seed % 300)
    lines[1] = ",".join(cells)
    path.write_text("\n".join(lines), encoding="utf-8")


def write_notebook(path: Path, title: str, sources: list[str]) -> None:
    """Write a notebook that was never run."""
    cells: list[dict[str, object]] = [
        {"cell_type": "markdown", "id": "title", "metadata": {}, "source": f"# {title}"}
    ]
    cells += [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {"tags": ["hide-input"]},
            "source": source,
            "execution_count": None,
            "outputs": [],
        }
        for number, source in enumerate(sources)
    ]
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(book, indent=1), encoding="utf-8")
