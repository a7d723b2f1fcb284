"""Titles of pages in what is made from the data alone: a mark first, the title when a page is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from markupsafe import escape

from living_review.evidence import changelog

TITLE = re.compile(r"\{title of ([\w/]+)\}")


def title_later(page: str) -> str:
    """Return a mark for the title of a page, which :func:`with_titles` fills in.

    What is made from the data alone can then be kept while pages are edited.

    Parameters
    ----------
    page : str
        As ``_toc.yml`` names it.

    Returns
    -------
    str
        The mark.
    """
    return f"{{title of {page}}}"


def with_titles(root: Path, texts: Mapping[str, str]) -> dict[str, str]:
    """Fill in the titles that texts have marks for (:func:`title_later`).

    Parameters
    ----------
    root : pathlib.Path
        Top folder of the project.
    texts : mapping of str to str
        By name: HTML, or Markdown with HTML in it.

    Returns
    -------
    dict of str to str
        The same with titles, escaped.
    """
    title = cache(lambda page: str(escape(changelog.page_title(root, page))))
    return {name: TITLE.sub(lambda m: title(m[1]), text) for name, text in texts.items()}
