"""What every page of the site gets: description, reading time, what changed, citation, navigation.

The theme's page frame is replaced whole by ``book/_templates/layout.html`` (why: 3 MB of scripts and
fonts for a menu and a search box, and the accessibility problems named there); this module
gives that template what it shows. Parts in plain language get their reading level, measured here.
"""

from __future__ import annotations

import html
import json
import re
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from living_review import evidence
from living_review.evidence import changelog
from living_review.living import status
from living_review.report import structured_data
from living_review.stats import dates, readability

WORDS_A_MINUTE = 220
NOT_READ = re.compile(
    r"<(svg|script|style|details|table|math|dl)\b.*?</\1>"
    r'|<p class="lr-(?:version|links|level)"[^>]*>.*?</p>'
    r'|<a class="headerlink".*?</a>',
    re.DOTALL,
)
TAG = re.compile(r"<[^>]+>")
PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)


def plain(text: str) -> str:
    """Return the words of a piece of HTML."""
    return " ".join(html.unescape(TAG.sub(" ", text)).split())


def describe(body: str) -> str:
    """Return a description of at most 160 characters: the first paragraph long enough to be one."""
    for paragraph in PARAGRAPH.findall(NOT_READ.sub("", body)):
        words = re.sub(r" ([.,;:)])", r"\1", plain(paragraph))
        if len(words) >= 60:
            return words if len(words) <= 160 else words[:157].rsplit(" ", 1)[0].rstrip(",;:") + " …"
    return ""


def minutes(body: str) -> int:
    """Return how many minutes the prose of a page takes; tables, figures and code are not counted."""
    return max(1, round(len(plain(NOT_READ.sub("", body)).split()) / WORDS_A_MINUTE))


PLAIN = "in-plain-language"  # the id of the part, from its heading
GLOSSARY, METHODS = "book/glossary", "book/methods"
VERSION_CELL = re.compile(
    r'<div class="cell[^>]*>\s*<div class="cell_output[^>]*>\s*'
    r'<div class="output text_html">((?:<p class="lr-retired".*?</p>)*'
    r'<p class="lr-version">.*?</p>)</div></div>\s*</div>',
    re.DOTALL,
)


def after_title(body: str, line: str, last: str) -> str:
    """Put lines under the page's title; the line about data and version moves between them.

    It is an output of the notebook's first code cell, and so would come before the title or between
    the first paragraphs.
    """
    if found := VERSION_CELL.search(body):
        body = body[: found.start()] + body[found.end() :]
        line += found[1]
    return body.replace("</h1>", f"</h1>\n{line}{last}", 1)


def changed(app: Sphinx, review: evidence.Review, page: str) -> str:
    """Return the line that says what the newest version changed on a page; nothing if none ever did."""
    change = changelog.changes_of_page(review, page)
    if change is None:
        return ""
    words = html.escape(str(change), quote=False)
    if METHODS in app.env.found_docs:  # the first version names none, and has no link
        named = f"version {change.version}"
        there = f"{app.builder.get_relative_uri(page, METHODS)}#changes-table"
        words = words.replace(named, f'<a href="{there}">{named}</a>', 1)
    return f'<p class="lr-changed" data-unsearched>{words}</p>'


def add_context(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Give the template what it shows about this page."""
    review: evidence.Review = app.living_review  # type: ignore[attr-defined]
    newest = review.records("versions").iloc[-1]
    body = context.get("body", "")
    title = plain(context.get("title", "")) or app.config.html_title
    context["lr_description"] = describe(body)
    context["lr_version"] = newest["version"]
    context["lr_date"] = dates.format_date(newest["date"])
    context["lr_due"] = newest["next_review_due"]
    context["lr_due_words"] = dates.format_date(newest["next_review_due"])
    context["lr_status"] = app.living_status  # type: ignore[attr-defined]
    context["lr_title"] = title
    context["lr_is_chapter"] = doctree is not None
    context["lr_changes"] = newest["changed_results"]
    context["lr_author"] = newest["by"]
    context["lr_about"] = review.topic.description
    context["lr_synonyms"] = json.dumps(review.topic.synonyms)
    if doctree is not None:
        context["lr_structured"] = structured_data.script(
            structured_data.of_page(
                review, pagename, title, plain(app.config.html_title), context["lr_description"] or ""
            )
        )
        context["lr_minutes"] = minutes(body)
        # docutils gives entries of the bibliography a role that ARIA has withdrawn, inside a list
        # whose items they are (axe: aria-deprecated-role, aria-required-children).
        body = body.replace(' role="doc-biblioentry"', ' role="listitem"')
        context["body"] = after_title(
            body,
            f'<p class="lr-time">{context["lr_minutes"]} min to read</p>',
            changed(app, review, pagename),
        )
    if toctree := context.get("toctree"):
        listed = toctree(maxdepth=1, titles_only=True, collapse=True, includehidden=True)
        context["lr_nav"] = navigation(listed, context.get("toc", ""))


def navigation(toctree: str, toc: str) -> str:
    """Return the contents: captions that are no headings without a level; this page's own parts.

    Parameters
    ----------
    toctree : str
        List of pages.
    toc : str
        Headings of this page, which are listed under its entry.
    """
    out = re.sub(
        r'<p[^>]*class="caption"[^>]*><span class="caption-text">(.*?)</span></p>',
        r'<p class="lr-nav-part">\1</p>',
        toctree or "",
    )
    out = re.sub(r' class="(?:toctree-l\d ?|current ?|reference ?|internal ?)+"', _keep_current, out)
    parts = "".join(_second_level(toc))
    if parts:
        out = re.sub(
            r'aria-current="page"[^>]*>.*?</a>', lambda m: f"{m[0]}<ul>{parts}</ul>", out, count=1
        )
    return out


def _second_level(toc: str) -> list[str]:
    depth, parts = 0, []
    for tag in re.finditer(r'<ul>|</ul>|<a class="reference internal" href="(#[^"]+)">(.*?)</a>', toc):
        depth += {"<ul>": 1, "</ul>": -1}.get(tag[0], 0)
        if tag[1] and depth == 2:
            parts.append(f'<li><a href="{tag[1]}">{tag[2]}</a></li>')
    return parts


def _keep_current(match: re.Match[str]) -> str:
    words = match[0]
    return ' aria-current="page"' if "reference" in words and "current" in words else ""


def cells_after_output(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the folded code of a cell after what it shows: a reader wants the figure first."""
    for cell in list(doctree.findall(nodes.container)):
        if cell.get("nb_element") != "cell_code" or len(cell.children) < 2:
            continue
        first = cell.children[0]
        if isinstance(first, HideCodeCellNode):
            cell.remove(first)
            cell.append(first)


def visit_hidden(self: HTML5Translator, node: HideCodeCellNode) -> None:
    """Open a fold whose label is its text: the builder's has an ``aria-label`` that says otherwise."""
    self.body.append('<details class="lr-code"><summary>Show code</summary>\n')


def depart_hidden(self: HTML5Translator, node: HideCodeCellNode) -> None:
    """Close the fold."""
    self.body.append("</details>\n")


def framed_tables(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put every Markdown table into the frame that scrolls by itself."""
    for number, table in enumerate(list(doctree.findall(nodes.table)), start=1):
        words = next((t.astext() for t in table.findall(nodes.title)), "Table")
        label = html.escape(f"{words} {number}" if words == "Table" else words)
        opening = (
            f'<div class="lr-table lr-table-plain" role="region" tabindex="0" aria-label="{label}">'
        )
        place = table.parent.index(table)
        table.parent.insert(place, nodes.raw("", opening, format="html"))
        table.parent.insert(place + 2, nodes.raw("", "</div>\n", format="html"))


def _words(paragraph: nodes.paragraph) -> str:
    """Return the words that a reader sees: the tags of a number that links to its row are none."""
    return "".join(
        t.astext() for t in paragraph.findall(nodes.Text) if not isinstance(t.parent, nodes.raw)
    )


def reading_levels(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the reading level of a part in plain language under it, as measured on its paragraphs."""
    for part in doctree.findall(nodes.section):
        if PLAIN not in part["ids"]:
            continue
        text = "\n\n".join(_words(paragraph) for paragraph in part.findall(nodes.paragraph))
        level = readability.measure(text, app.living_review.topic.syllables)  # type: ignore[attr-defined]
        name = "Reading level"
        if GLOSSARY in app.env.found_docs:
            there = f"{app.builder.get_relative_uri(docname, GLOSSARY)}#term-reading-level"
            name = f'<a href="{there}">{name}</a>'
        line = f'<p class="lr-level" data-unsearched>{name}: {level}</p>\n'
        part.append(nodes.raw("", line, format="html"))


def open_review(app: Sphinx) -> None:
    """Load the evidence once for all pages."""
    app.living_review = evidence.load(app.srcdir)  # type: ignore[attr-defined]
    app.living_status = status.status_line(app.living_review)  # type: ignore[attr-defined]


def setup(app: Sphinx) -> dict[str, object]:
    """Connect to the events of the build."""
    app.connect("builder-inited", open_review)
    app.connect("doctree-resolved", cells_after_output)
    app.connect("doctree-resolved", framed_tables)
    app.connect("doctree-resolved", reading_levels)
    app.connect("html-page-context", add_context, priority=900)
    app.add_node(HideCodeCellNode, override=True, html=(visit_hidden, depart_hidden))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
