"""Run the audit: claims in, results out; what was accepted is compared with what is computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from living_review import evidence
from living_review.audit import claim as claims
from living_review.audit import kinds
from living_review.audit.outcome import is_finding
from living_review.audit.rounding import REPRODUCED
from living_review.evidence.memory import Memory
from living_review.evidence.references import Cells

MOST = 200  # messages of one kind that are listed


@dataclass(frozen=True)
class Result:
    """One claim, checked.

    Attributes
    ----------
    verdict : str
        The computed verdict; for a statement judged by reading, the accepted one.
    accepted : str
        The verdict in ``claims.csv``.
    judged : bool
        Whether a reader judged it (nothing was computed).
    headline : int or None
        1 to 3 for the findings that matter most to a reader of the study.
    references : tuple of str
        Target and inputs, each ``study:table/id.column``.
    materiality : str
        ``material``, ``minor`` or ``wording`` for a finding; empty for what is none.
    issue : str
        Name of the issue, shared by the findings of a study that are one issue in several places;
        empty for what is no finding.
    """

    study: str
    claim: str
    kind: str
    locator: str
    printed: str
    recomputed: str
    verdict: str
    accepted: str
    arithmetic: str
    explanation: str
    explained_by: str
    judged: bool
    headline: int | None
    references: tuple[str, ...]
    materiality: str = ""
    issue: str = ""

    @property
    def is_finding(self) -> bool:
        """Whether it does not reproduce what is printed, and could be checked."""
        return is_finding(self.verdict)

    @property
    def is_changed(self) -> bool:
        """Whether the computed verdict differs from the accepted one."""
        return self.verdict != self.accepted

    def as_dict(self) -> dict[str, Any]:
        """Return the result as plain data."""
        return asdict(self) | {"changed": self.is_changed, "references": list(self.references)}


def check(study: str, row: dict[str, str], cells: Cells) -> Result:
    """Check one row of ``claims.csv`` against the cells it points at.

    Parameters
    ----------
    study : str
        Name of the study's folder.
    row : dict of str to str
        Column and text of the row.
    cells : Cells
        What references resolve to.

    Returns
    -------
    Result
        Verdict, arithmetic and, if it does not reproduce, the alternatives found.
    """
    one = claims.read(study, row, cells)
    outcome = kinds.compute(one)
    words = row["explanation"]
    explanation = "" if words in claims.NONE else words
    headline = row.get("headline", "")
    return Result(
        study=study,
        claim=row["id"],
        kind=row["kind"],
        locator=row["locator"],
        printed=row["printed"],
        recomputed=outcome.recomputed,
        verdict=outcome.verdict,
        accepted=row["verdict"],
        arithmetic=outcome.arithmetic,
        explanation=explanation or (outcome.explained_by if outcome.verdict != REPRODUCED else ""),
        explained_by=outcome.explained_by,
        judged=one.judged,
        headline=int(headline) if headline.isdigit() else None,
        references=tuple(c.name for c in (*one.target, *one.cells)),
        materiality=_coded(row, "materiality"),
        issue=_coded(row, "issue"),
    )


def _coded(row: dict[str, str], column: str) -> str:
    word = row.get(column, "")
    return "" if word in claims.NONE else word


def audit(
    review: evidence.Review, study: str | None = None, cells: Cells | None = None
) -> list[Result]:
    """Check every claim of the review, or of one study.

    Parameters
    ----------
    review : Review
        As ``evidence.load()`` returns it.
    study : str, optional
        Only this study.
    cells : Cells, optional
        The cells to read; default: those of the review's ``data/``.

    Returns
    -------
    list of Result
        In the order of the studies and of the rows.

    Raises
    ------
    EvidenceError
        If there is no such study, or claims cannot be checked as they are written; the message
        lists them all.

    Examples
    --------
    >>> results = audit(evidence.load(), "nadal_2016")
    >>> {r.study for r in results} <= {"nadal_2016"}
    True
    """
    return list(stream(review, study, cells))


def stream(
    review: evidence.Review,
    study: str | None = None,
    cells: Cells | None = None,
    memory: Memory | None = None,
    *,
    only_changed: bool = False,
) -> Iterator[Result]:
    """Check claims as :func:`audit` does, study by study: no more than one is held.

    Parameters
    ----------
    review, study, cells
        As for :func:`audit`.
    memory : Memory, optional
        What was answered before, used where nothing that it rests on is new.
    only_changed : bool
        Give only results whose computed verdict differs from the accepted one.

    Returns
    -------
    iterator of Result
        In the order of the claims.

    Raises
    ------
    EvidenceError
        As :func:`audit`, after the last result.
    """
    cells = cells or Cells(review.root, review.texts)
    issues: list[str] = []
    for study_id in [review.study(study).study_id] if study else review.study_ids:
        if memory is None:
            results, wrong = _study(study_id, cells)
        else:
            held, wrong = remember(study_id, cells, memory, only_changed=only_changed)
            results = [Result(**r | {"references": tuple(r["references"])}) for r in held]
            cells.forget_studies()
        yield from changed(results) if only_changed else results
        issues += wrong
    if issues:
        listed = [*issues[:MOST], *([f"and {len(issues) - MOST} more"] if len(issues) > MOST else [])]
        raise evidence.EvidenceError("claims that cannot be checked:\n  " + "\n  ".join(listed))


def remember(study: str, cells: Cells, memory: Memory, *, only_changed: bool = False) -> Any:  # noqa: ANN401  (plain data)
    """Let a memory answer the audit of one study: results as plain data, and what is wrong with claims.

    Parameters
    ----------
    study : str
        Name of the study's folder.
    cells : Cells
        What references resolve to: tables that it holds are not read once more.
    memory : Memory
        What was answered before.
    only_changed : bool
        Give only results whose computed verdict differs from the accepted one.

    Returns
    -------
    list
        Results as mappings, and messages.
    """

    def compute() -> list[Any]:
        results, wrong = _study(study, cells)
        return [[vars(r) | {"references": list(r.references)} for r in results], wrong]

    def changed_of(answer: list[Any]) -> list[Any]:
        return [[r for r in answer[0] if r["verdict"] != r["accepted"]], answer[1]]

    return memory.answer(study, cells, compute, changed_of, only_brief=only_changed)


def _study(study: str, cells: Cells) -> tuple[list[Result], list[str]]:
    """Return the results of one study, and what is wrong with claims that cannot be checked."""
    results, issues = [], []
    for row in cells.rows(study, "claims"):
        try:
            results.append(check(study, row, cells))
        except claims.InvalidClaimError as error:
            issues.append(str(error))
    return results, issues


def changed(results: Iterable[Result]) -> list[Result]:
    """Return the results whose computed verdict differs from the accepted one."""
    return [r for r in results if r.is_changed]


def touching(results: Iterable[Result], references: Iterable[str]) -> list[Result]:
    """Return the conflicts that touch given cells: those a synthesis uses, for example.

    Parameters
    ----------
    results : iterable of Result
        From :func:`audit`.
    references : iterable of str
        ``study:table/id`` (a row) or ``study:table/id.column`` (a cell).

    Returns
    -------
    list of Result
        Those that share a cell with the references, in their order.
    """
    wanted = set(references)
    return [
        r
        for r in results
        if r.verdict != REPRODUCED
        and any(name in wanted or name.rpartition(".")[0] in wanted for name in r.references)
    ]
