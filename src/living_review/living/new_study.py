"""A new study: every file and every line that it needs, with what is to be filled marked as such.

Nothing is looked up: what a record of ``data/context`` holds is taken over, everything else waits for a
person. ``living-review check STUDY`` then leads from one place to the next (each holds the word
``to_fill``). :func:`undo` removes what was made, byte for byte.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from living_review import evidence, files, package_data
from living_review.evidence import TO_FILL, EvidenceError, Review, looks
from living_review.living import chapter_template, disease_sections
from living_review.synthesis.context import known

TOC, BIB = "_toc.yml", "book/references.bib"
READINGS = ("first", "second")
NAME = re.compile(r"[a-z]+(_[a-z]+)*_[0-9]{4}[a-z]?")
DOI = re.compile(r"10\.\d{4,}/\S+")
LONGEST = 100  # characters of a line of study.yaml


class NewStudyError(EvidenceError):
    """The study cannot be set up; the message says what is in the way and what to do."""


def create(
    root: Path,
    study_id: str,
    *,
    kind: str,
    doi: str | None = None,
    from_context: str | None = None,
    readings: int = 2,
) -> list[str]:
    """Set up a study: its folder, readings, chapter, reference, place in the book, appraisal.

    Parameters
    ----------
    root : Path
        Top of the project.
    study_id : str
        Family name of the first author and year, ``rossi_2027``.
    kind : str
        A word of ``study_kinds`` of the vocabulary; it decides which tables are made.
    doi : str, optional
        Without address.
    from_context : str, optional
        A study of ``data/context/studies.csv`` whose record is taken over.
    readings : {1, 2}
        How many people will extract it.

    Returns
    -------
    list of str
        The files that were made or changed, from the top of the project.

    Raises
    ------
    NewStudyError
        If anything of that name is there already, or an argument is no such thing. Nothing is
        changed then.
    """
    review = evidence.load(root)
    known_kinds = review.vocabulary["study_kinds"]
    if kind not in known_kinds:
        raise NewStudyError(f"no kind {kind!r}: there are {', '.join(known_kinds)}")
    record = _record(review, from_context)
    doi = _doi(review, doi, record)
    _refuse_what_is_there(review, study_id, doi)
    made = {
        **_tables(review, study_id, kind, readings),
        f"data/{study_id}/study.yaml": description(review, study_id, kind, doi, record, readings),
        f"notebooks/{study_id}.ipynb": chapter_template.notebook(
            study_id, review.vocabulary["tables_of_kind"][kind]
        ),
        f"book/chapters/{study_id}.md": chapter_template.prose(study_id),
    }
    added = {
        TOC: _in_contents(review, study_id),
        BIB: _text(root / BIB)
        + "\n" * (not _text(root / BIB).endswith("\n"))
        + _entry(study_id, doi, record),
        "data/review/appraisal.csv": _with_rows(review, "appraisal", _answers(review, study_id, kind)),
        "data/review/certainty.csv": _with_rows(review, "certainty", _steps(study_id, kind)),
    }
    for name, text in (made | added).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    _remember(root, study_id, made)
    return [*made, *added]


def next_steps(study_id: str, readings: int) -> str:
    """Return what a person does next, in order.

    Parameters
    ----------
    study_id : str
        Name of the study's folder.
    readings : int
        How many readers.

    Returns
    -------
    str
        Numbered lines.
    """
    second = (
        "2. Let a second person fill readings/second, without a look at the first.\n"
        if readings == 2
        else "2. There is no second reader: study.yaml says readings: 1, and so will every page.\n"
    )
    return textwrap.dedent(f"""\
        1. Read the paper and fill data/review/readings/first/{study_id}: study.yaml, then the tables.
           Delete a table that the paper does not feed, here and in data/{study_id}.
        {second.rstrip()}
        3. living-review differences {study_id} --write
           pairs the readings and fills data/{study_id}; what they differ on is left to settle.
        4. living-review check {study_id}
           leads from one place to fill to the next: description, codes of the review, claims,
           appraisal, certainty, reference, chapter.
        5. make book
        Changed your mind? living-review new-study {study_id} --undo""")


# --- What must not be there yet ------------------------------------------------------------------


def _record(review: Review, study_id: str | None) -> dict[str, Any]:
    if study_id is None:
        return {}
    rows = review.records("studies", "context")
    found = rows[rows["study_id"] == study_id].to_dict("records")
    if not found:
        import difflib

        near = difflib.get_close_matches(study_id, list(rows["study_id"]), 3)
        raise NewStudyError(
            f"data/context/studies.csv has no {study_id!r}"
            + (f"; near: {', '.join(near)}" if near else ": see its column study_id")
        )
    return found[0]


def _doi(review: Review, doi: str | None, record: Mapping[str, Any]) -> str | None:
    if doi is not None and not DOI.fullmatch(doi):
        raise NewStudyError(f"{doi!r} is no DOI: expected 10.…/…, without https://doi.org/")
    theirs = record.get("doi")
    if doi and known(theirs) and theirs and doi.lower() != str(theirs).lower():
        raise NewStudyError(
            f"--doi {doi} is not the DOI of {record['study_id']} in data/context ({theirs}): "
            "correct one of them"
        )
    return doi or (str(theirs) if record and known(theirs) else None)


def _refuse_what_is_there(review: Review, study_id: str, doi: str | None) -> None:
    if not NAME.fullmatch(study_id):
        raise NewStudyError(
            f"{study_id!r} is no name of a study: expected family name and year, lower case, with a "
            "letter where two are alike (rossi_2027, van_den_berg_2027, li_2020a)"
        )
    for study in review.studies:
        if doi and str(study.meta["doi"]).lower() == doi.lower():
            raise NewStudyError(f"{doi} is the DOI of {study.study_id}, which is a source already")
    places = [
        f"data/{study_id}",
        *(f"data/review/readings/{which}/{study_id}" for which in READINGS),
        f"notebooks/{study_id}.ipynb",
        f"book/chapters/{study_id}.md",
    ]
    there = [place for place in places if (review.root / place).exists()]
    if re.search(rf"@\w+\{{{study_id},", _text(review.root / BIB)):
        there.append(f"{BIB} with {study_id}")
    if f"notebooks/{study_id}\n" in _text(review.root / TOC):
        there.append(f"{TOC} with notebooks/{study_id}")
    if there:
        raise NewStudyError(
            f"nothing was changed: there is already {', '.join(there)}. Choose another name, or take "
            f"it away first (living-review new-study {study_id} --undo)"
        )


# --- What is made --------------------------------------------------------------------------------


def _tables(review: Review, study_id: str, kind: str, readings: int) -> dict[str, str]:
    """Return the header of each table: with all columns in ``data/``, as printed in a reading."""
    made = {}
    for name in review.vocabulary["tables_of_kind"][kind]:
        fields = review.study_schemas[name].fields
        made[f"data/{study_id}/{name}.csv"] = ",".join(f["name"] for f in fields) + "\n"
        if name == "claims":
            continue  # claims are made once the numbers are settled
        printed = ",".join(f["name"] for f in fields if f.get("coded") != "review") + "\n"
        for which in READINGS[:readings]:
            made[f"data/review/readings/{which}/{study_id}/{name}.csv"] = printed
    reading = (
        "# The groups of patients that this reader sees. Denominators of rows are sizes of groups;\n"
        f"# all patients are called all.\nstudy_id: {study_id}\n{_groups(TO_FILL)}"
    )
    for which in READINGS[:readings]:
        made[f"data/review/readings/{which}/{study_id}/study.yaml"] = reading
    return made


def _groups(n: object) -> str:
    return f"groups:\n  all:\n    label: {TO_FILL}\n    n: {n}\n"


def description(
    review: Review,
    study_id: str,
    kind: str,
    doi: str | None,
    record: Mapping[str, Any],
    readings: int,
) -> str:
    """Return ``study.yaml`` with every key explained by its schema, and filled as far as is known.

    Parameters
    ----------
    review : Review
        The opened evidence.
    study_id : str
        Name of the study's folder.
    kind : str
        The kind of study.
    doi : str or None
        Its DOI, if it is known.
    record : mapping of str to object
        What is known from elsewhere, by key.
    readings : int
        How many readers.

    Returns
    -------
    str
        YAML.
    """
    schema = files.read_json(review.data / "schema" / "study.json")
    values = _known_values(review, study_id, kind, doi, record, readings)
    lines = []
    for key, described in schema["properties"].items():
        if key not in schema["required"]:
            continue
        lines += textwrap.wrap(f"# {described['description']}", LONGEST, subsequent_indent="#   ")
        words = described.get("vocabulary") or described.get("items", {}).get("vocabulary")
        if words and key not in values:
            listed = f"#   One of: {', '.join(review.vocabulary[words])}"
            lines += textwrap.wrap(listed, LONGEST, subsequent_indent="#   ")
        if key == "groups":
            lines.append(_groups(TO_FILL).rstrip())
        else:
            empty = [TO_FILL] if described.get("type") == "array" else TO_FILL
            value = values.get(key, empty)
            dumped = yaml.safe_dump({key: value}, allow_unicode=True, sort_keys=False, width=10_000)
            lines.append(dumped.rstrip())
    return "\n".join(lines) + "\n"


def _known_values(
    review: Review,
    study_id: str,
    kind: str,
    doi: str | None,
    record: Mapping[str, Any],
    readings: int,
) -> dict[str, Any]:
    values: dict[str, Any] = {
        "study_id": study_id,
        "citation_key": study_id,
        "doi": doi or TO_FILL,
        "year": int(re.findall(r"\d{4}", study_id)[-1]),
        "readings": readings,
        "look": looks.next_free(review.vocabulary["looks"], set(review.looks.values())),
    }
    if kind == "abstract":
        values |= {"text_read": "abstract", "access": "Abstract only"}
        values |= dict.fromkeys(("volume", "pages"), "not_reported")
    if not record:
        return values
    here = {c: v for c, v in record.items() if known(v)}
    if "authors" in here:
        values["authors"] = [a.strip() for a in here["authors"].split(",") if a.strip() != "et al"]
    if here.get("disease") in review.vocabulary["indications"]:
        values["indication"] = here["disease"]
    drugs = [d for d in review.vocabulary["drugs"] if d in str(here.get("drug", ""))]
    if drugs:
        values["drugs"] = drugs
    if "n_enrolled" in here:
        values["n_patients"] = int(here["n_enrolled"])
    if "design" in here:
        values["design"] = review.vocabulary["context_designs"][here["design"]]
    values |= {key: here[key] for key in ("title", "population") if key in here}
    return values


def _entry(study_id: str, doi: str | None, record: Mapping[str, Any]) -> str:
    """Return the entry of the reference list; names are separated by *and*, as BibTeX asks."""
    names = [a.strip() for a in str(record.get("authors", "")).split(",") if a.strip()]
    people = [re.sub(r"^(.+) ([A-Z]+)$", r"\1, \2", a) for a in names if a != "et al"]
    authors = " and ".join([*people, *(["others"] if "et al" in names else [])]) or TO_FILL
    year = re.findall(r"\d{4}", study_id)[-1]
    number = f",\n  doi = {{{doi}}}" if doi else ""
    return (
        f"@article{{{study_id},\n  author = {{{authors}}},\n"
        f"  title = {{{record.get('title', TO_FILL)}}},\n"
        f"  journal = {{{TO_FILL}}}, year = {{{year}}}{number}\n}}\n"
    )


def _in_contents(review: Review, study_id: str) -> str:
    """Return the contents of the book with the chapter after those of the other studies."""
    lines = _text(review.root / TOC).splitlines(keepends=True)
    chapters = [
        (place, line)
        for place, line in enumerate(lines)
        if (found := re.match(r"\s*- file: notebooks/(\w+)\s*$", line)) and found[1] in review.study_ids
    ]
    if not chapters:  # the first study of a review: at the end of the first part
        chapters = _first_part(lines)
    if not chapters:
        raise NewStudyError(
            f"{TOC} lists no page in its first part: list one, so that the place of chapters is known"
        )
    place, line = chapters[-1]
    lines.insert(place + 1, re.sub(r"file: \S+", f"file: notebooks/{study_id}", line))
    return "".join(lines)


def _first_part(lines: list[str]) -> list[tuple[int, str]]:
    """Return the entries of the first part of the contents, with their place."""
    found: list[tuple[int, str]] = []
    for place, line in enumerate(lines):
        if found and "caption:" in line:
            break
        if re.match(r"\s*- file: \S+\s*$", line):
            found.append((place, line))
    return found


def _answers(review: Review, study_id: str, kind: str) -> Iterator[dict[str, str]]:
    """Yield a row for each question of the checklists; what was had as an abstract has none."""
    path = review.data / "review" / "appraisal.csv"
    header, rows = evidence.read_rows(path) if path.is_file() else ([], [])
    asked = [dict(zip(header, row, strict=True)) for row in rows]
    wanted = review.vocabulary["checklists_of_kind"][kind]
    had = {r["checklist"] for r in asked if r["item"] != "all"}
    asked += [row for row in _questions() if row["checklist"] in set(wanted) - had]
    for checklist in wanted:
        of = next(
            (r["study_id"] for r in asked if r["checklist"] == checklist and r["item"] != "all"), ""
        )
        for row in asked:
            if row["checklist"] == checklist and row["study_id"] == of:
                yield row | {
                    "study_id": study_id,
                    **dict.fromkeys(("answer", "reason", "locator"), TO_FILL),
                    "note": "",
                }
    if not wanted:
        for checklist in dict.fromkeys(r["checklist"] for r in asked + _questions()):
            yield {
                "study_id": study_id,
                "checklist": checklist,
                "item": "all",
                "question": "All items",
                "answer": "not_applicable",
                "reason": f"{TO_FILL}: why it is not appraised with this tool",
                "locator": TO_FILL,
                "note": "",
            }


def _questions() -> list[dict[str, str]]:
    """Return the questions of every checklist, which a review without appraised studies lacks."""
    header, rows = evidence.read_rows(package_data.path("data/review/appraisal.csv"))
    named = [dict(zip(header, row, strict=True)) for row in rows]
    once = {(r["checklist"], r["item"]): r | {"study_id": ""} for r in named if r["item"] != "all"}
    return list(once.values())


def _steps(study_id: str, kind: str) -> Iterator[dict[str, str]]:
    """Yield where a rating begins: one row that it is not rated, or the rows that every rating has."""
    row = dict.fromkeys(("outcome", "reason"), TO_FILL) | {"study_id": study_id, "note": ""}
    none = {"change": "not_applicable", "patients": "not_applicable"}
    if kind == "abstract":
        yield row | none | {"domain": "not_rated"}
        return
    yield row | none | {"domain": "start", "change": TO_FILL}
    yield row | {"domain": "imprecision", "change": TO_FILL, "patients": TO_FILL}


def _with_rows(review: Review, name: str, rows: Iterator[dict[str, str]]) -> str:
    import csv
    import io

    path = review.data / "review" / f"{name}.csv"
    header = [column["name"] for column in review.schemas[f"review_{name}"].fields]
    stream = io.StringIO()
    if path.is_file():
        header, _ = evidence.read_rows(path)
    else:  # the first rows of a review
        csv.writer(stream, lineterminator="\n").writerow(header)
    csv.writer(stream, lineterminator="\n").writerows([row[c] for c in header] for row in rows)
    return _text(path) + stream.getvalue()


def _text(path: Path) -> str:
    return files.read_text(path) if path.is_file() else ""


# --- Taking it away again -------------------------------------------------------------------------


def _record_of(root: Path, study_id: str) -> Path:
    return root / "_build" / "new_study" / f"{study_id}.json"


def _remember(root: Path, study_id: str, made: Mapping[str, str]) -> None:
    path = _record_of(root, study_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    digests = {name: _digest(text.encode()) for name, text in made.items()}
    path.write_text(json.dumps(digests, indent=1), encoding="utf-8")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def undo(root: Path, study_id: str, *, force: bool = False) -> list[str]:
    """Take away all that :func:`create` made of a study.

    Parameters
    ----------
    root : Path
    study_id : str
    force : bool
        Also what somebody has filled since; else such files are named, and nothing is removed.

    Returns
    -------
    list of str
        What was removed or changed.

    Raises
    ------
    NewStudyError
        If it was not made here, or has been worked on.
    """
    path = _record_of(root, study_id)
    if not path.is_file():
        raise NewStudyError(
            f"new-study did not make {study_id} in this copy of the project, so it is not undone; "
            f"to take a study out of all counts: living-review retire {study_id}"
        )
    made: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    folders = [root / f"data/{study_id}"]
    folders += [root / f"data/review/readings/{which}/{study_id}" for which in READINGS]
    there = {
        p.relative_to(root).as_posix()
        for f in folders
        if f.is_dir()
        for p in f.rglob("*")
        if p.is_file()
    }
    there |= {name for name in made if (root / name).is_file()}
    filled = [n for n in sorted(there) if _digest((root / n).read_bytes()) != made.get(n)]
    if filled and not force:
        raise NewStudyError(
            f"nothing was removed: {', '.join(filled)} hold work of somebody. Keep a copy, then: "
            f"living-review new-study {study_id} --undo --force"
        )
    for name in there:
        (root / name).unlink()
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    changed = []
    for name, cut in {
        TOC: rf"^\s*- file: notebooks/{study_id}\n",
        BIB: rf"^@\w+\{{{study_id},.*?\n\}}\n",
        **{
            f"data/review/{t}.csv": rf"^{study_id},[^\n]*\n"
            for t in ("appraisal", "certainty", "settled", "settled_appraisal")
        },
    }.items():
        before = _text(root / name)
        after = re.sub(cut, "", before, flags=re.MULTILINE | re.DOTALL)
        if after != before:
            if name.endswith(".csv") and after.count("\n") <= 1:
                (root / name).unlink()  # a table without rows is no table
            else:
                (root / name).write_text(after, encoding="utf-8", newline="\n")
            changed.append(name)
    path.unlink()
    # A disease that no other study is on has no section any more.
    changed += disease_sections.write(evidence.load(root))
    return [*sorted(there), *changed]
