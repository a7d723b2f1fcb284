"""What the review is about: ``data/review.yaml``, and the title in ``_config.yml``.

The engine names no disease, no drug and no study; what it says of them it takes from here and from the
vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from living_review import files

FILE, CONFIGURATION = "data/review.yaml", "_config.yml"
SCHEMA = 1  # raise it when data/ must be changed by hand; `living-review upgrade` says how
TO_WRITE = "to_write"  # what `init` leaves to a person; nothing with it is published
# The facts that a text in plain language may name in braces.
HARM_FACTS = ("sore_mouth", "sore_mouth_later", "cancer", "death_of_infection_later")
PLAIN_FACTS = ("n_studies", "n_diseases", "fewest", "most", "better", "alone")


# What the key of a result gains where the count is of another direction than the event.
TURNED = {"worse": "_worse", "no_change": "_unchanged", "better": "_better"}


@dataclass(frozen=True)
class Topic:
    """What a review is about.

    Attributes
    ----------
    schema : int
        The form of the data.
    description : str
        One sentence on the review.
    main_drug : str
        The drug that is not named again beside each result; ``not_applicable`` for none.
    drug_class : str
        The class of drugs that is reviewed, a word of ``drug_classes``.
    beside : mapping of str to tuple of str
        Diseases whose later results are on the page of a disease.
    short_names : mapping of str to str
        What a disease is called in addresses of figures and tables, where its own word is long.
    syllables : mapping of str to int
        Words that the measure of reading level does not know.
    synonyms : sequence of sequence of str
        Words for one thing: who searches for one finds the others.
    marks : mapping of str to tuple of str
        Marker and words of endpoints that are marked on a patient's bar.
    counted : mapping of str to str
        Endpoint classes of this review beside the engine's own that a count of patients can answer, and
        the direction that counts as the event: ``worse`` for a death.
    plain_language : str
        What the sources say together; :data:`PLAIN_FACTS` in braces.
    harms_in_plain_language : str
        What the harms come to; :data:`HARM_FACTS` in braces.
    """

    schema: int
    description: str
    main_drug: str
    drug_class: str
    beside: Mapping[str, tuple[str, ...]]
    short_names: Mapping[str, str]
    syllables: Mapping[str, int]
    synonyms: Sequence[Sequence[str]]
    marks: Mapping[str, tuple[str, str]]
    counted: Mapping[str, str]
    plain_language: str
    harms_in_plain_language: str

    def short(self, disease: str) -> str:
        """Return what a disease is called in addresses of figures and tables: words joined by ``-``."""
        return self.short_names.get(disease, disease.replace("_", "-"))

    def is_named(self, drug: str) -> bool:
        """Whether a drug is named beside a result: every one but the main drug."""
        return drug != self.main_drug


Problem = tuple[str | None, str, str]  # key, found, expected


def problems(content: object) -> Iterator[Problem]:
    """Yield what is wrong with the content of the file: key, what was found, what was expected.

    Parameters
    ----------
    content : object
        As :func:`living_review.files.read_yaml` gives it.
    """
    if not isinstance(content, dict):
        yield None, type(content).__name__, f"the keys {', '.join(KEYS)}"
        return
    for key in content.keys() - KEYS.keys():
        yield key, "a key that nothing reads", f"the keys {', '.join(KEYS)}"
    for key, (is_right, expected) in KEYS.items():
        if key not in content:
            yield key, "no such key", expected
        elif not is_right(content[key]):
            yield key, repr(content[key])[:80], expected
    for key, names in (("plain_language", PLAIN_FACTS), ("harms_in_plain_language", HARM_FACTS)):
        if isinstance(text := content.get(key), str):
            try:
                text.format(**dict.fromkeys(names, ""))
            except (LookupError, ValueError) as error:
                yield key, f"braces around {error}", f"no names but {', '.join(names)}"


# A copy of some data need not say what the review is about; `living-review check` asks a whole project.
NONE = "not_applicable"
UNKNOWN = Topic(SCHEMA, "A living review.", NONE, NONE, {}, {}, {}, (), {}, {}, "Nothing.", "Nothing.")


def read(root: Path) -> Topic:
    """Read the file; without one, nothing is known of the topic.

    Parameters
    ----------
    root : pathlib.Path
        Top of the project.

    Raises
    ------
    living_review.files.UnreadableFileError
        If it cannot be read, or a key is missing or holds no such thing.
    """
    path = root / FILE
    if not path.is_file():
        return UNKNOWN
    content: Any = files.read_yaml(path)
    for key, found, expected in problems(content):
        raise files.UnreadableFileError(path, None, found, expected, "Correct it.", key)
    beside = {disease: tuple(others) for disease, others in content["beside"].items()}
    marks = {endpoint: (mark[0], mark[1]) for endpoint, mark in content["marks"].items()}
    return Topic(**{**content, "beside": beside, "marks": marks})


def title(root: Path) -> str:
    """Return the title of the review, from the configuration of its book."""
    return str(files.read_yaml(root / CONFIGURATION)["title"])


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_mapping_to(*kinds: type) -> Any:  # noqa: ANN401  (a predicate)
    return lambda value: (
        isinstance(value, dict) and all(isinstance(inside, kinds) for inside in value.values())
    )


def _is_marks(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(mark, list) and len(mark) == 2 and all(map(_is_text, mark))
        for mark in value.values()
    )


def _is_short_names(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(name, str) and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        for name in value.values()
    )


def _is_groups(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(group, list) and all(map(_is_text, group)) for group in value
    )


KEYS: dict[str, tuple[Any, str]] = {
    "schema": (lambda value: type(value) is int, "a whole number"),
    "description": (_is_text, "a sentence"),
    "main_drug": (_is_text, "a word of the list drugs, or not_applicable"),
    "drug_class": (_is_text, "a word of the list drug_classes"),
    "beside": (_is_mapping_to(list), "a list of diseases for each disease; {} for none"),
    "short_names": (_is_short_names, "a name of small letters and - for each disease; {} for none"),
    "syllables": (_is_mapping_to(int), "a number for each word; {} for none"),
    "synonyms": (_is_groups, "a list of lists of words; [] for none"),
    "marks": (_is_marks, "a marker and its words for each endpoint; {} for none"),
    "counted": (_is_mapping_to(str), "a direction for each endpoint class; {} for none"),
    "plain_language": (_is_text, "a text in plain language"),
    "harms_in_plain_language": (_is_text, "a text in plain language"),
}
