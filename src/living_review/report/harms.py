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
from living_review.report import citing
from living_review.report import context_words as words
from living_review.stats.number_words import in_words
from living_review.stats.proportions import clopper_pearson
from living_review.synthesis import context, drug, harms
from living_review.synthesis.counts import joined
from living_review.synthesis.harms import Line

MOST_FREQUENT = 8  # harms that a reader sees at once
FIRST, REST, ALL_HARMS = slice(MOST_FREQUENT), slice(MOST_FREQUENT, None), slice(None)
LOOK = "lr-stack lr-answers"  # of the tables
SORE_MOUTH = ("mucositis", "mouth_ulcer")
NOT_ASSESSABLE = "not assessable"
NOTE = (
    "In brackets exact 95% limits; the denominator is the patients for whom there is information on "
    "harm. Not assessable: nobody counts it. A randomised comparison gives both arms. A study that "
    "looks back has no share of all who were treated. A star marks a count computed from a percentage."
)


def harm_name(review: Review, line: Line) -> str:
    """Return what a line counts: the harm, and how it was judged.

    Parameters
    ----------
    review : Review
        The opened evidence.
    line : Line
        What one study says of one harm.

    Returns
    -------
    str
        Words of the vocabulary.
    """
    name = review.word("harm_terms", line.harm)
    if line.row is not None and line.row["criterion"] not in ("counted", "any_grade"):
        name += f", {words.criterion(review, line.row)}"
    return name


def amount(review: Review, line: Line) -> str:
    """Return how many patients a line counts, out of how many, with exact limits.

    Of a later study that is not prospective the count is shown without limits: it has no share of all
    who were treated. A count of a randomised trial is shown with that of the other arm.

    Parameters
    ----------
    review : Review
        The opened evidence.
    line : Line
        What one study says of one harm.

    Returns
    -------
    str
        Such as ``1 of 3 (1% to 91%)``.
    """
    if line.row is None:
        return _of_source(review, line)
    star = " *" if line.row["derived"] == "yes" else ""
    if line.contrast is not None and line.contrast.difference is not None:
        return f"{line.contrast.difference}{star}"
    if line.count is None or line.count.low is None:
        return words.result(review, line.row) + star
    if line.row["tier"] == context.RETROSPECTIVE:
        return f"{line.count.low} among {line.count.n}{star}"
    return drug.format_harm_count(line.count) + star


def _of_source(review: Review, line: Line) -> str:
    assert line.count is not None, "a source has a count, if an unknown one"
    study = review.study(line.study_id)
    frame = pd.Series(line.count._asdict() | {"events": line.events or None})
    said = drug.harm_words(study, review, frame)
    return f"{said}; grade 3 or 4 in {line.severe}" if line.severe else said


def whose(review: Review, line: Line) -> str:
    """Return the study of a line and its disease, with what a reader must know of it.

    Parameters
    ----------
    review : Review
        The opened evidence.
    line : Line
        What one study says of one harm.

    Returns
    -------
    str
        Such as ``Parker 2019: migraine``.
    """
    disease = review.word(["indications", "context_diseases"], line.disease)
    told = [_small(disease)]
    if line.row is not None:
        told += [
            _small(line.row["drug"]) if review.topic.is_named(line.row["drug"]) else "",
            "on the skin" if line.row["route"] not in context.SYSTEMIC else "",
            "retrospective" if line.row["tier"] == context.RETROSPECTIVE and not _review(line) else "",
            "read once" if line.row["readings"] == 1 else "",
        ]
    return f"{line.label}: {', '.join(filter(None, told))}"


def _review(line: Line) -> bool:
    return line.row is not None and line.row["is_review"] == "yes"


def _small(said: str) -> str:
    return words.small(said)


def table(review: Review, *severities: str, part: slice = ALL_HARMS) -> pd.DataFrame:
    """Return harms of some severities, a row for each harm: the sources beside later studies.

    Parameters
    ----------
    review : Review
    *severities : str
        Words of ``harm_severity``.
    part : slice
        Which of these harms, in their order; default all.

    Returns
    -------
    pandas.DataFrame
        ``Harm``, ``In the sources`` and ``In later studies``: HTML, a paragraph for each study. A harm
        that is counted on one side only is *not assessable* on the other.
    """
    found = [line for line in harms.lines(review) if line.severity in severities]
    rows = []
    for (rank, harm), group in groupby(found, key=lambda line: (line.severity, line.harm)):
        own = list(group)
        sides = {
            head: paragraphs(_reported_count(review, line) for line in own if line.kind == kind)
            for head, kind in (("In the sources", harms.SOURCE), ("In later studies", harms.LATER))
        }
        # A wider term that is serious only by how it was judged is named after its rank.
        graver = rank != harms.severity(review, harm)
        name = review.word("harm_severity", rank) if graver else review.word("harm_terms", harm)
        printed = joined(t for line in own if line.printed for t in line.printed.split("; "))
        if printed:
            name = Markup('{}<br><span class="lr-unit">printed: {}</span>').format(name, printed)
        sides["In the sources"] += paragraphs(background(review, harm))
        rows.append({"Harm": name} | {head: cell or NOT_ASSESSABLE for head, cell in sides.items()})
    return pd.DataFrame(rows[part], columns=["Harm", "In the sources", "In later studies"])


def _reported_count(review: Review, line: Line) -> Markup:
    more = [line.says]
    if line.row is not None and line.row["criterion"] not in ("counted", "any_grade"):
        more.append(words.criterion(review, line.row))
    if line.row is not None and line.severity not in ("stopped", "reduced", harms.OTHER):
        more.append(line.row["definition"])
    unit = "; ".join(filter(None, [whose(review, line), *more]))
    said: str | Markup = amount(review, line)
    said = citing.lead(Markup("{}").format(said), line.rows) if line.rows else said
    return Markup('{} <span class="lr-unit">{}</span>').format(said, unit)


def paragraphs(lines: Iterable[str]) -> Markup:
    """Return lines as paragraphs of a cell; nothing for none."""
    return Markup("").join(Markup("<p>{}</p>").format(line) for line in lines)


def background(review: Review, harm: str) -> list[str]:
    """State how often a harm happens without regard to treatment, as the sources quote it.

    Parameters
    ----------
    review : Review
        The opened evidence.
    harm : str
        A word of ``harm_terms``.

    Returns
    -------
    list of str
        A sentence for each row that a source quotes.
    """
    return [_around(row) for row in harms.background(review, harm)]


def background_by_source(review: Review) -> dict[tuple[str, str], list[str]]:
    """Return :func:`background` by study and harm."""
    rows = review.records("harm_rows")
    out: dict[tuple[str, str], list[str]] = {}
    for harm in dict.fromkeys(rows.loc[rows["role"] == "background", "harm"]):
        for row in harms.background(review, harm):
            out.setdefault((row["source_id"], harm), []).append(_around(row))
    return out


def _around(row: dict[str, Any]) -> str:
    quoted = f"{row['study_quoted']}, quoted by {row['label']}"
    return f"Background: {row['says']} {_quoted(row)} in {row['group']} ({quoted})"


def _quoted(row: dict[str, Any]) -> str:
    if pd.notna(row["events"]) and pd.notna(row["n"]):
        return str(clopper_pearson(int(row["events"]), int(row["n"])))
    unit = {"times": " times as high", "percent": "%"}.get(row["unit"], f" {row['unit']}")
    return f"{row['value']:g}{unit}"


def not_assessable(review: Review, diseases: Iterable[str]) -> pd.DataFrame:
    """Return, for each disease, the grave harms that nobody counts in it.

    Parameters
    ----------
    review : Review
        The opened evidence.
    diseases : iterable of str
        Words of ``indications``.

    Returns
    -------
    pandas.DataFrame
        A row for each disease.
    """
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
    """State in two sentences what the most serious harms are that occurred, in Markdown."""
    said = " ".join(f"{where}: {said}" for where, said in _worst(review))
    return said or "no patient with a harm is counted, which is not the same as none."


def answer(review: Review) -> dict[str, str | Markup]:
    """Return the lines that open the chapter: the gravest harms, how often anyway, what is unknown."""
    told = dict(_worst(review))
    around = [line for harm in review.vocabulary["harm_terms"] for line in background(review, harm)]
    stopped = [
        line
        for line in harms.order(review, _prospective(review))
        if line.severity in ("stopped", "pneumonitis") and line.patients
    ]
    meaning = "A harm that nobody counts is not a harm that did not happen."
    if not all(study.control for study in review.studies):
        meaning = (
            "These counts come from few patients, mostly watched without a comparison group; "
            "a harm that nobody counts is not a harm that did not happen."
        )
    return {
        **told,
        "Stopped because of harm": _listed(review, [x for x in stopped if x.severity == "stopped"]),
        "Inflamed lungs": _listed(review, [x for x in stopped if x.severity == "pneumonitis"]),
        "Without the drug": "; ".join(around) + ". Whether the drug played a part is not known."
        if around
        else "No source says how often these harms happen without the drug.",
        "What it does not mean": meaning,
    }


def _prospective(review: Review) -> list[Line]:
    """Return lines of later studies that enrolled patients in advance, of a drug for the whole body."""
    return [
        line
        for line in harms.of_later(review)
        if line.row is not None
        and line.row["tier"] != context.RETROSPECTIVE
        and line.row["route"] in context.SYSTEMIC
        and line.row["scope"] == "in_scope"
    ]


def _listed(review: Review, lines: list[Line]) -> str:
    told = [f"{amount(review, line)} ({whose(review, line)})" for line in lines]
    return "; ".join(told) or "no prospective study in scope counts it"


def _worst(review: Review) -> list[tuple[str, str]]:
    """Return where, and the gravest harm that happened to somebody there, in words."""
    lines = harms.happened(harms.lines(review))
    out = []
    for kind, where in ((harms.SOURCE, "In the sources"), (harms.LATER, "In later studies")):
        own = [line for line in lines if line.kind == kind and not _review(line)]
        gravest = [line for line in own if (line.severity, line.harm) == (own[0].severity, own[0].harm)]
        if gravest:
            name = _small(review.word("harm_terms", gravest[0].harm))
            counts = " and ".join(f"{amount(review, line)} ({whose(review, line)})" for line in gravest)
            out.append((where, f"{name} in {counts}."))
    return out


def plain_words(review: Review) -> str:
    """Return what the harms come to, in plain language."""
    lines = harms.happened(harms.lines(review))
    own = [line for line in lines if line.kind == harms.SOURCE]
    beside = [line for line in lines if line.kind == harms.LATER and not _review(line)]
    sore = [{x.study_id for x in of if x.harm in SORE_MOUTH} for of in (own, beside)]
    cancer = sum(line.patients for line in own if line.severity == "malignancy")
    died = sum(line.patients for line in beside if line.harm == "death_infection")
    return review.topic.harms_in_plain_language.format(
        sore_mouth=in_words(len(sore[0])),
        sore_mouth_later=in_words(len(sore[1])),
        cancer=in_words(cancer),
        death_of_infection_later=in_words(died),
    )
