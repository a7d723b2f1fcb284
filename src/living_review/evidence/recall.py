"""What was computed once from the tables of a review is not computed again while they are the same.

A page asks some tables dozens of times. An answer that is given again says once more what it was read
from (:mod:`.reads`), and none outlives a change made in memory (:meth:`.model.Study.read_as`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from living_review.evidence import reads

P = ParamSpec("P")
T = TypeVar("T")
S = TypeVar("S")


def recalled(compute: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    """Keep what a function of a review or of a study gives.

    For functions that read nothing but their first argument, and whose other arguments can be keys of
    a dict. A caller gets a copy and may change it.
    """

    @wraps(compute)
    def answer(scope: S, *args: P.args, **kwargs: P.kwargs) -> T:
        held: dict[Any, Any] | None = getattr(scope, "recalled", None)
        if held is None:  # something that looks like a review
            return compute(scope, *args, **kwargs)
        key = (compute.__module__, compute.__qualname__, args, tuple(sorted(kwargs.items())))
        state = scope.state  # type: ignore[attr-defined]
        if key not in held or held[key][0] != state:
            with reads.watch() as seen:
                value = compute(scope, *args, **kwargs)
            held[key] = state, tuple(seen), value
        _, noted, value = held[key]
        reads.note(*noted)
        return value.copy() if hasattr(value, "copy") else value

    return answer
