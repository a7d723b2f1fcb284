"""What the control *What if* reads: each chosen count with every interval that it can show.

Statistics are made here and shipped; the page chooses among them, counts and draws.
"""

from __future__ import annotations

from living_review import synthesis
from living_review.evidence import Review
from living_review.plots import theme
from living_review.stats import proportions

INTERVALS = {"exact": proportions.clopper_pearson, "wilson": proportions.wilson}
OUT_OF = {"evaluable": "those who could be judged", "treated": "all who were treated"}
MARKER_SIZE = 10  # units of the drawing, about as many pixels


def payload(review: Review) -> dict[str, object]:
    """Return the counts, their sources and the words of the choices, as plain data.

    Returns
    -------
    dict
        ``denominators`` and ``methods``: key and words of each choice. ``studies``: label, colour and
        marker (path data of SVG) by id. ``rows``: a record for each chosen count, as :func:`_row`
        makes it.
    """
    chosen = synthesis.all_proportions(review)
    labels = dict(zip(chosen["study_id"], chosen["label"], strict=True))
    return {
        "denominators": OUT_OF,
        "methods": {key: interval(0, 1).method for key, interval in INTERVALS.items()},
        "studies": {study: _source(label, review.looks[study]) for study, label in labels.items()},
        "rows": [_row(row, review) for row in chosen.to_dict("records")],
    }


def _source(label: str, look: str) -> dict[str, str]:
    path = theme.marker_path(theme.marker(look), MARKER_SIZE)
    return {"label": label, "colour": theme.colour(look), "marker": path}


def _row(row: dict, review: Review) -> dict[str, object]:
    """Return a count with what it is for each denominator and each interval."""
    return {
        "study": row["study_id"],
        "outcome": synthesis.class_word(review, row["endpoint_class"]),
        "definition": row["definition"],
        "inferred": bool(row["inferred"]),
        "out_of": {
            key: _share(int(row["events"]), int(row[f"n_{key}"]), synthesis.star(row["inferred"]))
            for key in OUT_OF
        },
    }


def _share(events: int, n: int, star: str) -> dict[str, object]:
    """Return a share in words and numbers, with its limits by method; a star marks a count in words."""
    found = {key: interval(events, n) for key, interval in INTERVALS.items()}
    percent = proportions.format_percent
    return {
        "count": f"{events} of {n}{star}",
        "percent": percent(events / n),
        "at": events / n,
        "everyone": events == n,
        "limits": {
            key: {"from": p.lower, "to": p.upper, "text": f"{percent(p.lower)} to {percent(p.upper)}"}
            for key, p in found.items()
        },
    }
