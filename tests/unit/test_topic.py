"""What a review is about is data: its file is held to its form, and the engine names nothing of it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from living_review import evidence
from living_review.evidence import topic
from living_review.files import UnreadableFileError
from living_review.validation.topic import check_topic

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("src", "book/_ext", "book/_static", "book/_templates")
LISTS = ("drugs", "indications", "context_diseases", "context_subtypes")
# Words of the lists above that medicine uses for much else.
OF_MANY_TOPICS = {
    *(
        "aggressive",
        "another",
        "any",
        "blood",
        "blue",
        "complicated",
        "component",
        "facial",
        "giant",
        "tumours",
    ),
    *(
        "growing",
        "inoperable",
        "internal",
        "kidney",
        "kinds",
        "lesion",
        "lesions",
        "malignant",
        "mixed",
    ),
    *(
        "organ",
        "other",
        "progressive",
        "several",
        "skin",
        "symptomatic",
        "symptoms",
        "tumour",
        "tumours",
    ),
    *("type", "with", "cell", "brain", "disease", "flow", "slow", "advanced", "combined", "yet", "not"),
    *("and", "the", "of", "or", "related", "syndrome", "overgrowth", "kind", "non", "cutaneous"),
    *("asymptomatic", "rubber", "bleb", "anomalies", "malformation", "malformations"),
}
# Examples of docstrings that are run on the evidence itself, which is this review's.
RUN_ON_THE_EVIDENCE = {
    "src/living_review/audit/engine.py": "nadal_2016",
    "src/living_review/evidence/model.py": "benson_2014",
    "src/living_review/evidence/reads.py": "hua_2014",
}


def words_of_the_topic() -> set[str]:
    review = evidence.load(ROOT)
    studies = {name for s in review.studies for name in (s.study_id, s.first_author.lower())}
    beside = set(review.records("studies", "context")["study_id"])
    listed = [pair for name in LISTS for pair in review.vocabulary[name].items()]
    listed += [(word, word) for word in review.topic.syllables]
    parts = {w for pair in listed for text in pair for w in re.findall(r"[a-z0-9]+", text.lower())}
    return studies | beside | {w for w in parts if len(w) > 2} - OF_MANY_TOPICS


def named(text: str, words: set[str]) -> set[str]:
    """Return the words of the topic in a text, as words of their own or as parts of names."""
    there = set(re.findall(r"[a-z0-9]+", text.lower()))
    return {w for w in words if (w in there if "_" not in w else w in text.lower())}


def test_the_engine_names_no_study_no_drug_and_no_disease_of_this_review():
    words, found = words_of_the_topic(), []
    files = [p for place in PLACES for p in sorted((ROOT / place).rglob("*"))]
    for path in files:
        if path.suffix not in (".py", ".js", ".css", ".html", ".yaml", ".yml", ".md", ".json", ".svg"):
            continue
        name, text = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        if example := RUN_ON_THE_EVIDENCE.get(name):
            text = "\n".join(
                line
                for line in text.split("\n")
                if not (example in line and (">>> " in line or line.strip().startswith("[")))
            )
        found += [f"{name}: {word}" for word in sorted(named(text, words))]
    assert not found


def test_a_word_of_the_topic_in_code_is_found():
    words = words_of_the_topic()
    assert {"benson_2014", "benson", "sirolimus", "pecoma", "venous", "mtor"} <= words
    assert named('if row["drug"] == "sirolimus":', words) == {"sirolimus"}
    assert named('PALETTE = {"hua_2014": 1}', words) == {"hua_2014", "hua"}
    assert not named("a lesion of the skin", words)


@pytest.fixture
def copy(tmp_path):
    (tmp_path / "data").mkdir()
    shutil.copy(ROOT / topic.FILE, tmp_path / topic.FILE)
    shutil.copy(ROOT / "_toc.yml", tmp_path)
    return tmp_path


VOCABULARY = evidence.load(ROOT).vocabulary


def changed(root: Path, **values: object) -> list[str]:
    path = root / topic.FILE
    content = yaml.safe_load(path.read_text(encoding="utf-8")) | values
    path.write_text(yaml.safe_dump({k: v for k, v in content.items() if v is not None}))
    return [f"{issue.column}: {issue.found}" for issue in check_topic(root, VOCABULARY)]


def test_the_file_of_this_review_is_right(copy):
    assert changed(copy) == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"main_drug": "aspirin"}, "main_drug: 'aspirin'"),
        ({"drug_class": "statin"}, "drug_class: 'statin'"),
        ({"beside": {"gout": ["pecoma"]}}, "beside: 'gout'"),
        ({"beside": ["pecoma"]}, "beside: ['pecoma']"),
        ({"short_names": {"gout": "gout"}}, "short_names: 'gout'"),
        ({"short_names": {"pecoma": "A name"}}, "short_names: {'pecoma': 'A name'}"),
        ({"marks": {"follow_up": "D"}}, "marks: {'follow_up': 'D'}"),
        ({"marks": {"birth": ["D", "born"]}}, "marks: 'birth'"),
        ({"schema": 0}, "schema: 0"),
        ({"schema": "one"}, "schema: 'one'"),
        ({"description": None}, "description: no such key"),
        ({"subtitle": "x"}, "subtitle: a key that nothing reads"),
        ({"plain_language": "{n_patients} people"}, "plain_language: braces around 'n_patients'"),
    ],
)
def test_what_is_wrong_in_it_is_named(copy, values, expected):
    assert changed(copy, **values) == [expected]


def test_a_project_without_it_is_told(copy):
    (copy / topic.FILE).unlink()
    (issue,) = check_topic(copy, VOCABULARY)
    assert issue.found == "no such file"
    assert topic.read(copy) == topic.UNKNOWN


def test_a_file_that_is_wrong_is_refused(copy):
    (copy / topic.FILE).write_text("schema: 1\n")
    with pytest.raises(UnreadableFileError, match="no such key"):
        topic.read(copy)
