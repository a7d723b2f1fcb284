"""Axes in, axes out: the figures of the book. None of them computes a statistic.

A module is imported when it is first used: ``from living_review import plots; plots.audit``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules={
        "audit",
        "basic",
        "bounds",
        "context",
        "panels",
        "theme",
        "timelines",
    },
)
