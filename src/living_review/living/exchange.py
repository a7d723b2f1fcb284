"""Records and decisions for those who screen elsewhere: RIS and CSV, out and in.

Written so that ASReview, Rayyan and reference managers read it; read back by the record's id, which is
in ``ID`` (RIS) or ``record_id`` (CSV), else by DOI, PMID or title.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import rispy

from living_review.evidence import EvidenceError
from living_review.living import screening, store, watch
from living_review.living.records import ALONE, NONE, Record, clean, clean_doi, clean_year, plain_title

COLUMNS = ("record_id", "title", "abstract", "authors", "year", "journal", "doi", "pmid")
# What other tools call the columns of a CSV file.
OTHER_NAMES = {
    "primary_title": "title",
    "article title": "title",
    "publication_year": "year",
    "publication year": "year",
    "source title": "journal",
    "journal_name": "journal",
    "pubmed_id": "pmid",
    "pubmed id": "pmid",
    "notes_abstract": "abstract",
}
# Columns in which tools give a decision as a number; ASReview leaves what was not seen empty or -1.
LABELS = ("asreview_label", "label_included", "included", "label")


def export(root: Path, path: Path, *, undecided: bool = False) -> int:
    """Write the publications to a ``.ris`` or ``.csv`` file; return how many.

    Parameters
    ----------
    root : Path
    path : Path
        Its ending says the format.
    undecided : bool, optional
        Only those whose title and abstract are undecided.

    Returns
    -------
    int
        The number of publications written.

    Raises
    ------
    EvidenceError
        If the ending is another.
    """
    texts = store.abstracts(root)
    found = [p for p in screening.load(root) if not undecided or p.abstract.state == "undecided"]
    rows = [_row(p, texts) for p in found]
    if path.suffix == ".ris":
        text = rispy.dumps([_entry(row) for row in rows])
    elif path.suffix == ".csv":
        stream = io.StringIO()
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        text = stream.getvalue()
    else:
        raise EvidenceError(f"{path.name}: expected an ending .ris or .csv")
    store.write_whole(path, text.encode())
    return len(rows)


def _row(publication: screening.Publication, texts: dict[str, str]) -> dict[str, str]:
    record = publication.record
    ids = (record["id"], *(row["id"] for row in publication.linked))
    known = {c: "" if record[c] == NONE else record[c] for c in COLUMNS if c in record}
    abstract = next((texts[i] for i in ids if i in texts), "")
    return {**known, "record_id": record["id"], "abstract": abstract}


def _entry(row: dict[str, str]) -> dict[str, Any]:
    entry = {
        "type_of_reference": "JOUR",
        "id": row["record_id"],
        "title": row["title"],
        "authors": row["authors"].split("; ") if row["authors"] else None,
        "year": row["year"],
        "journal_name": row["journal"],
        "abstract": row["abstract"],
        "doi": row["doi"],
        "accession_number": row["pmid"],
    }
    return {key: value for key, value in entry.items() if value}


def _read(path: Path) -> list[dict[str, Any]]:
    """Return the entries of a file under our names of the columns, with the others as they are."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix == ".ris":
            entries = [_plain(entry) for entry in rispy.loads(text)]
        elif path.suffix == ".csv":
            rows = csv.DictReader(io.StringIO(text), strict=True)
            entries = [{_name(k): v for k, v in row.items() if k} for row in rows]
        else:
            raise EvidenceError(f"{path.name}: expected an ending .ris or .csv")
    except FileNotFoundError:
        raise EvidenceError(f"no file {path}") from None
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        raise EvidenceError(f"{path.name} cannot be read: {error}") from None
    if not entries:
        raise EvidenceError(f"{path.name}: found no entry; expected at least one")
    return entries


def _name(column: str) -> str:
    low = column.strip().lower()
    return OTHER_NAMES.get(low, low)


def _plain(entry: dict[str, Any]) -> dict[str, Any]:
    authors = entry.get("authors") or entry.get("first_authors") or []
    return {
        "record_id": entry.get("id", ""),
        "title": entry.get("title") or entry.get("primary_title") or "",
        "abstract": entry.get("abstract") or entry.get("notes_abstract") or "",
        "authors": "; ".join(authors),
        "year": entry.get("year") or entry.get("publication_year") or "",
        "journal": entry.get("journal_name") or entry.get("secondary_title") or "",
        "doi": entry.get("doi", ""),
        "pmid": entry.get("accession_number", ""),
        "notes": " ".join(entry.get("notes") or []),
    }


def import_records(
    root: Path, path: Path, strategy: str, *, today: datetime.date | None = None
) -> dict[str, str]:
    """Add the records of a file of another database; return the row of the log.

    Parameters
    ----------
    root : Path
    path : Path
        A ``.ris`` or ``.csv`` file.
    strategy : str
        The disease that was searched for, a word of the vocabulary.

    Returns
    -------
    dict of str to str
        Column and text of the row.

    Raises
    ------
    EvidenceError
        With every entry that names no publication.
    """
    entries = _read(path)
    issues = [
        f"entry {number}: no title, DOI or PMID"
        for number, entry in enumerate(entries, start=1)
        if not any((entry.get(key) or "").strip() for key in ("title", "doi", "pmid"))
    ]
    words = {s.name for s in screening.read_plan(root).strategies}
    if strategy not in words:
        issues.append(f"strategy {strategy!r}: expected one of {', '.join(sorted(words))}")
    if issues:
        raise EvidenceError(f"{path.name}: " + "; ".join(issues))
    found = [_record(entry) for entry in entries]
    records = list({record.record_id: record for record in found}.values())
    return watch.add_file(root, records, len(found), strategy, path.name, today=today)


def _record(entry: dict[str, Any]) -> Record:
    known: dict[str, str] = {
        "pmid": next(iter(re.findall(r"\d+", entry.get("pmid") or "")), NONE),
        "doi": clean_doi(entry.get("doi")),
        "year": clean_year(entry.get("year")),
        "title": clean(entry.get("title")),
        "authors": clean(entry.get("authors")),
        "journal": clean(entry.get("journal")),
    }
    name = hashlib.sha256("\n".join(known.values()).encode()).hexdigest()[:12]
    abstract = (entry.get("abstract") or "").strip()
    return Record("file", name, **known, abstract=abstract, fetched=True)


def import_decisions(
    root: Path, path: Path, screener: str, stage: str = "abstract", reason: str | None = None
) -> int:
    """Add the decisions that somebody made elsewhere; return how many. Decided twice alike is one row.

    Read are a column ``decision`` (with ``reason``), the labels of ASReview (1, 0) and the notes that
    ASReview and Rayyan write into RIS.

    Parameters
    ----------
    root : Path
    path : Path
    screener : str
        Whose decisions they are.
    stage : {"abstract", "full_text"}, optional
    reason : str, optional
        For what is excluded without one, a word of ``exclusion_reasons``.

    Returns
    -------
    int
        The number of decisions added.

    Raises
    ------
    EvidenceError
        With every entry that names no record, or excludes without a reason; nothing is added then.
    """
    entries = _read(path)
    records = store.read_table(root, "records")
    had = {
        (row["record"], row["stage"], row["screener"]): (row["decision"], row["reason"])
        for row in store.read_table(root, "screening")
    }
    find = _finder(records)
    issues, new = [], []
    for number, entry in enumerate(entries, start=1):
        decision = _decision(entry)
        if decision is None:
            continue
        record = find(entry)
        why = (entry.get("reason") or reason or "") if decision == "exclude" else screening.NO_REASON
        if record is None:
            issues.append(f"entry {number}: no record has its id, DOI, PMID or title")
        elif not why:
            issues.append(f"entry {number}: excluded without a reason; name one for all with --reason")
        elif had.get((record, stage, screener)) != (decision, why):
            note = f"from {path.name}"
            new.append(screening.Decision(record, stage, screener, decision, why, note))
    if issues:
        raise EvidenceError(f"{path.name}: " + "; ".join(issues))
    if new:
        screening.decide(root, new)
    return len(new)


def _finder(records: Iterable[dict[str, str]]) -> Any:  # noqa: ANN401  (a function)
    keys: dict[tuple[str, str], str] = {}
    for row in records:
        stands = row["id"] if row["same_as"] == ALONE else row["same_as"]
        keys[("id", row["id"])] = row["id"]
        for key, value in (("doi", row["doi"]), ("pmid", row["pmid"])):
            if value != NONE:
                keys.setdefault((key, value), stands)
        keys.setdefault(("title", plain_title(row["title"])), stands)

    def find(entry: dict[str, Any]) -> str | None:
        asked = (
            ("id", (entry.get("record_id") or "").strip()),
            ("doi", clean_doi(entry.get("doi"))),
            ("pmid", (entry.get("pmid") or "").strip()),
            ("title", plain_title(entry.get("title") or "")),
        )
        return next((keys[key] for key in asked if key in keys), None)

    return find


def _decision(entry: dict[str, Any]) -> str | None:
    """Return what an entry decides; None if it decides nothing."""
    said = (entry.get("decision") or "").strip().lower()
    if said:
        return said
    for column in LABELS:
        label = (entry.get(column) or "").strip()
        if label in ("1", "1.0"):
            return "include"
        if label in ("0", "0.0"):
            return "exclude"
    notes = entry.get("notes") or ""
    for pattern, decision in (
        (r'=>\s*"included"|asreview_relevant', "include"),
        (r'=>\s*"excluded"|asreview_irrelevant', "exclude"),
        (r'=>\s*"maybe"', "unclear"),
    ):
        if re.search(pattern, notes, re.IGNORECASE):
            return decision
    return None
