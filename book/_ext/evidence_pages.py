"""Pages of evidence cards under ``evidence/``: one for each study and one for the studies beside them.

They are made from the data alone, so they are kept from one build to the next and made again only when
the data or the code that writes them changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from markupsafe import Markup
from sphinx.application import Sphinx

from living_review import audit, evidence, extraction, report, stats
from living_review.report import evidence_cards

KEPT = "evidence-cards.json"


def made_from(review: evidence.Review) -> str:
    """Return the digest of what the cards are made from: the data and the packages that read them."""
    total = hashlib.sha256(review.digest.encode())
    for package in (evidence, stats, extraction, audit, report):
        for path in sorted(Path(str(package.__file__)).parent.glob("*.py")):
            total.update(path.read_bytes())
    for path in sorted((review.data / "review").rglob("*.csv")) + sorted(
        (review.data / "context").glob("*.csv")
    ):
        total.update(path.read_bytes())
    return total.hexdigest()


def cards(app: Sphinx) -> list[evidence_cards.Page]:
    """Return the pages, from the last build if nothing they are made from changed."""
    review: evidence.Review = app.living_review  # type: ignore[attr-defined]
    kept, digest = Path(app.doctreedir) / KEPT, made_from(review)
    try:
        stored = json.loads(kept.read_text(encoding="utf-8"))
        if stored["digest"] == digest:
            return [
                evidence_cards.Page(p["name"], p["title"], Markup(p["body"])) for p in stored["pages"]
            ]
    except (OSError, ValueError, LookupError):
        pass  # none yet, or half of one
    made = evidence_cards.pages(review)
    kept.write_text(
        json.dumps({"digest": digest, "pages": [asdict(page) for page in made]}), encoding="utf-8"
    )
    return made


def collect(app: Sphinx) -> Iterator[tuple[str, dict[str, object], str]]:
    """Yield the pages for the builder; a book without a chapter of a study has none that lead there."""
    review: evidence.Review = app.living_review  # type: ignore[attr-defined]
    if not any(f"notebooks/{study}" in app.env.found_docs for study in review.study_ids):
        return
    for page in cards(app):
        yield f"evidence/{page.name}", {"title": page.title, "body": page.body}, "page.html"


def setup(app: Sphinx) -> dict[str, object]:
    """Connect to the builder."""
    app.connect("html-collect-pages", collect)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
