"""Numbers from numbers: dates, kappa, proportions, survival, lesion sizes, timelines, readability.

A module is imported when it is first used: ``from living_review import stats; stats.dates``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules={
        "dates",
        "contrasts",
        "kappa",
        "lesions",
        "number_words",
        "pooling",
        "proportions",
        "readability",
        "survival",
        "timelines",
        "units",
    },
)
