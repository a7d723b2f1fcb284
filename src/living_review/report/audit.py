"""The audit for readers: the same table, marks and links in its chapter and in each study's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup

from living_review import audit
from living_review.audit.rounding import GOOD
from living_review.evidence import Review
from living_review.report import evidence_cards, sections

NO_BREAK = "what-reproduces-and-what-does-not"
JUDGED = "judged by reading"
PARAGRAPH = Markup("<p>{}</p>")
# What is beside the printed words, where nothing is recomputed.
HOW = {"equality": "elsewhere", "unit": "elsewhere", "statement": "found"}


def ordered(results: Sequence[audit.Result], review: Review) -> list[audit.Result]:
    """Return results with what matters most first, then by verdict, then in the order of the rows.

    Parameters
    ----------
    results : sequence of Result
        Results of the audit (:func:`living_review.audit.check_all`).
    review : Review
        The opened evidence.

    Returns
    -------
    list of Result
        The same results.
    """
    last = ("not checkable", "rounding", *reversed(GOOD))
    words = [v for v in review.vocabulary["verdicts"] if v not in last] + list(last)
    matter = [*review.vocabulary["materiality"], ""]
    return sorted(results, key=lambda r: (matter.index(r.materiality), words.index(r.verdict)))


def conflicts(results: Sequence[audit.Result]) -> list[audit.Result]:
    """Return what neither reproduces nor is uncheckable: rounding and every kind of conflict."""
    return [r for r in results if r.is_finding]


def table(results: Sequence[audit.Result], review: Review, *, chapter: bool = False) -> pd.DataFrame:
    """Return results as a table for :func:`.display.table` with ``row_header=False``.

    Two or three columns, so that it can be read on a phone without scrolling sideways.

    Parameters
    ----------
    results : sequence of Result
        From :func:`living_review.audit.audit`.
    review : Review
        For the names of studies.
    chapter : bool
        Whether the table is in a study's own chapter: no column of studies, and each row is
        the place that the audit chapter links to.

    Returns
    -------
    pandas.DataFrame
        One row per claim: study (a link to its chapter), verdict (symbol and word), and the claim:
        printed, recomputed, explanation, arithmetic, place in the paper, link to the row of data.
    """
    rows = [
        {
            "Study": _study(r, review),
            "Verdict": sections.verdict_mark(r.verdict),
            "Printed and recomputed, why, and where": _claim(r, anchored=chapter),
        }
        for r in results
    ]
    frame = pd.DataFrame(rows)
    return frame.drop(columns="Study") if chapter and rows else frame


def _slug(result: audit.Result) -> str:
    return f"claim-{result.study}-{result.claim}".replace("_", "-")


def _study(result: audit.Result, review: Review) -> Markup:
    label = review.study(result.study).label
    return Markup('<a href="{}.html#{}">{}</a>').format(result.study, _slug(result), label)


def _claim(result: audit.Result, *, anchored: bool) -> Markup:
    place = Markup(' id="{}"').format(_slug(result)) if anchored else ""
    lines = [Markup("<p{}>{}</p>").format(place, _both(result))]
    if result.explanation:
        lines.append(PARAGRAPH.format(result.explanation))
    if result.explained_by not in ("", result.explanation, result.arithmetic):
        lines.append(PARAGRAPH.format(f"Found by search: {result.explained_by}."))
    # The name of the row is for those who open the file: it is no word for a reader.
    row = Markup('<a href="../data/{}/claims.csv" title="row {}" download>as data</a>')
    quiet = Markup('<p class="lr-unit">{}</p>')
    lines.append(quiet.format(result.arithmetic))
    where: list[str] = [_cards(result), row.format(result.study, result.claim)]
    if result.materiality:
        where.insert(1, f"{result.materiality}: {result.issue.replace('_', ' ')}")
    lines.append(quiet.format(Markup(" · ").join(where)))
    return Markup("").join(lines)


def _cards(result: audit.Result) -> Markup:
    """Return the place in the paper as a link to the card of the row under test, if there is one."""
    study, _, reference = (result.references or ("",))[0].partition(":")
    if not reference or reference.startswith(("groups/", "claims/")):
        return evidence_cards.link(result.study, f"claims/{result.claim}", result.locator)
    return evidence_cards.link(study, reference, result.locator)


def _both(result: audit.Result) -> Markup:
    printed = Markup("printed <strong>{}</strong> · ").format(result.printed)
    if result.judged:
        return printed + JUDGED
    how = HOW.get(result.kind, "recomputed")
    return printed + Markup("{} <strong>{}</strong>").format(how, result.recomputed or "not possible")


def headlines(
    results: Sequence[audit.Result], study: str | None = None, most: int = 3
) -> list[audit.Result]:
    """Return the findings flagged as those that matter most, first all firsts, then all seconds.

    Parameters
    ----------
    results : sequence of Result
        Results of the audit (:func:`living_review.audit.check_all`).
    study : str, optional
        Name of a study's folder; None for all.
    most : int, optional
        How many headlines of each study.

    Returns
    -------
    list of Result
        At most ``most`` of each study.
    """
    chosen = [r for r in results if r.headline and r.headline <= most and study in (None, r.study)]
    return sorted(chosen, key=lambda r: (r.headline, r.study))


def summary(results: Sequence[audit.Result]) -> str:
    """Return one paragraph: what reproduces, how many issues do not and how much they matter.

    Findings that are one issue in several places count once. What cannot be checked is listed apart: it
    speaks neither for a paper nor against it.
    """
    good = sum(r.verdict in GOOD for r in results)
    bad = len(conflicts(results))
    text = f"**{good} of the {good + bad} claims that can be checked reproduce.** "
    if found := audit.distinct_issues(results):
        judged = sum(issue.judged for issue in found)
        number = f"{len(found)} distinct issue{'s' * (len(found) > 1)}"
        text += (
            f"The others amount to **{number}** (in {bad} claim{'s' * (bad > 1)}): {_matter(found)}. "
            f"{len(found) - judged} of the issues rest on computation, {judged} on reading alone. "
        )
    return text + (
        f"Another {len(results) - good - bad} claims cannot be checked from what is printed, which "
        "says nothing for or against them. What is printed is being checked, not its authors."
    )


MATTER = {
    "material": "material (a number or statement that a reader would use changes)",
    "minor": "minor",
    "wording": "a matter of wording",
}


def _matter(found: Sequence[audit.Issue]) -> str:
    count = Counter(issue.materiality for issue in found)
    parts = [f"{count[word]} {said}" for word, said in MATTER.items() if count[word]]
    return ", ".join(parts)


def findings_list(results: Sequence[audit.Result], review: Review, *, chapter: bool = False) -> str:
    """Return flagged findings as a numbered Markdown list: what it means, then the arithmetic.

    Parameters
    ----------
    results : sequence of Result
        Results of the audit (:func:`living_review.audit.check_all`).
    review : Review
        The opened evidence.
    chapter : bool, optional
        Whether it is in the chapter of the one study: its name is then left out.

    Returns
    -------
    str
        Markdown.
    """
    lines = []
    for i, r in enumerate(results, start=1):
        head = "" if chapter else f"**{review.study(r.study).label}.** "
        place = NO_BREAK if chapter else f"{r.study}.html#{_slug(r)}"
        link = "" if chapter else f" ([in its chapter]({place}))"
        words = _plain(r.explanation)
        lines.append(f"{i}. {head}{words} *{_plain(r.locator)}: {_plain(r.arithmetic)}.*{link}")
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Keep Markdown from reading signs of arithmetic as its own."""
    for sign in "\\*_[]<>$`":
        text = text.replace(sign, "\\" + sign)
    return text


def tally(results: Sequence[audit.Result], review: Review) -> pd.DataFrame:
    """Return the number of claims by study and verdict: a row for each study and one for all.

    Parameters
    ----------
    results : sequence of Result
        Results of the audit (:func:`living_review.audit.check_all`).
    review : Review
        The opened evidence.

    Returns
    -------
    pandas.DataFrame
        ``Study``, ``Claims`` and a column for each verdict that occurs.
    """
    used = [v for v in review.vocabulary["verdicts"] if any(r.verdict == v for r in results)]
    studies = list(dict.fromkeys(r.study for r in results))
    rows = []
    for name, chosen in [(s, [r for r in results if r.study == s]) for s in studies] + [
        ("All", list(results))
    ]:
        count = Counter(r.verdict for r in chosen)
        label = name if name == "All" else review.study(name).label
        rows.append({"Study": label, "Claims": len(chosen)} | {v.capitalize(): count[v] for v in used})
    return pd.DataFrame(rows)


def verdict_counts(results: Sequence[audit.Result], review: Review) -> pd.DataFrame:
    """Return ``study``, ``verdict``, ``claims`` for the picture; verdicts as in the vocabulary.

    Parameters
    ----------
    results : sequence of Result
        Results of the audit (:func:`living_review.audit.check_all`).
    review : Review
        The opened evidence.

    Returns
    -------
    pandas.DataFrame
        One row for each study and verdict.
    """
    count = Counter((r.study, r.verdict) for r in results)
    return pd.DataFrame(
        [
            {"study": s, "verdict": v, "claims": count[s, v]}
            for v in review.vocabulary["verdicts"]
            for s in review.study_ids
            if count[s, v]
        ],
        columns=["study", "verdict", "claims"],
    )


def rounding_habits(review: Review, studies: Sequence[str]) -> pd.DataFrame:
    """Return, for each paper, how many of its percentages each rounding convention gives.

    Parameters
    ----------
    review : Review
        The opened evidence.
    studies : sequence of str
        Names of studies' folders.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    rows = []
    for study in studies:
        fits = audit.conventions(review, study)
        if not fits:
            continue
        row = {"Study": review.study(study).label, "Percentages": fits[0].of}
        row |= {f.convention.capitalize(): f.fits for f in sorted(fits, key=_order)}
        best = [f.convention for f in fits if f.fits == fits[0].fits]
        row["Fits the paper best"] = " or ".join(best)
        rows.append(row)
    return pd.DataFrame(rows)


def _order(fit: audit.Fit) -> int:
    from living_review.audit.rounding import CONVENTIONS

    return list(CONVENTIONS).index(fit.convention)


WHEN = {
    "reproduced": "The computed value, rounded in a usual way, is the printed one.",
    "reproduced by truncation": "The printed value is the computed one with its digits cut off.",
    "rounding": "Rounding of the inputs, days not printed or two ways of rounding can make it.",
    "arithmetic error": "The printed ingredients give another number, by every usual way of rounding.",
    "text and table disagree": "Two places of the same paper give one quantity differently.",
    "unit conflict": "One quantity has units that cannot both be right.",
    "definition conflict": "The words and the number refer to different patients or things.",
    "quoted wrongly": "The source quoted says something else.",
    "not checkable": "What would be needed is not printed.",
}


def meanings(review: Review) -> pd.DataFrame:
    """Return the verdicts of the vocabulary with when each is given."""
    return pd.DataFrame(
        [
            {
                "Verdict": sections.verdict_mark(v),
                "Given when": WHEN.get(v, review.vocabulary["verdicts"][v]),
            }
            for v in review.vocabulary["verdicts"]
        ]
    )


# Kinds without a number under test: two or more places, or words and what is against them.
COMPARED = ("equality", "unit", "statement")
MANY = 4  # more numbers of one section than this are counted, not listed


def touching(
    results: Sequence[audit.Result], used: pd.DataFrame, review: Review
) -> list[tuple[audit.Result, pd.DataFrame]]:
    """Return the conflicts that touch a number used elsewhere, each with the rows of that use.

    Parameters
    ----------
    results : sequence of Result
        From :func:`living_review.audit.audit`.
    used : pandas.DataFrame
        From :func:`living_review.synthesis.provenance`: ``reference`` (``study:table/id``),
        ``section``, ``value``, ``rule`` and ``stands``.
    review : Review
        For the order of verdicts.

    Returns
    -------
    list of (Result, pandas.DataFrame)
        By verdict; the frame holds the rows of ``used`` that the claim names as target or input.
    """
    found = ordered(conflicts(audit.touching(results, used["reference"])), review)
    return [(r, used[used["reference"].isin({_row(name) for name in r.references})]) for r in found]


def _row(reference: str) -> str:
    return reference.rpartition(".")[0]


def touching_table(results: Sequence[audit.Result], used: pd.DataFrame, review: Review) -> pd.DataFrame:
    """Return :func:`touching` as a table: study, verdict, the number used, the conflict, the rule.

    Three columns, for ``row_header=False`` and the class ``lr-claims``, as in :func:`table`.

    Parameters
    ----------
    results : sequence of Result
        Results of the audit (:func:`living_review.audit.check_all`).
    used : pandas.DataFrame
        Rows that a page shows, with ``reference``.
    review : Review
        The opened evidence.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    rows = [
        {
            "Study": _study(result, review),
            "Verdict": sections.verdict_mark(result.verdict),
            "The number used here, the conflict, and which value is used": _use(result, own),
        }
        for result, own in touching(results, used, review)
    ]
    return pd.DataFrame(rows)


def _use(result: audit.Result, own: pd.DataFrame) -> Markup:
    lines: list[str] = [
        Markup("{}: <strong>{}</strong>").format(section, _values(part))
        for section, part in own.groupby("section", sort=False)
    ]
    why = "; ".join(dict.fromkeys(own["rule"]))
    lines += [
        Markup("Conflict: {}. {}").format(_both(result), result.explanation),
        f"Used here: {_part(result, own)}. Rule: {why}.",
        Markup('<span class="lr-unit">{}</span>').format(result.locator),
    ]
    return Markup("").join(map(PARAGRAPH.format, lines))


def _values(part: pd.DataFrame) -> str:
    values = list(dict.fromkeys(part["value"]))
    return f"{len(values)} numbers" if len(values) > MANY else "; ".join(values)


def is_under_test(result: audit.Result, own: pd.DataFrame) -> bool:
    """Return whether the number under test is itself one of the rows used.

    Parameters
    ----------
    result : Result
        A result of the audit.
    own : pandas.DataFrame
        Rows used, with ``reference``.

    Returns
    -------
    bool
        True if it is.
    """
    return result.kind not in COMPARED and _row(result.references[0]) in set(own["reference"])


def _part(result: audit.Result, own: pd.DataFrame) -> str:
    """State what the number used here is to the claim."""
    if result.kind in COMPARED:
        places = dict.fromkeys(p.partition(", row ")[0] for p in own["stands"])
        return f"what is printed in {'; '.join(places)}"
    if is_under_test(result, own):
        return "the number under test, as it is printed"
    return "what the claim is computed from; the number under test is not used here"
