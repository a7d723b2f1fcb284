"""A copy of a paper against the data: what is planted there is found, what is changed is not."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from living_review import cli, evidence
from living_review.living import verify

ROOT = evidence.find_root()
STUDY = "made_up_2020"
OUTCOMES = """\
id,group,printed,locator
abs_share,all,3 of 7 (42.9%),"Abstract, Results"
res_share,all,three of seven; 42.9%,Results
tab_cell,all,1 (14.3),"Table II, row Pain"
foot,all,not measured,"Footnote a, Table II"
disc_quote,all,long-term effect,Discussion
"""
PAPER = """\
A made-up paper about efﬁcacy
Abstract. There were 3 of 7 (42·9%) with it.
Introduction
Nothing is known.
Methods
We looked.
Results
In all, three
of seven (42.9%) had it.
Table II. What was seen
Pain 1
(14.3)
a not measured
Discussion
A long-
term effect, as others saw.
"""


@pytest.fixture
def review(tmp_path: Path) -> evidence.Review:
    shutil.copytree(ROOT / "data/schema", tmp_path / "data/schema")
    shutil.copy(ROOT / "data/vocabulary.yaml", tmp_path / "data")
    folder = tmp_path / "data" / STUDY
    folder.mkdir()
    text = (ROOT / "data/hua_2014/study.yaml").read_text(encoding="utf-8")
    text = text.replace("10.1542/peds.2013-1224", "10.1000/made.up").replace("hua_2014", STUDY)
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    (folder / "outcomes.csv").write_text(OUTCOMES, encoding="utf-8")
    return evidence.load(tmp_path)


def results(review: evidence.Review, text: str, name: str = "copy.txt") -> dict[str, str]:
    path = review.root / name
    path.write_text(text, encoding="utf-8")
    _, found, _ = verify.verify(review, path, STUDY)
    return {row.row.partition("/")[2]: row.result for row in found}


def test_every_form_is_found_at_its_place_whatever_the_page_did_to_it(review: evidence.Review) -> None:
    assert set(results(review, PAPER).values()) == {verify.AT_PLACE}


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("3 of 7 (42·9%)", "3 of 17 (42·9%)", {"abs_share": verify.NOT_FOUND}),
        ("3 of 7 (42·9%)", "3 of 7 (42·8%)", {"abs_share": verify.NOT_FOUND}),
        ("Pain 1\n(14.3)", "Pain 11\n(14.3)", {"tab_cell": verify.NOT_FOUND}),
        ("not measured", "measured", {"foot": verify.NOT_FOUND}),
        ("A long-\nterm effect", "An effect", {"disc_quote": verify.NOT_FOUND}),
        ("We looked.", "We looked for a long-term effect.", {}),
    ],
)
def test_a_form_that_is_changed_is_not_found(
    review: evidence.Review, old: str, new: str, changed: dict[str, str]
) -> None:
    assert old in PAPER
    found = results(review, PAPER.replace(old, new))
    assert {row: said for row, said in found.items() if said != verify.AT_PLACE} == changed


def test_a_form_at_another_place_is_elsewhere(review: evidence.Review) -> None:
    moved = PAPER.replace("A long-\nterm effect, as others saw.", "So it is.")
    moved = moved.replace("We looked.", "A long-term effect was looked for.")
    assert results(review, moved)["disc_quote"] == verify.ELSEWHERE


def test_a_head_of_pages_begins_no_part(review: evidence.Review) -> None:
    broken = PAPER.replace("A long-\n", "RESULTS\n" * 3 + "A long-\n").replace(
        "Results\nIn", "Findings\nIn"
    )
    assert results(review, broken)["disc_quote"] == verify.AT_PLACE


def test_a_copy_is_known_by_its_doi(review: evidence.Review) -> None:
    path = review.root / "copy.txt"
    path.write_text(PAPER + "https://doi.org/10.1000/MADE.UP\n", encoding="utf-8")
    study, _, digest = verify.verify(review, path)
    assert study.study_id == STUDY
    assert len(digest) == 64


def test_what_is_written_holds_no_word_of_the_paper(
    review: evidence.Review, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = review.root / "copy.txt", review.root / "out.csv"
    path.write_text(PAPER.replace("three\nof seven", "four of seven"), encoding="utf-8")
    code = cli.main(
        ["--root", str(review.root), "verify", STUDY, "--pdf", str(path), "--out", str(out)]
    )
    assert code == 1
    header, rows = evidence.read_rows(out)
    assert header == ["study_id", "row", "result", "file_sha256"]
    assert ["outcomes/res_share", "not_found"] in [row[1:3] for row in rows]
    text = out.read_text(encoding="utf-8") + capsys.readouterr().out
    assert not any(word in text for word in ("seven", "42.9", "measured", "effect"))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("none.pdf", None, "no file"),
        ("copy.txt", b"\xff\xfe\x00", "not in UTF-8"),
        ("copy.txt", b"Some other text", "neither DOI nor title"),
    ],
)
def test_a_copy_that_cannot_be_used_is_a_message(
    review: evidence.Review, name: str, data: bytes | None, message: str
) -> None:
    path = review.root / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(verify.VerifyError, match=message):
        verify.verify(review, path)


def test_without_a_reader_of_pdf_it_says_how_to_get_one(
    review: evidence.Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = review.root / "copy.pdf"
    path.write_bytes(b"%PDF-1.4")
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(verify.VerifyError, match="pip install"):
        verify.verify(review, path, STUDY)


def pdf(lines: list[str]) -> bytes:
    """A PDF of one page with a line of text each."""
    shown = " ".join(f"({line}) Tj T*".replace("(", "(", 1) for line in map(_escaped, lines))
    stream = f"BT /F1 10 Tf 12 TL 20 800 Td {shown} ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 820] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + table
    return out + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def test_a_pdf_is_read_like_its_text(review: evidence.Review) -> None:
    pytest.importorskip("pypdf")
    path = review.root / "copy.pdf"
    path.write_bytes(pdf(PAPER.replace("ﬁ", "fi").replace("·", ".").splitlines()))
    _, found, _ = verify.verify(review, path, STUDY)
    assert {row.result for row in found} == {verify.AT_PLACE}


def test_a_pdf_that_is_none_or_has_no_text_is_a_message(review: evidence.Review) -> None:
    pytest.importorskip("pypdf")
    path = review.root / "copy.pdf"
    for data, message in ((b"no PDF at all", "cannot be read as a PDF"), (pdf([]), "no text")):
        path.write_bytes(data)
        with pytest.raises(verify.VerifyError, match=message):
            verify.verify(review, path, STUDY)
