"""What later studies say of each disease, in words: verdicts, harms, stopping, licences.

The verdicts are computed in :mod:`living_review.synthesis.verdicts`; here they become words. Wherever
the book shows the verdict on a disease it calls :func:`verdict_line`. Tables are in
:mod:`living_review.report.context_tables`.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from markupsafe import escape

from living_review.evidence import Review
from living_review.report import context_words as words
from living_review.stats import dates
from living_review.stats.proportions import clopper_pearson
from living_review.synthesis import context, verdicts
from living_review.synthesis.verdicts import Verdict

PAGE = "since"
PRACTICAL = "practical"  # the page that lists all that is printed on stopping
# Harms that a reader asks for first.
GRAVE = ("treatment_related_death", "death_infection", "treatment_stopped")


def diseases(review: Review) -> list[str]:
    """Return the diseases of the sources in the order of the vocabulary of later studies.

    A disease that this vocabulary does not know, as no later study was looked for, comes after them.
    """
    there = {study.meta["indication"] for study in review.studies}
    listed = dict.fromkeys((*review.vocabulary["context_diseases"], *review.vocabulary["indications"]))
    return [d for d in listed if d in there]


def anchor(review: Review, disease: str) -> str:
    """Return the id of a disease's section on the page of later studies, as Sphinx makes it.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        Its word in the vocabulary.

    Returns
    -------
    str
        Without ``#``.
    """
    word = review.word("indications", disease).lower()
    return "-".join("".join(c if c.isalnum() else " " for c in word).split())


def verdict_line(review: Review, disease: str, page: str = f"{PAGE}.html") -> str:
    """Return the verdicts on a disease in one line, as HTML in Markdown, with a link to their reasons.

    Parameters
    ----------
    review : Review
    disease : str
        A disease of the sources (``study.meta["indication"]``).
    page : str
        Address of the chapter of later studies from where the line is.

    Returns
    -------
    str
        One line.
    """
    if review.records("studies", "context").empty:  # then there is no chapter of them either
        return "No later study has been read yet."
    why = f' <a href="{page}#{anchor(review, disease)}">Why</a>'
    return _verdict_words(review, disease) + why


def _verdict_words(review: Review, disease: str) -> str:
    found = verdicts.verdicts(review, disease)
    if not found:
        return "No statement on this disease has been held against later studies yet."
    parts = []
    for key, word in review.vocabulary["later_verdicts"].items():
        said = [_said(review, v) for v in found if v.verdict == key]
        if said:
            what = escape(", ".join(said))
            parts.append(f"<strong>{escape(word)}</strong>: {what}.")
    return " ".join(parts)


def _said(review: Review, verdict: Verdict) -> str:
    says = verdict.statement.says
    if verdict.rule == "randomised_direction":
        return f"{says} (direction)"
    if not words.is_licence(verdict):
        return says
    rows = words.decisions(review, verdict)
    if verdict.verdict == "superseded":
        rows = rows[rows["drug_class"] != review.topic.drug_class]
        return f"{says} (licensed instead: {words.joined(rows['drug'])})"
    return f"{says} (licensed by {words.joined(rows['agency'].str.upper())})"


def verdict_text(review: Review, disease: str) -> str:
    """Return the verdicts on a disease as a Markdown list, each with what it rests on.

    What nothing decides is one item; licences, which the section lists below, are only named.

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
    found = verdicts.verdicts(review, disease)
    items = []
    for key, word in review.vocabulary["later_verdicts"].items():
        own = [v for v in found if v.verdict == key]
        if key == "untested" and own:
            says = words.joined(v.statement.says for v in own)
            items.append(f"- **{word}:** {says}. Nothing that was read may decide.")
        elif own:
            items += [f"- **{word}:** {_item(review, v)}" for v in own]
    return "\n".join([*items, *_on_the_skin(review, disease)])


def _item(review: Review, verdict: Verdict) -> str:
    if words.is_licence(verdict):
        source = review.study(verdict.statement.study_id).label
        return f"{_said(review, verdict)}, which {source} names."
    told = "; ".join(words.evidence_words(review, verdict))
    return f"{words.small(words.statement_words(review, verdict.statement))}. Later: {told}."


def _on_the_skin(review: Review, disease: str) -> list[str]:
    """Return an item on randomised counts of a drug put on the skin, which decide nothing here.

    Of a trial read at several times the last counts, under each of its definitions.
    """
    last: dict[tuple[str, str, str], context.Contrast] = {}
    for statement in verdicts.statements(review, disease):
        if statement.endpoint_class == verdicts.USE:
            continue
        rows = verdicts.roles(review, statement)
        rows = rows[rows["endpoint_class"].isin(verdicts.answering(review, statement.endpoint_class))]
        rows = rows[rows["role"] == "topical"].sort_values("time_months", kind="stable")
        for c in context.contrasts(rows):
            if c.difference is not None:
                row = c.experimental
                last[row["study_id"], row["definition_id"], row["subgroup"]] = c
    told = [
        f"{c.experimental['label']}, {words.contrast_words(review, c)} "
        f"({words.criterion(review, c.experimental)})"
        for c in last.values()
    ]
    if not told:
        return []
    return [f"- **On the skin**, where it decides nothing on a drug by mouth: {'; '.join(told)}."]


def rest_text(review: Review, disease: str) -> str:
    """Return what the section says below its figure: harms, after stopping, licences.

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
    day = as_of(review)
    when = f", as of {day}" if day else ""
    return "\n\n".join(
        [
            f"**Harms of later studies**\n\n{harms_text(review, disease)}",
            f'{_stopping_sentence(review, disease)} <a href="{PRACTICAL}.html">More on stopping</a>',
            f"**Licences and alternatives{when}**\n\n{licence_text(review, disease)}",
        ]
    )


def licence_text(review: Review, disease: str) -> str:
    """Return what agencies decided, as a Markdown list: an item for each class of drug.

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
    rows = review.records("regulatory", "context")
    rows = rows[rows["disease"] == disease]
    items = []
    for key, name in review.vocabulary["drug_classes"].items():
        own = rows[rows["drug_class"] == key]
        if own.empty:
            continue
        drugs = []
        for drug, of_drug in own.groupby("drug", sort=False):
            told = [
                f"{words.small(review.word('regulatory_statuses', status))} "
                f"({words.joined(part['agency'].str.upper())})"
                for status, part in of_drug.groupby("status", sort=False)
            ]
            drugs.append(f"{drug}: {', '.join(told)}")
        items.append(f"- **{name}:** {'; '.join(drugs)}.")
    return "\n".join(items) or "No decision of an agency was read."


def _stopping_sentence(review: Review, disease: str) -> str:
    rows = context.relapses_after_stopping(review, disease)
    if rows.empty:
        return "**After stopping:** no later study in scope counts patients who stopped."
    told = []
    for row in rows.to_dict("records"):
        count = clopper_pearson(int(row["events"]), int(row["n"]))
        whom = words.small(review.word("context_subtypes", row["subtype"]))
        once = ", read by one person only" if row["readings"] == 1 else ""
        what = words.small(review.word("criteria", row["criterion"]))
        told.append(f"{what} in {count} ({row['label']}, {whom}{once})")
    return f"**After stopping:** {'; '.join(told)}."


def harms_text(review: Review, disease: str) -> str:
    """State who died of treatment or stopped it because of harm, in later studies of the disease.

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
    rows = context.harms(review, disease)
    rows = rows[(rows["is_review"] == "no") & (rows["scope"] == "in_scope")]
    rows = rows[(rows["arm_kind"] != "control") & rows["denominator_kind"].isin(context.PATIENTS)]
    rows = rows[rows["events"].notna() & rows["n"].notna()]
    out = []
    for term in GRAVE:
        own = rows[rows["harm"] == term]
        told = [
            f"{_severe_count(review, row)} in {row['label']}{words.which_drug(review, row)}"
            for row in own.to_dict("records")
        ]
        if told:
            out.append(f"- **{review.word('harm_terms', term)}:** {'; '.join(told)}.")
    return (
        "\n".join(out)
        or "No study in scope counts deaths from treatment, or patients who stopped because of harm."
    )


def _severe_count(review: Review, row: dict[str, Any]) -> str:
    """Write a count of harm: a share of a prospective study, else without one."""
    if row["tier"] != context.RETROSPECTIVE:
        return str(clopper_pearson(int(row["events"]), int(row["n"])))
    design = words.small(review.word("context_designs", row["design"]))
    return f"{int(row['events'])} among {int(row['n'])} patients ({design}: no share of all treated)"


def as_of(review: Review) -> str:
    """Return the day on which licences were read, or the first and the last; empty for none."""
    days = sorted(set(review.records("regulatory", "context")["as_of"]))
    return " to ".join(dict.fromkeys(dates.format_date(day) for day in (*days[:1], *days[-1:])))


def plain_words(review: Review) -> str:
    """Return what the verdicts come to, in plain language."""
    found = verdicts.verdicts(review)
    n = Counter(v.verdict for v in found)
    studies = context.studies(review)
    if studies.empty:
        return (
            "We have not read any studies of other people yet that our papers could be compared with."
        )
    short = (
        ", most of\nthem in short form"
        if 2 * (studies["access"] == "abstract").sum() > len(studies)
        else ""
    )
    returned = (context.relapses_after_stopping(review, d)["events"].gt(0) for d in diseases(review))
    back = " When the drug is stopped, the trouble can come back." if any(map(any, returned)) else ""
    return f"""
Other people have since treated more patients. We read {len(studies)} of their studies{short}.
We asked if they bear out what our papers say. We looked at {len(found)} things that our papers say.
Of these, {n["confirmed"]} were found again, at least in kind if not in size. {n["weaker"]} came out
weaker, and {n["contradicted"]} did not hold. {n["untested"]} have not been put to the test in a way
that we can count. For {n["superseded"]}, another kind of drug has been licensed.{back} We do not know
which other studies exist. None of this says what will happen to one person.
"""
