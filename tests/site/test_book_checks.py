"""The gates of prose, contents, links and lock file: each on planted issues, then on the book."""

from __future__ import annotations

from pathlib import Path

import book_checks as gates
import pytest

from living_review.build import tracing

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = Path(__file__).with_name("allowed_numbers.yaml")
ENOUGH = 25  # entries: a longer list means that results are being typed


def found(text: str) -> list[str]:
    return [typed.number for typed in gates.numbers_in(text, "page.md")]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("The median was 117 days.", ["117"]),
        ("It was 41.7% (95% CI 20 to 66).", ["41.7", "95", "20", "66"]),
        ("n=12, p<0.001; in 1,234 people", ["12", "0.001", "1,234"]),
        ("a 3-year follow-up of 14 patients", ["3", "14"]),
        ("## Results in 7 patients", ["7"]),
        ("| a | 12 |", ["12"]),
        ("Hua (2014) and {cite}`benson_2014`, from 1998 to 2011", []),
        ("see [Table 2](x.md#t2), `n = 12`, https://x.org/12/34, 10.1000/j.2014.12", []),
        ("{{ n_studies }} papers", []),
        ("mTORC1, NF1, hua_2014, S6K1, IC50", []),
        ("```\nx = 12\n```\n:::{note}\n12\n:::\n", []),
        ("1. First\n2. Second\n", []),
        ("Figure 1 and Table 12 of the paper, Section 3", []),
        ("Every number in the five sources can be checked", ["five"]),
        ("for Six different diseases", ["Six"]),
        ("In all five, most got better; this is what the five say together", ["five", "five"]),
        ("{{ n }} sources; in four of them", ["four"]),
        ("pooled with three or more studies; two readings, one paper, all three: p-values", []),
        ("Changed since Version 0.1.0, read under Python 3.11", ["0.1.0"]),
    ],
)
def test_numbers_that_read_as_results_are_found_and_no_others(text: str, numbers: list[str]) -> None:
    assert found(text) == numbers


def test_numbers_typed_into_the_texts_a_cell_shows_are_found() -> None:
    source = (
        "n = 12\n"
        "page.text(f'''\nOf {n} patients 7 were better.\n''')\n"
        "page.figure(fig, 'x-2', alt=f'At 12 months {n}', caption='Half of ' + '8', data=frame[3])\n"
    )
    texts = list(gates.shown_texts(source))
    numbers = [t.number for line, text in texts for t in gates.numbers_in(text, "cell", line)]
    assert sorted(numbers) == ["12", "7", "8"]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    for folder in ("book", "notebooks"):
        (tmp_path / folder).mkdir()
    (tmp_path / "README.md").write_text("Read under CC BY 4.0.\n")
    (tmp_path / "book" / "index.md").write_text("# Book\n\n[On](one.md#part)\n")
    (tmp_path / "_toc.yml").write_text("root: book/index\n")
    return tmp_path


LICENCE = {"text": "CC BY 4.0", "reason": "the name of a licence"}


def test_an_entry_allows_the_number_in_its_words_only(book: Path) -> None:
    assert gates.prose_issues(book, [LICENCE]) == []
    (book / "README.md").write_text("Read 4.0 times, under CC BY 4.0: 5 people.\n")
    issues = gates.prose_issues(book, [LICENCE])
    assert [issue.split(" is typed")[0] for issue in issues] == [
        "README.md:1: the number 4.0",
        "README.md:1: the number 5",
    ]


def test_a_count_of_sources_in_the_contents_of_the_book_is_named(book: Path) -> None:
    (book / "_toc.yml").write_text("root: book/index\nparts:\n- caption: The five sources\n")
    (issue,) = gates.prose_issues(book, [LICENCE])
    assert issue.startswith("_toc.yml:3: the number five is typed")


def test_an_entry_that_allows_nothing_is_an_issue(book: Path) -> None:
    other = {"text": "RECIST 1.1", "reason": "the name of some criteria"}
    assert gates.prose_issues(book, [LICENCE, other]) == [
        "allowed, but nowhere in the book: 'RECIST 1.1'"
    ]


def test_an_entry_without_a_reason_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "allowed.yaml"
    path.write_text("- text: 12 patients\n  reason: ok\n")
    with pytest.raises(ValueError, match="needs text and a reason"):
        gates.allowed_numbers(path)


def test_a_notebook_outside_the_contents_is_named(book: Path) -> None:
    assert gates.toc_issues(book) == []
    (book / "notebooks" / "lost.ipynb").write_text("{}")
    (book / "book" / "lost.md").write_text("# Lost\n")
    (book / "_toc.yml").write_text("root: book/index\nchapters:\n- file: book/gone\n")
    assert gates.toc_issues(book) == [
        "book/lost is not in _toc.yml",
        "notebooks/lost is not in _toc.yml",
        "_toc.yml names book/gone, which is not there",
    ]


def test_links_of_the_site_that_lead_nowhere_are_named(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "index.html").write_text(
        '<h1 id="top">A</h1><a href="sub/b.html#x">good</a><a href="#top">good</a>'
        '<a href="https://else.org/x">out</a><a href="mailto:a@b.c">mail</a>'
        '<a href="gone.html">bad</a><a href="sub/b.html#y">bad</a><img src="a.svg">'
    )
    (tmp_path / "sub" / "b.html").write_text('<p id="x"><a href="../index.html">up</a></p>')
    assert gates.link_issues(tmp_path) == [
        "index.html: gone.html leads to no file",
        "index.html: sub/b.html#y leads to no place on that page",
        "index.html: a.svg leads to no file",
    ]


# --- The lock file. -------------------------------------------------------------------------------

ASKED = """
[project]
dependencies = ["numpy>=2,<3"]
[dependency-groups]
checks = ["pytest>=8"]
"""
HASH = f" \\\n    --hash=sha256:{'0' * 64} \\\n    --hash=sha256:{'1' * 64}"
GOOD_LOCK = f"numpy==2.4.6{HASH}\n    # via living-review (pyproject.toml)\npytest==9.2.0{HASH}\n"


@pytest.mark.parametrize(
    ("asked", "locked", "issue"),
    [
        (ASKED, GOOD_LOCK, None),
        (ASKED.replace("numpy", "lifelines"), GOOD_LOCK, "lifelines is asked for and not pinned"),
        (ASKED.replace("pytest", "scipy"), GOOD_LOCK, "scipy is asked for and not pinned"),
        (ASKED, GOOD_LOCK.replace("2.4.6", "1.26.0"), "numpy is pinned to 1.26.0, asked for <3,>=2"),
        (ASKED, GOOD_LOCK.replace("pytest==9.2.0", "pytest>=9"), "not an exact pin: pytest>=9"),
        (ASKED, GOOD_LOCK + "-e .\n", "without its hash: -e ."),
        (ASKED, GOOD_LOCK + "six==1.0\n", "without its hash: six==1.0"),
        (ASKED, GOOD_LOCK.replace("sha256:1", "md5:1"), "without its hash: numpy==2.4.6"),
        (ASKED, "", "numpy is asked for and not pinned"),
    ],
)
def test_a_lock_file_that_does_not_follow_is_named(asked: str, locked: str, issue: str | None) -> None:
    issues = gates.lock_issues(asked, locked)
    assert (issue is None and issues == []) or any(str(issue) in text for text in issues)


@pytest.mark.parametrize("name", ["Makefile", "binder/postBuild", ".ci/run"])
def test_what_is_installed_is_from_the_lock_file_by_hash(name: str) -> None:
    text = (ROOT / name).read_text().replace("$(OWN)", "--no-deps --no-build-isolation --editable .")
    lines = [line for line in text.splitlines() if "pip install" in line]
    lines = [line for line in lines if "_build/fresh/requirements.txt" not in line]  # what is newest
    for line in lines:
        own = all(word in line for word in ("--no-deps", "--no-build-isolation", "--editable ."))
        assert own or "--require-hashes --requirement requirements.txt" in line, line
    assert len(lines) == {"Makefile": 3, "binder/postBuild": 1, ".ci/run": 0}[name]


# --- The book. ------------------------------------------------------------------------------------


def test_no_result_is_typed_into_the_prose_of_the_book() -> None:
    allowed = gates.allowed_numbers(ALLOWED)
    assert len(allowed) <= ENOUGH
    assert gates.prose_issues(ROOT, allowed) == []


def test_every_page_and_notebook_of_the_book_is_in_its_contents() -> None:
    assert gates.toc_issues(ROOT) == []


def test_the_lock_file_gives_what_the_project_asks_for() -> None:
    pyproject, locked = ((ROOT / name).read_text() for name in ("pyproject.toml", "requirements.txt"))
    assert gates.lock_issues(pyproject, locked) == []


def test_no_link_of_the_built_site_leads_nowhere(site: Path) -> None:
    assert gates.link_issues(site) == []


def test_the_built_site_holds_every_table_of_the_evidence_as_it_is(site: Path) -> None:
    tables = [p for p in (ROOT / "data").rglob("*") if p.is_file() and not tracing.ignored(p.name)]
    assert tables
    for path in tables:
        assert (site / path.relative_to(ROOT)).read_bytes() == path.read_bytes(), path.name
