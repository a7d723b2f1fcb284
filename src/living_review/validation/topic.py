"""``data/review.yaml``: every key there, and every word of it in the vocabulary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from living_review import files
from living_review.evidence import topic
from living_review.validation.contents import is_whole
from living_review.validation.issues import Issue, unreadable

TODO = "Correct it; the comment above the key says what it is for."


def check_topic(root: Path, vocabulary: Mapping[str, Any]) -> Iterator[Issue]:
    """Yield what is wrong with what the review is about; a copy of some data need not say it.

    Parameters
    ----------
    root : pathlib.Path
        Top of the project.
    vocabulary : mapping of str to object
        The lists of ``data/vocabulary.yaml``.

    Yields
    ------
    Issue
        One for each thing that is wrong.
    """
    path = root / topic.FILE
    if not path.is_file():
        if is_whole(root):
            todo = "Add it: `living-review init` writes one in which each key is explained."
            yield Issue(topic.FILE, None, None, "no such file", "what the review is about", todo)
        return
    try:
        content = files.read_yaml(path)
    except files.UnreadableFileError as error:
        yield unreadable(error, topic.FILE)
        return
    wrong = list(topic.problems(content))
    yield from (Issue(topic.FILE, None, key, found, expected, TODO) for key, found, expected in wrong)
    if wrong:
        return
    if content["schema"] != topic.SCHEMA:
        todo = "Run `living-review upgrade`: it says what to change."
        yield Issue(topic.FILE, None, "schema", str(content["schema"]), str(topic.SCHEMA), todo)
    for key, words, lists in _words(content):
        known = [word for name in lists for word in vocabulary.get(name, {})]
        for word in words:
            if word not in known:
                expected = f"a word of {' or '.join(lists)} in data/vocabulary.yaml"
                yield Issue(topic.FILE, None, key, repr(word), expected, TODO)


def _words(content: Mapping[str, Any]) -> Iterator[tuple[str, list[str], tuple[str, ...]]]:
    """Yield the words of each key, and the lists of the vocabulary they must be in."""
    if content["main_drug"] != topic.NONE:
        yield "main_drug", [content["main_drug"]], ("drugs",)
    yield "drug_class", [content["drug_class"]], ("drug_classes",)
    diseases = [word for key, others in content["beside"].items() for word in (key, *others)]
    yield "beside", diseases, ("indications", "context_diseases")
    yield "short_names", list(content["short_names"]), ("indications",)
    yield "marks", list(content["marks"]), ("endpoints",)
    yield "counted", list(content["counted"]), ("endpoint_classes",)
    yield "counted", list(content["counted"].values()), ("directions",)
    results = [
        name + ("" if towards == event else end)
        for name, event in content["counted"].items()
        for towards, end in topic.TURNED.items()
    ]
    yield "counted", results, ("results",)
