"""Finishing a built site: each rule on a site of three small pages."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from living_review import cli
from living_review.build import bundle, postprocess, social_card
from living_review.build import page as build_page

PAGE = """<!DOCTYPE html><html lang="en"><head>
<link rel="stylesheet" href="{up}_static/look.css"></head>
<body data-root="{up}"><article><section id="top"><h1>{title}
<a class="headerlink" href="#top">#</a></h1><p>Words of {title}.</p>
<section id="part"><h2>A part</h2><p>Caf\u00e9 &amp; 47.5</p>
<figure class="lr-figure"><svg><text>drawn</text></svg></figure>
<div data-unsearched><p>not indexed</p></div></section></section></article>
<a href="{up}search.html?q=a#b">s</a><a href="#part">p</a><a href="https://example.org/">out</a>{more}
</body></html>"""


@pytest.fixture
def built(tmp_path: Path) -> Path:
    for place, up, title in [("book/index.html", "../", "First"), ("search.html", "", "Search")]:
        path = tmp_path / place
        path.parent.mkdir(exist_ok=True)
        path.write_text(PAGE.format(up=up, title=title, more=""), encoding="utf-8")
    (tmp_path / "index.html").write_text(
        '<meta http-equiv="Refresh" content="0; url=book/index.html" />'
    )
    static = tmp_path / "_static"
    static.mkdir()
    (static / "look.css").write_text("body { background: url(ground.svg) }")
    (static / "ground.svg").write_text("<svg/>")
    for name in ("unused.js", "look.css.map", "unused.css"):
        (static / name).write_text("x")
    (tmp_path / "objects.inv").write_text("x")
    (tmp_path / "searchindex.js").write_text("x")
    return tmp_path


def files(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_only_what_a_page_or_its_style_sheet_names_stays(built: Path) -> None:
    postprocess.postprocess(built)
    assert files(built) == {
        *("index.html", "search.html", "book/index.html", "robots.txt", "search-index.js"),
        *("_static/look.css", "_static/ground.svg"),
    }


def test_finishing_twice_changes_nothing(built: Path) -> None:
    postprocess.postprocess(built)
    before = {f: (built / f).read_bytes() for f in files(built)}
    postprocess.postprocess(built)
    assert {f: (built / f).read_bytes() for f in files(built)} == before


def test_the_first_page_stands_at_the_top_with_its_links_moved(built: Path) -> None:
    postprocess.postprocess(built)
    top = (built / "index.html").read_text()
    for link in ('href="_static/look.css"', 'href="search.html?q=a#b"', 'href="#part"', 'data-root=""'):
        assert link in top
    assert 'href="https://example.org/"' in top


def test_a_link_in_an_output_to_a_notebook_leads_to_its_page(built: Path) -> None:
    links = (
        '<a href="b.ipynb">b</a><a class="x" href="../n/c.ipynb#part">c</a>'
        '<a href="https://example.org/d.ipynb">d</a><code>href="e.ipynb"</code>'
    )
    (built / "search.html").write_text(PAGE.format(up="", title="S", more=links), encoding="utf-8")
    postprocess.postprocess(built)
    assert (
        '<a href="b.html">b</a><a class="x" href="../n/c.html#part">c</a>'
        '<a href="https://example.org/d.ipynb">d</a><code>href="e.ipynb"</code>'
    ) in (built / "search.html").read_text()


def test_the_site_gets_the_tables_as_they_are_and_none_that_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "plans", lambda *_: [])
    monkeypatch.setattr(social_card, "write", lambda _, path: path.write_bytes(b"card"))
    for name in ("one/counts.csv", "one/events.csv", "one/.counts.csv.swp"):
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"id\r\n{name}\n".encode())
    monkeypatch.setattr(social_card, "made_from", lambda _: "the same")
    more = postprocess.extras(tmp_path)
    assert files(more / "data") == {"one/counts.csv", "one/events.csv"}
    (tmp_path / "data/one/events.csv").unlink()
    postprocess.extras(tmp_path)
    assert files(more / "data") == {"one/counts.csv"}
    assert (more / "data/one/counts.csv").read_bytes() == b"id\r\none/counts.csv\n"


@pytest.mark.parametrize(
    "asks",
    [
        '<script src="https://cdn.example.org/x.js"></script>',
        '<img src="//example.org/x.png" alt="">',
        '<link rel="stylesheet" href="http://example.org/x.css">',
        '<form action="https://example.org/find"></form>',
    ],
)
def test_a_page_that_would_ask_another_host_is_refused(built: Path, asks: str) -> None:
    (built / "search.html").write_text(PAGE.format(up="", title="Search", more=asks), encoding="utf-8")
    with pytest.raises(postprocess.SiteError, match=r"search\.html: <\w+> asks for .*example\.org"):
        postprocess.postprocess(built)


def test_a_style_sheet_that_would_ask_another_host_is_refused(built: Path) -> None:
    (built / "_static" / "look.css").write_text(
        "@font-face { src: url('https://example.org/f.woff2') }"
    )
    with pytest.raises(
        postprocess.SiteError, match=r"look\.css: asks for https://example\.org/f\.woff2"
    ):
        postprocess.postprocess(built)


def test_fonts_are_in_the_style_sheet_so_that_none_is_loaded_after_the_page(built: Path) -> None:
    sheet = built / "_static" / "look.css"
    (built / "_static" / "f.woff2").write_bytes(b"letters")
    sheet.write_text('@font-face { src: url("f.woff2") } body { background: url(ground.svg) }')
    postprocess.postprocess(built)
    expected = '@font-face { src: url("data:font/woff2;base64,bGV0dGVycw==") }'
    assert sheet.read_text() == f"{expected} body {{ background: url(ground.svg) }}"
    assert not (built / "_static" / "f.woff2").exists()
    assert (built / "_static" / "ground.svg").exists()


def test_a_canonical_address_is_no_request(built: Path) -> None:
    more = '<link rel="canonical" href="https://example.org/book/">'
    (built / "search.html").write_text(PAGE.format(up="", title="S", more=more), encoding="utf-8")
    postprocess.postprocess(built)


def test_sections_carry_their_own_words_and_no_drawn_or_folded_ones(built: Path) -> None:
    found = build_page.sections((built / "book" / "index.html").read_text(encoding="utf-8"))
    assert found == [
        build_page.Section("top", "First", "Words of First."),
        build_page.Section("part", "A part", "Caf\u00e9 & 47.5"),
    ]


def test_prose_is_kept_apart_from_tables_and_a_row_from_its_heading() -> None:
    (found,) = build_page.sections(
        """<article><section id="a"><h2>Harms</h2><p>One was <em>grave</em>. It passed.</p>
        <dl><dt>Rash</dt><dd>Red skin.</dd></dl>
        <details><summary>All (2 rows)</summary><table><caption>Counts</caption>
        <tr><th scope="col">Harm</th><th scope="col">n</th></tr>
        <tr><th scope="row">Rash<br>printed: rash</th><td>3</td><td><ul><li>1</li><li>2</li></ul></td>
        </tr>
        </table></details><p>The end.</p></section></article>"""
    )
    assert found.prose == "One was grave. It passed.\nRash: Red skin.\nThe end."
    assert [(table.caption, table.rows) for table in found.tables] == [
        ("All (2 rows)", []),
        ("Counts", [["", "Harm n"], ["Rash printed: rash", "3 1 2"]]),
    ]


def test_the_sitemap_lists_pages_by_their_whole_address(built: Path) -> None:
    postprocess.postprocess(built, base_url="https://example.org/review/")
    text = (built / "sitemap.xml").read_text()
    assert text.count("<loc>") == 1
    assert "<loc>https://example.org/review/book/index.html</loc>" in text
    assert "Sitemap: https://example.org/review/sitemap.xml" in (built / "robots.txt").read_text()


def test_weight_leaves_figures_and_downloads_out(built: Path) -> None:
    for name, size in (("downloads/x.zip", 4000), ("data/one/counts.csv", 1000)):
        (built / name).parent.mkdir(parents=True)
        (built / name).write_bytes(b"0" * size)
    page = built / "book" / "index.html"
    before = postprocess.postprocess(built)
    figure = f'<figure class="lr-figure">{os.urandom(4000).hex()}</figure>'
    page.write_text(page.read_text().replace("</section></section>", f"{figure}</section></section>"))
    after = postprocess.postprocess(built)
    assert before.downloads == after.downloads == 5000
    assert after.total > before.total + 8000
    assert after.pages["book/index.html"] == pytest.approx(before.pages["book/index.html"], abs=40)


def test_a_folder_without_a_book_is_a_message_and_no_traceback(tmp_path: Path, capsys) -> None:
    assert cli.main(["postprocess", str(tmp_path)]) == 2
    assert "holds no built book: run `make book` first" in capsys.readouterr().err


def test_code_keeps_its_words_and_the_marks_that_have_a_colour(built: Path) -> None:
    code = '<pre><span class="kn">import</span><span class="w"> </span><span class="nn">x</span></pre>'
    page = built / "search.html"
    page.write_text(PAGE.format(up="", title="S", more=code), encoding="utf-8")
    postprocess.postprocess(built)
    assert '<pre><span class="kn">import</span> x</pre>' in page.read_text()
    kept = (Path(__file__).parents[2] / "book/_static/living-review.css").read_text()
    coloured = set(re.findall(r"\.highlight \.(\w+)", kept))
    uncoloured = build_page.UNCOLOURED
    assert not [name for name in coloured if uncoloured.search(f'<span class="{name}">x</span>')]


def test_a_remembered_page_is_the_same_and_a_new_meaning_reaches_it(tmp_path: Path) -> None:
    memory = build_page.PageCache(tmp_path / "memory")
    text = "<article><p>A dose.</p></article>"
    terms = {"dose": ("term-dose", "how much")}
    first = memory.finish(text, "notebooks/a.html", "", terms)
    assert memory.finish(text, "notebooks/a.html", "", terms) == first
    assert first == build_page.postprocess_page(text, "notebooks/a.html", "", terms)
    other = memory.finish(text, "notebooks/a.html", "", {"dose": ("term-dose", "how often")})
    assert "how often" in other.text


def test_a_memory_that_was_cut_off_is_made_again(tmp_path: Path) -> None:
    memory = build_page.PageCache(tmp_path)
    first = memory.finish("<p>x</p>", "a.html", "", {})
    (kept,) = tmp_path.iterdir()
    kept.write_text(kept.read_text()[:20])
    assert memory.finish("<p>x</p>", "a.html", "", {}) == first


def test_the_memory_forgets_pages_that_are_gone(tmp_path: Path) -> None:
    build_page.PageCache(tmp_path).finish("<p>old</p>", "a.html", "", {})
    memory = build_page.PageCache(tmp_path)
    memory.finish("<p>new</p>", "a.html", "", {})
    memory.forget_the_rest()
    assert [json.loads(p.read_text())["text"] for p in tmp_path.iterdir()] == ["<p>new</p>"]
