"""The ``{explorer}`` directive: the evidence explorer, a plain table that a small script takes over.

Why a script of our own (11 KB) and no library: DataTables needs jQuery (about 180 KB together);
Tabulator is some 400 KB and draws ``div`` grids whose keyboard and screen-reader behaviour is its
own; Grid.js and List.js are no longer kept. What is needed is little: filter, sort, search and
pages of fifty rows of a true ``table``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from living_review.build.packing import packed
from living_review.report import explorer

SHELL = """<div class="lr-explorer" id="lr-explorer" data-unsearched>
<script type="text/plain" id="lr-explorer-data">{data}</script>
<noscript><p>Without scripts the rows cannot be filtered.
<a href="{up}evidence/rows.html">All of them are in one plain table.</a></p></noscript>
</div>"""


def lean(table: str) -> str:
    """Take from a table of thousands of rows what a browser does not need.

    Classes are for widths and shades of cells, and the end tags of cells and rows are optional in HTML.
    """
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

        found = explorer.rows(review)
        data = json.dumps(
            explorer.payload(found, review, page), ensure_ascii=False, separators=(",", ":")
        )
        return [nodes.raw("", SHELL.format(data=packed(data), up=up), format="html")]


def plain_page(app: Sphinx) -> Iterator[tuple[str, dict[str, object], str]]:
    """Yield the same rows as a page of their own, for a reader without scripts: loaded if asked for."""
    if not any(name.endswith("explorer") for name in app.env.found_docs):
        return  # a book without the explorer has no page that leads there
    review = app.living_review  # type: ignore[attr-defined]

    def page(study_id: str) -> str:
        name = f"notebooks/{study_id}"
        return f"../{name}.html" if name in app.env.found_docs else ""

    table = lean(explorer.plain_table(explorer.rows(review), review, page))
    body = f'<h1>Every row of the evidence</h1><div class="lr-explorer" data-unsearched>{table}</div>'
    yield "evidence/rows", {"title": "Every row of the evidence", "body": body}, "page.html"


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
