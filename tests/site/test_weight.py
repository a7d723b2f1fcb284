"""How heavy the site is; what is counted is tested in tests/unit/test_site.py."""

from __future__ import annotations

from pathlib import Path

from living_review.build import page as build_page
from living_review.build import postprocess


def test_the_site_without_downloads_is_under_four_megabytes(site: Path) -> None:
    loaded = [p for p in site.iterdir() if p.name not in postprocess.ON_DEMAND]
    files = [
        p for part in loaded for p in (part.rglob("*") if part.is_dir() else [part]) if p.is_file()
    ]
    assert sum(p.stat().st_size for p in files if p.is_file()) < 4_000_000


def test_every_page_is_under_a_quarter_of_a_megabyte_compressed(site: Path) -> None:
    sizes = {
        p.relative_to(site).as_posix(): build_page.weight(p.read_text(encoding="utf-8"))
        for p in postprocess.pages(site)
    }
    assert {page: size for page, size in sizes.items() if size >= 250_000} == {}


def test_no_source_map_and_no_library_of_the_theme_is_left(site: Path) -> None:
    names = {p.name for p in site.rglob("*") if p.is_file()}
    assert not [n for n in names if n.endswith(".map")]
    for library in ("mathjax", "thebe", "require", "fontawesome", "bootstrap", "jquery"):
        assert not [n for n in names if library in n.lower()], library
