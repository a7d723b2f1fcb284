"""What a page is, for search engines and reference managers: JSON-LD in the words of schema.org.

The page about the data is a ``Dataset`` with its downloads, every other page of the book a
``ScholarlyArticle`` that is part of the review; a chapter about a source says what it is based on.
Addresses are relative to the page, as all of the site is: it works wherever it is put.
"""

from __future__ import annotations

import json
from typing import Any

from living_review.evidence import Review, Study

DATA_PAGE = "book/data"
LICENSE = "https://creativecommons.org/licenses/by/4.0/"
DOWNLOADS = {
    "evidence.zip": "application/zip",
    "evidence.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SHORTEST, LONGEST = 50, 5000  # characters of a description that search engines of data sets take


def of_page(review: Review, page: str, title: str, book: str, description: str = "") -> dict[str, Any]:
    """Return what a page is.

    Parameters
    ----------
    review : Review
    page : str
        As ``_toc.yml`` names it.
    title, book : str
        Title of the page, and of the book.
    description : str, optional
        What the page says, in a sentence.

    Returns
    -------
    dict
        JSON-LD.
    """
    newest = review.records("versions").iloc[-1]
    about = {
        "@context": "https://schema.org",
        "version": str(newest["version"]),
        "datePublished": str(newest["date"]),
        "inLanguage": "en-GB",
        "license": LICENSE,
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": str(newest["by"])},
    }
    whole = {"@type": "Dataset", "name": f"{book}: the evidence", "license": LICENSE}
    if page == DATA_PAGE:
        return about | whole | _dataset(review)
    article = about | {
        "@type": "ScholarlyArticle",
        "headline": title,
        "author": about["creator"],
        "isPartOf": {"@type": "Book", "name": book},
    }
    if description:
        article["description"] = description
    study = page.removeprefix("notebooks/")
    if page.startswith("notebooks/") and study in review.folders:
        article["isBasedOn"] = _source(review.study(study))
        article["about"] = review.word("indications", review.study(study).meta["indication"])
    return article


def _dataset(review: Review) -> dict[str, Any]:
    places = [
        {"@type": "DataDownload", "encodingFormat": kind, "contentUrl": f"../downloads/{name}"}
        for name, kind in DOWNLOADS.items()
    ]
    diseases = dict.fromkeys(study.meta["indication"] for study in review.studies)
    drugs = dict.fromkeys(drug for study in review.studies for drug in study.meta["drugs"])
    said = (
        f"{review.topic.description} Tables of what the sources print, with the place of each number, "
        "the readings, the claims that were recomputed, and studies beside the sources."
    )
    return {
        "description": " ".join(said.split())[:LONGEST],
        "keywords": [*drugs, *(review.word("indications", word) for word in diseases)],
        "distribution": places,
        "measurementTechnique": "Extraction from published papers",
    }


def _source(study: Study) -> dict[str, Any]:
    meta = study.meta
    found: dict[str, Any] = {
        "@type": "ScholarlyArticle",
        "name": meta["title"],
        "author": [{"@type": "Person", "name": name} for name in meta["authors"]],
        "datePublished": str(meta["year"]),
    }
    if str(meta.get("doi", "")).startswith("10."):
        found["sameAs"] = f"https://doi.org/{meta['doi']}"
    return found


def script(found: dict[str, Any]) -> str:
    """Return JSON-LD as it may be put inside a ``script`` element: nothing in it ends the element."""
    return json.dumps(found, ensure_ascii=False).replace("<", "\\u003c")
