"""``CITATION.cff`` against what the Citation File Format 1.2.0 requires, and against the version.

The format's own validator needs an older jsonschema than the project's, so its rules for the keys
that are used here are written out.
"""

from __future__ import annotations

import copy

import jsonschema
import pytest
import yaml

from living_review import evidence

ROOT = evidence.find_root()
PERSON = {
    "type": "object",
    "properties": {
        name: {"type": "string", "minLength": 1}
        for name in ("family-names", "given-names", "affiliation", "email", "name", "website")
    }
    | {"orcid": {"type": "string", "pattern": r"^https://orcid\.org/\d{4}(-\d{4}){2}-\d{3}[\dX]$"}},
    "additionalProperties": False,
    "anyOf": [{"required": ["name"]}, {"required": ["family-names"]}],
}
SCHEMA = {
    "type": "object",
    "required": ["authors", "cff-version", "message", "title"],
    "additionalProperties": False,
    "properties": {
        "cff-version": {"const": "1.2.0"},
        "message": {"type": "string", "minLength": 1},
        "title": {"type": "string", "minLength": 1},
        "type": {"enum": ["dataset", "software"]},
        "authors": {"type": "array", "minItems": 1, "uniqueItems": True, "items": PERSON},
        "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
        "date-released": {"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"},
        "license": {"enum": ["CC-BY-4.0"]},
        "keywords": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string"}},
        "doi": {"type": "string", "pattern": r"^10\.\d{4,9}/"},
        "repository-code": {"type": "string", "pattern": "^https://"},
        "url": {"type": "string", "pattern": "^https://"},
        "abstract": {"type": "string"},
    },
}


class _Text(yaml.SafeLoader):
    """Dates and versions as they are written."""


_Text.yaml_implicit_resolvers = {}


@pytest.fixture
def cited() -> dict:
    return yaml.load((ROOT / "CITATION.cff").read_text(encoding="utf-8"), _Text)


def test_the_file_is_valid(cited: dict) -> None:
    jsonschema.validate(cited, SCHEMA, format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("cff-version", "1.1.0"),
        ("date-released", "2026-02-30"),
        ("license", "CC BY 4.0"),
        ("authors", []),
        ("authors", [{"given-names": "A"}]),
        ("versoin", "1.0.0"),
    ],
)
def test_what_is_wrong_is_noticed(cited: dict, key: str, value: object) -> None:
    wrong = copy.deepcopy(cited) | {key: value}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, SCHEMA, format_checker=jsonschema.FormatChecker())


def test_it_names_the_newest_version_its_day_and_its_authors(cited: dict) -> None:
    newest = evidence.load(ROOT).records("versions").iloc[-1]
    assert (cited["version"], cited["date-released"]) == (newest["version"], newest["date"])
    assert [author["name"] for author in cited["authors"]] == [newest["by"]]
