"""A row of ``claims.csv``, its references resolved and its parameters checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from living_review import evidence
from living_review.audit import expression
from living_review.audit.expression import NAMED_SIDES, Limit, Side
from living_review.evidence.references import OPERATORS, Cell, Cells, InvalidReferenceError

ANY = {"else", "decimals", "scale", "is"}
PARAMETERS: dict[str, set[str]] = {
    "percentage": {"count", "n"},
    "sum": {"rounded", "whole"},
    "median": {"without"},
    "mean": {"without"},
    "range": {"end"},
    "change": {"direction", "remaining", "rounded"},
    "difference": {"signed", "rounded"},
    "duration": set(),
    "ratio": {"rounded"},
    "product_limit": {"quantity", "at", "at_unit", "reverse", "events", "times"},
    "test": {"test", "named", "same_direction"},
    "equality": {"tolerance"},
    "unit": set(),
    "statement": {"rule", "value", "missing"},
}
NONE = ("", "not_applicable")


class InvalidClaimError(evidence.EvidenceError):
    """A claim that cannot be checked as it is written."""


@dataclass
class Claim:
    """One claim, ready to be computed."""

    study: str
    row: dict[str, str]
    target: list[Cell] = field(default_factory=list)
    sides: list[Side] = field(default_factory=list)
    separators: list[str] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Name of the claim in its study."""
        return self.row["id"]

    @property
    def kind(self) -> str:
        """How it is checked."""
        return self.row["kind"]

    @property
    def cells(self) -> list[Cell]:
        """All input cells, in order."""
        return [cell for side in self.sides for cell in side.cells]

    @property
    def judged(self) -> bool:
        """Whether a reader judged it: a statement without a rule is not computed."""
        return self.kind == "statement" and "rule" not in self.parameters

    def goal(self) -> Cell:
        """Return the one printed value under test."""
        if len(self.target) != 1:
            raise InvalidClaimError(
                f"{self.where}: kind {self.kind} needs one target, not {len(self.target)}"
            )
        return self.target[0]

    @property
    def limit(self) -> Limit | None:
        """The side of a bound, if one is printed and no number; ``is=`` names it for a bare bound."""
        if len(self.target) != 1 or self.kind == "statement":
            return None
        return expression.limit(self.target[0], self.parameters.get("is"))

    def printed(self) -> Fraction:
        """Return the number under test, exactly as printed; the bound, if a limit is printed."""
        return self.limit.bound if self.limit else expression.value(self.goal())

    @property
    def decimals(self) -> int:
        """Digits after the point in the printed number; ``decimals=`` overrules the cell."""
        if "decimals" in self.parameters:
            return int(self.parameters["decimals"])
        return max((c.decimals for c in self.target), default=0)

    @property
    def where(self) -> str:
        """File and row name, for messages."""
        return f"data/{self.study}/claims.csv, {self.id}"

    def mismatch(self, default: str) -> str:
        """Return the verdict for a difference that rounding does not explain (``else=``)."""
        return self.parameters.get("else", default).replace("_", " ")


def _check_words(claim: Claim) -> None:
    """Refuse what a parameter cannot mean, before anything is computed."""
    side = claim.parameters.get("is")
    known = {*NAMED_SIDES, "equal"} if claim.kind == "statement" else NAMED_SIDES
    if side is not None and side not in known:
        raise InvalidClaimError(f"{claim.where}: is={side}; there are: {', '.join(sorted(known))}")
    if claim.parameters.get("else") == "rounding" and claim.kind != "equality":
        raise InvalidClaimError(
            f"{claim.where}: else=rounding; rounding is computed (rounded=yes), "
            "only an equality may expect it"
        )
    for name in ("decimals", "scale", "at", "whole", "tolerance"):
        if (word := claim.parameters.get(name)) is None:
            continue
        try:
            int(word) if name == "decimals" else Fraction(word)
        except (ValueError, ZeroDivisionError):
            raise InvalidClaimError(f"{claim.where}: {name}={word}: expected a number") from None


def read(study: str, row: dict[str, str], cells: Cells) -> Claim:
    """Resolve a row of ``claims.csv``.

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
    Claim
        The claim with its cells.

    Raises
    ------
    InvalidClaimError
        If a reference names nothing, a parameter is unknown to the kind, or an operator is alone.
    """
    claim = Claim(study, row)
    kind = row["kind"]
    if kind not in PARAMETERS:
        raise InvalidClaimError(f"{claim.where}: kind {kind!r}; there are: {', '.join(PARAMETERS)}")
    if row["parameters"] not in NONE:
        for part in row["parameters"].split():
            name, sign, word = part.partition("=")
            known = ANY | PARAMETERS[kind]
            if not sign or name not in known:
                raise InvalidClaimError(
                    f"{claim.where}: parameter {part!r}; kind {kind} knows {', '.join(sorted(known))}"
                )
            claim.parameters[name] = word
    _check_words(claim)
    try:
        if row["target"] not in NONE:
            claim.target = [c for t in row["target"].split() for c in cells.find(t, study)]
        tokens = [(t, [] if t in OPERATORS else cells.find(t, study)) for t in row["inputs"].split()]
        claim.sides, claim.separators = expression.parse(tokens)
    except (InvalidReferenceError, ValueError) as error:
        raise InvalidClaimError(f"{claim.where}: {error}") from error
    return claim
