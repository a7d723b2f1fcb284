"""The colours of figures and page: told apart from their ground in light and in dark.

Oracle: the contrast ratio of WCAG 2, from the colours written in style.py and in the style sheet.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from living_review.plots import audit, theme

SHEET = (Path(__file__).resolve().parents[2] / "book/_static/living-review.css").read_text("utf-8")
# Grounds and lines: words on them are tested by axe, on the page.
AREAS = {theme.GRID, theme.BAND, *theme.AREAS}
COLOURS = {
    theme.INK,
    theme.MUTED,
    *theme.PALETTE.values(),
    *theme.SPARE,
    *(colour for colour, _ in audit.LOOKS.values()),
}


def dark_blocks(sheet: str = SHEET) -> list[dict[str, str]]:
    """Return the properties of each block that makes the page dark."""
    blocks = re.findall(r":root[^{]*\{([^}]*color-scheme: dark[^}]*)\}", sheet)
    return [dict(re.findall(r"--([\w-]+): *([^;]+);", block)) for block in blocks]


def light(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_dark_is_the_same_by_the_systems_wish_and_by_the_readers():
    first, second = dark_blocks()
    assert first == second
    assert dark_blocks(":root { color-scheme: dark; --ink: #fff; }") == [{"ink": "#fff"}]


@pytest.mark.parametrize("colour", sorted(COLOURS))
def test_a_colour_of_a_figure_is_read_on_the_page_in_light_and_in_dark(colour):
    dark = dark_blocks()[0]
    paper = re.search(r"--paper: (#\w+);", SHEET)[1]
    assert contrast(colour, paper) >= 4.5
    assert contrast(dark[f"f-{colour[1:]}"], dark["paper"]) >= 4.5


@pytest.mark.parametrize("colour", sorted(AREAS))
def test_an_area_of_a_figure_has_a_dark_colour_on_which_ink_is_read(colour):
    dark = dark_blocks()[0]
    assert contrast(dark["f-1d2429"], dark[f"f-{colour[1:]}"]) >= 4.5
    assert contrast(theme.INK, colour) >= 4.5


def test_colours_of_a_drawing_can_be_given_others_and_nothing_else_is_touched():
    svg = '<path id="a0b5c7a" d="M0 0" style="fill: #0b5c7a; stroke: none"/><use href="#0b5c7a"/>'
    assert theme.with_css_variables(svg) == svg.replace(
        "fill: #0b5c7a", "fill: var(--f-0b5c7a,#0b5c7a)"
    )
