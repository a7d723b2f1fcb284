"""Two independent readings of the same papers, compared and settled.

A module is imported when it is first used:
``from living_review import extraction; extraction.agreement``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules={
        "agreement",
        "context",
        "matching",
        "ratings",
    },
)
