"""Terms of the glossary in place: first use in prose, nowhere else."""

from __future__ import annotations

from living_review.build import glossary

GLOSSARY = (
    '<dl class="lr-glossary">'
    '<dt id="term-trough-level">Trough level</dt><dd>The lowest &amp; last.</dd>'
    '<dt id="term-median">Median</dt><dd>The middle one.</dd></dl>'
)
FOUND = glossary.read_glossary(GLOSSARY)


def explain(inner: str) -> str:
    page = glossary.explain(f"<nav><p>median</p></nav><article>{inner}</article>", FOUND, "g.html")
    assert page.startswith("<nav><p>median</p></nav><article>")
    return page.removeprefix("<nav><p>median</p></nav><article>").removesuffix("</article>")


def test_terms_are_read_with_their_meaning_as_plain_text() -> None:
    assert FOUND == {
        "trough level": ("term-trough-level", "The lowest & last."),
        "median": ("term-median", "The middle one."),
    }


def test_the_first_use_on_a_page_is_explained_and_only_that() -> None:
    assert explain("<p>The Median, then the median.</p><p>median</p>") == (
        '<p>The <a class="lr-term" href="g.html#term-median" data-meaning="The middle one.">'
        "Median</a>, then the median.</p><p>median</p>"
    )


def test_a_meaning_cannot_break_out_of_its_attribute() -> None:
    found = {"risk": ("term-risk", 'a "quoted" <b>')}
    out = glossary.explain("<article><p>risk</p></article>", found, "g.html")
    assert 'data-meaning="a &quot;quoted&quot; &lt;b&gt;"' in out


def test_words_that_are_no_prose_or_part_of_another_word_stay() -> None:
    for inner in (
        "<h2>Median</h2>",
        "<p><a href='x'>median</a> <code>median</code></p>",
        "<p>medianly, median-based</p>",
        "<table><tr><td><p>median</p></td></tr></table>",
        '<p class="lr-version">median</p>',
        "<svg><text>median</text></svg>",
        "<details><summary>median</summary><p>median</p></details>",
        "<div>median</div>",
    ):
        assert explain(inner) == inner


def test_explaining_twice_changes_nothing() -> None:
    once = glossary.explain("<article><p>median</p></article>", FOUND, "g.html")
    assert glossary.explain(once, FOUND, "g.html") == once


def test_a_plural_and_an_abbreviation_are_the_same_term() -> None:
    found = glossary.read_glossary('<dt id="term-nf1">Disease One (NF1)</dt><dd>m</dd>')
    out = glossary.explain("<article><p>NF1 is Disease One.</p></article>", found, "g.html")
    assert out.count("lr-term") == 1
    assert ">NF1</a> is Disease One." in out
    assert ">medians</a>" in explain("<p>medians</p>")
