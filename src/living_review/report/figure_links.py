"""The rows of a figure as links to their evidence.

Functions that draw mark the band of each row (:func:`living_review.plots.theme.mark_row`). A picture is
one image to a screen reader, which reads nothing inside it; so the links are a second drawing over the
first, without a mark of its own, each with the words of its row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd
from markupsafe import Markup

from living_review.plots import theme
from living_review.report import citing

BAND = re.compile(
    rf'<g id="{theme.ROW}\|([^|"]*)\|([^"]*)">\s*<path d="([^"]*)"[^>]*/>\s*</g>\s*', re.DOTALL
)


class Band(NamedTuple):
    """A row of a drawing: its label in its frame, its words (escaped), and its outline."""

    row: str
    words: str
    outline: str


def without_bands(svg: str) -> tuple[str, list[Band]]:
    """Return a drawing without the bands of its rows, and the bands.

    Parameters
    ----------
    svg : str
        As matplotlib writes it.

    Returns
    -------
    tuple of str and list of Band
        In the order drawn.
    """
    found = []
    for row, words, path in BAND.findall(svg):
        corners = [float(number) for number in re.findall(r"-?[\d.]+", path)]
        left, top, right, foot = corners[0], corners[1], corners[2], corners[5]
        outline = f"M{left:.0f} {top:.1f}H{right:.0f}V{foot:.1f}H{left:.0f}z"
        found.append(Band(row, words, outline))
    return BAND.sub("", svg), found


def with_links(picture: Markup, bands: Sequence[Band], data: pd.DataFrame | None) -> Markup:
    """Return a picture under a drawing with a link for each row, to the card of its evidence.

    Parameters
    ----------
    picture : Markup
        The finished SVG.
    bands : sequence of Band
        As :func:`without_bands` returns them.
    data : pandas.DataFrame or None
        The rows drawn, with their evidence (:func:`.citing.rows_of`); of a row that rests on several
        the link leads to the first.

    Returns
    -------
    Markup
        The picture alone where nothing says what its rows rest on.
    """
    references = None if data is None else citing.rows_of(data)
    if data is None or references is None:
        return picture
    of = {str(row): those for row, those in zip(data.index, references, strict=True) if those}
    links = Markup("\n").join(
        Markup('<a href="{}"><title>{}{}</title><path d="{}"/></a>').format(
            citing.place(of[band.row][0]), Markup(band.words), _evidence(of[band.row]), band.outline
        )
        for band in bands
        if band.row in of
    )
    box = re.search(r'viewBox="([^"]+)"', picture)
    if not links or box is None:
        return picture
    return Markup(
        '<div class="lr-drawing" style="position:relative">{}\n<svg class="lr-marks" viewBox="{}" '
        'role="group" aria-label="Evidence, row by row" fill="none" pointer-events="none" '
        'style="position:absolute;inset:0">{}</svg></div>'
    ).format(picture, box[1], links)


def _evidence(references: Sequence[str]) -> str:
    several = f", the first of {len(references)} rows" if len(references) > 1 else ""
    return f": evidence{several}"
