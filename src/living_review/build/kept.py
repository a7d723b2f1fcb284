"""What was made for the site stays until something that it was made from changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from living_review import evidence
from living_review.build import staleness, tracing


def made(
    root: Path, store: Path, makers: Mapping[str, Callable[[evidence.Review], Any]]
) -> dict[str, Any]:
    """Return what each maker makes, from the last build if nothing that it read changed.

    Parameters
    ----------
    root : pathlib.Path
        Top folder of the project.
    store : pathlib.Path
        The file that keeps what was made; what no maker has a name for is dropped from it.
    makers : mapping of str to callable
        By name; each takes a review of its own and gives what JSON can hold.

    Returns
    -------
    dict of str to object
        What was made, by name, in the order of the makers.
    """
    try:
        stored = json.loads(store.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        stored = {}  # none yet, or half of one
    tree, now = staleness.Tree(root), {}
    for name, make in makers.items():
        had = stored.get(name)
        if had is None or _read_for(had["from"], tree) != had["from"]:
            # A review of its own: what another maker has loaded would not be seen to be read.
            tracing.OBSERVER.start(str(root))
            try:
                value = make(evidence.load(root))
            finally:
                tracing.OBSERVER.stop()
            had = {"value": value, "from": _read_for(tracing.OBSERVER.report(), tree)}
        now[name] = had
    if now != stored:
        store.write_text(json.dumps(now), encoding="utf-8")
    return {name: held["value"] for name, held in now.items()}


def _read_for(seen: dict[str, Any], tree: staleness.Tree) -> dict[str, Any]:
    """Return what something was made from, as it is now: as the record of a notebook does.

    Parameters
    ----------
    seen : dict
        Names of what was read: the observer's report, or what this function gave before.
    tree : living_review.build.staleness.Tree
        The project's files.

    Returns
    -------
    dict of str to object
        Digests of files, code among them, of listings, and kinds of what was looked for.
    """
    return {
        # Another package or Python may compute another number from the same.
        "packages": [staleness.python_version(), tree.content(staleness.LOCK)],
        "opened": {path: tree.content(path) for path in seen["opened"]},
        "modules": {path: tree.content(path) for path in seen["modules"]},
        "listed": {path: tree.names(path) for path in seen["listed"]},
        "probed": {path: tree.kind(path) for path in seen["probed"]},
    }
