"""A contributor who follows CONTRIBUTING.md in a copy of the project: a study added, a version stated.

Each function is a step of the guide. The new paper is invented: it prints what the pattern study
prints, under another name, so that whatever columns the tables get, the new rows have them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from living_review import evidence
from living_review.build import tracing
from living_review.evidence import looks
from living_review.report import chapter

PATTERN, NEW = "carolino_2025", "de_rossi_2027"
TITLE = "A paper that nobody wrote"

JUDGED = ("data/review", "data/review/readings/first", "data/review/readings/second")
ACROSS = ("notebooks/synthesis", "notebooks/audit", "notebooks/extraction", "book/explorer")
CHAPTER = {
    "start": """
from living_review import report

page = report.chapter.start("{name}", globals())
study = page.study
page.provenance()
""",
    "h-answer": "## The answer",
    "answer": """
page.answer()
""",
    "h-plain": "## In plain language",
    "plain": """
patients = study.table("patients")
page.text("plain")
""",
    "h-glance": "## At a glance",
    "glance": """
page.at_a_glance()
""",
    "h-patients": "## Patients",
    "patients": """
page.table("patients", patients, {{"id": "Patient", "sex": "Sex"}})
""",
    "h-audit": "## What reproduces and what does not",
    "audit": "page.audit_conflicts()",
    "audit-rest": "page.audit_rest()",
    "h-appraisal": "## Appraisal",
    "appraisal": "page.appraisal()",
    "h-data": "## Data and downloads",
    "downloads": "page.downloads()",
}
PROSE = """
## answer

### found

Both got better.

### harm

None was counted.

### meaning

Nothing can be compared.

## plain

A clinic treated [{patients!n}](patients) people. Nobody was given another treatment to compare with.
So we do not know if the drug helped them.

## patients

### caption

The patients of the paper one by one
"""


def _made_by_tools(_: str, names: list[str]) -> list[str]:
    return [name for name in names if tracing.ignored(name)]


def copy(project: Path, root: Path) -> Path:
    """Copy what the project holds and no tool made."""
    return Path(shutil.copytree(project, root, ignore=_made_by_tools))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def append(path: Path, *rows: dict[str, str]) -> None:
    """Append rows to a table; a column that a row does not name is blank."""
    header, lines = evidence.read_rows(path)
    evidence.write_rows(path, [header, *lines, *([row.get(c, "") for c in header] for row in rows)])


def add_study(root: Path) -> None:
    """Do *Add a study, step by step*, up to its check."""
    name_it(root)
    review = evidence.load(root)
    look = looks.next_free(review.vocabulary["looks"], review.looks.values())
    for folder in ("", "review/readings/first/", "review/readings/second/"):
        extract(root / "data" / f"{folder}{PATTERN}", root / "data" / f"{folder}{NEW}", look)
    for path in [path for place in JUDGED for path in sorted((root / place).glob("*.csv"))]:
        judge(path)
    write_chapter(root)


def name_it(root: Path) -> None:
    """Step 1: the name, and its entry in the references."""
    with (root / "book" / "references.bib").open("a", encoding="utf-8") as stream:
        stream.write(
            f"\n@article{{{NEW},\n  author = {{de Rossi, A.}},\n  title = {{{TITLE}}},\n"
            "  journal = {Journal of Examples},\n  year = {2027},\n  doi = {10.1000/example.2027}\n}\n"
        )


def extract(old: Path, new: Path, look: str) -> None:
    """Steps 2, 3 and 5: the description, two readings, the settled tables, the claims."""
    shutil.copytree(old, new)
    meta = yaml.safe_load((new / "study.yaml").read_text(encoding="utf-8"))
    meta |= {"study_id": NEW, "citation_key": NEW, "title": TITLE, "year": 2027}
    meta |= {"authors": ["de Rossi A"], "doi": "10.1000/example.2027", "journal": "Journal of Examples"}
    if "look" in meta:  # a reading of the paper says nothing of it
        meta["look"] = look
    text = yaml.safe_dump(meta, sort_keys=False, allow_unicode=True)
    (new / "study.yaml").write_text(text, encoding="utf-8")


def judge(path: Path) -> None:
    """Steps 4 and 6: differences settled; appraisal and certainty, read twice and settled."""
    header, lines = evidence.read_rows(path)
    if "statement_id" in header:
        return  # statements to hold against later studies: a study may have none
    rows = [dict(zip(header, line, strict=True)) for line in lines]
    append(path, *(row | {"study_id": NEW} for row in rows if row.get("study_id") == PATTERN))


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
            filled = source.strip().format(name=NEW, slug=NEW.replace("_", "-"))
            cells.append({**code, "id": name, "metadata": {"tags": ["hide-input"]}, "source": filled})
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path = root / "notebooks" / f"{NEW}.ipynb"
    path.write_text(json.dumps(book, indent=1, ensure_ascii=False), encoding="utf-8")
    lines = "".join(f"\n### {name}\n\nnot reported\n" for name in chapter.GLANCE)
    prose = f"{PROSE}\n## glance\n{lines}"
    (root / "book" / "chapters" / f"{NEW}.md").write_text(prose, encoding="utf-8")
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
    rows += [{"page": page, "kind": "result", "what": "A source added"} for page in ACROSS]
    append(
        root / "data" / "review" / "changes.csv", *({"version": new["version"]} | row for row in rows)
    )
    for name, key in (("pyproject.toml", 'version = "{}"'), ("CITATION.cff", "version: {}")):
        edit(root / name, f"\n{key.format(before['version'])}\n", f"\n{key.format(new['version'])}\n")
    edit(root / "CITATION.cff", f"date-released: {before['date']}", f"date-released: {new['date']}")
    return new["version"]


def run(root: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a Python module in the copy, with the copy's own package."""
    outer = ("PYTEST_", "LIVING_REVIEW_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(outer)}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=root,
        env=kept | {"PYTHONPATH": str(root / "src")} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def commit(root: Path) -> str:
    """Keep the state of the copy in a history of its own; return the revision."""
    assert not (root / ".git").exists(), "a copy must not write into the history that it was made from"
    git = ["git", "-C", str(root), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    for arguments in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "commit.gpgsign=false", "commit", "-qm", "x"],
    ):
        subprocess.run([*git, *arguments], check=True, capture_output=True)
    told = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    return told.stdout.strip()
