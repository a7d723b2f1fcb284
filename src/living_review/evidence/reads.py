"""Which evidence is read while something is computed, so that a result can say what it rests on.

The readers of this package note what they hand out, for a caller that keeps a ledger meanwhile.
A reference is ``study/table`` for a table that was read whole, ``study/table/row`` for a row that was
asked for by name, and ``review/table`` or ``context/table`` for records.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TypeAlias

Ledger: TypeAlias = dict[str, None]  # a set that keeps its order

# What was read before anybody asked; :func:`close` it when the first ledger is opened for good.
SINCE_START: Ledger = {}
_kept: list[Ledger] = [SINCE_START]


def note(*references: str) -> None:
    """Write down that evidence was read, in every ledger that is kept.

    Parameters
    ----------
    *references : str
        ``study/table`` or ``study/table/row``.
    """
    for ledger in _kept:
        ledger.update(dict.fromkeys(references))


def keep() -> Ledger:
    """Begin a ledger and return it; it grows until :func:`close`."""
    ledger: Ledger = {}
    _kept.append(ledger)
    return ledger


def close(ledger: Ledger) -> None:
    """End a ledger; one that is not kept is left alone."""
    _kept[:] = [kept for kept in _kept if kept is not ledger]


@contextlib.contextmanager
def watch() -> Iterator[Ledger]:
    """Give the ledger of what is read inside.

    Examples
    --------
    >>> from living_review import evidence
    >>> study = evidence.load().study("hua_2014")
    >>> with watch() as seen:
    ...     label = study.row("events/p1_follow_up")["locator"]
    >>> list(seen)
    ['hua_2014/events/p1_follow_up']
    """
    ledger = keep()
    try:
        yield ledger
    finally:
        close(ledger)
