"""*Report a wrong number*; oracle: the ids of the issue form, and the address taken apart again."""

from __future__ import annotations

import re
import shutil
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from living_review import evidence
from living_review.report import corrections, evidence_cards

ROOT = evidence.find_root()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for part in ("schema", "hua_2014", "review"):
        shutil.copytree(
            ROOT / "data" / part, tmp_path / "data" / part, ignore=shutil.ignore_patterns("readings")
        )
    shutil.copy(ROOT / "data" / "vocabulary.yaml", tmp_path / "data" / "vocabulary.yaml")
    return tmp_path


def line(root: Path, **named: str) -> str:
    path = root / "data/review/people.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump(content | named), encoding="utf-8")
    made = corrections.reporter(evidence.load(root))
    return str(made("hua_2014", "outcomes", "abs_size", "Abstract")[1])


def address(shown: str) -> str:
    return unescape(re.search(r'href="([^"]+)"', shown)[1])


def test_with_a_repository_the_form_opens_filled_in(project: Path) -> None:
    found = urlsplit(address(line(project, repository="someone/review")))
    assert (found.netloc, found.path) == ("github.com", "/someone/review/issues/new")
    filled = {key: value[0] for key, value in parse_qs(found.query).items()}
    form = ROOT / ".github" / "ISSUE_TEMPLATE" / filled.pop("template")
    fields = {part.get("id") for part in yaml.safe_load(form.read_text(encoding="utf-8"))["body"]}
    assert filled.pop("title") == "Correct a number: data/hua_2014/outcomes.csv, row abs_size"
    assert filled.keys() <= fields
    assert filled["place"] == "data/hua_2014/outcomes.csv, row abs_size"
    assert filled["locator"] == "Abstract"
    review = evidence.load(project)
    digest = review.study("hua_2014").digest
    assert filled["version"] == f"{review.version}, data {digest}"


def test_with_an_address_of_e_mail_a_letter_opens(project: Path) -> None:
    found = urlsplit(address(line(project, contact="someone@example.org")))
    assert (found.scheme, found.path) == ("mailto", "someone@example.org")
    assert "Place: data/hua_2014/outcomes.csv, row abs_size" in parse_qs(found.query)["body"][0]


def test_with_a_page_as_contact_it_is_named(project: Path) -> None:
    shown = line(project, contact="https://example.org/contact")
    assert address(shown) == "https://example.org/contact"
    assert "Send to" in shown


def test_where_nobody_is_named_the_card_shows_what_to_send(project: Path) -> None:
    shown = line(project)
    assert "href" not in shown
    assert "data/hua_2014/outcomes.csv, row abs_size; version " in shown


def test_each_card_of_a_row_has_the_way() -> None:
    review = evidence.load(ROOT)
    pages = {page.name: str(page.body) for page in evidence_cards.pages(review)}
    rows = sum(review.study("hua_2014").size(t) for t in review.study_schemas)
    assert pages["hua_2014"].count(corrections.LABEL) == rows
    sizes = (review.records(t, "context") for t in ("studies", "results", "regulatory", "guidance"))
    assert pages["context"].count(corrections.LABEL) == sum(map(len, sizes))
