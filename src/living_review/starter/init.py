"""``living-review init``: write a review that builds and passes its tests, with one made-up study.

What is common to all reviews (schemas, most lists of words, checklists, licences, issue forms) is
copied from the engine (:mod:`living_review.package_data`); what depends on the topic comes from
``project/``; the study goes the way of every study, by :mod:`living_review.living.new_study`.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import shutil
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import yaml

from living_review import evidence, package_data
from living_review.evidence import EvidenceError, topic
from living_review.living import differences, disease_sections, new_study
from living_review.starter import chapters

HERE = Path(__file__).resolve().parent
STUDY = "example_2020"
DISEASE = "example_disease"
ALLOWED = frozenset({".git", ".gitignore", "README.md", "LICENSE"})  # what an empty repository may hold
COPIED = ("data/schema", "LICENSE-DATA", "LICENSE")
REVIEW_DUE = datetime.timedelta(days=182)
GENERAL_TERMS = (
    *(
        "Adverse effect",
        "Appraisal",
        "At risk",
        "Audit",
        "Case series",
        "Censored",
        "Certainty",
        "Claim",
    ),
    *(
        "Clopper-Pearson interval",
        "Confidence interval",
        "Data digest",
        "Denominator",
        "Endpoint class",
    ),
    *("Event", "Extraction", "Follow-up", "GRADE", "Grade of harm", "Kaplan-Meier", "Kappa"),
    *("Living review", "Locator", "Median", "Not reached", "Placebo", "Pooling", "Publication bias"),
    *("Quoted result", "Randomised", "Reading level", "Systematic review", "Time on treatment"),
    *("Verdict",),
)
# Words put where new-study leaves to_fill, for the made-up study.
DESCRIPTION = {
    "title": "A made-up study of examplin in example disease",
    "authors": ["Example A", "van den Berg B"],
    "journal": "Journal of Examples",
    "doi": "not_reported",
    "design": "made up: one group, before and after",
    "indication": DISEASE,
    "population": "Made up: adults with example disease",
    "drugs": ["examplin"],
    "n_patients": 12,
    **dict.fromkeys(("setting", "period", "funding", "conflicts"), "not_reported"),
    "licence_note": "Made up: no paper stands behind it",
    "made_up": True,
}
CODES = {
    "criterion": "clinical_judgement",
    "direction": "better",
    "same_as": "not_applicable",
}
RECORDS = {
    "appraisal": {"reason": "A made-up study cannot be appraised", "locator": "Abstract"},
    "certainty": {"outcome": "symptom_improvement", "reason": "A made-up study is not rated"},
}
CHAPTER = {
    "to_fill (the disease)": "example disease (made up)",
    "to_fill (what the study is, and what of it was read)": "No such study was ever made: this chapter "
    "shows what one looks like",
    "to_fill (what did not change, who was not judged)": "two were not assessed",
    "to_fill (the most serious first; what is not said is not the same as none).": "Nausea is counted.",
    "to_fill (what follows, and what does not: no comparison, few patients; no advice).": "Nothing "
    "follows from a made-up study.",
    "to_fill (who was treated, what happened, what harm it did, what is not known; no advice)": "These "
    "people do not exist. Ten of them were seen again. Some felt better. A few felt sick. It is "
    "here to show how a page looks.",
    "\n\nto_fill\n": "\n\nnot reported\n",
}


class InitError(EvidenceError):
    """The review cannot be written there; the message says why and what to do."""


def init(folder: Path, title: str = "A review to name", author: str = "The authors") -> list[str]:
    """Write a review into an empty folder.

    Parameters
    ----------
    folder : pathlib.Path
        Where to; it is made if it is not there.
    title, author : str
        Of the book.

    Returns
    -------
    list of str
        The files that were written, from the folder.

    Raises
    ------
    InitError
        If the folder is not empty, lies in another review, or a text would break the files.
    """
    _refuse(folder, title, author)
    folder.mkdir(parents=True, exist_ok=True)
    _copy(folder, title, author)
    _records(folder, author.strip())
    for name, text in chapters.notebooks():
        _write(folder / name, text)
    _study(folder)
    disease_sections.write(evidence.load(folder))
    left_out = {".git", "_build"}
    files = (p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    return sorted(p.as_posix() for p in files if p.parts[0] not in left_out)


def _refuse(folder: Path, title: str, author: str) -> None:
    if folder.is_file():
        raise InitError(f"{folder} is a file: name a folder that is empty or not there yet")
    there = sorted(p.name for p in folder.iterdir() if p.name not in ALLOWED) if folder.is_dir() else []
    if there:
        raise InitError(
            f"nothing was written: {folder} holds {', '.join(there[:5])}"
            f"{' and more' if len(there) > 5 else ''}. Name a folder that is empty or not there yet"
        )
    for parent in folder.resolve().parents:
        if (parent / "data" / "vocabulary.yaml").is_file():
            raise InitError(f"nothing was written: {folder} would lie inside the review in {parent}")
    for what, text in (("title", title), ("author", author)):
        if not text.strip() or re.search(r'["\\\n@{}$<>]', text):
            raise InitError(f"the {what} {text!r}: expected words without quotation marks, braces or @")


def _copy(folder: Path, title: str, author: str) -> None:
    words = {
        "@TITLE@": title.strip(),
        "@AUTHOR@": author.strip(),
        "@VERSION@": metadata.version("living-review"),
        "@SCHEMA@": str(topic.SCHEMA),
        "@TODAY@": datetime.date.today().isoformat(),
    }
    source = HERE / "project"
    for path in sorted(p for p in source.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
        name = path.relative_to(source).as_posix()
        if name == "vocabulary.yaml":
            continue
        text = path.read_text(encoding="utf-8")
        for mark, word in words.items():
            text = text.replace(mark, word)
        target = folder / (".gitignore" if name == "gitignore" else name)
        if not target.exists():  # the README or licence of an empty repository stays
            _write(target, text)
    for name in COPIED:
        there, target = package_data.path(name), folder / name
        if there.is_dir():
            shutil.copytree(there, target)
        elif not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(there, target)
    for path in sorted(package_data.path(".github/ISSUE_TEMPLATE").glob("*.yml")):
        text = path.read_text(encoding="utf-8")
        _write(folder / ".github/ISSUE_TEMPLATE" / path.name, _issue_form(text))
    _write(folder / "data/vocabulary.yaml", vocabulary())


def _issue_form(text: str) -> str:
    """Return an issue form that offers the diseases and drugs of a new review."""
    own = yaml.safe_load((HERE / "project" / "vocabulary.yaml").read_text(encoding="utf-8"))
    for question, words in (("disease", own["indications"]), ("drug", own["drugs"])):
        listed = "".join(f"        - {word}\n" for word in (*words.values(), f"Another {question}"))
        pattern = rf"(    id: {question}\n(?:(?!  - type).*\n)*?      options:\n)(?:        - .*\n)+"
        text = re.sub(pattern, rf"\g<1>{listed}", text)
    return text


def vocabulary() -> str:
    """Return the words of a new review: the engine's lists, and those of the topic in their place."""
    own = blocks((HERE / "project" / "vocabulary.yaml").read_text(encoding="utf-8"))
    made = blocks(package_data.path("data/vocabulary.yaml").read_text(encoding="utf-8"))
    return "\n".join((made | {name: block for name, block in own.items() if name}).values())


def blocks(text: str) -> dict[str, str]:
    """Return the lists of a vocabulary as they are written, each with the comment above it."""
    blocks: dict[str, list[str]] = {"": []}
    name, above = "", list[str]()
    for line in text.split("\n"):
        if found := re.match(r"(\w+):", line):
            name = found[1]
            blocks[name], above = [*above, line], []
        elif line.startswith("#"):
            above.append(line)
        elif not line.strip():
            (above or blocks[name]).append(line)
        else:
            blocks[name].append(line)
    # A comment with a blank line after it is about the part that follows, not about the next list.
    return {name: "\n".join(lines).strip("\n") + "\n" for name, lines in blocks.items() if any(lines)}


def _records(folder: Path, author: str) -> None:
    """Write the records about the review: its version, and the rules that are general."""
    today = datetime.date.today()
    version = {
        "version": "0.1.0",
        "date": today.isoformat(),
        "evidence_up_to": today.isoformat()[:7],
        "last_search": "none run",
        "next_review_due": (today + REVIEW_DUE).isoformat(),
        "changed_data": "First version",
        "changed_results": "First results",
        "by": author,
        "revision": "not_applicable",
        "note": "",
    }
    rows: dict[str, list[dict[str, str]]] = {
        "versions": [version],
        "glossary": [r for r in _read("glossary") if r["term"] in GENERAL_TERMS],
        "rating_rules": _read("rating_rules"),
        "imprecision": _read("imprecision"),
    }
    pages = re.findall(r"(?:file|root): (\S+)", (folder / "_toc.yml").read_text(encoding="utf-8"))
    rows["changes"] = [
        {"version": "0.1.0", "page": page, "kind": "text", "what": "First version of this page"}
        for page in pages
    ]
    for name, own in rows.items():
        header = _columns(folder, f"review_{name}")
        evidence.write_rows(
            folder / f"data/review/{name}.csv",
            [header, *[[row.get(column, "") for column in header] for row in own]],
        )


def _read(name: str) -> list[dict[str, str]]:
    text = package_data.path(f"data/review/{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _columns(folder: Path, schema: str) -> list[str]:
    content = json.loads((folder / f"data/schema/{schema}.json").read_text(encoding="utf-8"))
    return [field["name"] for field in content["fields"]]


def _study(folder: Path) -> None:
    """Add the made-up study in the way every study is added, and fill what a person would fill."""
    new_study.create(folder, STUDY, kind="abstract", readings=1)
    reading = folder / "data/review/readings/first" / STUDY
    for path in sorted((HERE / "example").iterdir()):
        if path.suffix in (".csv", ".yaml"):
            shutil.copy(path, reading)
    for name in ("statistics",):
        (reading / f"{name}.csv").unlink()
        (folder / f"data/{STUDY}/{name}.csv").unlink()
    (folder / f"data/{STUDY}/claims.csv").unlink()
    differences.write(evidence.load(folder), STUDY)
    _describe(folder)
    for path in sorted((folder / "data" / STUDY).glob("*.csv")):
        _fill(path, CODES)
    for name, words in RECORDS.items():
        _fill(folder / f"data/review/{name}.csv", words)
    _replace(folder / "book/references.bib", {
        "author = {to_fill}": "author = {Example, A and van den Berg, B}",
        "title = {to_fill}": f"title = {{{DESCRIPTION['title']}}}",
        "journal = {to_fill}": f"journal = {{{DESCRIPTION['journal']}}}",
    })  # fmt: skip
    for name in (f"notebooks/{STUDY}.ipynb", f"book/chapters/{STUDY}.md"):
        _replace(folder / name, CHAPTER)


def _describe(folder: Path) -> None:
    path = folder / "data" / STUDY / "study.yaml"
    lines = path.read_text(encoding="utf-8").split("\n")
    out: list[str] = []
    for line in lines:
        key = line.partition(":")[0]
        if key in DESCRIPTION:
            value = {key: DESCRIPTION[key]}
            out.append(
                yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=10_000).rstrip()
            )
        elif line != "- to_fill":
            out.append(line)
    if not any(line.startswith("made_up") for line in out):
        out.insert(
            len(out) - 1, "# No such study exists: no version with it is published.\nmade_up: true"
        )
    path.write_text("\n".join(out), encoding="utf-8", newline="\n")


def _fill(path: Path, words: Mapping[str, str]) -> None:
    """Put words where cells of a table wait to be filled, by column."""
    header, rows = evidence.read_rows(path)
    for cells in rows:
        for place, column in enumerate(header):
            if evidence.TO_FILL in cells[place]:
                cells[place] = words.get(column, "not_applicable")
    evidence.write_rows(path, [header, *rows])


def _replace(path: Path, changes: Mapping[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in changes.items():
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8", newline="\n")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
