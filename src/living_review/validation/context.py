"""Studies beside the sources: what the tables of ``data/context`` must say of each other.

A study that cannot be found again, a review that counts beside the studies it reviews and a count
without a base would each look right in its own row.
"""

from __future__ import annotations

from collections.abc import Iterator

from living_review.evidence.codes import MISSING
from living_review.validation.issues import Issue, Table
from living_review.validation.printed import numbers_in

# Words with which a text says that something happened to every patient.
EVERY = ("all", "each", "every", "both")
TABLES = ("studies", "results", "regulatory", "guidance")


def check_context(tables: dict[str, Table]) -> Iterator[Issue]:
    """Yield what one table of the studies beside the sources says against another.

    Parameters
    ----------
    tables : dict of str to Table
        The readable tables of ``data/context``.
    """
    studies = {row["study_id"]: row for _, row in _rows(tables.get("studies")) if row.get("study_id")}
    yield from _sources(tables, studies)
    yield from _designs(tables.get("studies"))
    yield from _counts(tables.get("results"), studies)
    yield from _settled(tables)


def _rows(table: Table | None) -> Iterator[tuple[int, dict[str, str]]]:
    return table.cells() if table else iter(())


def _has(row: dict[str, str], *columns: str) -> bool:
    return any(row.get(column, "") not in ("", *MISSING) for column in columns)


def _sources(tables: dict[str, Table], studies: dict[str, dict[str, str]]) -> Iterator[Issue]:
    """Yield studies that nobody can find again, and rows of no study."""
    for name in ("studies", "guidance"):
        for number, row in _rows(tables.get(name)):
            named = name == "guidance" and _has(row, "study_id")
            if _has(row, "doi", "pmid") and _has(row, "address"):
                yield Issue(
                    tables[name].file,
                    number,
                    "address",
                    row["address"],
                    "not_applicable where a DOI or a PubMed number is known",
                    "Take the address out.",
                )
            elif name == "studies" and not _has(row, "doi", "pmid", "address"):
                yield Issue(
                    tables[name].file,
                    number,
                    "doi",
                    row.get("doi", ""),
                    "a DOI, a PubMed number or at least the address of the publisher's page",
                    "Look it up, or leave the study out.",
                )
            elif name == "studies" and not _has(row, "doi", "pmid") and not row.get("note"):
                yield Issue(
                    tables[name].file,
                    number,
                    "note",
                    "neither a DOI nor a PubMed number, and no word why",
                    "in the note, when and where a number was looked for",
                    "Look it up; if none is printed where you read, say so in the note.",
                )
            elif named and not _same_source(row, studies.get(row["study_id"], {})):
                yield Issue(
                    tables[name].file,
                    number,
                    "doi",
                    f"{row['doi']}, {row['pmid']}",
                    f"DOI and PubMed number of {row['study_id']} in context/studies",
                    "Copy them from there.",
                )
    for name in ("results", "guidance"):
        for number, row in _rows(tables.get(name)):
            if _has(row, "study_id") and row["study_id"] not in studies:
                yield Issue(
                    tables[name].file,
                    number,
                    "study_id",
                    repr(row["study_id"]),
                    "a study of context/studies",
                    "Add the study, or correct its name.",
                )


def _same_source(row: dict[str, str], study: dict[str, str]) -> bool:
    return not study or (row["doi"], row["pmid"]) == (study["doi"], study["pmid"])


# The designs of the vocabulary in which patients, or parts of them, were randomised.
RANDOMISED = ("randomised_trial", "randomised_within_person")


def _designs(table: Table | None) -> Iterator[Issue]:
    """Yield coded columns that contradict the design, and more analysed than enrolled."""
    for number, row in _rows(table):
        design = row.get("design", "")
        due = {
            "is_review": "yes" if design == "review" else "no",
            "randomised": "yes" if design in RANDOMISED else "no",
        }
        for column, word in due.items():
            if row.get(column) != word:
                yield Issue(
                    table.file if table else "",
                    number,
                    column,
                    repr(row.get(column)),
                    f"{word!r} for the design {design!r}",
                    "Correct the design or this column.",
                )
        enrolled, analysed = row.get("n_enrolled", ""), row.get("n_analysed", "")
        if enrolled.isdigit() and analysed.isdigit() and int(analysed) > int(enrolled):
            yield Issue(
                table.file if table else "",
                number,
                "n_analysed",
                analysed,
                f"at most the {enrolled} enrolled",
                "Correct one of the two.",
            )


def _counts(table: Table | None, studies: dict[str, dict[str, str]]) -> Iterator[Issue]:
    """Yield counts that are no counts: without a number, a base or a printed form."""
    for number, row in _rows(table):
        events, kind = row.get("events", ""), row.get("denominator_kind", "")
        review = studies.get(row.get("study_id", ""), {}).get("is_review") == "yes"
        file = table.file if table else ""
        if row.get("statistic") == "count" and not events.isdigit():
            yield Issue(
                file,
                number,
                "events",
                events,
                "a number where the statistic is a count",
                "Give the count, or name the statistic (a proportion without its base is no count).",
            )
        elif events.isdigit() and row.get("derived") == "no" and not _is_readable(row):
            yield Issue(
                file,
                number,
                "events",
                events,
                f"a number that is in the printed form {row.get('printed')!r}",
                "Correct it, complete the printed form, or say that the count was computed.",
            )
        if events.isdigit() and row.get("derived") == "yes" and not row.get("n", "").isdigit():
            yield Issue(
                file,
                number,
                "n",
                row.get("n", ""),
                "a base, where a count was computed",
                "Give the base, or take the count out.",
            )
        if events.isdigit() and kind != "all_events" and (kind == "published_cases") != review:
            yield Issue(
                file,
                number,
                "denominator_kind",
                repr(kind),
                "published_cases in a review, and nowhere else",
                "A review never counts beside the studies it holds; correct the kind or the study.",
            )


def _is_readable(row: dict[str, str]) -> bool:
    events, printed = int(row["events"]), row.get("printed", "")
    everyone = row["events"] == row.get("n") and any(w in printed.lower().split() for w in EVERY)
    return everyone or events in numbers_in(printed)


def _settled(tables: dict[str, Table]) -> Iterator[Issue]:
    """Yield decisions that point at no row."""
    held = {name: {next(iter(r.values())) for _, r in _rows(tables.get(name))} for name in TABLES}
    for number, row in _rows(tables.get("settled")):
        name, row_id = row.get("table", ""), row.get("row_id", "")
        if _has(row, "row_id") and name in TABLES and row_id not in held[name]:
            yield Issue(
                tables["settled"].file,
                number,
                "row_id",
                repr(row_id),
                f"a row of context/{name}",
                "Correct the name of the row.",
            )
