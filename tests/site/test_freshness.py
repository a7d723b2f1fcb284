"""The button on the page about the data: right files pass, a changed and a missing one are named."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest
from looking import Visit
from playwright.sync_api import Browser

from living_review import evidence

PAGE = "book/data.html"


def listed(site: Path) -> dict[str, str]:
    text = (site / PAGE).read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="lr-inputs">(.*?)</script>', text)
    assert found
    return json.loads(found[1])


def test_the_page_lists_the_digest_of_every_table_that_is_shipped(site: Path) -> None:
    found = listed(site)
    root = evidence.find_root()
    tables = {p.relative_to(root).as_posix() for p in (root / "data").rglob("*.csv")}
    assert tables <= set(found)
    for name, digest in found.items():
        assert hashlib.sha256((site / name).read_bytes()).hexdigest() == digest, name


def test_a_served_site_says_that_its_files_are_the_ones(browser: Browser, served: str) -> None:
    with Visit(browser, f"{served}/{PAGE}") as visit:
        visit.page.get_by_role("button", name="Compare the files of this site").click()
        visit.page.get_by_text("are the ones that these pages were made from").wait_for()


@pytest.mark.parametrize("problem", ["changed", "missing", ""])
def test_from_a_folder_a_changed_and_a_missing_file_are_named(
    browser: Browser, site: Path, tmp_path: Path, problem: str
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(site / "data", folder)
    name = "hua_2014/events.csv"
    if problem == "changed":
        (folder / name).write_bytes((folder / name).read_bytes() + b"\n")
    if problem == "missing":
        (folder / name).unlink()
    with Visit(browser, (site / PAGE).as_uri()) as visit:
        visit.page.get_by_label("Choose the folder data of this copy").set_input_files(folder)
        many = len(listed(site))
        expected = {
            "changed": f"{many - 1} of {many} files are the same. data/{name} differs.",
            "missing": f"{many - 1} of {many} files are the same. data/{name} is missing.",
            "": f"All {many} files are the ones that these pages were made from.",
        }
        visit.page.get_by_text(expected[problem]).wait_for()
