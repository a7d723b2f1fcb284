"""The downloads of the whole review; oracles: frictionless, rispy and the files of the project."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from pathlib import Path

import frictionless
import pytest
import rispy
import yaml

from living_review import evidence
from living_review.build import data_package

ROOT = evidence.find_root()
TITLE = "A review"


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("packed") / data_package.ARCHIVE
    data_package.write(ROOT, target, TITLE)
    return target


@pytest.fixture
def unpacked(packed: Path, tmp_path: Path) -> Path:
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(tmp_path)
    return tmp_path


def test_every_table_is_in_it_as_it_is_in_the_project(unpacked: Path) -> None:
    schemas = {p.stem for p in (ROOT / "data/schema").glob("*.json")}
    tables = [
        p.relative_to(ROOT)
        for p in (ROOT / "data").glob("*/*.csv")
        if p.stem in schemas or f"{p.parent.name}_{p.stem}" in schemas
    ]
    package = json.loads((unpacked / "datapackage.json").read_text(encoding="utf-8"))
    assert {r["path"] for r in package["resources"]} == {p.as_posix() for p in tables}
    for path in tables:
        assert (unpacked / path).read_bytes() == (ROOT / path).read_bytes()


def _errors(folder: Path, table: str) -> list[str]:
    """Return the errors that frictionless finds in the files of the package that hold a table."""
    package = frictionless.Package(str(folder / "datapackage.json"))
    found = []
    for resource in package.resources:
        if resource.name.endswith(table):
            found += [e.type for t in resource.validate().tasks for e in t.errors]
    return found


def test_the_package_is_valid_and_a_changed_digit_is_noticed(unpacked: Path) -> None:
    assert _errors(unpacked, "") == []
    path = unpacked / "data/benson_2014/events.csv"
    path.write_bytes(path.read_bytes().replace(b",637,", b",673,"))
    assert _errors(unpacked, "benson_2014-events") == ["hash-count"]


def test_the_crate_names_each_table_with_its_digest(unpacked: Path) -> None:
    crate = json.loads((unpacked / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    by_id = {entity["@id"]: entity for entity in crate["@graph"]}
    assert by_id["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    assert by_id["./"]["version"] == evidence.load(ROOT).version
    assert by_id["./"]["license"]["@id"] in by_id
    parts = [part["@id"] for part in by_id["./"]["hasPart"]]
    assert len(parts) == len(set(parts)) > 50
    for part in parts:
        content = (unpacked / part).read_bytes()
        assert by_id[part]["sha256"] == hashlib.sha256(content).hexdigest()


def test_the_same_sources_give_the_same_bytes(packed: Path, tmp_path: Path) -> None:
    data_package.write(ROOT, tmp_path / "again.zip", TITLE)
    assert (tmp_path / "again.zip").read_bytes() == packed.read_bytes()


def test_the_references_read_back_from_ris_are_those_of_the_bibliography() -> None:
    text = (ROOT / "book/references.bib").read_text(encoding="utf-8")
    found = rispy.loads(data_package.ris(ROOT))
    assert [e["id"] for e in found] == re.findall(r"^@\w+\{([^,]+),", text, re.MULTILINE)
    hua = next(e for e in found if e["id"] == "hua_2014")
    meta = yaml.safe_load((ROOT / "data/hua_2014/study.yaml").read_text(encoding="utf-8"))
    assert (hua["title"], hua["doi"], hua["year"]) == (meta["title"], meta["doi"], str(meta["year"]))
    assert f"{hua['start_page']}-{hua['end_page']}" == meta["pages"]
    assert [a.split(",")[0] for a in hua["authors"]] == [a.rsplit(" ", 1)[0] for a in meta["authors"]]


def test_what_a_download_is_made_from_follows_the_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def digests(title: str) -> dict[str, str]:
        return {path.name: key for path, key, _ in data_package.plans(ROOT, tmp_path, title)}

    before = digests(TITLE)
    assert digests(TITLE) == before
    real = data_package.digest.of_file
    monkeypatch.setattr(
        data_package.digest, "of_file", lambda p: "other" if p.name == "events.csv" else real(p)
    )
    changed = digests(TITLE)
    assert {name for name in before if before[name] != changed[name]} == {
        data_package.ARCHIVE,
        data_package.workbook.FILE,
    }
