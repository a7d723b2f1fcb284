"""Harms in words and tables: one line for each study, the gravest harm first.

The lines and their order come from :mod:`living_review.synthesis.harms`.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

import pandas as pd
from markupsafe import Markup

from living_review.evidence import Review
from living_review.report import context_words as words
from living_review.stats.proportions import clopper_pearson
from living_review.synthesis import context, drug, harms
from living_review.synthesis.harms import Line

NOT_ASSESSABLE = "not assessable: nobody counts it"
NOTE = (
    "In brackets exact 95% limits; the denominator is the patients for whom there is information on "
    "harm. A randomised comparison gives both arms. A study that looks back has no share of all who "
    "were treated. A star marks a count computed from a percentage."
)


def harm_name(review: Review, line: Line) -> str:
    """Return what a line counts: the harm, how it was judged, and what the row says more of it."""
    name = review.word("harm_terms", line.harm)
    if line.row is not None and line.row["criterion"] not in ("counted", "any_grade"):
        name += f", {words.criterion(review, line.row)}"
    return f"{name}: {line.says}" if line.says else name


def amount(review: Review, line: Line) -> str:
    """Return how many patients a line counts, out of how many, with exact limits.

    Of a later study that is no prospective one the count stands without limits: it has no share of all
    who were treated. A count of a randomised trial stands against that of the other arm.
    """
    if line.row is None:
        return _of_source(review, line)
    star = " *" if line.row["derived"] == "yes" else ""
    if line.contrast is not None and line.contrast.difference is not None:
        return f"{line.contrast.difference}{star}"
    if line.count is None or line.count.low is None:
        return words.result(review, line.row) + star
    if line.row["tier"] == context.RETROSPECTIVE:
        return f"{line.count.low} among {line.count.n} patients{star}"
    return drug.format_harm_count(line.count) + star


def _of_source(review: Review, line: Line) -> str:
    assert line.count is not None, "a source has a count, if an unknown one"
    study = review.study(line.study_id)
    frame = pd.Series(line.count._asdict())
    said = drug.harm_words(study, review, frame)
    return f"{said}; grade 3 or 4 in {line.severe}" if line.severe else said


def whose(review: Review, line: Line) -> str:
    """Return the study of a line and its disease, with what a reader must know of it."""
    disease = review.word(["indications", "context_diseases"], line.disease)
    told = [_small(disease)]
    if line.row is not None:
        told += [
            _small(line.row["drug"]) if line.row["drug"] != "sirolimus" else "",
            "on the skin" if line.row["route"] not in context.SYSTEMIC else "",
            "retrospective" if line.row["tier"] == context.RETROSPECTIVE and not _review(line) else "",
            "read once" if line.row["readings"] == 1 else "",
        ]
    return f"{line.label}: {', '.join(filter(None, told))}"


def _review(line: Line) -> bool:
    return line.row is not None and line.row["is_review"] == "yes"


def _small(said: str) -> str:
    return words.small(said)


def table(review: Review, *severities: str) -> pd.DataFrame:
    """Return harms of some severities, a row for each harm: the sources beside later studies.

    Parameters
    ----------
    review : Review
    *severities : str
        Words of ``harm_severity``.

    Returns
    -------
    pandas.DataFrame
        ``Harm``, ``In the sources`` and ``In later studies``: HTML, a paragraph for each study. A harm
        that is counted on one side only is *not assessable* on the other.
    """
    found = [line for line in harms.lines(review) if line.severity in severities]
    rows = []
    for (_, harm), group in groupby(found, key=lambda line: (line.severity, line.harm)):
        own = list(group)
        sides = {
            head: paragraphs(_told(review, line) for line in own if line.kind == kind)
            for head, kind in (("In the sources", harms.SOURCE), ("In later studies", harms.LATER))
        }
        name = Markup("{}").format(review.word("harm_terms", harm))
        rows.append({"Harm": name} | {head: cell or NOT_ASSESSABLE for head, cell in sides.items()})
    return pd.DataFrame(rows, columns=["Harm", "In the sources", "In later studies"])


def _told(review: Review, line: Line) -> Markup:
    more = [line.says]
    if line.row is not None and line.row["criterion"] not in ("counted", "any_grade"):
        more.append(words.criterion(review, line.row))
    unit = ", ".join(filter(None, [whose(review, line), *more]))
    return Markup('{} <span class="lr-unit">{}</span>').format(amount(review, line), unit)


def paragraphs(lines: Iterable[str]) -> Markup:
    """Return lines as paragraphs of a cell; nothing for none."""
    return Markup("").join(Markup("<p>{}</p>").format(line) for line in lines)


def background(review: Review, harm: str) -> list[str]:
    """Say how often a harm happens without regard to treatment, as the sources quote it."""
    return [
        f"{row['says'].capitalize()}: {_quoted(row)} in {row['group']} ({row['study_quoted']}, quoted by "
        f"{row['label']})"
        for row in harms.background(review, harm)
    ]


def _quoted(row: dict[str, Any]) -> str:
    if pd.notna(row["events"]) and pd.notna(row["n"]):
        return str(clopper_pearson(int(row["events"]), int(row["n"])))
    unit = {"times": " times as high", "percent": "%"}.get(row["unit"], f" {row['unit']}")
    return f"{row['value']:g}{unit}"


def not_assessable(review: Review, diseases: Iterable[str]) -> pd.DataFrame:
    """Return, for each disease, the grave harms that nobody counts in it."""
    return pd.DataFrame(
        [
            {
                "Disease": review.word("indications", disease),
                "Counted neither in the sources nor in later studies": ", ".join(
                    _small(review.word("harm_severity", rank))
                    for rank in harms.not_counted(review, disease)
                )
                or "each of them is counted",
            }
            for disease in diseases
        ]
    )


def denominators(review: Review) -> pd.DataFrame:
    """Return for how many patients of each source there is information on harm."""
    rows = []
    for study in review.studies:
        informed = drug.informed_on_harm(study)
        counted = len(study.table("adverse_events")) > 0
        rows.append(
            {
                "Source": study.label,
                "Disease": review.word("indications", study.meta["indication"]),
                "Patients": study.meta["n_patients"],
                "With information on harm": informed if counted else "none: no harm is counted",
            }
        )
    return pd.DataFrame(rows)


def worst(review: Review) -> str:
    """Say in two sentences what the gravest harms are that befell somebody, in Markdown."""
    lines = harms.happened(harms.lines(review))
    told = []
    for kind, where in ((harms.SOURCE, "In the sources"), (harms.LATER, "In later studies")):
        own = [line for line in lines if line.kind == kind and not _review(line)]
        if not own:
            continue
        gravest = [line for line in own if (line.severity, line.harm) == (own[0].severity, own[0].harm)]
        name = _small(review.word("harm_terms", own[0].harm))
        counts = " and ".join(f"{amount(review, line)} ({whose(review, line)})" for line in gravest)
        told.append(f"{where}: **{name}** in {counts}.")
    return " ".join(told)
