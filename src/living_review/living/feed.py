"""An Atom feed of what versions changed in the results, from ``data/review/changes.csv`` (RFC 4287).

A corrected word is no entry: those who follow a review want to know when an answer changes.
"""

from __future__ import annotations

import uuid

from lxml import etree

from living_review.evidence import Review, changelog

FILE = "feed.xml"
ATOM = "http://www.w3.org/2005/Atom"
# Names of entries come from it, so that an entry has one name wherever the site is hosted.
NAMESPACE = uuid.UUID("6e1b2a36-6d0e-5f43-9a53-0c8a5d8f2a11")


def atom(review: Review, title: str, base_url: str = "") -> bytes:
    """Return the feed.

    Parameters
    ----------
    review : Review
    title : str
        Of the book.
    base_url : str, optional
        Address of the site; without it the links are relative to the feed.

    Returns
    -------
    bytes
        XML. An entry is a page whose results a version changed, the newest version first; the day of
        the version is when it was updated.
    """
    versions = review.records("versions")
    base = base_url.rstrip("/") + "/" if base_url else ""
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    _add(feed, "id", f"urn:uuid:{uuid.uuid5(NAMESPACE, 'feed')}")
    _add(feed, "title", f"{title}: changes of results")
    _add(feed, "updated", _time(versions["date"].iloc[-1]))
    _add(_add(feed, "author"), "name", versions["by"].iloc[-1])
    _add(feed, "link", rel="alternate", href=f"{base}index.html")
    if base:
        _add(feed, "link", rel="self", href=f"{base}{FILE}")
    changes = review.records("changes")
    changes = changes[changes["kind"] == "result"]
    for version, day in reversed(list(versions[["version", "date"]].itertuples(index=False))):
        rows = changes[changes["version"] == version]
        for page, what in rows.groupby("page", sort=False)["what"]:
            entry = _add(feed, "entry")
            _add(entry, "id", f"urn:uuid:{uuid.uuid5(NAMESPACE, f'{version} {page}')}")
            _add(entry, "title", f"{changelog.page_title(review.root, str(page))} (version {version})")
            _add(entry, "updated", _time(day))
            _add(entry, "link", rel="alternate", href=f"{base}{page}.html")
            _add(entry, "content", f"{'; '.join(what)}.", type="text")
    return etree.tostring(feed, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _add(
    parent: etree._Element, name: str, text: str | None = None, **attributes: str
) -> etree._Element:
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    element.text = text
    return element


def _time(day: str) -> str:
    return f"{day}T00:00:00Z"
