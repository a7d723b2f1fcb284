"""Tables of the double reading: agreement line by line, differences and how they were settled."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from living_review.evidence import EvidenceError, Review
from living_review.stats.number_words import in_words

TABLES = {
    "adverse_events": "harms",
    "quoted": "quoted results",
    "statements": "findings in words",
    "outcomes": "results of groups",
    "events": "times to an event",
    "statistics": "printed estimates",
    "responses": "judgements on patients",
}
KINDS = {
    "value": "Two values",
    "missing": "A value in one reading only",
    "code": "Two different codes for missing",
    "only_first": "Row only in the first",
    "only_second": "Row only in the second",
}
OUTCOMES = {
    "first": "As the first",
    "second": "As the second",
    "neither": "As neither",
    "kept": "Row kept",
    "added": "Row added",
    "not added": "Row not added",
}
PARTS = {
    "identical": "Both, all values the same",
    "differ": "Both, a value differs",
    "only_first": "Only the first reading",
    "only_second": "Only the second",
}


def line(counts: Mapping[str, int]) -> dict[str, object]:
    """Return one line of an agreement table: counts, and shares of what both readers have.

    Parameters
    ----------
    counts : mapping
        A row, or a sum of rows, of :func:`living_review.extraction.agreement.by_table`.
    """
    pairs, cells = counts["matched"], counts["cells"]
    same, values = counts["identical"], counts["same"]
    return {
        "Rows, first": counts["first"],
        "Rows, second": counts["second"],
        "Pairs": pairs,
        "Pairs, all values the same": f"{same} ({same / pairs:.0%})" if pairs else "0",
        "Values the same": f"{values} of {cells} ({values / cells:.1%})" if cells else "none compared",
        "Only in one": f"{counts['only_first']} + {counts['only_second']}",
        "Of these, elsewhere": counts["elsewhere_first"] + counts["elsewhere_second"],
    }


def by_study(by_table: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Return the agreement of each study and of all, one line each.

    Parameters
    ----------
    by_table : pandas.DataFrame
        Agreement by study and table (:mod:`living_review.extraction.agreement`).
    labels : mapping of str to str
        Names of the studies, by folder.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    rows = by_table.groupby("study_id").sum(numeric_only=True).to_dict("index")
    total = by_table.sum(numeric_only=True)
    lines = [{"Study": labels[str(s)], **line(counts)} for s, counts in rows.items()]
    return pd.DataFrame([*lines, {"Study": "All", **line(total)}])


def declared(review: Review) -> str:
    """Return in words how often the sources were read, and from which texts, as they declare it.

    Returns
    -------
    str
        Sentences: sources read twice and once, and those known from less than their full text.
    """
    studies = list(review.studies)
    once = [s.label for s in studies if s.meta["readings"] == 1]
    if not once:
        said = "Each source was read twice."
    elif len(once) == len(studies):
        said = "Each source was read once, and no second reader has checked it."
    else:
        said = (
            f"{in_words(len(studies) - len(once)).capitalize()} of {in_words(len(studies))} sources "
            f"were read twice. Read once, and checked by no second reader: {', '.join(once)}."
        )
    short = [
        f"{s.label} ({review.word('accesses', s.meta['text_read']).lower()})"
        for s in studies
        if s.meta["text_read"] != "full_text"
    ]
    return said + (f" Without their full text: {', '.join(short)}." if short else "")


def read_again(again: pd.DataFrame, labels: Mapping[str, str]) -> str:
    """Return in words how far two readings of texts that were had later agree; empty if there are none.

    Parameters
    ----------
    again : pandas.DataFrame
        As :func:`living_review.extraction.agreement.again` returns it.
    labels : mapping of str to str
        What each study is called.

    Returns
    -------
    str
        A sentence.
    """
    if again.empty:
        return ""
    both = again.sum(numeric_only=True)
    whose = ", ".join(labels[s] for s in dict.fromkeys(again["study_id"]))
    return (
        "Texts that were had only later were read twice too, apart from the agreement above: "
        f"{' and '.join(again['text'])} of\n{whose}. Of {both['first']} numbers in the first of these "
        f"readings and {both['second']} in the second,\n{both['same']} are the same; the others are "
        "settled in the list above as *another text*."
    )


def by_study_and_table(by_table: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Return the agreement of each table of each study, one line each.

    Parameters
    ----------
    by_table : pandas.DataFrame
        Agreement by study and table (:mod:`living_review.extraction.agreement`).
    labels : mapping of str to str
        Names of the studies, by folder.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    return pd.DataFrame(
        {
            "Study and table": f"{labels[row['study_id']]}: {TABLES.get(row['table'], row['table'])}",
            **line(row),
        }
        for row in by_table.to_dict("records")
    )


def of_context(by_table: pd.DataFrame) -> pd.DataFrame:
    """Return the agreement on studies beside the sources, one line for each table.

    Parameters
    ----------
    by_table : pandas.DataFrame
        As :func:`living_review.extraction.context.by_table` returns it.
    """
    lines = []
    for row in by_table.fillna(0).to_dict("records"):
        counts = {"elsewhere_first": 0, "elsewhere_second": 0, **row}
        table = str(row["table"])
        lines.append({"Table": CONTEXT_TABLES.get(table, table), **line(counts)})
    return pd.DataFrame(lines).drop(columns="Of these, elsewhere")


CONTEXT_TABLES = {
    "studies": "Studies",
    "results": "Results",
    "regulatory": "Licences",
    "guidance": "Practical facts",
}


def parts(by_table: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Return the rows of each study by how far the readings agree on them, each pair counted once.

    Parameters
    ----------
    by_table : pandas.DataFrame
        Agreement by study and table (:mod:`living_review.extraction.agreement`).
    labels : mapping of str to str
        Names of the studies, by folder.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    rows = by_table.groupby("study_id").sum(numeric_only=True)
    rows = rows.assign(differ=rows["matched"] - rows["identical"])
    return rows[list(PARTS)].rename(columns=PARTS, index=labels)


def shares(counts: Mapping[str, int]) -> tuple[float, float]:
    """Return the shares of compared values that are the same and of rows that both readers found."""
    rows = counts["matched"] + counts["only_first"] + counts["only_second"]
    return counts["same"] / counts["cells"], counts["matched"] / rows


def two_values(differences: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Split the cells with two values: ``numbers``, ``dates``, and ``classes`` of findings in words.

    Parameters
    ----------
    differences : pandas.DataFrame
        As :func:`living_review.extraction.agreement.differences` returns them.
    """
    values = differences[differences["kind"] == "value"]
    number = values[["first", "second"]].apply(lambda c: c.str.fullmatch(r"-?\d+(\.\d+)?")).all(axis=1)
    return {
        "numbers": values[number],
        "dates": values[values["column"].isin(["time", "start", "stop"]) & ~number],
        "classes": values[values["column"].isin(["endpoint_class", "direction"])],
    }


def explained(numbers: pd.DataFrame, review: Review, labels: Mapping[str, str]) -> str:
    """Return how two different numbers were settled, in words, each a sentence after a full stop.

    Parameters
    ----------
    numbers : pandas.DataFrame
        Differing cells that hold two numbers.
    review : Review
        The opened evidence.
    labels : mapping of str to str
        Names of the studies, by folder.

    Returns
    -------
    str
        Markdown.

    Raises
    ------
    EvidenceError
        If one of them is not settled by a row of its own.
    """
    settled = review.records("settled")
    reasons = dict(settled.set_index(["study_id", "first"])["settled"].items())
    said = ""
    for n in numbers.to_dict("records"):
        cell = f"{n['first_id']}.{n['column']} = {n['first']}"
        if (n["study_id"], cell) not in reasons:
            raise EvidenceError(
                f"data/review/settled.csv: no row of {n['study_id']} with {cell} as first: two numbers "
                f"that differ are settled one by one (`living-review differences {n['study_id']}`)"
            )
        reason = re.sub(r" \(\w+/\w+\)$", "", reasons[n["study_id"], cell])
        said += f". The numbers are in {labels[n['study_id']]}, {n['first']} against {n['second']}, "
        said += f"settled as {reason}"
    return said


def settled_counts(settled: pd.DataFrame) -> pd.DataFrame:
    """Return the differences by kind (rows) and by how they were settled (columns).

    Parameters
    ----------
    settled : pandas.DataFrame
        As :func:`living_review.extraction.agreement.settlements` returns it.
    """
    counted = settled.pivot_table(index="kind", columns="outcome", values="differences", aggfunc="sum")
    counted = counted.reindex(index=KINDS, columns=OUTCOMES).rename(index=KINDS, columns=OUTCOMES)
    counted = counted.astype("Int64").astype(object)
    return counted.where(counted.notna(), "not_applicable").reset_index(names="Difference")
