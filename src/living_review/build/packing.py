"""Text that a page carries compressed, since a site opened from a folder can fetch nothing.

The browser unpacks it with ``DecompressionStream("deflate")`` (``explorer.js``, ``search.js``).
"""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path


def packed(text: str) -> str:
    """Return a text compressed, in characters that are allowed in a page: about a third of its size."""
    return base64.b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii")


def write_part(folder: Path, name: str, content: object) -> None:
    """Write data that a page loads when they are asked for: a script, which works from a folder, too.

    Parameters
    ----------
    folder : Path
        The site.
    name : str
        The file without its ending, from the top of the site; ``livingReview.part`` asks for it so.
    content : object
        What JSON holds.
    """
    body = packed(json.dumps(content, ensure_ascii=False, separators=(",", ":")))
    text = f'(window.livingReviewParts??={{}})["{name}"]="{body}";\n'
    (folder / f"{name}.js").write_text(text, encoding="utf-8")
