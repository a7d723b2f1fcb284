"""Standard English: words of the list are in no text, no comment, no message."""

from __future__ import annotations

from pathlib import Path

import pytest
import words

ROOT = Path(__file__).resolve().parents[2]
TEXTS = [*("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile"), *ROOT.glob("book/*.md")]
CODE = [
    p for folder in ("src", "book/_ext", "benchmarks", "tools") for p in (ROOT / folder).rglob("*.py")
]


def test_no_text_uses_a_word_of_the_list() -> None:
    found = {
        (ROOT / p).name: words.in_text((ROOT / p).read_text(encoding="utf-8"), "text") for p in TEXTS
    }
    assert {name: those for name, those in found.items() if those} == {}


def test_no_comment_docstring_or_message_uses_one() -> None:
    found = {
        p.relative_to(ROOT).as_posix(): words.in_python(p.read_text(encoding="utf-8")) for p in CODE
    }
    assert {name: those for name, those in found.items() if those} == {}


@pytest.mark.parametrize("word", words.load()["words"], ids=lambda word: word["pattern"])
def test_every_pattern_finds_what_it_is_for(word: dict[str, str]) -> None:
    planted = {
        "zero": "a printed nought",
        "fonts": "the letters of the site",
        "reports": "none of these documents tells of it",
        "distinguish": "cannot be told apart",
        "is reported": "no harm was told",
        "reportedly": "it is said to have gone",
        "show code": "The cell behind this",
        "happened to": "whom it did not befall",
        "individual times": "patients with a time of their own",
        "judges": "who speaks in judgement",
        "drugs for": "medicines against pain",
        "circumference": "the girth of a limb",
        "all patients": "6 of 10 are everyone counted",
        "name what the others are": "none in 1 of 2; else sclerotherapy",
        "package, project or architecture": "changes of the house",
        "patient or group; extent; reported": "Whom",
        "is, applies, is printed or is kept": "the reason stands in the log, not for long",
        "takes precedence over": "a table goes before the text",
        "because of harm": "the drug was stopped for harm",
        "most serious": "the gravest first",
        "prospective": "a study that enrolled in advance",
        "for pain": "drugs taken against pain",
        "byte for byte": "the same to the byte",
        "only": "none but these notebooks",
        "by no usual method": "it comes out in no usual way",
        "to ..., or anyone who": "Who wants to hear of it",
        "those who": "for whoever reads it",
        "separated by": "names parted by spaces",
        "repairs or corrects": "mend it in Jupyter",
        "does not reproduce": "a number that does not come out",
    }[word["instead"]]
    page = f"<th>{planted}</th>" if word["where"] == "heads" else f"<p>{planted}</p>"
    assert any(word["instead"] in found for found in words.in_page(page))


def test_what_is_no_text_of_a_page_and_what_is_no_comment_is_left_alone() -> None:
    assert words.in_page("<script>nought</script><svg><text>nought</text></svg><p>zero</p>") == []
    assert words.in_page("<del>Once it said nought.</del><p>zero</p>") == []  # an earlier version
    assert words.in_python("nought = 0\n") == []
    assert words.in_python("x = 0  # nought\n") != []
