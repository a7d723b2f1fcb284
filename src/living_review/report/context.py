"""What later studies say of each disease, for readers: verdicts, figure, harms, licences, refusals.

The verdicts are computed in :mod:`living_review.synthesis.verdicts`; here they become words. Wherever
the book shows the verdict on a disease it calls :func:`verdict_line`.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pandas as pd
from markupsafe import Markup

from living_review.evidence import Review
from living_review.report import context_words as words
from living_review.stats import dates
from living_review.stats.proportions import clopper_pearson, format_percent
from living_review.synthesis import context, pooling, verdicts
from living_review.synthesis.context import known
from living_review.synthesis.verdicts import Statement, Verdict

PAGE = "since"


CLASSES = ["endpoint_classes", "further_endpoint_classes"]


# Harms that a reader asks for first.
HARMS_NOTE = (
    "Exact 95% limits; a randomised harm is a difference between arms. A star marks a count computed "
    "from a percentage. A harm that nobody reports is not a harm that did not happen."
)
GRAVE = ("treatment_related_death", "death_infection", "treatment_stopped")


# Where a disease's own page has no place for another one: organs of tuberous sclerosis.
BESIDE = {"tsc_skin_tumours": ("tsc_skin_tumours", "tsc_other_organ")}


def diseases(review: Review) -> list[str]:
    """Return the diseases of the sources in the order of the vocabulary of later studies."""
    there = {study.meta["indication"] for study in review.studies}
    return [d for d in review.vocabulary["context_diseases"] if d in there]


def anchor(review: Review, disease: str) -> str:
    """Return the id of a disease's section on the page of later studies, as Sphinx makes it."""
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
        Address of the chapter of later studies from where the line stands.
    """
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
            what = html.escape(", ".join(said), quote=False)
            parts.append(f"<strong>{html.escape(word)}</strong>: {what}.")
    return " ".join(parts)


def _said(review: Review, verdict: Verdict) -> str:
    says = verdict.statement.says
    if verdict.rule == "randomised_direction":
        return f"{says} (direction)"
    if not _licensed(verdict):
        return says
    rows = _decisions(review, verdict)
    if verdict.verdict == "superseded":
        rows = rows[rows["drug_class"] != context.DRUG_CLASS]
        return f"{says} (licensed instead: {_joined(rows['drug'])})"
    return f"{says} (licensed by {_joined(rows['agency'].str.upper())})"


def _decisions(review: Review, verdict: Verdict) -> pd.DataFrame:
    rows = review.records("regulatory", "context").set_index("regulatory_id")
    return rows.loc[list(verdict.rows)]


def _joined(words: Iterable[str]) -> str:
    """Join words, each once, in order."""
    return ", ".join(dict.fromkeys(words))


def _licensed(verdict: Verdict) -> bool:
    return verdict.rule == "licensed_alternative"


def verdict_text(review: Review, disease: str) -> str:
    """Return the first words of a disease's section: its verdicts, and what followed stopping."""
    return f"{_verdict_words(review, disease)}\n\n{_stopping_sentence(review, disease)}"


def _stopping_sentence(review: Review, disease: str) -> str:
    rows = context.relapses(review, disease)
    rows = rows[(rows["denominator_kind"] == "stopped") & rows["events"].notna()]
    rows = rows[rows["drug_class"] == context.DRUG_CLASS]
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


def verdict_table(review: Review, disease: str) -> pd.DataFrame:
    """Return each statement of the sources with its verdict, the rule, and the rows that gave it."""
    rows = [
        {
            "The source says": _statement(review, found.statement),
            "Later studies": "; ".join(_evidence(review, found)) or "nothing that may decide",
            "Verdict": Markup("<strong>{}</strong>").format(
                review.word("later_verdicts", found.verdict)
            ),
            "Rule": review.word("verdict_rules", found.rule),
            "Rows": ", ".join(found.rows) or "none",
        }
        for found in verdicts.verdicts(review, disease)
    ]
    return pd.DataFrame(rows)


def _statement(review: Review, statement: Statement) -> str:
    source = review.study(statement.study_id).label
    if statement.judged is None or statement.treated is None:
        return f"{statement.statement} ({source})"
    return f"{statement.statement} ({source}): {words.of_both(statement.judged, statement.treated)}"


def _evidence(review: Review, verdict: Verdict) -> list[str]:
    if _licensed(verdict):
        groups = _decisions(review, verdict).groupby(["agency", "status"], sort=False)
        return [
            f"{_joined(own['drug'])}: {words.small(review.word('regulatory_statuses', status))}, "
            f"{review.word('agencies', agency)}"
            for (agency, status), own in groups
        ]
    if verdict.tier == context.RANDOMISED:
        return [
            f"{c.experimental['label']}, {words.contrast_words(review, c)}"
            for c in verdicts.comparisons(review, verdict)
        ]
    rows = context.results(review, verdict.statement.disease)
    rows = rows[rows["result_id"].isin(verdict.rows)]
    return [words.study_count(row) for row in rows.to_dict("records")]


def harms_text(review: Review, disease: str) -> str:
    """Say who died of treatment or stopped it for harm, in later studies of the disease."""
    rows = _harms(review, disease)
    rows = rows[(rows["is_review"] == "no") & (rows["scope"] == "in_scope")]
    rows = rows[(rows["arm_kind"] != "control") & rows["denominator_kind"].isin(context.PATIENTS)]
    rows = rows[rows["events"].notna() & rows["n"].notna()]
    out = []
    for term in GRAVE:
        own = rows[rows["harm"] == term]
        told = [
            f"{_grave(review, row)} in {row['label']}{words.which_drug(review, row)}"
            for row in own.to_dict("records")
        ]
        if told:
            out.append(f"- **{review.word('harm_terms', term)}:** {'; '.join(told)}.")
    return (
        "\n".join(out)
        or "No study in scope counts deaths from treatment, or patients who stopped for harm."
    )


def _grave(review: Review, row: dict[str, Any]) -> str:
    """Write a count of harm: a share where patients were enrolled in advance, else without one."""
    if row["tier"] != context.RETROSPECTIVE:
        return str(clopper_pearson(int(row["events"]), int(row["n"])))
    design = words.small(review.word("context_designs", row["design"]))
    return f"{int(row['events'])} among {int(row['n'])} patients ({design}: no share of all treated)"


def _harms(review: Review, disease: str) -> pd.DataFrame:
    rows = [context.results(review, d) for d in BESIDE.get(disease, (disease,))]
    found = pd.concat([part for part in rows if len(part)], ignore_index=True)
    return found[(found["endpoint_class"] == "harm") & ~found["is_source"]]


def harms(review: Review, disease: str) -> pd.DataFrame:
    """Return every harm that later studies of a disease report; a randomised one as a contrast."""
    rows = _harms(review, disease)
    paired = [c for c in context.contrasts(rows) if c.difference is not None]
    inside = {name for c in paired for name in c.rows}
    out = [(c.experimental, str(c.difference)) for c in paired]
    single = context.in_order(rows[~rows["result_id"].isin(inside)])
    out += [(row, words.result(review, row)) for row in single.to_dict("records")]
    return pd.DataFrame(
        [
            {
                "Harm": _harm_words(review, row),
                "Patients": amount + (" *" if row["derived"] == "yes" else ""),
                "Drug": row["drug"],
                "Study": row["label"] + _marks(review, row),
            }
            for row, amount in sorted(out, key=lambda pair: _harm_words(review, pair[0]))
        ]
    )


def _harm_words(review: Review, row: dict[str, Any]) -> str:
    word = review.word("harm_terms", row["harm"]) if known(row["harm"]) else row["definition"]
    how = f", {words.criterion(review, row)}" if known(row["criterion"]) else ""
    return word + how


def _marks(review: Review, row: dict[str, Any]) -> str:
    """Return what a reader must know of a row: organ, review, one reader only."""
    told = [
        words.small(review.word("context_scopes", row["scope"])) if row["scope"] != "in_scope" else "",
        "review" if row["is_review"] == "yes" else "",
        "on the skin" if row["route"] == "topical" else "",
        "read once" if row["readings"] == 1 else "",
    ]
    return f" ({', '.join(filter(None, told))})" if any(told) else ""


def stopping(review: Review, disease: str) -> pd.DataFrame:
    """Return what is known of the time after the drug was stopped: results, then practical facts."""
    rows = context.relapses(review, disease).to_dict("records")
    out = [
        {
            "Study": row["label"] + _marks(review, row),
            "What": row["definition"],
            "How many": words.result(review, row),
        }
        for row in rows
        if not row["is_source"]
    ]
    names = {row["study_id"] for row in rows}
    facts = review.records("guidance", "context")
    facts = facts[(facts["disease"] == disease) & (facts["topic"] == "stopping")]
    studies = context.studies(review).set_index("study_id")["label"]
    out += [
        {"Study": studies.get(f["study_id"], f["source"]), "What": f["fact"], "How many": "–"}
        for f in facts[~facts["study_id"].isin(names)].to_dict("records")
    ]
    nothing = {"Study": "none", "What": "No later study in scope tells of it", "How many": "–"}
    return pd.DataFrame(out or [nothing])


def as_of(review: Review) -> str:
    """Return the day on which licences were read, or the first and the last of several."""
    days = sorted(set(review.records("regulatory", "context")["as_of"]))
    return " to ".join(dict.fromkeys(dates.format_date(day) for day in (days[0], days[-1])))


def licences(review: Review, disease: str) -> pd.DataFrame:
    """Return what agencies decided on drugs for a disease: mTOR inhibitors first, then others."""
    rows = review.records("regulatory", "context")
    rows = rows[rows["disease"] == disease]
    rows = rows.assign(other=rows["drug_class"] != context.DRUG_CLASS).sort_values(
        "other", kind="stable"
    )
    return pd.DataFrame(
        [
            {
                "Drug": Markup(
                    f"{html.escape(row['drug'])}<br><span class='lr-unit'>"
                    f"{html.escape(review.word('drug_classes', row['drug_class']))}</span>"
                ),
                "Agency": review.word("agencies", row["agency"]),
                "Status": review.word("regulatory_statuses", row["status"]),
                "Since": row["date"],
                "For whom": row["indication"],
                "Read": "by one person" if row["readings"] == 1 else "by two",
            }
            for row in rows.to_dict("records")
        ]
    )


def used(review: Review, disease: str) -> pd.DataFrame:
    """Return every later study of a disease: what it decides, or why it decides nothing.

    Of a study with several results the reason is that of the one that came nearest to deciding.
    """
    order = list(review.vocabulary["row_roles"])
    found: dict[str, str] = {}
    for statement in verdicts.statements(review, disease):
        if statement.endpoint_class == verdicts.USE:
            continue
        for row in verdicts.roles(review, statement).to_dict("records"):
            rank, before = _nearness(order, row["role"]), found.get(row["study_id"], "other_endpoint")
            if rank >= _nearness(order, before):
                found[row["study_id"]] = row["role"]
    studies = context.studies(review)
    studies = studies[studies["disease"].isin(BESIDE.get(disease, (disease,)))]
    return _listed(review, studies, found)


def _nearness(order: list[str], role: str) -> int:
    if role == "other_endpoint":
        return -1
    return len(order) if role == "decides" else order.index(role)


def elsewhere(review: Review) -> pd.DataFrame:
    """Return later studies of diseases that no source is about."""
    studies = context.studies(review)
    shown = {d for disease in diseases(review) for d in BESIDE.get(disease, (disease,))}
    return _listed(review, studies[~studies["disease"].isin(shown)], {})


def _listed(review: Review, studies: pd.DataFrame, roles: dict[str, str]) -> pd.DataFrame:
    out = []
    for row in studies.to_dict("records"):
        outside = "out_of_scope" if row["scope"] != "in_scope" else "other_endpoint"
        role = roles.get(row["study_id"], outside)
        role = outside if role == "other_endpoint" else role
        n = row["n_enrolled"] if known(row["n_enrolled"]) else row["n_analysed"]
        out.append(
            {
                "Study": _linked(row),
                "Whom": row["population"] + (f" (n = {int(n)})" if known(n) else ""),
                "Drug": row["drug"],
                "Design": review.word("context_designs", row["design"]),
                "Part in the verdicts": review.word("row_roles", role),
                "Read": f"{review.word('accesses', row['access'])}, "
                + ("by one person" if row["readings"] == 1 else "by two"),
            }
        )
    return pd.DataFrame(out)


def _linked(study: dict[str, Any]) -> Markup:
    label = html.escape(study["label"])
    address = (
        f"https://doi.org/{study['doi']}"
        if known(study["doi"])
        else f"https://pubmed.ncbi.nlm.nih.gov/{study['pmid']}/"
        if known(study["pmid"])
        else study["address"]
    )
    return Markup(f'<a href="{html.escape(address)}">{label}</a>')


def refusals(review: Review) -> pd.DataFrame:
    """Return every set of counts that might be pooled: what stands against it, or the pooled share."""
    return pd.DataFrame(
        [
            {
                "Counts": f"{review.word('indications', p.disease)}: "
                f"{words.small(review.word(CLASSES, p.endpoint_class))}",
                "Design": review.word("evidence_tiers", p.tier),
                "Studies": "; ".join(_pooled_study(r) for r in p.rows.to_dict("records")),
                "Fails": _failed(review, p) or "nothing",
                "Pooled": _pooled(p) if not p.failed else "refused",
            }
            for p in pooling.pools(review)
        ]
    )


def _pooled_study(row: dict[str, Any]) -> str:
    star = " *" if row["derived"] == "yes" else ""
    return f"{row['label']} {int(row['events'])}/{int(row['n'])}{star}"


def _failed(review: Review, pool: pooling.Pool) -> str:
    return "; ".join(review.word("pooling_conditions", name) for name in pool.failed)


def _pooled(pool: pooling.Pool) -> str:
    told = []
    for found, of in ((pool.judged, "judged"), (pool.enrolled, "enrolled")):
        if found is not None:
            limits = " to ".join(format_percent(x) for x in (found.lower, found.upper))
            told.append(f"{format_percent(found.estimate)} of those {of} ({limits})")
    ends = [p.estimate for p in pool.without]
    return (
        f"{'; '.join(told)}; leaving one out {format_percent(min(ends))} to {format_percent(max(ends))}"
    )


def by_disease(review: Review, page: str = f"{PAGE}.html") -> pd.DataFrame:
    """Return the verdicts on each disease, a line for each, with a link to their reasons."""
    return pd.DataFrame(
        [
            {
                "Disease": review.word("indications", disease),
                "What later studies say": Markup(verdict_line(review, disease, page)),
            }
            for disease in diseases(review)
        ]
    )


def plain_words(review: Review) -> str:
    """Return what the verdicts come to, in plain language."""
    found = verdicts.verdicts(review)
    n = Counter(v.verdict for v in found)
    studies = context.studies(review)
    return f"""
Other people have since treated more patients. We read {len(studies)} of their studies, most of
them in short form. We asked if they bear out what our papers say. We looked at {len(found)}
things that our papers say. Of these, {n["confirmed"]} were found again, at least in kind if not
in size. {n["weaker"]} came out weaker, and {n["contradicted"]} did not hold. {n["untested"]} have
not been put to the test in a way that we can count. For {n["superseded"]}, another kind of drug
has been licensed. When the drug is stopped, the trouble can come back. We do not know which other
studies exist. None of this says what will happen to one person.
"""
