"""Feed facts of the review into prose pages as MyST substitutions: ``{{ n_studies }}``.

The facts are computed from ``data/`` at every build. A page that uses one depends on the data, so
it is read again whenever their digest changes: a prose page cannot show an old number.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from living_review import evidence, facts


def _set_substitutions(app: Any, config: Any) -> None:
    review = evidence.load(Path(app.srcdir))
    found = facts.facts(review)
    here = {name: text.replace("{notebooks}", "../notebooks") for name, text in found.items()}
    config.myst_substitutions = {**(config.myst_substitutions or {}), **here}


def setup(app: Any) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("config-inited", _set_substitutions, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
