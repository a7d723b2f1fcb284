"""Sizes of lesions: the printed dimensions of each put together, and the volume they imply."""

from __future__ import annotations

import math

import pandas as pd

CENTIMETRES = {"mm": 0.1, "cm": 1.0}


def ellipsoid(a: float, b: float, c: float) -> float:
    """Return the volume of an ellipsoid from its three diameters: ``pi / 6 * a * b * c``.

    The unit is the cube of the diameters' unit. A plexiform tumour is no ellipsoid: the volume is
    an order of size, not a measurement.

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
