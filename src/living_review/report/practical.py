"""Practical facts on the drugs, by disease: what trials, guidelines and labels print, and no advice.

Facts come from three places: the sources' own rows (doses, levels, times, what followed a stop), the
results of later studies on time to effect and on stopping, and the table ``context/guidance``. What
the sources' authors recommend is shown apart. What a row is about is a coded column; nothing is looked
for in a text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd
from markupsafe import Markup

from living_review.evidence import Review, Study
from living_review.report import context_words as words
from living_review.stats import dates
from living_review.synthesis import context
from living_review.synthesis.context import known

# A question that a reader asks, and the topics of ``context/guidance`` that answer it.
QUESTIONS = {
    "Dose": ("dose", "dose_response", "liver"),
    "Target level in blood": ("target_level",),
    "Time to effect": ("time_to_effect",),
    "Before starting and monitoring": ("before_starting", "monitoring", "mouth_care", "warnings"),
    "Interactions": ("interactions", "combination"),
    "Infection and prophylaxis": ("infection", "prophylaxis", "infants"),
    "Pregnancy and fertility": ("pregnancy", "breastfeeding", "fertility", "menstruation"),
    "Vaccines": ("vaccines",),
    "After stopping": ("stopping",),
    "When it is given": ("indication", "natural_history", "wound"),
}
# A question whose silence says nothing: no paper need answer it.
OPTIONAL = ("When it is given",)
TARGETS = ("trough_target", "expected_blood_level")
OTHER = "other"  # facts that hold whatever a drug is given for


class Fact(NamedTuple):
    """A fact: the topic it answers, the drug, what is said, and who says it where and when."""

    topic: str
    drug: str
    said: str
    whom: str
    address: str


def facts(review: Review, disease: str) -> list[Fact]:
    """Return what is printed on the use of drugs for a disease, the sources' own rows first.

    Parameters
    ----------
    review : Review
    disease : str
        A disease of the sources, or ``other`` for facts that hold whatever a drug is given for.

    Returns
    -------
    list of Fact
        In reading order.
    """
    found = [
        fact
        for study in review.studies
        if study.meta["indication"] == disease
        for fact in _of_source(study, review)
    ]
    return [*found, *_of_results(review, disease), *_of_guidance(review, disease)]


def table(review: Review, disease: str) -> pd.DataFrame:
    """Return the facts on a disease, a row for each question that has one; no row is advice.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        Its word in the vocabulary.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    found = facts(review, disease)
    rows = []
    for question, topics in QUESTIONS.items():
        items = [_item(fact) for fact in found if fact.topic in topics]
        if items:
            told = Markup("<ul>{}</ul>").format(Markup("").join(items))
            rows.append({"Question": question, "Printed": told})
    return pd.DataFrame(rows)


def _item(fact: Fact) -> Markup:
    whom = Markup("{}").format(fact.whom)
    if fact.address:
        whom = Markup('<a href="{}">{}</a>').format(fact.address, whom)
    return Markup('<li>{} <span class="lr-unit">({}; {})</span></li>').format(
        fact.said, fact.drug, whom
    )


def recommended(review: Review, disease: str) -> pd.DataFrame:
    """Return what the authors of the sources recommend, as they word it in one place or another.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        Its word in the vocabulary.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    rows = []
    for study in (s for s in review.studies if s.meta["indication"] == disease):
        said = study.table("statements")
        for row in said[said["endpoint_class"] == "recommendation"].to_dict("records"):
            about = row["subject"] if known(row["subject"]) else "–"
            where = f"{study.label}, {row['locator']}"
            rows.append({"On what": about, "What the authors say": row["finding"], "Where": where})
    return pd.DataFrame(rows)


def as_of(review: Review) -> str:
    """Return the day on which facts beside the sources were read, or the first and the last."""
    days = sorted(set(review.records("guidance", "context")["as_of"]))
    return " to ".join(dict.fromkeys(dates.format_date(day) for day in (*days[:1], *days[-1:])))


def silent(review: Review, disease: str) -> str:
    """State on which questions no fact was read for a disease, as one Markdown sentence.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        Its word in the vocabulary.

    Returns
    -------
    str
        Markdown.
    """
    topics = {fact.topic for fact in facts(review, disease)}
    missing = [
        words.small(question)
        for question, answers in QUESTIONS.items()
        if question not in OPTIONAL and not topics & set(answers)
    ]
    if not missing:
        return "On each question at least one fact was read."
    return f"**No fact was read on:** {', '.join(missing)}."


# --- The sources ----------------------------------------------------------------------------------


def _of_source(study: Study, review: Review) -> Iterator[Fact]:
    doses = study.once("doses")
    doses = doses[doses["role"] == "study_drug"]
    drugs = ", ".join(dict.fromkeys(doses["drug"])) or ", ".join(
        words.small(review.word("drugs", drug)) for drug in study.meta["drugs"]
    )

    everything = "the whole paper" if study.meta["text_read"] == "full_text" else "all that was read"

    def fact(topic: str, said: str, where: str, drug: str = drugs) -> Fact:
        return Fact(
            topic, drug.replace("_", " "), said, f"{study.label}, {where}", f"{study.study_id}.html"
        )

    given = doses.dropna(subset=["dose"])
    for (drug, unit), own in given.groupby(["drug", "unit"], sort=False):
        ends = own["dose"].min(), own["dose"].max()
        span = " to ".join(f"{end:g}" for end in dict.fromkeys(ends))
        kinds = words.joined(
            words.small(review.word("dose_statistics", kind))
            for kind in own["statistic"]
            if known(kind)
        )
        yield fact("dose", f"{span} {unit}" + (f" ({kinds})" if kinds else ""), _places(own), drug)
    if given.empty:
        yield fact("dose", "not reported", everything)
    printed = study.once("statistics")
    targets = printed[printed["quantity"].isin(TARGETS)]
    for row in targets.to_dict("records"):
        yield fact(
            "target_level", f"{row['lower']:g} to {row['upper']:g} {row['unit']}", row["locator"]
        )
    levels = study.once("measurements")
    levels = levels[levels["measure"] == "serum_level"]
    for unit, own in levels.groupby("unit", sort=False):
        n = own["patient"].nunique()
        span = f"{own['value'].min():g} to {own['value'].max():g} {unit}"
        yield fact("target_level", f"measured: {span}, {n} patients", _places(own))
    if targets.empty:
        yield fact("target_level", "no target reported", everything)
    times = printed[printed["quantity"] == "time_to_response"]
    for row in times.to_dict("records"):
        yield fact("time_to_effect", _time(review, study, row), row["locator"])
    said = study.table("statements")
    for row in said[said["endpoint_class"] == "relapse"].to_dict("records"):
        about = f"{row['subject']}: " if known(row["subject"]) else ""
        yield fact("stopping", f"{about}{row['finding']}", row["locator"])


def _places(rows: pd.DataFrame) -> str:
    return words.joined(str(place).partition(",")[0] for place in rows["locator"])


def _time(review: Review, study: Study, row: dict[str, Any]) -> str:
    """Write a time to response as printed: what it is, its value and limits, and whose."""
    of = study.groups.get(row["group"], {}).get("label", "")
    what = words.small(review.word(words.STATISTICS, row["statistic"]))
    values = [f"{row[c]:g}" for c in ("lower", "upper") if known(row[c])]
    value = f" {row['value']:g}" if known(row["value"]) else ""
    limits = f" ({' to '.join(values)})" if values else ""
    unit = words.unit(row["unit"], row["value"] if known(row["value"]) else None)
    return f"{what}{value}{limits} {unit}" + (f", {words.small(of)}" if of else "")


# --- Beside the sources ---------------------------------------------------------------------------


def _of_results(review: Review, disease: str) -> Iterator[Fact]:
    rows = context.results(review, disease)
    rows = rows[(rows["scope"] == "in_scope") & ~rows["is_source"]]
    for topic, key in (("time_to_effect", "time_to_response"), ("stopping", "relapse")):
        for row in context.in_order(rows[rows["endpoint_class"] == key]).to_dict("records"):
            said = f"{row['definition']}: {words.result(review, row)}"
            yield Fact(topic, row["drug"], said, row["label"] + words.marks(review, row), address(row))


def _of_guidance(review: Review, disease: str) -> Iterator[Fact]:
    rows = review.records("guidance", "context")
    several = rows["as_of"].nunique() > 1  # else the day occurs once, in the caption
    told = context.relapses(review, disease)["study_id"]
    sources = {s["study_id"] for s in context.studies(review).to_dict("records") if s["is_source"]}
    labels = context.studies(review).set_index("study_id")["label"]
    rows = rows[(rows["disease"] == disease) & ~rows["study_id"].isin(sources)]
    # What a study counts after stopping is above as its result.
    rows = rows[(rows["topic"] != "stopping") | ~rows["study_id"].isin(told)]
    for row in rows.to_dict("records"):
        kind = review.word("guidance_sources", row["source_kind"])
        name = labels.get(row["study_id"], kind)
        marks = [f"as of {dates.format_date(row['as_of'])}"] if several else []
        marks += ["read once"] if row["readings"] == 1 else []
        whom = name + (f" ({', '.join(marks)})" if marks else "")
        yield Fact(row["topic"], row["drug"], row["fact"], whom, address(row))


def address(row: dict[str, Any]) -> str:
    """Return where a row of ``data/context`` can be read: by DOI, else PubMed number, else address."""
    if known(row["doi"]):
        return f"https://doi.org/{row['doi']}"
    if known(row["pmid"]):
        return f"https://pubmed.ncbi.nlm.nih.gov/{row['pmid']}/"
    return str(row["address"]) if known(row["address"]) else ""
