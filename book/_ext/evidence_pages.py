"""Pages of evidence cards under ``evidence/``: one for each study and one for the studies beside them.

They are made from the data alone, so they are kept from one build to the next. Each is made again only
when something that it read the last time has changed, or the code.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path

from markupsafe import Markup
from sphinx.application import Sphinx

from living_review import evidence
from living_review.build import digest, kept
from living_review.report import evidence_cards, lineage

KEPT, WRITTEN = "evidence-cards.json", "evidence-written.json"


def cards(root: Path, store: Path) -> list[evidence_cards.Page]:
    """Return the pages, each from the last build if nothing that it was made from changed.

    Parameters
    ----------
    root : pathlib.Path
        Top folder of the project.
    store : pathlib.Path
        Where the pages of the last build are.

    Returns
    -------
    list of living_review.report.evidence_cards.Page
        In the order of the site.
    """
    pages = evidence_cards.makers(evidence.load(root))
    makers = {name: lambda review, make=make: asdict(make(review)) for name, make in pages.items()}
    made = kept.made(root, store, makers).values()
    return [evidence_cards.Page(p["name"], p["title"], Markup(p["body"])) for p in made]


def sets(app: Sphinx) -> dict[str, lineage.Source]:
    """Return the sets of evidence that the facts of prose pages and the outputs of notebooks name."""
    found = dict(app.living_sets)  # type: ignore[attr-defined]
    for name in sorted(app.env.found_docs):
        path = Path(app.env.doc2path(name))
        if path.suffix == ".ipynb":
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            outputs = (out for cell in cells for out in cell.get("outputs", ()))
            texts = (text for out in outputs for text in out.get("data", {}).values())
            found |= lineage.sets(
                "".join("".join(text) for text in texts if isinstance(text, (str, list)))
            )
    return found


def collect(app: Sphinx) -> Iterator[tuple[str, dict[str, object], str]]:
    """Yield the pages for the builder; a book without a chapter of a study has none that lead there."""
    review: evidence.Review = app.living_review  # type: ignore[attr-defined]
    if not any(f"notebooks/{study}" in app.env.found_docs for study in review.study_ids):
        return
    made = list(cards(review.root, Path(app.doctreedir) / KEPT))
    computed = evidence_cards.computed_page(sets(app), {page.name for page in made})
    for page in _to_write(app, [*made, computed]):
        yield f"evidence/{page.name}", {"title": page.title, "body": page.body}, "page.html"


def _to_write(app: Sphinx, pages: list[evidence_cards.Page]) -> list[evidence_cards.Page]:
    """Return the pages that are not written yet as they are now, in the frame that pages have now."""
    root = Path(app.confdir)
    templates = (sorted(Path(root, folder).glob("*.html")) for folder in app.config.templates_path)
    frames = [root / "_config.yml", *chain.from_iterable(templates)]
    frame = digest.of_files(((path.name, path) for path in frames), first=app.env.living_frame)
    store = Path(app.doctreedir) / WRITTEN
    before = json.loads(store.read_text(encoding="utf-8")) if store.is_file() else {}
    now = {page.name: digest.of_text(f"{frame}\0{page.title}\0{page.body}") for page in pages}
    store.write_text(json.dumps(now), encoding="utf-8")
    written = {name: Path(app.builder.get_outfilename(f"evidence/{name}")) for name in before | now}
    for name in before.keys() - now.keys():  # of a study that is gone
        written[name].unlink(missing_ok=True)
    kept_as_is = {name for name in now if before.get(name) == now[name] and written[name].is_file()}
    return [page for page in pages if page.name not in kept_as_is]


def setup(app: Sphinx) -> dict[str, object]:
    """Connect to the builder."""
    app.connect("html-collect-pages", collect)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
