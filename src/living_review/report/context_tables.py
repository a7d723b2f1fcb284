"""Tables of later studies: verdicts with their rows, harms, licences, every study, refused pools."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import Markup

from living_review.evidence import Review
from living_review.report import citing, context_figure, display
from living_review.report import context as later
from living_review.report import context_words as words
from living_review.report.citing import ROWS
from living_review.report.practical import address
from living_review.stats.proportions import format_percent
from living_review.synthesis import context, pooling, verdicts
from living_review.synthesis.context import known

USUAL = "abstract"  # what was read of most studies
CLASSES = ["endpoint_classes", "further_endpoint_classes"]
HARMS_NOTE = (
    "Exact 95% limits; a randomised harm is a difference between arms. A star marks a count computed "
    "from a percentage. A harm that nobody reports is not a harm that did not happen."
)


def of_disease(review: Review, disease: str, name: str) -> display.HtmlOutput:
    """Show the tables of a disease behind one line, each folded behind its caption.

    Parameters
    ----------
    review : Review
    disease : str
    name : str
        What the tables' names begin with.

    Returns
    -------
    HtmlOutput
        Shown by a notebook as the last line of a cell.
    """
    word = review.word("indications", disease)
    found = {
        "verdicts": verdict_table(review, disease),
        "undrawn": context_figure.not_drawn(review, disease),
        "harms": harms(review, disease),
        "licences": licences(review, disease),
        "used": used(review, disease),
    }
    kept = {key: table for key, table in found.items() if len(table)}
    if not kept:
        return display.text(f"Nothing was read of {words.small(word)} beside the sources.")
    shown = [
        display.table(
            table,
            f"{word}: {CAPTIONS[key]}",
            f"{name}-{key}",
            note=NOTES.get(key),
            classes="lr-explore",
            folded=True,
        ).content
        for key, table in kept.items()
    ]
    content = Markup(
        '<details class="lr-fold">\n<summary>{} <span>({} tables)</span></summary>\n{}\n</details>'
    ).format(
        f"{word}: verdicts with their rows, harms, licences, every study",
        len(kept),
        Markup("\n".join(shown)),
    )
    return display.HtmlOutput(content, f"Tables: {word}")


CAPTIONS = {
    "verdicts": "each statement, with its rule and rows",
    "undrawn": "results outside the figure",
    "harms": "harms in later studies",
    "licences": "licences and alternatives",
    "used": "every later study, and its part in the verdicts",
}
UNDRAWN = (
    "Retrospective studies, where better designs give a count, and results without a count. A star "
    "marks a count computed from a percentage."
)
READ = "Read in the abstract, by two people, unless a study is marked."
NOTES = {"undrawn": UNDRAWN, "harms": HARMS_NOTE, "used": READ}


def verdict_table(review: Review, disease: str) -> pd.DataFrame:
    """Return each statement of the sources with its verdict, the rule, and the rows that gave it.

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
    rows = [
        {
            "The source says": words.statement_words(review, found.statement),
            "Later studies": "; ".join(words.evidence_words(review, found))
            or "nothing that may decide",
            "Verdict": Markup("<strong>{}</strong>").format(
                review.word("later_verdicts", found.verdict)
            ),
            "Rule": review.word("verdict_rules", found.rule),
            "Rows": ", ".join(found.rows) or "none",
            ROWS: [*_own(found.statement), *_beside(found)],
        }
        for found in verdicts.verdicts(review, disease)
    ]
    return pd.DataFrame(rows)


def _own(statement: verdicts.Statement) -> list[str]:
    return [f"{statement.study_id}/{row}" for row in statement.rows]


def _beside(found: verdicts.Verdict) -> list[str]:
    """Return the rows that gave a verdict: what agencies decided, or results of later studies."""
    table = "regulatory" if found.statement.endpoint_class == verdicts.USE else "results"
    return [f"{citing.CONTEXT}/{table}/{row}" for row in found.rows]


def harms(review: Review, disease: str) -> pd.DataFrame:
    """Return every harm that later studies of a disease report; a randomised one as a contrast.

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
    rows = context.harms(review, disease)
    paired = [c for c in context.contrasts(rows) if c.difference is not None]
    inside = {name for c in paired for name in c.rows}
    rows_of = {c.experimental["result_id"]: c.rows for c in paired}
    out = [(c.experimental, str(c.difference)) for c in paired]
    single = context.in_order(rows[~rows["result_id"].isin(inside)])
    out += [(row, words.result(review, row)) for row in single.to_dict("records")]
    return pd.DataFrame(
        [
            {
                "Harm": _harm_words(review, row),
                "Patients": amount + (" *" if row["derived"] == "yes" else ""),
                "Drug": row["drug"],
                "Study": row["label"] + words.marks(review, row),
                ROWS: [
                    f"{citing.CONTEXT}/results/{name}"
                    for name in rows_of.get(row["result_id"], (row["result_id"],))
                ],
            }
            for row, amount in sorted(out, key=lambda pair: _harm_words(review, pair[0]))
        ]
    )


def _harm_words(review: Review, row: dict[str, Any]) -> str:
    word = review.word("harm_terms", row["harm"]) if known(row["harm"]) else row["definition"]
    how = f", {words.criterion(review, row)}" if known(row["criterion"]) else ""
    return word + how


def licences(review: Review, disease: str) -> pd.DataFrame:
    """Return what agencies decided on drugs for a disease: the class under review first, then others.

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
    rows = review.records("regulatory", "context")
    rows = rows[rows["disease"] == disease]
    rows = rows.assign(other=rows["drug_class"] != review.topic.drug_class).sort_values(
        "other", kind="stable"
    )
    return pd.DataFrame(
        [
            {
                "Drug": Markup("{}<br><span class='lr-unit'>{}</span>").format(
                    row["drug"], review.word("drug_classes", row["drug_class"])
                ),
                "Agency": review.word("agencies", row["agency"]),
                "Status": review.word("regulatory_statuses", row["status"]),
                "Since": row["date"],
                "For whom": row["indication"],
                "Read": "by one person" if row["readings"] == 1 else "by two",
                ROWS: [f"{citing.CONTEXT}/regulatory/{row['regulatory_id']}"],
            }
            for row in rows.to_dict("records")
        ]
    )


def used(review: Review, disease: str) -> pd.DataFrame:
    """Return every later study of a disease that is in scope: what it decides, or why nothing.

    Of a study with several results the reason is that of the one that came nearest to deciding.

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
    found = _parts(review, disease)
    studies = context.studies(review)
    return _listed(review, studies[studies["study_id"].isin(_in_scope(review, disease))], found)


def _parts(review: Review, disease: str) -> dict[str, str]:
    order = list(review.vocabulary["row_roles"])
    found: dict[str, str] = {}
    for statement in verdicts.statements(review, disease):
        if statement.endpoint_class == verdicts.USE:
            continue
        for row in verdicts.roles(review, statement).to_dict("records"):
            rank, before = _nearness(order, row["role"]), found.get(row["study_id"], "other_endpoint")
            if rank >= _nearness(order, before):
                found[row["study_id"]] = row["role"]
    return found


def _in_scope(review: Review, disease: str) -> set[str]:
    """Return the studies of a disease, and those of another organ that decide something about it."""
    rows = context.studies(review)
    rows = rows[rows["disease"] == disease]
    deciding = {study for study, role in _parts(review, disease).items() if role == "decides"}
    return set(rows.loc[rows["scope"] == "in_scope", "study_id"]) | deciding


def _nearness(order: list[str], role: str) -> int:
    if role == "other_endpoint":
        return -1
    return len(order) if role == "decides" else order.index(role)


def elsewhere(review: Review) -> pd.DataFrame:
    """Return later studies of organs and diseases that no source is about."""
    studies = context.studies(review)
    inside = {name for disease in later.diseases(review) for name in _in_scope(review, disease)}
    return _listed(review, studies[~studies["study_id"].isin(inside)], {})


def _listed(review: Review, studies: pd.DataFrame, roles: dict[str, str]) -> pd.DataFrame:
    out = []
    for row in studies.to_dict("records"):
        outside = "out_of_scope" if row["scope"] != "in_scope" else "other_endpoint"
        role = roles.get(row["study_id"], outside)
        role = outside if role == "other_endpoint" else role
        n = row["n_enrolled"] if known(row["n_enrolled"]) else row["n_analysed"]
        out.append(
            {
                "Study": _linked(row) + _read(review, row),
                "Patients": row["population"] + (f" (n = {int(n)})" if known(n) else ""),
                "Drug": row["drug"],
                "Design": review.word("context_designs", row["design"]),
                "Part in the verdicts": review.word("row_roles", role),
                ROWS: [f"{citing.CONTEXT}/studies/{row['study_id']}"],
            }
        )
    return pd.DataFrame(out)


def _read(review: Review, study: dict[str, Any]) -> str:
    """Return how a study was read where that is not in its abstract and by two people."""
    marks = [words.small(review.word("accesses", study["access"]))] if study["access"] != USUAL else []
    marks += ["read once"] if study["readings"] == 1 else []
    return f" ({', '.join(marks)})" if marks else ""


def _linked(study: dict[str, Any]) -> Markup:
    return Markup('<a href="{}">{}</a>').format(address(study), study["label"])


def refusals(review: Review) -> pd.DataFrame:
    """Return every set of counts that might be pooled: what is against it, or the pooled share."""
    return pd.DataFrame(
        [
            {
                "Counts": f"{review.word('indications', p.disease)}: "
                f"{words.small(review.word(CLASSES, p.endpoint_class))}",
                "Design": review.word("evidence_tiers", p.tier),
                "Studies": "; ".join(_pooled_study(r) for r in p.rows.to_dict("records")),
                "Fails": _failed(review, p) or "nothing",
                "Pooled": _pooled(p) if not p.failed else "refused",
                ROWS: [f"{citing.CONTEXT}/results/{row}" for row in p.rows["result_id"]],
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
