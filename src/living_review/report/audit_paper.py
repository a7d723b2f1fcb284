"""The audit of a paper as text, CSV, JSON, Markdown, or one HTML page that needs nothing else."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from living_review.audit.outcome import NOT_CHECKABLE
from living_review.audit.paper import VERDICTS, PaperResult

FORMS = ("text", "csv", "json", "md", "html")
COLUMNS = (
    "claim",
    "place",
    "kind",
    "printed",
    "recomputed",
    "verdict",
    "materiality",
    "explanation",
    "arithmetic",
    "power",
)
MARKS = dict(zip(VERDICTS, ("✓", "✓", "≈", "✓", "?", "•", "≠", "✗", "✗"), strict=True))
POWER_NOTE = (
    "Power: of all numbers that differ from the printed one in one digit, the share that would not "
    "have come out. A pass with low power says little."
)
NEUTRAL_NOTE = (
    "A number that does not reproduce may be a slip, a convention that was not tried, or an input that "
    "was copied wrongly into the table. The audit says which numbers to look at, not why."
)


def render(results: Sequence[PaperResult], form: str = "text", title: str = "Audit of a paper") -> str:
    """Return the results of an audit.

    Parameters
    ----------
    results : sequence of PaperResult
        From :func:`living_review.audit.audit_paper`.
    form : {'text', 'csv', 'json', 'md', 'html'}
        ``text`` is for a terminal: findings in full, the rest counted.
    title : str
        Heading of the page or the text.

    Returns
    -------
    str
        Without a line end after the last line.

    Raises
    ------
    ValueError
        If there is no such form.
    """
    if form == "json":
        return json.dumps([r.as_dict() for r in results], indent=2, ensure_ascii=False)
    if form == "csv":
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerows([COLUMNS, *map(_cells, results)])
        return stream.getvalue().rstrip("\n")
    if form == "md":
        return _markdown(results, title)
    if form == "html":
        return _html(results, title)
    if form != "text":
        raise ValueError(f"form {form!r}; there are {', '.join(FORMS)}")
    return _text(results, title)


def summary(results: Sequence[PaperResult]) -> str:
    """Return how many claims had which verdict, in one sentence."""
    found = Counter(r.verdict for r in results)
    parts = [f"{found[v]} {v}" for v in VERDICTS if found[v]]
    number = f"{len(results)} claim{'' if len(results) == 1 else 's'}"
    return f"{number}: {', '.join(parts)}." if parts else "No claims."


def _cells(result: PaperResult) -> list[str]:
    power = "" if result.power is None else f"{result.power:.2f}"
    return [power if c == "power" else str(getattr(result, c)) for c in COLUMNS]


def _power(result: PaperResult) -> str:
    return "not checked" if result.power is None else f"{100 * result.power:.0f}%"


def _findings(results: Sequence[PaperResult]) -> list[PaperResult]:
    """Return the findings, what matters most first."""
    order = ("material", "to be judged", "minor", "wording")
    return sorted((r for r in results if r.is_finding), key=lambda r: order.index(r.materiality))


def _text(results: Sequence[PaperResult], title: str) -> str:
    lines = [title, summary(results), ""]
    for r in _findings(results):
        where = f", {r.place}" if r.place else ""
        lines.append(f"{MARKS[r.verdict]} {r.claim}{where}: {r.verdict} ({r.materiality})")
        lines.append(f"    printed {r.printed}; recomputed {r.recomputed}; {r.arithmetic}")
        if r.explanation:
            lines.append(f"    {r.explanation}")
    unchecked = [r for r in results if r.verdict == NOT_CHECKABLE]
    lines += [f"? {r.claim}: not checkable: {r.explanation}" for r in unchecked]
    passed = [r for r in results if not r.is_finding and r.verdict != NOT_CHECKABLE]
    if passed:
        lines += ["", "Reproduced, and the chance that a wrong digit would have been seen:"]
        wide = max(len(r.claim) for r in passed)
        lines += [
            f"{MARKS[r.verdict]} {r.claim:{wide}}  {_power(r):>4}  {r.verdict}"
            + (f": {r.explanation}" if r.explanation else "")
            for r in passed
        ]
    return "\n".join([*lines, "", POWER_NOTE, NEUTRAL_NOTE])


def _markdown(results: Sequence[PaperResult], title: str) -> str:
    head = ["| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS)]
    rows = ["| " + " | ".join(map(_escape, _cells(r))) + " |" for r in results]
    return "\n".join(
        [f"# {title}", "", summary(results), "", *head, *rows, "", POWER_NOTE, "", NEUTRAL_NOTE]
    )


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


STYLE = """
:root{color-scheme:light dark;--ink:#1f2933;--paper:#fff;--quiet:#52606d;--line:#cbd2d9;--bad:#9b2c2c}
@media (prefers-color-scheme:dark){:root{--ink:#e4e7eb;
--paper:#14181d;--quiet:#9aa5b1;--line:#3e4c59;--bad:#feb2b2}}
body{font:1rem/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0 auto;
max-width:64rem;padding:1.5rem}h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
.frame{overflow-x:auto}table{border-collapse:collapse;width:100%}
caption{text-align:left;color:var(--quiet);padding:.3rem 0}
th,td{text-align:left;vertical-align:top;padding:.4rem .7rem .4rem 0;
border-bottom:1px solid var(--line)}
td.n{font-variant-numeric:tabular-nums}p.q,td p{margin:.1rem 0}.q{color:var(--quiet);font-size:.9rem}
.bad{color:var(--bad);font-weight:600}
@media (max-width:40rem){thead{position:absolute;left:-99rem}
tr,td,th{display:block;border:0;padding:.1rem 0}tr{border-bottom:1px solid var(--line);padding:.5rem 0}}
"""


def _html(results: Sequence[PaperResult], title: str) -> str:
    """Return one page: no script, no address of another host; dark and narrow screens included."""
    parts = [_table(_findings(results), "What does not reproduce", "findings")]
    rest = [r for r in results if not r.is_finding]
    parts.append(_table(rest, "What reproduces, and what cannot be checked", "others"))
    return str(
        Markup(
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            "<title>{title}</title><style>{style}</style></head><body><main><h1>{title}</h1>"
            "<p>{summary}</p>{parts}<p class=q>{power}</p><p class=q>{neutral}</p></main></body></html>"
        ).format(
            title=title,
            style=Markup(STYLE),
            summary=summary(results),
            parts=Markup("").join(parts),
            power=POWER_NOTE,
            neutral=NEUTRAL_NOTE,
        )
    )


def _table(results: Sequence[PaperResult], heading: str, name: str) -> Markup:
    if not results:
        return Markup(
            '<section aria-labelledby="{0}"><h2 id="{0}">{1}</h2><p>None.</p></section>'
        ).format(name, heading)
    rows = Markup("").join(map(_row, results))
    return Markup(
        '<section aria-labelledby="{0}"><h2 id="{0}">{1}</h2><div class=frame tabindex=0 role=region '
        'aria-labelledby="{0}"><table><caption>{2}</caption><thead><tr><th scope=col>Claim</th>'
        "<th scope=col>Verdict</th><th scope=col>Printed and recomputed</th>"
        "<th scope=col>Power</th></tr></thead><tbody>{3}</tbody></table></div></section>"
    ).format(name, heading, f"{len(results)} of the claims", rows)


def _row(r: PaperResult) -> Markup:
    place = Markup("<p class=q>{}</p>").format(r.place) if r.place else ""
    bad = Markup(" class=bad") if r.is_finding else ""
    how = Markup("<p>{}</p>").format(r.explanation) if r.explanation else ""
    matter = Markup("<p class=q>{}</p>").format(r.materiality) if r.materiality else ""
    return Markup(
        "<tr><th scope=row>{}{}</th><td><span{}>{} {}</span>{}</td><td>"
        "<p>printed <strong>{}</strong> · recomputed <strong>{}</strong></p>{}"
        "<p class=q>{}</p></td><td class=n>{}</td></tr>"
    ).format(
        r.claim,
        place,
        bad,
        MARKS[r.verdict],
        r.verdict,
        matter,
        r.printed,
        r.recomputed or "not possible",
        how,
        r.arithmetic,
        _power(r),
    )
