"""The colours of figures and page: told apart from their ground and from each other.

Oracles: the contrast ratio of WCAG 2, from the colours written in theme.py and in the style sheet; for
readers who see colours differently the matrices of Machado, Oliveira and Fernandes (IEEE Trans Vis
Comput Graph 2009;15:1291-1298, severity 1) and the distance in CIE Lab (1976).
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
import pytest

from living_review import evidence
from living_review.plots import audit, theme

SHEET = (Path(__file__).resolve().parents[2] / "book/_static/living-review.css").read_text("utf-8")
REVIEW = evidence.load()
# Grounds and lines: words on them are tested by axe, on the page.
AREAS = {theme.GRID, theme.BAND, *theme.AREAS}
COLOURS = {
    theme.INK,
    theme.MUTED,
    *theme.COLOURS.values(),
    *(colour for colour, _ in audit.LOOKS.values()),
}
NO_RED = (
    """ 0.152286  1.052583 -0.204868   0.114503  0.786281  0.099216  -0.003882 -0.048116  1.051998"""
)
NO_GREEN = (
    """ 0.367322  0.860646 -0.227968   0.280085  0.672501  0.047413  -0.01182   0.04294   0.968881"""
)
NO_BLUE = (
    """ 1.255528 -0.076749 -0.178779  -0.078411  0.930809  0.147602   0.004733  0.691367  0.3039"""
)
SRGB = """ 0.4124564 0.3575761 0.1804375  0.2126729 0.7151522 0.072175  0.0193339 0.119192 0.9503041"""
NO_RED, NO_GREEN, NO_BLUE, TO_XYZ = (
    np.array(text.split(), dtype=float).reshape(3, 3) for text in (NO_RED, NO_GREEN, NO_BLUE, SRGB)
)
SIGHT = (np.eye(3), NO_RED, NO_GREEN, NO_BLUE)
WHITE = (0.95047, 1, 1.08883)
FAR = 15  # a distance that is seen at a glance; 2.3 is the least that is noticed side by side


def pairs(sheet: str = SHEET) -> dict[str, tuple[str, str]]:
    """Return the properties of the page that have a light and a dark colour."""
    found = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);", sheet)
    named = {name: (light, dark) for name, light, dark in found}
    others = re.findall(r"--(f-\w{6}): var\(--([\w-]+)\);", sheet)
    return named | {name: named[other] for name, other in others if name != "f-ffffff"}


def unnamed(sheet: str = SHEET) -> list[str]:
    """Return where a light and a dark colour are not the value of one property, or are named twice."""
    lines = [line.strip() for line in sheet.splitlines() if "light-dark(" in line]
    found = [line for line in lines if not re.match(r"--[\w-]+: light-dark\([^)]*\);$", line)]
    values = [line.partition(": ")[2] for line in lines]
    return found + [value for value in dict.fromkeys(values) if values.count(value) > 1]


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    high, low = sorted((float(linear(c) @ TO_XYZ[1]) for c in (one, other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    x, y, z = np.cbrt(TO_XYZ @ np.clip(rgb, 0.001, 1) / WHITE)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def distance(one: str, other: str) -> float:
    """Return how far apart two colours are for those who distinguish them least."""
    seen = ((lab(eye @ linear(one)), lab(eye @ linear(other))) for eye in SIGHT)
    return min(float(np.linalg.norm(a - b)) for a, b in seen)


def test_a_light_and_a_dark_colour_are_named_once():
    assert unnamed() == []
    assert unnamed("p { color: light-dark(#000, #fff); }") == ["p { color: light-dark(#000, #fff); }"]
    twice = ":root {\n--a: light-dark(#000, #fff);\n--b: light-dark(#000, #fff);\n}"
    assert unnamed(twice) == ["light-dark(#000, #fff);"]


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_red_and_green_are_far_apart_for_some_and_near_for_others():
    assert distance("#c00000", "#3f6212") < distance("#10296b", "#7a5b00")
    assert float(np.linalg.norm(lab(linear("#a1284f")) - lab(linear("#00694d")))) > 60
    assert distance("#a1284f", "#00694d") < FAR


@pytest.mark.parametrize("colour", sorted(COLOURS))
def test_a_colour_of_a_figure_is_read_on_the_page_in_light_and_in_dark(colour):
    found = pairs()
    light, dark = found[f"f-{colour[1:]}"]
    assert light == colour
    assert contrast(light, found["paper"][0]) >= 4.5
    assert contrast(dark, found["paper"][1]) >= 4.5


@pytest.mark.parametrize("colour", sorted(AREAS))
def test_an_area_of_a_figure_has_a_dark_colour_on_which_ink_is_read(colour):
    found = pairs()
    assert contrast(found["f-1d2429"][1], found[f"f-{colour[1:]}"][1]) >= 4.5
    assert contrast(theme.INK, colour) >= 4.5


def test_every_colour_of_the_style_sheet_for_figures_is_one_of_theirs():
    assert {f"#{name[2:]}" for name in pairs() if name.startswith("f-")} == COLOURS | AREAS


def test_colours_of_a_drawing_can_be_given_others_and_nothing_else_is_touched():
    svg = '<path id="a0b5c7a" d="M0 0" style="fill: #0b5c7a; stroke: none"/><use href="#0b5c7a"/>'
    assert theme.with_css_variables(svg) == svg.replace(
        "fill: #0b5c7a", "fill: var(--f-0b5c7a,#0b5c7a)"
    )


def test_there_are_looks_for_thirty_studies_each_with_a_colour_and_a_marker():
    looks = [(theme.colour(look), theme.marker(look)) for look in REVIEW.vocabulary["looks"]]
    assert len(looks) == len(set(looks)) >= 30


def test_neighbours_in_the_list_of_looks_share_neither_colour_nor_marker():
    looks = [tuple(look.split("_")) for look in REVIEW.vocabulary["looks"]]
    assert not [pair for pair in itertools.pairwise(looks) if set(pair[0]) & set(pair[1])]


@pytest.mark.parametrize("shape", theme.MARKERS)
@pytest.mark.parametrize("dark", [False, True])
def test_looks_with_one_marker_have_colours_that_everyone_distinguishes(shape, dark):
    names = [look for look in REVIEW.vocabulary["looks"] if look.endswith(f"_{shape}")]
    colours = [pairs()[f"f-{theme.colour(look)[1:]}"][dark] for look in names]
    found = {pair: distance(*pair) for pair in itertools.combinations(colours, 2)}
    assert {pair: d for pair, d in found.items() if d < FAR} == {}


def test_a_look_of_no_list_is_refused():
    with pytest.raises(ValueError, match="pink_circle"):
        theme.colour("pink_circle")


def test_a_marker_becomes_an_outline_around_the_origin():
    assert theme.marker_path("s", 10) == "M-5 5L5 5L5 -5L-5 -5Z"
    assert theme.marker_path("^", 10) == "M0 -5L-5 5L5 5Z"  # in SVG y runs downwards
    assert theme.marker_path("o", 10).count("C") == 8
