"""The words of every stored figure are readable on a phone, and a picture too wide for one is caught.

Oracle: the stored SVG itself. On a phone of 390 px a figure has about 366 px; a wider one is scaled
down to that and its words with it.
"""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from living_review.build import checks, staleness
from living_review.plots import theme
from living_review.report import display

ROOT = Path(__file__).resolve().parents[2]
SCREEN = 366  # css px
LEAST = 10  # css px
PX = 96 / 72  # css px in a point, the unit of a figure's viewBox


def smallest(svg: str) -> float:
    """Return the size in css px of the smallest words of a figure, as a phone shows them."""
    box = re.search(r'viewBox="0 0 ([0-9.]+) [0-9.]+"', svg)
    assert box, "a figure has a viewBox"
    texts = re.findall(r"<text [^>]*>", svg)
    sizes = [re.search(r"\bfont(?:-size)?: [^;\"]*?([0-9.]+)px", text) for text in texts]
    assert all(sizes), "each text of a figure says its size"
    assert not any("scale(" in text for text in texts), "no text of a figure is scaled by itself"
    return min(float(s[1]) for s in sizes if s) * PX * min(1, SCREEN / (float(box[1]) * PX))


def drawings(html: str) -> dict[str, str]:
    """Return the SVG of each figure by the figure's name."""
    return dict(re.findall(r'<figure[^>]* id="([^"]+)".*?(<svg.*?</svg>)', html, re.DOTALL))


def drawn(width: float, size: float) -> str:
    theme.apply()
    fig, ax = theme.figure(3, width=width)
    ax.text(0, 0, "seven of nine", size=size)
    alt = "Seven of nine patients were better after a year"
    return display.figure(
        fig, "planted", alt=alt, caption="Each line is a patient of the study."
    ).content


@pytest.mark.parametrize(
    ("width", "size", "readable"),
    [(theme.WIDTH, theme.SMALL, True), (6, theme.SMALL, False), (theme.WIDTH, 8, False), (3, 7, False)],
)
def test_wide_pictures_and_small_words_are_caught(width, size, readable):
    (svg,) = drawings(drawn(width, size)).values()
    assert (smallest(svg) >= LEAST) is readable


def test_the_size_is_that_of_the_smallest_words_scaled_to_the_screen():
    text = (
        '<text style="font-size: 12px">a</text><text style="font: italic 9px \'DejaVu Sans\'">b</text>'
    )
    assert smallest(f'<svg viewBox="0 0 200 100">{text}</svg>') == pytest.approx(12)
    assert smallest(f'<svg viewBox="0 0 549 100">{text}</svg>') == pytest.approx(6)


@pytest.mark.parametrize("path", staleness.notebooks(ROOT), ids=lambda p: p.stem)
def test_every_stored_figure_is_readable_on_a_phone(path):
    cells = nbformat.read(path, as_version=4).cells
    htmls = [h for c in cells for h in checks.html_texts(c.get("outputs", []))]
    figures = {name: svg for html in htmls for name, svg in drawings(html).items()}
    assert len(figures) == sum(html.count("<figure") for html in htmls)
    small = {name: round(smallest(svg), 1) for name, svg in figures.items()}
    assert {name: size for name, size in small.items() if size < LEAST} == {}
