"""``living-review bounds FILE.yaml``: what a printed summary forces, as text, table and picture.

The file names the arguments of :func:`living_review.bounds.survival`, with ``title``, ``unit`` and
``until`` for the picture; ``second`` holds another arm, ``compare`` what is printed of both. Numbers
are read as their characters, so ``2.40`` stays narrower than ``2.4``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from living_review import bounds, files
from living_review.bounds import means, two_arms

WORDS = ("title", "unit", "until", "second", "compare")
TABLES = ("landmarks", "at_risk", "deaths_by", "landmark_ci")
FIGURES = ("n", "median", "ci", "follow_up", "lower_bounds", "exact_times", "deaths", "last")
CHOICES = (
    "median_rule",
    "follow_up_ties",
    "at_risk_rule",
    "ci_method",
    "software",
    "ties",
    "method",
)
ALLOWED = (*WORDS, *TABLES, *FIGURES, *CHOICES)
COMPARED = ("p", "ratio", "interval")


class BoundsFileError(Exception):
    """The file cannot be used; the message says where, what was found and what to do."""


@dataclass
class Arm:
    """One arm: its title, what is asked, and what that forces."""

    title: str
    asked: dict[str, Any]
    found: bounds.SurvivalBounds


@dataclass
class Result:
    """What a file forces.

    Attributes
    ----------
    arms : list of Arm
        One or two.
    unit : str
        Of the times.
    until : float
        End of picture and table.
    ratio : HazardRatio or None
        Bounds on the hazard ratio, first to second arm.
    """

    arms: list[Arm]
    unit: str
    until: float
    ratio: two_arms.HazardRatio | None = None
    written: list[Path] = field(default_factory=list)


def read(path: Path) -> dict[str, Any]:
    """Read a file; every value is text.

    Raises
    ------
    BoundsFileError
        If there is no such file, it is no YAML mapping, or a key is unknown.
    """
    try:
        found = files.read_yaml(path, as_text=True)
    except files.UnreadableFileError as error:
        raise BoundsFileError(str(error)) from error
    if not isinstance(found, dict):
        raise BoundsFileError(f"{path}: expected 'key: value' lines, such as 'n: 21'")
    for where, part in (("", found), ("second: ", found.get("second", {}))):
        if not isinstance(part, dict):
            raise BoundsFileError(f"{path}, {where}expected 'key: value' lines")
        unknown = [k for k in part if k not in ALLOWED]
        if unknown:
            raise BoundsFileError(
                f"{path}, {where}unknown {', '.join(unknown)}; expected {', '.join(ALLOWED)}"
            )
        if "n" not in part and (where == "" or part):
            raise BoundsFileError(f"{path}, {where}n is missing: the number of patients")
    return found


def solve(path: Path) -> Result:
    """Read a file and find what it forces.

    Raises
    ------
    BoundsFileError
        If the file cannot be used, or its figures contradict each other.
    """
    content = read(path)
    parts = [content] + ([content["second"]] if "second" in content else [])
    arms = []
    for part in parts:
        asked = _arguments(path, part)
        try:
            found = bounds.survival(**asked)
        except (ValueError, TypeError, bounds.TooManyStatesError) as error:
            raise BoundsFileError(f"{path}: {error}") from error
        arms.append(Arm(part.get("title", path.stem), asked, found))
    ends = [float(a.found.breakpoints[-1]) for a in arms]
    try:
        until = float(content.get("until", max(ends) or 1))
        ratio = _ratio(arms, content.get("compare", {})) if len(arms) == 2 else None
    except ValueError as error:
        raise BoundsFileError(f"{path}: {error}") from error
    return Result(arms, content.get("unit", "time"), until, ratio)


def _arguments(path: Path, part: Mapping[str, Any]) -> dict[str, Any]:
    asked: dict[str, Any] = {}
    for key, value in part.items():
        if key in WORDS:
            continue
        if key in TABLES:
            if not isinstance(value, dict):
                raise BoundsFileError(f"{path}: {key} must be 'time: value', found {value!r}")
            asked[key] = {k: tuple(v) if isinstance(v, list) else v for k, v in value.items()}
        elif key in ("n", "deaths"):
            asked[key] = _whole(path, key, value)
        elif key == "ties":
            if value.lower() not in ("true", "false", "yes", "no"):
                raise BoundsFileError(f"{path}: ties is {value!r}; expected true or false")
            asked[key] = value.lower() in ("true", "yes")
        elif key == "exact_times":
            asked[key] = [(t, _whole(path, key, e)) for t, e in value]
        else:
            asked[key] = tuple(value) if isinstance(value, list) and key == "ci" else value
    for key in ("at_risk", "deaths_by"):
        if key in asked:
            asked[key] = {
                t: tuple(_whole(path, key, x) for x in v)
                if isinstance(v, tuple)
                else _whole(path, key, v)
                for t, v in asked[key].items()
            }
    return asked


def _whole(path: Path, key: str, value: object) -> int:
    try:
        return int(str(value))
    except ValueError as error:
        raise BoundsFileError(f"{path}: {key} is {value!r}; expected a whole number") from error


def _ratio(arms: list[Arm], compared: Mapping[str, Any]) -> two_arms.HazardRatio:
    unknown = [k for k in compared if k not in COMPARED]
    if unknown:
        raise ValueError(f"compare: unknown {', '.join(unknown)}; expected {', '.join(COMPARED)}")
    given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in compared.items()}
    return two_arms.hazard_ratio(arms[0].found, arms[1].found, **given)


def report(result: Result) -> str:
    """Write what a file forces, in lines for a terminal."""
    lines = []
    for arm in result.arms:
        found, times = arm.found, list(arm.asked.get("landmarks", {}))
        low, high = means.restricted_mean(found, str(result.until))
        lines += [
            arm.title,
            f"  {found.method} method; {len(found.conventions)} conventions agree"
            + (f"; {found.count:,} orders of deaths and censorings" if found.count else ""),
            f"  deaths: {found.deaths[0]} to {found.deaths[1]}",
            f"  restricted mean to {result.until:g} {result.unit}: "
            f"{float(low):.3g} to {float(high):.3g}",
        ]
        lines += [f"  not used: {x}" for x in found.given_up]
        for time in times:
            here = found.at(time)
            if here.lower is None or here.upper is None or here.deaths is None or here.at_risk is None:
                lines.append(f"  at {time} {result.unit}: no curve that agrees reaches it")
                continue
            lines.append(
                f"  at {time} {result.unit}: alive {float(here.lower):.1%} to {float(here.upper):.1%}, "
                f"deaths {here.deaths[0]} to {here.deaths[1]}, "
                f"at risk after it {here.at_risk[0]} to {here.at_risk[1]}"
            )
        for convention, alone in found.alone.items():
            lines.append(
                f"  if {convention}: deaths {alone.deaths[0]} to {alone.deaths[1]}"
                + (f", {alone.count:,} orders" if alone.count else "")
            )
    if result.ratio is not None:
        r = result.ratio
        lines += [
            f"hazard ratio (Peto), first to second arm: {r.lower:.3g} to {r.upper:.3g}",
            f"  deaths in both arms: {r.deaths[0]} to {r.deaths[1]}",
        ]
    lines.append("These are bounds: what the figures force. No value inside them is more likely.")
    return "\n".join(lines)


def write(result: Result, folder: Path, name: str) -> list[Path]:
    """Write the bands as a CSV file and as a picture; return where.

    Parameters
    ----------
    result : Result
        What the summary forces.
    folder : pathlib.Path
        Where they go; it is made if need be.
    name : str
        Their name without ending.

    Returns
    -------
    list of pathlib.Path
        The files written.
    """
    import pandas as pd

    from living_review.plots import bounds as bands_plot
    from living_review.plots import theme

    folder.mkdir(parents=True, exist_ok=True)
    bands = [arm.found.envelope(until=str(result.until)) for arm in result.arms]
    table = folder / f"{name}.csv"
    joined = pd.concat([b.assign(arm=a.title) for a, b in zip(result.arms, bands, strict=True)])
    joined.to_csv(table, index=False, float_format="%.6g")
    theme.apply()
    fig, axes = theme.figure(4.4 * len(bands), rows=len(bands))
    axes = [axes] if len(bands) == 1 else list(axes)
    for ax, arm, band in zip(axes, result.arms, bands, strict=True):
        bands_plot.band(
            ax,
            [bands_plot.Layer(band, "What the printed summary allows")],
            title=f"Bounds: {arm.title}",
            x_label=result.unit.capitalize(),
            y_label="Share",
            until=result.until,
        )
    picture = folder / f"{name}.svg"
    fig.savefig(picture)
    return [table, picture]
