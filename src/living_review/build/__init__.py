"""Run what is stale, render, post-process. Knows no evidence, but for the bundle and the social card.

A module is imported when it is first used: ``from living_review import build; build.bundle``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules={
        "bundle",
        "checks",
        "glossary",
        "kernel",
        "page",
        "postprocess",
        "render",
        "social_card",
        "staleness",
        "tracing",
        "update",
    },
)
