"""Words that do not belong into this project (``tests/words.yaml``), found in texts, code and pages."""

from __future__ import annotations

import html
import io
import re
import tokenize
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
LIST = ROOT / "tests" / "words.yaml"
UNSEEN = re.compile(r"<(script|style|svg|noscript|template|pre|code|del)\b.*?</\1>", re.DOTALL)
HEAD = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")


def load() -> dict[str, Any]:
    """Return the list: ``words`` (pattern, instead, where) and ``quotes`` (pages)."""
    return yaml.safe_load(LIST.read_text(encoding="utf-8"))


def in_text(text: str, *where: str) -> list[str]:
    """Return what a text should not say, with what to write instead.

    Parameters
    ----------
    text : str
        Words as a reader sees them.
    *where : str
        Which patterns apply: ``text``, ``pages``.

    Returns
    -------
    list of str
        One for each place.
    """
    plain = " ".join(text.split())
    return [
        f"{plain[max(0, m.start() - 30) : m.end() + 30]!r}: write {word['instead']}"
        for word in load()["words"]
        if word["where"] in where
        for m in re.finditer(word["pattern"], plain, re.IGNORECASE)
    ]


def in_python(source: str) -> list[str]:
    """Return what comments, docstrings and messages of a module should not say."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    kinds = {tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
    return in_text("\n".join(t.string for t in tokens if t.type in kinds), "text")


def in_page(page: str) -> list[str]:
    """Return what a built page shows and should not: its text and the headings of its tables."""
    seen = UNSEEN.sub(" ", page)
    found = in_text(html.unescape(TAG.sub(" ", seen)), "text", "pages")
    heads = [" ".join(html.unescape(TAG.sub(" ", head)).split()) for head in HEAD.findall(seen)]
    for word in load()["words"]:
        if word["where"] == "heads":
            wrong = [h for h in heads if re.fullmatch(word["pattern"], h, re.IGNORECASE)]
            found += [f"the heading {head!r}: write {word['instead']}" for head in wrong]
    return found
