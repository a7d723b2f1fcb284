"""What pages say of themselves in schema.org's words; oracle: what its search guides require."""

from __future__ import annotations

import json
import re

import pytest

from living_review import evidence
from living_review.report import structured_data

ROOT = evidence.find_root()
DAY = re.compile(r"\d{4}-\d\d-\d\d")
REQUIRED = {
    "Dataset": ("name", "description", "license", "creator", "distribution", "version"),
    "ScholarlyArticle": ("headline", "author", "datePublished", "isPartOf", "license", "version"),
}


def problems(found: dict) -> list[str]:
    """Return what a reader of JSON-LD could not use."""
    kind = found.get("@type")
    out = [f"no {name}" for name in REQUIRED.get(kind, ()) if not found.get(name)]
    if found.get("@context") != "https://schema.org" or kind not in REQUIRED:
        out.append("neither of the two kinds")
    if not DAY.fullmatch(found.get("datePublished", "")):
        out.append("no day")
    if kind == "Dataset" and not (
        structured_data.SHORTEST <= len(found.get("description", "")) <= structured_data.LONGEST
    ):
        out.append("description too short or too long")
    out += [f"{d}: no download" for d in found.get("distribution", []) if not d.get("contentUrl")]
    return out


@pytest.fixture(scope="module")
def review() -> evidence.Review:
    return evidence.load(ROOT)


@pytest.mark.parametrize("page", ["book/data", "book/index", "notebooks/hua_2014", "notebooks/since"])
def test_a_page_says_what_it_is(review: evidence.Review, page: str) -> None:
    found = structured_data.of_page(review, page, "A title", "A book", "What it says.")
    assert problems(found) == []
    assert found["version"] == review.version


@pytest.mark.parametrize("lacking", ["headline", "datePublished", "license", "@context"])
def test_what_lacks_is_noticed(review: evidence.Review, lacking: str) -> None:
    found = structured_data.of_page(review, "book/index", "A title", "A book")
    found.pop(lacking)
    assert problems(found)


def test_a_chapter_names_its_source(review: evidence.Review) -> None:
    found = structured_data.of_page(review, "notebooks/hua_2014", "A title", "A book")
    meta = review.study("hua_2014").meta
    assert found["isBasedOn"]["name"] == meta["title"]
    assert found["isBasedOn"]["sameAs"] == f"https://doi.org/{meta['doi']}"
    assert (
        "sameAs" not in structured_data.of_page(review, "notebooks/benson_2014", "T", "B")["isBasedOn"]
    )


def test_nothing_in_it_ends_the_script() -> None:
    text = structured_data.script({"headline": "</script><b>"})
    assert "<" not in text
    assert json.loads(text)["headline"] == "</script><b>"
