"""Read ``data/``: a review is a set of study folders, a study is a set of tables.

``model``       the review, its studies and their tables
``tables``      the one reader of tables: characters, from which types are made
``references``  how a row of one table points at cells of others
``locator``     where in a paper something is printed
``reads``       which evidence is read while something is computed
``recall``      what a function gave is given again while the tables are the same
``memory``      answers about a study that are used again while its files are the same
``shapes``      vocabulary, schemas and descriptions of studies: read, and asked for their shape
``snapshots``   another copy of the project: a folder, or a revision of git
``changelog``   what each version changed on each page
``row_history`` in which version a row came, and which versions changed it
``ratings``     appraisal and certainty: which ratings are in force, and what their steps add up to
``search_plan`` what is searched for, and as whom
``looks``       the colour and marker of a study in figures
``topic``       what the review is about
"""

import lazy_loader

from living_review.evidence.model import (
    PRINTED_ONCE,
    PRINTED_TWICE,
    RECORDS,
    TO_FILL,
    EvidenceError,
    Review,
    Schema,
    Study,
    as_names,
    digest_of,
    family_name,
    find_root,
    load,
    load_schemas,
    read_rows,
    to_frame,
    write_rows,
)

__all__ = [
    "PRINTED_ONCE",
    "PRINTED_TWICE",
    "RECORDS",
    "TO_FILL",
    "EvidenceError",
    "Review",
    "Schema",
    "Study",
    "as_names",
    "digest_of",
    "family_name",
    "find_root",
    "load",
    "load_schemas",
    "read_rows",
    "to_frame",
    "write_rows",
]

# Modules that nothing here imports: loaded when they are first asked for.
__getattr__, _, _ = lazy_loader.attach(
    __name__,
    submodules={
        "changelog",
        "looks",
        "memory",
        "ratings",
        "references",
        "search_plan",
        "snapshots",
        "topic",
    },
)
