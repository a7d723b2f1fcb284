"""SHA-256 digests of texts and files, in hexadecimal: whether something is what it was.

The tracer computes its own: it runs inside a kernel and imports nothing of ours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def of_text(text: str) -> str:
    """Return the digest of a text; half a surrogate pair, as a notebook may hold, is a character."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def of_file(path: Path) -> str:
    """Return the digest of the bytes of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def of_files(files: Iterable[tuple[str, Path]], first: str = "") -> str:
    """Return the digest of several files, names and bytes.

    Parameters
    ----------
    files : iterable of tuple of str, pathlib.Path
        Name and place of each, in an order that does not change by itself.
    first : str, optional
        What else counts, a version for instance.

    Returns
    -------
    str
        Another one if a file is renamed, changed, added or removed.
    """
    total = hashlib.sha256(first.encode())
    for name, path in files:
        total.update(f"{name}\0".encode("utf-8", "surrogateescape"))
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
