"""One list of everything that the papers print: the rows of the evidence explorer.

Tables of different shapes become rows of one shape: source, kind, what, whom, result, the printed
characters and their place, the verdict of the audit on it, and the certainty of its body of evidence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

import pandas as pd
from markupsafe import Markup

from living_review.evidence import Review, Study, ratings, topic
from living_review.evidence.codes import known
from living_review.report import context_words, sections
from living_review.report import html as report_html
from living_review.stats import dates, proportions
from living_review.synthesis import context

CLASSES = ["endpoint_classes", "further_endpoint_classes"]
CLASS_OF_MEASURE = {
    "pain": "pain_score",
    "lesion_dimension": "lesion_response",
    "lesion_area": "lesion_response",
    "circumference": "lesion_response",
    "serum_level": "treatment",
    "suv_max": "imaging",
}
# From good to bad: of several verdicts on one row the worst is shown.
ORDER = (
    "reproduced",
    "reproduced by truncation",
    "not checkable",
    "rounding",
    "definition conflict",
    "unit conflict",
    "text and table disagree",
    "quoted wrongly",
    "arithmetic error",
)
# Where a table says in a word why its number is missing.
MAIN = {
    "outcomes": "events_missing",
    "adverse_events": "patients_missing",
    "measurements": "value_missing",
    "statistics": "value_missing",
    "counts": "n_missing",
}
HEADINGS = ("Source", "Kind", "What and whom", "Result", "Where", "Verdict", "Certainty")
LEVELS = (None, *range(ratings.LOWEST, ratings.HIGHEST + 1))  # None, which JSON calls 0: not rated


@dataclass(frozen=True)
class Row:
    """One printed thing. ``number`` is what its result sorts by; ``certainty`` is 0 where not rated.

    ``stands`` names the row that stands for the same quantity, if this row prints it once more.
    """

    ref: str
    study: str
    source: str
    disease: str
    kind: str
    endpoint: str
    what: str
    whom: str
    result: str
    number: float | None
    printed: str
    where: str
    verdict: str
    certainty: int
    note: str
    stands: str = ""


def rows(review: Review) -> list[Row]:
    """Return what the sources print (outcomes to claims), then the results of later studies."""
    own = [row for study in review.studies for row in _study_rows(study, review)]
    return own + list(_context_rows(review))


def reference(study: Study) -> str:
    """Return how a study is cited in one line."""
    meta = study.meta
    authors = meta["authors"]
    names = ", ".join(authors[:3]) + (", et al" if len(authors) > 3 else "")
    parts = [f"{names}. {meta['title']}.", f"{meta.get('journal', '')} {meta['year']}"]
    if known(meta.get("volume")):
        parts[-1] += f";{meta['volume']}"
        if known(meta.get("pages")):
            parts[-1] += f":{meta['pages']}"
    parts[-1] += "."
    if known(meta.get("doi")):
        parts.append(f"doi:{meta['doi']}")
    return " ".join(parts)


def _study_rows(study: Study, review: Review) -> Iterator[Row]:
    verdicts = _verdicts(study)
    levels = _levels(study, review)
    disease = review.word("indications", study.meta["indication"])
    for table, (kind, read) in READERS.items():
        if not study.has(table):
            continue
        for record in study.table(table).to_dict("records"):
            endpoint, what, result, number = read(record, study, review)
            again = record.get("same_as")
            verdict = (
                record["verdict"] if table == "claims" else verdicts.get(f"{table}/{record['id']}", "")
            )
            yield Row(
                ref=f"{study.study_id}/{table}/{record['id']}",
                study=study.study_id,
                source=study.label,
                disease=disease,
                kind=kind,
                endpoint=review.word("endpoint_classes", endpoint) if endpoint else "",
                what=what,
                whom=_patient_or_group(record, study),
                result=result or _plain(record.get(MAIN.get(table, ""), "")),
                number=number,
                printed=str(record["printed"]) if known(record["printed"]) else "",
                where=str(record["locator"]),
                verdict=verdict,
                certainty=levels.get(endpoint, 0),
                note=str(record["note"] or ""),
                stands=f"{study.study_id}/{table}/{again}" if known(again) else "",
            )


LATER = "Later study"  # the kind that marks a row of no source


def _context_rows(review: Review) -> Iterator[Row]:
    """Yield the results of studies beside the sources; a source among them counts as a source."""
    found = context.results(review)
    for record in found[~found["is_source"]].to_dict("records"):
        share = (
            record["events"] / record["n"] * 100
            if known(record["events"]) and known(record["n"]) and record["n"]
            else _number(record["value"])
        )
        subgroup = record["subgroup"]
        yield Row(
            ref=f"context/results/{record['result_id']}",
            study=record["study_id"],
            source=record["label"],
            disease=review.word("context_diseases", record["disease"]),
            kind=LATER,
            endpoint=review.word(CLASSES, record["endpoint_class"]),
            what=_plain(record["definition"]),
            whom=record["arm"]
            + ("" if subgroup == "all" else f", {review.word('subgroups', subgroup).lower()}"),
            result=context_words.result(review, record),
            number=share,
            printed=str(record["printed"]) if known(record["printed"]) else "",
            where=str(record["locator"]),
            verdict="",
            certainty=0,
            note=str(record["note"] or ""),
        )


def _verdicts(study: Study) -> dict[str, str]:
    """Return the worst verdict on each row that a claim puts to the test."""
    found: dict[str, str] = {}
    if study.has("claims"):
        for claim in study.table("claims").to_dict("records"):
            for target in str(claim["target"]).split():
                row = target.rpartition(".")[0]
                if row and ORDER.index(claim["verdict"]) >= ORDER.index(found.get(row, ORDER[0])):
                    found[row] = claim["verdict"]
    return found


def _levels(study: Study, review: Review) -> dict[str, int]:
    found = ratings.levels(review, study.study_id)
    return {outcome: level for (_, outcome), level in found.items() if level is not None}


def _patient_or_group(record: dict, study: Study) -> str:
    group = record.get("group")
    # In the table of patients a row is a patient.
    patient = record["id"] if "age_years" in record else record.get("patient")
    if known(patient):
        return f"patient {str(patient).removeprefix('p')}"
    if known(group):
        return str(study.groups.get(str(group), {}).get("label", str(group).replace("_", " ")))
    return ""


def _n(value: object) -> str:
    return f"{value:.10g}".replace("-", "−") if isinstance(value, (int, float)) else str(value)


def _word(review: Review, vocabulary: str, key: object) -> str:
    return review.word(vocabulary, str(key)) if known(key) else ""


def _plain(value: object) -> str:
    return str(value).replace("_", " ")


def _number(value: object) -> float | None:
    return float(value) if known(value) else None  # type: ignore[arg-type]  # a known cell


def _of(part: object, whole: object, why: object = None) -> str:
    if not known(part):
        return ""
    if known(whole):
        return f"{_n(part)} of {_n(whole)}"
    return f"{_n(part)} ({sections.no_total(why)})"


def _interval(part: object, whole: object) -> str:
    """Return the exact interval of a count with a total, computed here; it follows what is stored."""
    if not (known(part) and known(whole)):
        return ""
    found = proportions.clopper_pearson(int(part), int(whole))  # type: ignore[call-overload]  # known
    return f", {proportions.format_interval(found)}"


def _time(record: dict, review: Review) -> str:
    if not known(record.get("time")) or not known(record.get("time_unit")):
        return ""
    if record["time_unit"] == "date":
        return f", {record['time']}"
    unit = _word(review, "time_units", record["time_unit"])
    return f", at {record['time']} {unit.removesuffix('s') if str(record['time']) == '1' else unit}"


Read = tuple[str, str, str, float | None]


def _outcome(r: dict, study: Study, review: Review) -> Read:
    result = _of(r["events"], r["n"], r.get("n_missing"))
    percent = f"{_n(r['percent'])}%" if known(r["percent"]) else ""
    if not result:
        result = percent
    elif percent:
        result += f" ({percent})"
    result += " in words" if r["in_words"] == "yes" else ""
    result += _interval(r["events"], r["n"])
    share = r["events"] / r["n"] * 100 if known(r["events"]) and known(r["n"]) and r["n"] else None
    number = share if share is not None else _number(r["percent"])
    what = f"{_plain(r['definition'])}{_time(r, review)}"
    if known(r["criterion"]):
        what += f" ({_word(review, 'criteria', r['criterion'])})"
    return r["endpoint_class"], what, result, number


def _harm(r: dict, study: Study, review: Review) -> Read:
    what = _word(review, "harm_terms", r["preferred_term"]) or _plain(r["term"])
    if known(r["grade"]):
        what += f", {_word(review, 'grades', r['grade']).lower()}"
    if known(r["patients"]):
        result = f"{_n(r['patients'])} of {_n(r['n'])}" if known(r["n"]) else _n(r["patients"])
        # An event is no patient: one can have several.
        result += " events" if r["counts_what"] == "events" else _interval(r["patients"], r["n"])
    else:
        result = " or ".join(str(r["readings"]).split("|")) if known(r["readings"]) else ""
    return "harm", what, result, _number(r["patients"])


def _measurement(r: dict, study: Study, review: Review) -> Read:
    what = _word(review, "measures", r["measure"])
    if known(r["lesion"]):
        what += f", {_plain(r['lesion'])}"
    if r["statistic"] != "value":
        what += f", {_word(review, 'reading_statistics', r['statistic']).lower()}"
    what += _time(r, review) or f", {_word(review, 'timings', r['timing']).lower()}"
    unit = {"score": "points", "percent": "%"}.get(r["unit"], r["unit"])
    result = f"{_n(r['value'])} {unit}".replace(" %", "%") if known(r["value"]) else ""
    return CLASS_OF_MEASURE.get(r["measure"], ""), what, result, _number(r["value"])


def _count(r: dict, study: Study, review: Review) -> Read:
    what = _plain(r["characteristic"])
    if known(r["category"]) and r["category"] != "total":
        what += f": {_plain(r['category'])}"
    whole = f" of {_n(r['denominator'])}" if known(r["denominator"]) else ""
    percent = f" ({_n(r['percent'])}%)" if known(r["percent"]) else ""
    result = f"{_n(r['n'])}{whole}{percent}" if known(r["n"]) else percent.strip(" ()")
    result += _interval(r["n"], r["denominator"])
    return "", what, result, _number(r["n"])


def _statistic(r: dict, study: Study, review: Review) -> Read:
    name = _word(review, "summary_statistics", r["statistic"])
    unit = (
        "" if not known(r["unit"]) or r["unit"] == "none" else f" {_word(review, 'units', r['unit'])}"
    )
    unit = {" percent": "%"}.get(unit, unit)
    one = unit.removesuffix("s") if known(r["value"]) and r["value"] == 1 else unit
    result = f"{_n(r['value'])}{one}" if known(r["value"]) else ""
    if known(r["lower"]) and known(r["upper"]):
        level = (
            f"{_n(r['level'])}% CI"
            if known(r["level"])
            else _word(review, "intervals", r["interval"]).lower()
        )
        limits = f"{level} {_n(r['lower'])} to {_n(r['upper'])}".strip()
        result = f"{result} ({limits})" if result else f"{limits}{unit}"
    what = _plain(r["quantity"]) + ("" if r["statistic"] == "value" else f", {name.lower()}")
    return "", what, result, _number(r["value"])


def _claim(r: dict, study: Study, review: Review) -> Read:
    what, endpoint = _word(review, "claim_kinds", r["kind"]), ""
    # A claim may have several targets; the first names what it is about.
    place, _, column = str(r["target"]).split()[0].rpartition(".")
    table, _, row_id = place.partition("/")
    if table in READERS and table != "claims":
        row = study.row(place).to_dict()
        endpoint, about, _, _ = READERS[table][1](row, study, review)
        whom = _patient_or_group(row, study)
        what += f": {about}{f' ({whom})' if whom else ''}"
    elif known(r["target"]):
        what += f": {_plain(row_id)}, {_plain(column)}"
    return endpoint, what, str(r["explanation"]) if known(r["explanation"]) else "", None


CLASS_OF_EVENT = {"overall_survival": "survival", "malignant_transformation": "late_outcome"}


def _event(r: dict, study: Study, review: Review) -> Read:
    endpoint, unit = str(r["endpoint"]), r["time_unit"]
    what = _word(review, "endpoints", endpoint)
    if known(r["reason"]):
        what += f", {_plain(r['reason'])}"
    result = f"{r['time']} {_word(review, 'time_units', unit)}" if known(r["time"]) else ""
    if unit == "date" and known(r["time"]):
        result = dates.format_date(str(r["time"]))
    number = _number(r["time"]) if known(r["time"]) and unit != "date" else None
    known_class = endpoint in review.vocabulary["endpoint_classes"]
    return CLASS_OF_EVENT.get(endpoint, endpoint if known_class else ""), what, result, number


def _response(r: dict, study: Study, review: Review) -> Read:
    what = _word(review, "endpoint_classes", r["endpoint_class"]) + _time(r, review)
    if known(r["criterion"]):
        what += f" ({_word(review, 'criteria', r['criterion'])})"
    return r["endpoint_class"], what, _word(review, "response_categories", r["category"]), None


def _dose(r: dict, study: Study, review: Review) -> Read:
    what = f"{_plain(r['drug'])}, {_word(review, 'roles', r['role']).lower()}"
    if r["statistic"] != "value" and known(r["statistic"]):
        what += f", {_word(review, 'dose_statistics', r['statistic']).lower()}"
    upper = f" to {_n(r['dose_upper'])}" if known(r["dose_upper"]) else ""
    result = f"{_n(r['dose'])}{upper} {r['unit']}" if known(r["dose"]) else ""
    return "treatment", what, result, _number(r["dose"])


def _statement(r: dict, study: Study, review: Review) -> Read:
    what = f"{_plain(r['subject'])}{_time(r, review)}"
    result = str(r["finding"]) if known(r["finding"]) else ""
    if known(r["direction"]) and r["direction"] != "none":
        result += f" ({_word(review, 'directions', r['direction']).lower()})"
    return r["endpoint_class"], what, result, None


def _patient(r: dict, study: Study, review: Review) -> Read:
    facts = [f"{r['age_years']} years" if known(r["age_years"]) else ""]
    facts += [_plain(r[k]) for k in ("sex", "diagnosis", "site", "drug") if known(r[k])]
    return "", "who the patient is", ", ".join(filter(None, facts)), _number(r["age_years"])


def _quoted(r: dict, study: Study, review: Review) -> Read:
    whose = f" ({_plain(r['study_quoted'])})" if known(r["study_quoted"]) else ""
    what = f"{_plain(r['quantity'])}{whose}"
    result = _of(r["events"], r["n"]) or (_n(r["value"]) if known(r["value"]) else "")
    finding = str(r["finding"]) if known(r["finding"]) else ""
    return "", what, "; ".join(filter(None, (result, finding))), _number(r["value"])


READERS: dict[str, tuple[str, Callable[[dict, Study, Review], Read]]] = {
    "outcomes": ("Outcome", _outcome),
    "adverse_events": ("Harm", _harm),
    "measurements": ("Measurement", _measurement),
    "statistics": ("Estimate", _statistic),
    "counts": ("Characteristic", _count),
    "events": ("Time", _event),
    "responses": ("Response of a patient", _response),
    "doses": ("Dose", _dose),
    "patients": ("Patient", _patient),
    "statements": ("Finding in words", _statement),
    "quoted": ("Quoted from others", _quoted),
    "claims": ("Claim", _claim),
}


LARGEST = 900_000  # characters of rows, as JSON, that a page or a file holds: below 1 MB as HTML, too


def split(found: list[Row], largest: int = LARGEST) -> list[list[Row]]:
    """Return rows in parts that a page can hold, a study whole where it fits: one part for few rows.

    Parameters
    ----------
    found : list of Row
        In their order.
    largest : int, optional
        Characters of JSON that a part has at most, unless a single row has more.

    Returns
    -------
    list of list of Row
        At least one part; together the same rows.
    """
    parts: list[list[Row]] = [[]]
    room = largest
    for _, group in groupby(found, key=lambda row: row.study):
        own = list(group)
        sizes = [len(json.dumps(values(row), ensure_ascii=False)) for row in own]
        if parts[-1] and room < sum(sizes) <= largest:  # a study that is larger is divided anyway
            parts.append([])
            room = largest
        for row, size in zip(own, sizes, strict=True):
            if parts[-1] and size > room:
                parts.append([])
                room = largest
            parts[-1].append(row)
            room -= size
    return parts


# What a study has in common occurs once, for weight.
FIELDS = [name for name in Row.__dataclass_fields__ if name not in ("source", "disease")]


def values(row: Row) -> list[object]:
    """Return what the explorer's script reads of a row, in the order of :data:`FIELDS`."""
    return [getattr(row, name) for name in FIELDS]


def catalogue(parts: list[list[Row]], review: Review, page: Callable[[str], str]) -> dict[str, object]:
    """Return what the explorer's script reads first where rows come in parts: all but the rows.

    Parameters
    ----------
    parts : list of list of Row
        As :func:`split` returns them.
    review : Review
    page : callable
        Address of a study's chapter, or an empty string if it has none.

    Returns
    -------
    dict of str to object
        As :func:`payload` without rows, and of each part how many it has and what can be chosen in it.
    """
    words = review.vocabulary["certainty"]

    def chosen(part: list[Row]) -> dict[str, list[str]]:
        found = {
            "disease": {row.disease for row in part},
            "study": {row.source for row in part},
            "kind": {row.kind for row in part},
            "class": {row.endpoint for row in part},
            "verdict": {row.verdict for row in part},
            "certainty": {words[ratings.code(row.certainty or None)] for row in part},
        }
        return {name: sorted(known - {""}) for name, known in found.items()}

    return payload([], review, page) | {
        "parts": [{"rows": len(part), "holds": chosen(part)} for part in parts]
    }


def payload(found: list[Row], review: Review, page: Callable[[str], str]) -> dict[str, object]:
    """Return what the explorer's script reads: the rows, the sources, the marks.

    Parameters
    ----------
    found : list of Row
    review : Review
    page : callable
        Address of a study's chapter, or an empty string if it has none.

    Returns
    -------
    dict of str to object
        To be written as JSON.
    """
    studies = {
        s.study_id: {
            "source": s.label,
            "disease": review.word("indications", s.meta["indication"]),
            "page": page(s.study_id),
            "reference": reference(s),
            "doi": str(s.meta["doi"]) if known(s.meta.get("doi")) else "",
        }
        for s in review.studies
    }
    later = context.studies(review)
    for row in later[~later["is_source"]].to_dict("records"):
        studies[row["study_id"]] = {
            "source": row["label"],
            "disease": review.word("context_diseases", row["disease"]),
            "page": page("since"),
            "reference": f"{row['title']}. {row['journal']}",
            "doi": str(row["doi"]) if known(row["doi"]) else "",
        }
    return {
        "title": topic.title(review.root),
        "version": review.version,
        "fields": FIELDS,
        "rows": list(map(values, found)),
        "studies": studies,
        "verdicts": {v: str(sections.verdict_mark(v)) for v in review.vocabulary["verdicts"]},
        "certainty": {n or 0: str(sections.certainty_mark(n, review)) for n in LEVELS},
        "certaintyWords": {n or 0: review.vocabulary["certainty"][ratings.code(n)] for n in LEVELS},
        "headings": list(HEADINGS),
    }


def printed_again(row: Row) -> str:
    """State that a quantity is printed elsewhere too, and in which row; empty if this one is used."""
    return f"printed again; row {row.stands} stands for it" if row.stands else ""


def plain_table(found: list[Row], review: Review, page: Callable[[str], str]) -> str:
    """Return the rows as an HTML table for a reader without JavaScript.

    Parameters
    ----------
    found : list of Row
        As :func:`rows` returns them.
    review : Review
        The opened evidence.
    page : callable
        Address of a study's chapter, from its folder's name; empty for none.

    Returns
    -------
    str
        HTML.
    """
    quiet = Markup('<span class="lr-unit">{}</span>')

    def two(first: str, second: str) -> Markup:
        lines = [first] if first else []
        return Markup("<br>").join([*lines, quiet.format(second)] if second else lines)

    def source(row: Row) -> Markup:
        there = page("since" if row.kind == LATER else row.study)
        name = Markup('<a href="{}">{}</a>').format(there, row.source)
        return two(name if there else row.source, row.disease)

    out = pd.DataFrame(
        [
            (
                # Linked once: the same link in each of a thousand rows is a tenth of the page.
                source(r) if before is None or before.study != r.study else r.source,
                two(r.kind, r.endpoint),
                two(r.what, "; ".join(filter(None, (r.whom, printed_again(r))))),
                two(r.result or ("" if r.printed else "–"), f"“{r.printed}”" if r.printed else ""),
                r.where,
                # The signs in words only: the spans of the marks would double the page's weight.
                f"{sections.VERDICT_SIGNS.get(r.verdict, '✗')} {r.verdict}" if r.verdict else "–",
                review.vocabulary["certainty"][str(r.certainty)] if r.certainty else "–",
            )
            for before, r in zip([None, *found], found, strict=False)
        ],
        columns=list(HEADINGS),
    )
    return report_html.to_html(out, "Everything that the papers print", "explorer-plain")
