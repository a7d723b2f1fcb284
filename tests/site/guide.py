"""A contributor who follows CONTRIBUTING.md in a copy of the project: a study added, a version stated.

Each function is a step of the guide. The new paper is invented: it prints what the pattern study
prints, under another name, so that whatever columns the tables get, the new rows have them.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import yaml

from living_review import evidence

PATTERN, NEW = "carolino_2025", "de_rossi_2027"
TITLE = "A paper that nobody wrote"
BESIDE = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "LICENSE-DATA", "Makefile")
BESIDE += ("CITATION.cff", "_config.yml", "_toc.yml", "pyproject.toml")
BESIDE += ("requirements.in", "requirements.txt")

CHAPTER = {
    "start": """
from living_review import audit, evidence, page, rooms, rooms_audit, style

review = evidence.load()
study = review.study("{name}")
style.use()
page.start(study, review)
""",
    "h-glance": "## At a glance",
    "glance": "rooms.glance(study, review)",
    "h-patients": "## Patients",
    "patients": """
page.table(
    rooms.shown(study.table("patients"), {{"id": "Patient", "sex": "Sex"}}),
    caption="The patients of the paper one by one", name="{slug}-patients",
)
""",
    "h-audit": "## What reproduces and what does not",
    "audit": """
results = audit.audit(review, study.study_id)
page.table(
    rooms_audit.table(results, review, chapter=True), row_header=False,
    caption="Claims of the paper, checked", name="{slug}-claims", classes="lr-explore lr-claims",
)
""",
    "h-appraisal": "## Appraisal",
    "appraisal": """
page.table(rooms.appraisal(study, review), caption="The paper appraised", name="{slug}-appraisal")
""",
    "h-plain": "## In plain language",
    "plain": """
page.text(f'''
A clinic treated {{len(study.table("patients"))}} people. Nobody was given another treatment to
compare with. So we do not know if the drug helped them.
''')
""",
    "h-data": "## Data and downloads",
    "downloads": """
page.table(rooms.downloads(study), caption="The tables of this chapter", name="{slug}-downloads")
""",
}


def copy(project: Path, root: Path) -> Path:
    """Copy what the project holds and no tool made."""
    skip = shutil.ignore_patterns("__pycache__", "*.egg-info", ".ipynb_checkpoints")
    for name in ("book", "binder", "benchmarks", "data", "notebooks", "src", "tests", "tools"):
        shutil.copytree(project / name, root / name, ignore=skip)
    for name in BESIDE:
        shutil.copy(project / name, root / name)
    return root


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def append(path: Path, *rows: dict[str, str]) -> None:
    """Append rows to a table; a column that a row does not name is blank."""
    header, lines = evidence.read_rows(path)
    evidence.write_rows(path, [header, *lines, *([row.get(c, "") for c in header] for row in rows)])


def add_study(root: Path) -> None:
    """Do *Add a study, step by step*, up to its check."""
    name_it(root)
    for folder in ("", "review/readings/first/", "review/readings/second/"):
        extract(root / "data" / f"{folder}{PATTERN}", root / "data" / f"{folder}{NEW}")
    for table in ("settled", "appraisal", "certainty"):
        judge(root / "data" / "review" / f"{table}.csv")
    write_chapter(root)


def name_it(root: Path) -> None:
    """Step 1: the name, and its entry in the references."""
    with (root / "book" / "references.bib").open("a", encoding="utf-8") as stream:
        stream.write(
            f"\n@article{{{NEW},\n  author = {{de Rossi, A.}},\n  title = {{{TITLE}}},\n"
            "  journal = {Journal of Examples},\n  year = {2027}\n}\n"
        )


def extract(old: Path, new: Path) -> None:
    """Steps 2, 3 and 5: the description, two readings, the settled tables, the claims."""
    shutil.copytree(old, new)
    meta = yaml.safe_load((new / "study.yaml").read_text(encoding="utf-8"))
    meta |= {"study_id": NEW, "citation_key": NEW, "title": TITLE, "year": 2027}
    meta |= {"authors": ["de Rossi A"], "doi": "10.1000/example.2027", "journal": "Journal of Examples"}
    text = yaml.safe_dump(meta, sort_keys=False, allow_unicode=True)
    (new / "study.yaml").write_text(text, encoding="utf-8")


def judge(path: Path) -> None:
    """Steps 4 and 6: differences settled; appraisal and certainty."""
    header, lines = evidence.read_rows(path)
    rows = (dict(zip(header, line, strict=True)) for line in lines)
    append(path, *(row | {"study_id": NEW} for row in rows if row["study_id"] == PATTERN))


def write_chapter(root: Path) -> None:
    """Step 7: the chapter, and its place in the contents."""
    cells = [
        {
            "cell_type": "markdown",
            "id": "title",
            "metadata": {},
            "source": "# de Rossi 2027\n\nAn example.",
        }
    ]
    for name, source in CHAPTER.items():
        if source.startswith("##"):
            cells.append({"cell_type": "markdown", "id": name, "metadata": {}, "source": source})
        else:
            code = {"cell_type": "code", "execution_count": None, "outputs": []}
            source = source.strip().format(name=NEW, slug=NEW.replace("_", "-"))
            cells.append({**code, "id": name, "metadata": {"tags": ["hide-input"]}, "source": source})
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path = root / "notebooks" / f"{NEW}.ipynb"
    path.write_text(json.dumps(book, indent=1, ensure_ascii=False), encoding="utf-8")
    last = f"      - file: notebooks/{PATTERN}\n"
    edit(root / "_toc.yml", last, f"{last}      - file: notebooks/{NEW}\n")


def state_version(root: Path, revision: str) -> str:
    """Do *State a version*: rows of versions and of changes, and the number in two files."""
    path = root / "data" / "review" / "versions.csv"
    header, lines = evidence.read_rows(path)
    before = dict(zip(header, lines[-1], strict=True))
    major, minor, _ = before["version"].split(".")
    new = before | {"version": f"{major}.{int(minor) + 1}.0", "date": "2027-05-01"}
    new |= {
        "next_review_due": "2027-11-01",
        "changed_data": "A source added",
        "revision": "not_applicable",
    }
    new |= {"changed_results": "Counts of sources"}
    before["revision"] = revision
    evidence.write_rows(
        path, [header, *lines[:-1], *([row[c] for c in header] for row in (before, new))]
    )
    rows = [{"page": f"notebooks/{NEW}", "kind": "data", "what": "First version of this chapter"}]
    rows += [
        {"page": page, "kind": "result", "what": "A source added"}
        for page in pages(root)
        if "2" not in page
    ]
    append(
        root / "data" / "review" / "changes.csv", *({"version": new["version"]} | row for row in rows)
    )
    for name, key in (("pyproject.toml", 'version = "{}"'), ("CITATION.cff", "version: {}")):
        edit(root / name, f"\n{key.format(before['version'])}\n", f"\n{key.format(new['version'])}\n")
    edit(root / "CITATION.cff", f"date-released: {before['date']}", f"date-released: {new['date']}")
    return new["version"]


def pages(root: Path) -> Iterable[str]:
    """Return the pages of the contents."""
    return re.findall(r"file: (\S+)", (root / "_toc.yml").read_text(encoding="utf-8"))


def git(root: Path, *arguments: str) -> str:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    run = subprocess.run(
        ["git", "-C", root, *who, *arguments], check=True, capture_output=True, text=True
    )
    return run.stdout.strip()
