"""The ``{explorer}`` directive: the evidence explorer, a plain table that a small script takes over.

Why a script of our own (11 KB) and no library: DataTables needs jQuery (about 180 KB together);
Tabulator is some 400 KB and draws ``div`` grids whose keyboard and screen-reader behaviour is its
own; Grid.js and List.js are no longer kept. What is needed is little: filter, sort, search and
pages of fifty rows of a true ``table``.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from living_review.build import packing
from living_review.report import explorer

SHELL = """<div class="lr-explorer" id="lr-explorer" data-unsearched>
<script type="text/plain" id="lr-explorer-data">{data}</script>
<noscript><p>Without scripts the rows cannot be filtered.
<a href="{up}evidence/rows.html">All of them are in {plain}.</a></p></noscript>
</div>"""


def lean(table: str) -> str:
    """Take from a table of thousands of rows what a browser does not need.

    Classes are for widths and shades of cells, and the end tags of cells and rows are optional in HTML.
    """
    table = str(table)  # of Markup, re.sub would escape every piece it puts together
    table = re.sub(r'(<t[dh](?: scope="row")?) class="[^"]*"', r"\1", table.replace("\n", ""))
    table = re.sub(r'<span class="lr-unit">(.*?)</span>', r"<small>\1</small>", table)
    return re.sub(r"</t[dhr]>", "", table)


class Explorer(SphinxDirective):
    """Show every row of the evidence."""

    def run(self) -> list[nodes.Node]:
        """Return the table, its data and nothing else: the script draws the controls."""
        review = self.env.app.living_review  # opened once for all pages by site_pages
        up = "../" * self.env.docname.count("/")

        def page(study_id: str) -> str:
            name = f"notebooks/{study_id}"
            return f"{up}{name}.html" if name in self.env.found_docs else ""

        parts = explorer.split(explorer.rows(review))
        few = len(parts) == 1
        content = (explorer.payload if few else explorer.catalogue)(
            parts[0] if few else parts, review, page
        )
        data = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        plain = "one plain table" if few else f"{len(parts)} plain tables, a page each"
        shell = SHELL.format(data=packing.packed(data), up=up, plain=plain)
        return [nodes.raw("", shell, format="html")]


def plain_page(app: Sphinx) -> Iterator[tuple[str, dict[str, object], str]]:
    """Yield the same rows as pages of their own, for a reader without scripts: loaded if asked for.

    Where they are too many for one page, the explorer's script loads them from files, written here.
    """
    if not any(name.endswith("explorer") for name in app.env.found_docs):
        return  # a book without the explorer has no page that leads there
    review = app.living_review  # type: ignore[attr-defined]

    def page(study_id: str) -> str:
        name = f"notebooks/{study_id}"
        return f"../{name}.html" if name in app.env.found_docs else ""

    folder = Path(app.outdir)
    for old in folder.glob("evidence/explorer-*.js"):
        old.unlink()
    parts = explorer.split(explorer.rows(review))
    for number, part in enumerate(parts):
        table = lean(explorer.plain_table(part, review, page))
        body = (
            f"<h1>Every row of the evidence</h1><div data-unsearched>{ways(parts, number)}{table}</div>"
        )
        context = {"title": "Every row of the evidence", "body": body}
        yield f"evidence/{plain_name(number)}", context, "page.html"
        if len(parts) > 1:
            (folder / "evidence").mkdir(exist_ok=True)
            rows = list(map(explorer.values, part))
            packing.write_part(folder, f"evidence/explorer-{number}", rows)


def plain_name(number: int) -> str:
    """Return how a page of the plain table is called; the first has no number."""
    return f"rows-{number + 1}" if number else "rows"


def ways(parts: list[list[explorer.Row]], here: int) -> str:
    """Return links to all pages of the plain table, each named by its first and last source."""
    if len(parts) == 1:
        return ""

    def entry(number: int) -> str:
        ends = dict.fromkeys((parts[number][0].source, parts[number][-1].source))
        words = html.escape(" to ".join(ends))
        if number == here:
            return f'<li><span aria-current="page">{words}</span></li>'
        return f'<li><a href="{plain_name(number)}.html">{words}</a></li>'

    listed = "".join(map(entry, range(len(parts))))
    return f'<nav aria-label="Pages of the table"><ol>{listed}</ol></nav>'


def read_again(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> Iterable[str]:
    """Read the explorer's page at every build: it depends on all data, and costs half a second."""
    return [name for name in env.all_docs if name.endswith("explorer")]


def setup(app: Sphinx) -> dict[str, object]:
    """Register the directive."""
    app.add_directive("explorer", Explorer)
    app.connect("env-get-outdated", read_again)
    app.connect("html-collect-pages", plain_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
