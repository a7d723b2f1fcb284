"""What is known of each disease, in the same rows for every one: benefit, harm, dose, what came after.

A cell holds a paragraph for each finding, every count with its denominator and exact interval; a row
that nothing is known of says *not reported*. :func:`front_page` is the same in one line a disease.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby

import pandas as pd
from markupsafe import Markup

from living_review import synthesis
from living_review.evidence import Review, Study, ratings
from living_review.evidence.codes import MISSING
from living_review.report import citing, display, sections
from living_review.report import context as later
from living_review.report import context_words as words
from living_review.report import harms as report_harms
from living_review.report import synthesis as report_synthesis
from living_review.report.display import HtmlOutput
from living_review.report.harms import paragraphs
from living_review.stats import proportions
from living_review.stats.number_words import in_words
from living_review.stats.proportions import Proportion
from living_review.synthesis import context, harms, verdicts
from living_review.synthesis.individual_patients import as_unit, locator_rank

NONE = "not reported"
# Results that say that patients or their lesions got better, and that they did not.
EASED = ("analgesic_use", "function")
NO_BETTER = ("stability", "progression")
TURNED = ("_worse", "_unchanged")
FEWEST = 2  # studies on the front page of what followed stopping, those of the best design
FEW, SEVERAL = 3, 8  # harms on the front page and on that of all sources
AUDIT = "which-conflicts-touch-a-number-of-the-synthesis"  # the part of the audit
ESTIMATES = ("median", "probability")  # of survival


def studies(review: Review, disease: str) -> list[Study]:
    """Return the sources on a disease.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        A disease of the sources, a word of ``indications``.

    Returns
    -------
    list of Study
        In the order of the review.
    """
    return [study for study in review.studies if study.meta["indication"] == disease]


# --- Benefit --------------------------------------------------------------------------------------


def better(review: Review, disease: str, classes: Iterable[str] | None = None) -> list[Markup]:
    """Return who got better: a line for each chosen count of some results, with its bar.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        A disease of the sources, a word of ``indications``.
    classes : iterable of str, optional
        Results that say that something got better; default all of them.

    Returns
    -------
    list of Markup
        A line for each finding; none where nothing is reported.
    """
    every = (*synthesis.got_better(review.topic), *EASED)
    wanted = list(every if classes is None else classes)
    return [
        line
        for study in studies(review, disease)
        for row in synthesis.proportions_of(study).assign(study_id=study.study_id).to_dict("records")
        if row["endpoint_class"] in wanted
        for line in _shares(review, row)
    ]


def unchanged_or_worse(review: Review, disease: str, *, brief: bool = False) -> list[Markup]:
    """Return who did not get better: statements that nothing changed, stable, worse, not judged.

    Parameters
    ----------
    review : Review
    disease : str
    brief : bool
        Whether a count of those judged is shown without that of all treated; those who could not be
        judged have a line of their own.

    Returns
    -------
    list of Markup
        A line for each finding; none where nothing is reported.
    """
    said = verdicts.statements(review, disease)
    unchanged = [s for s in said if s.direction != "better" and s.judged is not None]
    out = [
        found(s.statement, _linked_to(count(s.judged), s.study_id, s.rows), s.judged)
        for s in unchanged
        if s.judged is not None
    ]
    # That no lesion shrank and that all were stable is one finding: it is not repeated.
    known = {s.endpoint_class for s in unchanged}
    not_better = (*NO_BETTER, *TURNED, *synthesis.got_worse(review.topic))
    for study in studies(review, disease):
        chosen = synthesis.proportions_of(study).assign(study_id=study.study_id)
        for row in chosen.to_dict("records"):
            same = row["endpoint_class"] == "stability" and "lesion_response" in known
            if not same and row["endpoint_class"].endswith(not_better):
                out += _shares(review, row, brief=brief)
        missing = chosen.loc[chosen["endpoint_class"] == "lesion_response"]
        for row in missing[missing["n_evaluable"] < missing["n_treated"]].to_dict("records"):
            left = proportions.clopper_pearson(row["n_treated"] - row["n_evaluable"], row["n_treated"])
            counted = _linked_to(count(left), study.study_id, row["rows"])
            out.append(found("Response could not be judged", counted, left))
    return out


def _shares(review: Review, row: dict, *, brief: bool = False) -> list[Markup]:
    what = synthesis.heading(review, row["endpoint_class"], row["criterion"])
    star = "; in words, the paper prints no number" if row["inferred"] else ""
    judged, treated = (
        proportions.clopper_pearson(row["events"], row[n]) for n in ("n_evaluable", "n_treated")
    )
    of_judged, of_treated = (
        _linked_to(count(s), row["study_id"], row["rows"]) for s in (judged, treated)
    )
    if judged == treated:
        return [found(what, of_judged + star, judged)]
    # Those who could not be judged may have done worse.
    both = of_judged + " of those judged"
    both += star if brief else Markup(", {} of all treated{}").format(of_treated, star)
    return [found(what, both, judged)]


def _linked_to(said: str, study: str, rows: Iterable[str]) -> Markup:
    """Return a number as a link to the rows of a study that it rests on."""
    return citing.lead(Markup("{}").format(said), [f"{study}/{row}" for row in rows])


def _beside(said: str, *results: str) -> Markup:
    """Return a number as a link to results of later studies."""
    return _linked_to(said, citing.CONTEXT, [f"results/{name}" for name in results])


def count(share: Proportion) -> str:
    """Write a count with its share and exact limits, whose level the caption states.

    Examples
    --------
    >>> count(proportions.clopper_pearson(5, 7))
    '5 of 7 (71%; 29% to 96%)'
    """
    at, low, high = map(proportions.format_percent, (share.estimate, share.lower, share.upper))
    return f"{share.events} of {share.n} ({at}; {low} to {high})"


def found(what: str, said: str, share: Proportion | None = None) -> Markup:
    """Return one finding; the bar is for the eye alone, the words beside it say the same.

    Parameters
    ----------
    what : str
        What was found; empty where the line above says it.
    said : str
        The count, or what was found, in words.
    share : Proportion, optional
        What the bar shows; no bar without it.

    Returns
    -------
    Markup
        The name, the bar and the words.
    """
    bar = ""
    if share:
        ends = ";".join(
            f"--{name}:{100 * value:.0f}"
            for name, value in (("from", share.lower), ("to", share.upper), ("at", share.estimate))
        )
        bar = Markup('<span class="lr-share" style="{}" aria-hidden="true"></span>').format(ends)
    name = Markup("")
    if what:
        name = Markup('<span class="lr-found">{}<span class="lr-unseen">:</span></span> ').format(what)
    return Markup("{}{}{}").format(name, bar, said)


def survival(review: Review, disease: str) -> list[str]:
    """Return printed survival: estimates of the sources, each once.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        A disease of the sources, a word of ``indications``.

    Returns
    -------
    list of str
        A line for each finding; none where nothing is reported.
    """
    return [
        Markup("{}: {} ({})").format(
            row["quantity"].replace("_", " ").capitalize(),
            _linked_to(_value(row), study.study_id, [f"statistics/{row['id']}"]),
            study.label,
        )
        for study in studies(review, disease)
        for row in study.once("statistics").to_dict("records")
        if row["quantity"].startswith("overall_survival") and row["statistic"] in ESTIMATES
    ]


def _value(row: dict) -> str:
    unit = "%" if row["unit"] == "percent" else f" {row['unit']}s"
    limits = ""
    if pd.notna(row["lower"]) and pd.notna(row["upper"]):
        kind = {"confidence": "95% CI ", "range": "range "}.get(row["interval"], "")
        limits = f" ({kind}{row['lower']:g} to {row['upper']:g})"
    kind = "" if row["statistic"] in ("value", "probability") else f"{row['statistic']} "
    return f"{kind}{row['value']:g}{unit}{limits}"


# --- Harm -----------------------------------------------------------------------------------------


def harm(review: Review, disease: str, most: int | None = SEVERAL, folder: str = "") -> list[Markup]:
    """Return harms that happened to somebody, the gravest first, the sources before later studies.

    Parameters
    ----------
    review : Review
    disease : str
    most : int, optional
        Harms at most; the chapter of harms has them all.
    folder : str
        Where that chapter is from here.

    Returns
    -------
    list of Markup
        A line for each finding; none where nothing is reported.
    """
    own = [line for line in harms.of_sources(review) if line.disease == disease]
    beside = [line for line in harms.of_later(review, disease) if _counts_here(line)]
    beside = [line for line in beside if line.severity != harms.OTHER]
    told = harms.happened(harms.order(review, [*own, *beside]))
    out = [] if own else [Markup("The source counts no harm")]
    grouped = [list(group) for _, group in groupby(told, key=lambda x: (x.severity, x.harm, _how(x)))]
    around = report_harms.background_by_source(review)
    for group in grouped[:most]:
        said = Markup("; ").join(_harm(review, line) for line in group)
        more = [m for line in group for m in around.get((line.study_id, line.harm), ())]
        out.append(found(report_harms.harm_name(review, group[0]), Markup(" — ").join([said, *more])))
    left = len(grouped[most:]) if most else 0
    if left:
        more_harms = f"{in_words(left)} other harm{'s' * (left > 1)}"
        out.append(Markup('<a href="{}harms.html">{}</a>').format(folder, more_harms))
    return out


def _how(line: harms.Line) -> str:
    return "" if line.row is None else str(line.row["criterion"])


def _counts_here(line: harms.Line) -> bool:
    """Return whether a later study is of patients with the disease, on a drug for the whole body."""
    row = line.row or {}
    alone = row["is_review"] == "yes" or row["design"] == "case_report"
    return row["scope"] == "in_scope" and row["route"] in context.SYSTEMIC and not alone


def _harm(review: Review, line: harms.Line) -> Markup:
    says = f" {line.says}" if line.says else ""
    amount = citing.lead(Markup("{}").format(report_harms.amount(review, line)), line.rows)
    return Markup("{}{} ({})").format(amount, says, _named(line))


def _named(line: harms.Line) -> str:
    """Return the study of a line; a later one is named as such."""
    if line.row is None:
        return line.label
    once = ", read once" if line.row["readings"] == 1 else ""
    what = f"; {line.row['definition']}" if line.harm == "death_any" else ""
    return f"{line.label}, later{once}{what}"


# --- How it is given and what follows -------------------------------------------------------------


def dose_and_level(review: Review, disease: str) -> list[str]:
    """Return printed doses by drug and unit, then target levels of the sources and later studies.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        A disease of the sources, a word of ``indications``.

    Returns
    -------
    list of str
        A line for each finding; none where nothing is reported.
    """
    own = [study.study_id for study in studies(review, disease)]
    given = synthesis.doses(review)
    given = given[given["study_id"].isin(own)] if len(given) else given
    out = []
    for (label, drug, unit), rows in given.groupby(["label", "drug", "unit"], sort=False):
        values = sorted(set(rows["dose"]))
        ends = f"{values[0]:g}" + (f" to {values[-1]:g}" if len(values) > 1 else "")
        named = [f"doses/{name}" for name in rows["id"]]
        led = _linked_to(f"{ends} {unit}", str(rows["study_id"].iloc[0]), named)
        out.append(Markup("{} {} ({})").format(str(drug).replace("_", " ").capitalize(), led, label))
    aimed = synthesis.targets(review)
    out += [
        Markup("Target level {} ({})").format(
            _linked_to(
                f"{row['lower']:g} to {row['upper']:g} {row['unit']}",
                row["study_id"],
                [f"statistics/{row['id']}"],
            ),
            row["label"],
        )
        for row in _records(aimed[aimed["study_id"].isin(own)])
    ]
    beside = _facts(review, disease, "target_level")
    beside = beside[beside["value"].notna() & beside["upper"].notna()]
    return out + [
        f"Target level {row['value']:g} to {row['upper']:g} {row['unit']} "
        f"({_fact_source(review, row)}, later{_unless_main(review, row)})"
        for row in _records(beside)
    ]


def _unless_main(review: Review, row: dict) -> str:
    return f", {row['drug']}" if review.topic.is_named(row["drug"]) else ""


def time_to_effect(review: Review, disease: str) -> list[str]:
    """Return the printed time to response, or the earliest improvement that has a time.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        A disease of the sources, a word of ``indications``.

    Returns
    -------
    list of str
        A line for each finding; none where nothing is reported.
    """
    out = []
    for study in studies(review, disease):
        rows = study.once("statistics")
        rows = rows[(rows["quantity"] == "time_to_response") & (rows["statistic"] == "median")]
        if len(rows):
            out += [f"Time to response: {_value(row)} ({study.label})" for row in _records(rows)[:1]]
            continue
        timed = _first_better(study)
        if timed:
            out.append(f"First assessed as improved: {timed} ({study.label})")
    facts = _facts(review, disease, "time_to_effect")
    return out + [_fact(review, row) for row in _records(facts)]


def _first_better(study: Study) -> str:
    """Return the earliest time of an improvement in a patient; empty where none is printed.

    A time that is that of the end of treatment says when the improvement was over, and is left out.
    """
    said = study.table("statements")
    said = said[(said["direction"] == "better") & ~said["patient"].isin(MISSING)]
    said = said[said["endpoint_class"].isin([*synthesis.got_better(study.topic), *EASED, "pain_score"])]
    ends = study.table("events").query("endpoint == 'time_on_treatment'")
    over = set(zip(ends["patient"], ends["time"], ends["time_unit"], strict=True))
    times = [
        (as_unit(row["time"], row["time_unit"]), sections.format_time(row["time"], row["time_unit"]))
        for row in _records(said)
        if row["time"][:1].isdigit() and row["time_unit"] not in ("date", *MISSING)
        if (row["patient"], row["time"], row["time_unit"]) not in over
    ]
    return min(times)[1] if times else ""


def after_stopping(review: Review, disease: str) -> list[str]:
    """Return what followed stopping: of the sources in words, of later studies with counts.

    Of one patient the findings of the best place count: a table before the text, the text before the
    abstract.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        A disease of the sources, a word of ``indications``.

    Returns
    -------
    list of str
        A line for each finding; none where nothing is reported.
    """
    out = []
    for study in studies(review, disease):
        rows = study.table("statements").query("endpoint_class == 'relapse'")
        rows = rows.assign(place=rows["locator"].map(locator_rank))
        best = rows.groupby("patient")["place"].transform("min")
        for row in _records(rows[(rows["place"] == best) | rows["patient"].isin(MISSING)]):
            one = row["patient"] not in MISSING
            who = f"{sections.patient_label(study, row['patient'])}: " if one else ""
            out.append(f"{who}{row['finding']} ({study.label})")
    later_ = after_stopping_later(review, disease)
    return out + [Markup("Later studies: {}").format(line) for line in later_]


def after_stopping_later(review: Review, disease: str) -> list[str]:
    """Return how many patients of later studies relapsed after stopping a drug under review.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        A disease of the sources, a word of ``indications``.

    Returns
    -------
    list of str
        A line for each finding; none where nothing is reported.
    """
    rows = context.relapses_after_stopping(review, disease)
    return [
        Markup("{} in {} ({}{})").format(
            words.small(review.word("criteria", row["criterion"])),
            _beside(
                count(proportions.clopper_pearson(int(row["events"]), int(row["n"]))), row["result_id"]
            ),
            row["label"],
            ", read once" if row["readings"] == 1 else "",
        )
        for row in _records(rows)
    ]


def monitoring(review: Review, disease: str) -> list[str]:
    """Return how patients were watched or are to be: of the sources, then of guidance.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        A disease of the sources, a word of ``indications``.

    Returns
    -------
    list of str
        A line for each finding; none where nothing is reported.
    """
    pointed = review.records("topic_rows")
    pointed = pointed[pointed["topic"] == "monitoring"]
    out = []
    for study in studies(review, disease):
        said: dict[str, list[str]] = {}
        for reference in pointed.loc[pointed["study_id"] == study.study_id, "row"]:
            subject, finding = _watched(study, reference)
            said.setdefault(subject, []).append(finding)
        out += [f"{_large(subject)}: {'; '.join(f)} ({study.label})" for subject, f in said.items()]
    return out + [_fact(review, row) for row in _records(_facts(review, disease, "monitoring"))]


def _watched(study: Study, reference: str) -> tuple[str, str]:
    """Return what was watched and how, of a finding in words or of a number."""
    row = study.row(reference)
    if "finding" in row:
        return row["subject"], row["finding"]
    whom = words.small(str(study.groups.get(row["group"], {}).get("label", "")))
    plural = "" if row["value"] == 1 else "s"
    return row["quantity"].replace("_", " "), f"{row['value']:g} {row['unit']}{plural}, {whom}"


def _large(said: str) -> str:
    return said[:1].upper() + said[1:]


def largest(review: Review, disease: str) -> list[str]:
    """Return the count of the largest later study behind each verdict that rests on counts.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        A disease of the sources, a word of ``indications``.

    Returns
    -------
    list of str
        A line for each finding; none where nothing is reported.
    """
    rows = context.results(review, disease).set_index("result_id", drop=False)
    out = []
    for verdict in verdicts.verdicts(review, disease):
        ids = [name for name in verdict.rows if name in rows.index]
        counted = [rows.loc[name].to_dict() for name in ids if context.has_count(rows.loc[name])]
        if counted and verdict.tier != context.RANDOMISED:
            row = max(counted, key=lambda r: int(r["n"]))
            drug = f" ({row['drug']})" if review.topic.is_named(row["drug"]) else ""
            judged, whole = verdicts.shares(row)
            enrolled = "" if judged == whole else f" of those judged, {count(whole)} of all enrolled"
            led = _beside(f"{count(judged)}{enrolled}", row["result_id"])
            out.append(Markup("{}{}: {}").format(row["label"], drug, led))
    return list(dict.fromkeys(out))


def _facts(review: Review, disease: str, topic: str) -> pd.DataFrame:
    facts = review.records("guidance", "context")
    ours = facts["drug_class"] == review.topic.drug_class
    return facts[(facts["disease"] == disease) & (facts["topic"] == topic) & ours]


def _fact(review: Review, row: dict) -> str:
    return f"{_large(row['fact'])} ({_fact_source(review, row)})"


def _fact_source(review: Review, row: dict) -> str:
    labels = context.studies(review).set_index("study_id")["label"]
    return str(labels.get(row["study_id"], row["source"]))


# --- How sure, and what else ----------------------------------------------------------------------


def certainty(review: Review, disease: str) -> list[Markup]:
    """Return the certainty of each source, with its reasons in one sentence.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        A disease of the sources, a word of ``indications``.

    Returns
    -------
    list of Markup
        A line for each finding; none where nothing is reported.
    """
    return [
        Markup("{} {}").format(
            sections.certainty_mark(ratings.least(review, study.study_id), review),
            sections.how_sure(study.study_id, review),
        )
        for study in studies(review, disease)
    ]


def alternatives(review: Review, disease: str) -> list[str]:
    """Return which drugs are licensed for a disease, and by whom, other classes first.

    Where the disease is a kind of another, what is licensed for the wider one follows.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        A disease of the sources, a word of ``indications``.

    Returns
    -------
    list of str
        A line for each finding; none where nothing is reported.
    """
    out = _licensed(review, disease)
    if not out:
        out = [f"none for {words.small(review.word('indications', disease))} itself"]
    wider = review.vocabulary["wider_disease"].get(disease)
    if wider:
        beside = "; ".join(_licensed(review, wider)) or "none"
        out.append(f"for {words.small(review.word('indications', wider))} in general: {beside}")
    return out


def _licensed(review: Review, disease: str) -> list[str]:
    rows = review.records("regulatory", "context")
    rows = rows[(rows["disease"] == disease) & rows["status"].isin(verdicts.ANY_APPROVAL)]
    rows = rows.assign(ours=rows["drug_class"] == review.topic.drug_class)
    out = []
    for drug, own in rows.sort_values("ours", kind="stable").groupby("drug", sort=False):
        kind = words.small(review.word("drug_classes", own["drug_class"].iloc[0]))
        agencies = [_agency(str(a), set(of["status"])) for a, of in own.groupby("agency", sort=False)]
        out.append(f"{drug} ({kind}; {', '.join(agencies)})")
    return out


def _agency(agency: str, statuses: set[str]) -> str:
    """Return an agency, and what limits its approval if it gave no full one."""
    limits = "" if statuses & set(verdicts.APPROVED) else min(statuses).partition("_")[2]
    return f"{agency.upper()} {limits}".strip()


def _records(rows: pd.DataFrame) -> list[dict]:
    return rows.to_dict("records")


def later_evidence(review: Review, disease: str) -> list[Markup]:
    """Return the verdicts of later studies, and the largest count that each rests on.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        A disease of the sources, a word of ``indications``.

    Returns
    -------
    list of Markup
        A line for each finding; none where nothing is reported.
    """
    verdict = Markup(later.verdict_line(review, disease))
    return [verdict, *[Markup("{}").format(line) for line in largest(review, disease)]]


# --- The tables -----------------------------------------------------------------------------------

ROWS: dict[str, Callable[[Review, str], Iterable[str]]] = {
    "Better": better,
    "Unchanged or worse": unchanged_or_worse,
    "Harm": harm,
    "Dose and level": dose_and_level,
    "Time to effect": time_to_effect,
    "After stopping": after_stopping,
    "Monitoring": monitoring,
    "Certainty": certainty,
    "Later evidence": later_evidence,
    "Licensed": alternatives,
}


def table(review: Review, disease: str) -> pd.DataFrame:
    """Return the summary of findings of a disease: a row for each question, the same in every one.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        A disease of the sources, a word of ``indications``.

    Returns
    -------
    pandas.DataFrame
        ``Question`` and ``What is known``.
    """
    cells = {name: paragraphs(make(review, disease)) for name, make in ROWS.items()}
    alive = paragraphs(survival(review, disease))
    cells["Better"] += alive
    return pd.DataFrame(
        {"Question": list(cells), "What is known": [cell or NONE for cell in cells.values()]}
    )


def show(review: Review, disease: str) -> HtmlOutput:
    """Show the summary of findings of a disease, with its sources and what the audit says of them.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        A disease of the sources, a word of ``indications``.

    Returns
    -------
    HtmlOutput
        Shown by a notebook as the last line of a cell.
    """
    name = review.word("indications", disease)
    own = studies(review, disease)
    chapters = Markup("; ").join(
        Markup('<a href="{}.html">{}</a>, n = {}, {}').format(
            s.study_id, s.label, s.meta["n_patients"], s.meta["design"]
        )
        for s in own
    )
    conflicts = report_synthesis.touched(review, [s.study_id for s in own])
    link = Markup(' The <a href="audit.html#{}">audit</a> has {} about a number of this source.')
    note = Markup("Source: {}.").format(chapters) + (link.format(AUDIT, conflicts) if conflicts else "")
    caption = f"{name}: what is known; patients (share; exact 95% limits)"
    short = later.anchor(review, disease)
    return display.table(
        table(review, disease),
        caption,
        f"synthesis-{short}",
        note=note,
        classes="lr-stack lr-answers lr-by-disease",
    )


def front_page(review: Review) -> pd.DataFrame:
    """Return one row for each disease: better, unchanged or worse, harm, later evidence.

    Links lead from a page of ``book/`` to the disease's part of the synthesis, to its chapter and to
    the later studies.
    """
    rows = []
    for disease in later.diseases(review):
        stopped = Markup("; ").join(after_stopping_later(review, disease)[:FEWEST])
        beside = [
            Markup(later.verdict_line(review, disease, f"{{notebooks}}/{later.PAGE}.html")),
            *[found("Largest study", line) for line in largest(review, disease)],
            *([found("After stopping", stopped)] if stopped else []),
            found("Licensed", "; ".join(alternatives(review, disease))),
        ]
        rows.append(
            {
                "Disease": _links(review, disease),
                "Better": paragraphs(better(review, disease, synthesis.got_better(review.topic)))
                or NONE,
                "Unchanged or worse": paragraphs(unchanged_or_worse(review, disease, brief=True))
                or NONE,
                "Harm": paragraphs(harm(review, disease, FEW, "{notebooks}/")) or NONE,
                "Later evidence": paragraphs(beside),
            }
        )
    return pd.DataFrame(rows)


def disease_links(review: Review) -> Markup:
    """Return links from a page of ``book/`` to the section of each disease in the synthesis."""
    return Markup(" · ").join(_link(review, disease) for disease in later.diseases(review))


def _link(review: Review, disease: str) -> Markup:
    name = review.word("indications", disease)
    place = later.anchor(review, disease)
    return Markup('<a href="{{notebooks}}/synthesis.html#{}">{}</a>').format(place, name)


def _links(review: Review, disease: str) -> Markup:
    chapters = Markup("").join(
        Markup(
            '<br><span class="lr-unit"><a href="{{notebooks}}/{}.html">{}</a>, n\u00a0=\u00a0{}</span>'
        ).format(study.study_id, study.label, study.meta["n_patients"])
        for study in studies(review, disease)
    )
    return _link(review, disease) + chapters


def caption(review: Review) -> str:
    """Return what the table of the front page shows."""
    day = later.as_of(review)
    seen = "What was seen in each disease: patients (share; exact 95% limits)"
    return f"{seen}; licences as of {day}" if day else seen
