"""Oracle: what a browser would read out of the emitted HTML."""

import json
import re

import pytest

from living_review import evidence
from living_review.report import display


def test_json_data_comes_back_as_it_went_in_and_cannot_end_its_element():
    payload = [{"label": "</script><b>", "events": 5, "n": None}]
    shown = display.json_data("lr-some-data", payload).content
    assert shown.count("</script>") == 1
    inside = re.fullmatch(r'<script type="application/json" id="lr-some-data">(.*)</script>', shown)[1]
    assert json.loads(inside) == payload


def test_json_data_refuses_what_json_does_not_have():
    with pytest.raises(ValueError, match="not JSON compliant"):
        display.json_data("lr-some-data", [float("nan")])


def test_json_data_refuses_a_name_that_is_no_id():
    with pytest.raises(ValueError, match="joined by"):
        display.json_data("Some Data", [])


def test_a_page_of_some_places_names_them_and_not_all_studies():
    review = evidence.load()
    shown = display.provenance_line(
        review, of={"benson_2014": "Benson 2014", "review/versions.csv": "versions"}
    )
    assert "data used here, of Benson 2014, versions:" in shown.plain
    assert display.provenance_line(review).plain != shown.plain
    assert evidence.digest_of([review.data / "benson_2014"]) == review.study("benson_2014").digest


def test_the_version_of_a_page_opens_no_table_that_the_page_may_not_read():
    review = evidence.load()
    display.provenance_line(review, of={"benson_2014/claims.csv": "Benson 2014"})
    display.provenance_line(review)
    assert "digest" not in vars(review), "each cell of each study would make every such page stale"


def test_a_lean_figure_draws_the_same_and_keeps_the_ids_that_are_named():
    svg = """<svg><defs>
 <clipPath id="x-clip"><rect/></clipPath></defs>
 <g id="x-figure_1">
  <g id="x-patch_1">
   <g id="x-empty"/>
   <path clip-path="url(#x-clip)" d="M 0 0"/>
  </g>
  <g style="opacity: 0.5"><use href="#x-mark" x="1"/></g>
  <path id="x-mark" d="M 1 1"/>
  <text style="font-size: 10px; font-family: 'DejaVu Sans', sans-serif; fill: red" \
transform="rotate(-0 1 2)" x="1">a  b</text>
  <text transform="rotate(-90 1 2)">c</text>
 </g>
</svg>"""
    assert display._minified(svg).replace("\n", "") == (
        '<svg><defs><clipPath id="x-clip"><rect/></clipPath></defs>'
        '<path clip-path="url(#x-clip)" d="M 0 0"/>'
        '<g style="opacity: 0.5"><use href="#x-mark" x="1"/></g>'
        '<path id="x-mark" d="M 1 1"/>'
        '<text style="font-size: 10px; fill: red" x="1">a  b</text>'
        '<text transform="rotate(-90 1 2)">c</text></svg>'
    )
