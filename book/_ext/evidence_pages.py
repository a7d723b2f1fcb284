"""Pages of evidence cards under ``evidence/``: one for each study and one for the studies beside them.

They are made from the data alone, so they are kept from one build to the next and made again only when
the data or the code that writes them changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from markupsafe import Markup
from sphinx.application import Sphinx

from living_review import audit, evidence, extraction, report, stats
from living_review.build import digest
from living_review.report import evidence_cards, lineage

KEPT = "evidence-cards.json"


def made_from(review: evidence.Review) -> str:
    """Return the digest of what the cards are made from: the data and the packages that read them."""
    packages = [Path(str(p.__file__)).parent for p in (evidence, stats, extraction, audit, report)]
    files = [path for folder in packages for path in sorted(folder.glob("*.py"))]
    files += [
        *sorted((review.data / "review").rglob("*.csv")),
        *sorted(review.data.glob("context/*.csv")),
    ]
    return digest.of_files(((f"{p.parent.name}/{p.name}", p) for p in files), review.digest)


def cards(app: Sphinx) -> list[evidence_cards.Page]:
    """Return the pages, from the last build if nothing they are made from changed."""
    review: evidence.Review = app.living_review  # type: ignore[attr-defined]
    kept, made_of = Path(app.doctreedir) / KEPT, made_from(review)
    try:
        stored = json.loads(kept.read_text(encoding="utf-8"))
        if stored["digest"] == made_of:
            return [
                evidence_cards.Page(p["name"], p["title"], Markup(p["body"])) for p in stored["pages"]
            ]
    except (OSError, ValueError, LookupError):
        pass  # none yet, or half of one
    made = evidence_cards.pages(review)
    kept.write_text(
        json.dumps({"digest": made_of, "pages": [asdict(page) for page in made]}), encoding="utf-8"
    )
    return made


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
    computed = evidence_cards.computed_page(sets(app))
    for page in (*cards(app), computed):
        yield f"evidence/{page.name}", {"title": page.title, "body": page.body}, "page.html"


def setup(app: Sphinx) -> dict[str, object]:
    """Connect to the builder."""
    app.connect("html-collect-pages", collect)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
