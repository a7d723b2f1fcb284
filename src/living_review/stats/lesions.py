"""Sizes of lesions: the printed dimensions of each put together, and the volume they imply."""

from __future__ import annotations

import math

import pandas as pd

CENTIMETRES = {"mm": 0.1, "cm": 1.0}
# Change in percent of the sum of diameters from which RECIST 1.1 speaks of a partial response
# (Eisenhauer et al., Eur J Cancer 2009;45:228-247).
PARTIAL_RESPONSE = -30.0


def ellipsoid(a: float, b: float, c: float) -> float:
    """Return the volume of an ellipsoid from its three diameters: ``pi / 6 * a * b * c``.

    The unit is the cube of the diameters' unit. A tumour that winds through tissue is no ellipsoid: the
    volume is an order of size, not a measurement.

    Parameters
    ----------
    a, b, c : float
        Diameters, in one unit.

    Returns
    -------
    float
        In the cube of the diameters' unit.

    Raises
    ------
    ValueError
        If a diameter is not positive.

    Examples
    --------
    >>> round(ellipsoid(2, 2, 2), 4)  # a ball of radius 1: 4 / 3 * pi
    4.1888
    """
    if min(a, b, c) <= 0:
        raise ValueError(f"diameters {a:g}, {b:g}, {c:g}: each must be positive")
    return math.pi / 6 * a * b * c


def sizes(measurements: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each lesion at each time: its dimensions together, and a volume.

    Parameters
    ----------
    measurements : pandas.DataFrame
        The table ``measurements`` of a study; rows other than ``lesion_dimension`` are passed over.

    Returns
    -------
    pandas.DataFrame
        ``patient``, ``lesion``, ``time``, ``time_unit``, ``dimensions`` (``107 × 88 × 86 mm``),
        ``volume_cm3`` (ellipsoid; NA unless three dimensions are printed), ``printed``, ``locator``.
    """
    rows = measurements[measurements["measure"] == "lesion_dimension"]
    keys = ["patient", "lesion", "time", "time_unit", "unit", "printed", "locator"]
    out = []
    for key, lesion in rows.groupby(keys, sort=False):
        row = dict(zip(keys, key, strict=True))
        values = lesion.sort_values("component", kind="stable")["value"].tolist()
        row["dimensions"] = " × ".join(f"{v:g}" for v in values) + f" {row['unit']}"
        scale = CENTIMETRES[row["unit"]]
        known = len(values) == 3
        row["volume_cm3"] = ellipsoid(*(v * scale for v in values)) if known else math.nan
        out.append(row)
    columns = ["patient", "lesion", "time", "time_unit", "dimensions", "volume_cm3"]
    return pd.DataFrame(out, columns=[*columns, "printed", "locator"])


def diameter_change(area_change: float) -> float:
    """Return the change of a diameter, in percent, that a change of area in percent amounts to.

    An area goes with the square of its diameter; taken is that the lesion keeps its shape.

    Raises
    ------
    ValueError
        If more than the whole area is lost.

    Examples
    --------
    >>> round(diameter_change(-19)), round(diameter_change(-100))
    (-10, -100)
    """
    if area_change < -100:
        raise ValueError(f"a change of {area_change:g}% of an area: no more than all of it can go")
    return (math.sqrt(1 + area_change / 100) - 1) * 100


def areas(measurements: pd.DataFrame) -> pd.DataFrame:
    """Return, for each patient and lesion, the change of the area and of the diameter it amounts to.

    Parameters
    ----------
    measurements : pandas.DataFrame
        One row for each reading (:meth:`living_review.evidence.Study.once`); rows other than single
        values of ``lesion_area`` of patients are passed over, and lesions without a reading before
        and one on treatment.

    Returns
    -------
    pandas.DataFrame
        ``patient``, ``lesion``, ``before``, ``after`` (the last on treatment), ``change`` and
        ``diameter`` (both in percent, see :func:`diameter_change`), ``rows`` (ids of both readings).
    """
    rows = measurements[
        (measurements["measure"] == "lesion_area")
        & (measurements["statistic"] == "value")
        & (measurements["patient"] != "not_applicable")
        & measurements["value"].notna()
    ]
    out = []
    for (patient, lesion), own in rows.groupby(["patient", "lesion"], sort=False):
        before, after = (own[own["timing"] == t] for t in ("baseline", "on_treatment"))
        if before.empty or after.empty:
            continue
        first = before.iloc[-1]
        last = after.loc[after["time"].astype(float).idxmax()] if len(after) > 1 else after.iloc[0]
        change = (last["value"] / first["value"] - 1) * 100
        out.append(
            {
                "patient": patient,
                "lesion": lesion,
                "before": first["value"],
                "after": last["value"],
                "change": change,
                "diameter": diameter_change(change),
                "rows": (first["id"], last["id"]),
            }
        )
    columns = ["patient", "lesion", "before", "after", "change", "diameter", "rows"]
    return pd.DataFrame(out, columns=columns)
