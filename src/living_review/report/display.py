"""What a notebook cell shows: text, table, figure, card. Every output of the book passes here.

Each function returns one object whose only form is HTML (or Markdown), so that the stored output is
one string, the same bytes each time, and nbval compares all of it, figures included.
"""

from __future__ import annotations

import base64
import io
import json
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup, escape

from living_review.evidence import Review, Study, digest_of
from living_review.plots import theme
from living_review.report import citing, figure_links, lineage
from living_review.report import html as report_html
from living_review.stats import dates

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FACE = "'DejaVu Sans', sans-serif"  # as matplotlib writes it
NAME = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


class HtmlOutput:
    """An output in one rich form, and in plain words for where that form cannot be shown."""

    def __init__(self, content: str, plain: str, mime: str = "text/html") -> None:
        self.content, self.plain, self.mime = content, plain, mime

    def __repr__(self) -> str:
        return self.plain

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {self.mime: str(self.content), "text/plain": self.plain}


def text(markdown: str) -> HtmlOutput:
    """Show prose; numbers in it come from variables, never from the keyboard.

    What the data say cannot become HTML (:func:`living_review.report.html.prose`).
    """
    shown = citing.linked(markdown.strip(), report_html.prose)
    # Markdown is read between the tags because of the blank lines.
    framed = lineage.mark(f"<div>\n\n{shown}\n\n</div>")
    return HtmlOutput(framed if "data-set" in framed else shown, "Text", "text/markdown")


def table(
    frame: pd.DataFrame,
    caption: str,
    name: str,
    *,
    note: str | None = None,
    row_header: bool = True,
    classes: str = "",
    folded: bool = False,
) -> HtmlOutput:
    """Show a table (see :func:`living_review.report.html.to_html`).

    ``folded`` puts a long table behind its caption and number of rows; it opens on a click or tap,
    and prints open.

    Parameters
    ----------
    frame : pandas.DataFrame
        What is shown, its columns as headings.
    caption : str
        Markdown, shown above.
    name : str
        Its name in the page's addresses, of its own on the page.
    note : str, optional
        Shown below.
    row_header : bool, optional
        Whether the first column heads its rows.
    classes : str, optional
        Classes of the style sheet.
    folded : bool, optional
        Whether it opens on a click.

    Returns
    -------
    HtmlOutput
        Shown by a notebook as the last line of a cell.
    """
    _check_name(name)
    caption = citing.plain(caption)
    shown = report_html.to_html(frame, caption, name, note=note, row_header=row_header, classes=classes)
    if folded:
        shown = Markup(
            '<details class="lr-fold">\n<summary>{} <span>({} rows)</span></summary>\n{}\n</details>'
        ).format(caption, len(frame), shown)
    return HtmlOutput(lineage.mark(shown), f"Table: {caption}")


def figure(
    fig: Figure,
    name: str,
    alt: str,
    caption: str,
    data: pd.DataFrame | None = None,
    *,
    folded: str = "",
) -> HtmlOutput:
    """Show a figure with its text alternative, its caption and the data behind it.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        Drawn with :mod:`living_review.plots.theme`; closed here.
    name : str
        Lower-case words joined by ``-``; the figure's ``id``.
    alt : str
        What the figure finds, with its number: read out in place of the picture.
    caption : str
        What to see and how to read it; Markdown is not interpreted.
    data : pandas.DataFrame, optional
        The numbers drawn; offered as CSV inside the page, so that it works offline.
    folded : str
        What a tall figure is behind until a click or tap; it prints open. Default: not folded.

    Returns
    -------
    HtmlOutput
        Shown by a notebook as the last line of a cell.

    Raises
    ------
    ValueError
        If ``alt`` or ``caption`` is too short to say anything, or a cited number was drawn.
    """
    import matplotlib.pyplot as plt

    _check_name(name)
    if len(alt.split()) < 6 or len(caption.split()) < 6:
        raise ValueError(f"figure {name}: alt text and caption must each be a sentence")
    buffer = io.StringIO()
    fig.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(fig)
    if citing.is_marked(buffer.getvalue()):
        raise ValueError(
            f"figure {name}: a cited number was drawn; draw the number without its citation"
        )
    alt = citing.plain(alt)
    svg, bands = figure_links.without_bands(buffer.getvalue())
    picture = figure_links.with_links(_accessible(svg, name, alt), bands, data)
    links = Markup("")
    if data is not None:
        csv = base64.b64encode(report_html.csv_text(_with_evidence(data)).encode()).decode()
        links = Markup(
            '<p class="lr-links"><a download="{}.csv" href="data:text/csv;base64,{}">'
            'Data behind this figure <span class="lr-unit">(CSV)</span></a></p>\n'
        ).format(name, csv)
    content = Markup(
        '<figure class="lr-figure" id="{}">\n{}\n<figcaption>{}</figcaption>\n{}</figure>'
    ).format(name, picture, citing.linked_markup(caption), links)
    if folded:
        fold = '<details class="lr-fold">\n<summary>{}</summary>\n{}\n</details>'
        content = Markup(fold).format(folded, content)
    return HtmlOutput(lineage.mark(content), f"Figure: {alt}")


def _with_evidence(data: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers behind a figure with the ids of the rows that each line rests on."""
    rows = citing.rows_of(data)
    shown = data.drop(columns=[citing.ROWS, "rows"], errors="ignore") if rows else data
    return shown if rows is None else shown.assign(evidence=[" ".join(of) for of in rows])


def _accessible(svg: str, name: str, alt: str) -> Markup:
    """Cut the SVG down to its element, name it, and make its ids unique on the page."""
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    # matplotlib breaks path data over lines; one line a path is smaller and reads the same.
    svg = re.sub(r'(\sd="[^"]*")', lambda m: " " + " ".join(m[1].split()), svg)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", svg)
    svg = re.sub(r'xlink:href="#([^"]+)"', rf'href="#{name}-\1"', svg)
    # matplotlib's style element names every element, and inside a page that means the whole page:
    # the two properties are on the root instead and are inherited.
    svg = re.sub(r"<style[^>]*>\*\{[^}]*\}</style>\s*", "", svg)
    svg = theme.with_css_variables(_minified(re.sub(r"<defs>\s*</defs>\s*", "", svg)))
    opening = svg[: svg.index(">") + 1]
    box = re.search(r'viewBox="([^"]+)"', opening)
    assert box is not None, "matplotlib writes a viewBox"
    width, height = (float(v) for v in box[1].split()[2:])
    title = name.removeprefix("fig-").replace("-", " ").capitalize()
    # The site draws the plate as wide as the text; the height limit keeps the drawing at its size.
    style = f"width:{width:.0f}pt;max-height:{1.12 * height:.0f}pt;font-family:{FACE};"
    style += "stroke-linejoin:round;stroke-linecap:butt"
    head = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" role="img" style="{style}" '
        'aria-labelledby="{name}-title {name}-desc">\n<title id="{name}-title">{title}</title>\n'
        '<desc id="{name}-desc">{alt}</desc>'
    ).format(box=box[1], style=style, name=name, title=title, alt=alt)
    return head + Markup(svg[len(opening) :])


def _minified(svg: str) -> str:
    """Take out what matplotlib writes and nothing needs: ids nobody names, groups that do nothing."""
    named = set(re.findall(r'(?:url\(|href=")#([^)"]+)', svg))
    svg = re.sub(r' id="([^"]+)"', lambda m: m[0] if m[1] in named else "", svg)
    svg = re.sub(r' transform="rotate\(-0 [^)]*\)"', "", svg)
    svg = svg.replace(f"font-family: {FACE}; ", "")  # said once, at the root
    kept: list[bool] = []

    def group(match: re.Match[str]) -> str:
        if match[0] == "</g>":
            return match[0] if kept.pop() else ""
        if not match[0].endswith("/>"):
            kept.append(match[0] != "<g>")
        return "" if match[0] in ("<g>", "<g/>") else match[0]

    svg = re.sub(r"</?g\b[^>]*>", group, svg)
    return re.sub(r"\n\s*", "\n", svg)


MADE_UP = "This study is made up: nobody was treated, and no paper stands behind its numbers."


def provenance_line(
    scope: Review | Study, review: Review | None = None, *, of: dict[str, str] | None = None
) -> HtmlOutput:
    """Show what the page was computed from: version of the review and digest of the data read.

    A page about all studies names the version alone. A digest of everything would have it run again
    for each cell of a table that it never opens; the book's own page of data shows that digest.

    Parameters
    ----------
    scope : Review or Study
        All studies, or one.
    review : Review, optional
        Where the scope is one study: the review it belongs to, for the version.
    of : dict, optional
        Folders or files of ``data/`` and what a reader calls them, for a page that reads only these:
        it must not become stale with every other study or table.

    Returns
    -------
    HtmlOutput
        Shown by a notebook as the last line of a cell.
    """
    whole = scope if isinstance(scope, Review) else review
    version = f"Review version {whole.version} · " if whole else ""
    of_what = f"of {'all studies' if isinstance(scope, Review) else scope.label}"
    digest = ""
    if of is not None:  # not the whole folder of a study, whose own page shows another digest
        of_what = f"used here, of {', '.join(dict.fromkeys(of.values()))}"
        if whole is None:
            raise ValueError("of names folders of a review: give the review too")
        digest = digest_of([whole.data / place for place in of])
    elif isinstance(scope, Study):
        digest = scope.digest
    shown = [scope.study_id] if isinstance(scope, Study) else [p.partition("/")[0] for p in of or ()]
    marks = [retired_mark(s, whole) for s in dict.fromkeys(shown)] if whole else []
    if isinstance(scope, Study) and scope.meta.get("made_up"):
        marks.append(
            (f'<p class="lr-retired" role="note"><strong>{MADE_UP}</strong></p>', f"{MADE_UP} ")
        )
    mark, said = ("".join(part) for part in zip(*marks, strict=True)) if marks else ("", "")
    return HtmlOutput(
        f'{mark}<p class="lr-version">{version}data {of_what}'
        + (f": <code>{digest}</code></p>" if digest else "</p>"),
        f"{said}{version}data {of_what}" + (f": {digest}" if digest else ""),
    )


def retired_mark(study_id: str, review: Review) -> tuple[str, str]:
    """Return as HTML and as text that a study is out of all counts; nothing of one that is active.

    Parameters
    ----------
    study_id : str
        Name of the study's folder.
    review : Review
        The opened evidence.

    Returns
    -------
    tuple of str
        HTML and text, both empty for an active study.
    """
    row = review.retired.get(study_id)
    if row is None:
        return "", ""
    state = review.word("lifecycle_states", row["state"])
    words = (
        f"{review.study(study_id).label}: {state.lower()}. Since {dates.format_date(row['date'])} this "
        f"study is out of every count of this review. {row['reason'].rstrip('.')}."
    )
    if row["notice"] not in review.vocabulary["missing"]:
        words += f" See {row['notice']}."
    return f'<p class="lr-retired" role="note"><strong>{escape(words)}</strong></p>', f"{words} "


def summary_box(title: str, facts: dict[str, object]) -> HtmlOutput:
    """Show the *At a glance* card: a short list of what a reader wants first.

    Parameters
    ----------
    title : str
        Heading of the card.
    facts : dict
        Label and value, in reading order.

    Returns
    -------
    HtmlOutput
        Shown by a notebook as the last line of a cell.
    """
    rows = Markup("").join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(
            label, _cited(value) if isinstance(value, str) else report_html.format_cell(value)
        )
        for label, value in facts.items()
    )
    content = Markup(
        '<section class="lr-card" aria-label="At a glance">\n<p class="lr-card-title">{} </p>\n'
        "<dl>{}</dl>\n</section>"
    ).format(title, rows)
    return HtmlOutput(lineage.mark(content), f"At a glance: {title}")


def answer(lines: Mapping[str, str]) -> HtmlOutput:
    """Show the lines with which a chapter answers: each has a name and is one sentence.

    Parameters
    ----------
    lines : mapping of str to str
        Name and sentence; a :class:`markupsafe.Markup` is kept as it is, other text is escaped.
    """
    rows = Markup("").join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(name, _cited(text))
        for name, text in lines.items()
    )
    shown = Markup('<dl class="lr-answer">{}</dl>').format(rows)
    return HtmlOutput(lineage.mark(shown), "The answer")


def _cited(value: str) -> Markup:
    """Return a text whose cited numbers are links; :class:`markupsafe.Markup` as it is."""
    if isinstance(value, Markup) or not citing.is_marked(value):
        return report_html.format_cell(value)
    return citing.linked_markup(value)


def json_data(name: str, payload: object) -> HtmlOutput:
    """Put data into the page for a script to read: nothing is shown.

    Parameters
    ----------
    name : str
        The ``id`` of the element: lower-case words joined by ``-``.
    payload : object
        Anything JSON can hold; not a number (``nan``, ``inf``) is an error, keys keep their order.

    Returns
    -------
    HtmlOutput
        Shown by a notebook as the last line of a cell.

    Notes
    -----
    ``<`` is written as an escape, so that no text can end the element early.
    """
    _check_name(name)
    text = json.dumps(payload, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")
    return HtmlOutput(f'<script type="application/json" id="{name}">{text}</script>', f"Data: {name}")


def _follow_cells() -> None:
    """Follow the cells of the notebook that imports this module, if one does."""
    ipython = sys.modules.get("IPython")
    lineage.follow(ipython.get_ipython() if ipython else None)


_follow_cells()


def _check_name(name: str) -> None:
    if not NAME.match(name):
        raise ValueError(f"{name!r}: a name is lower-case words joined by '-'")
