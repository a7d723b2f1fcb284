"""Feed facts of the review into prose pages, and read again what a change of the data makes old.

``{{ n_studies }}`` in a page of ``book/`` shows a fact computed from ``data/`` (a MyST
substitution). Sphinx reads a page again when its own file changed; it knows nothing of the data.
This module does: a page is read again when a fact that it names has another value, and every
page is written again when something that is on each of them changed (titles, contents,
version). All other pages stay as they are, so that a large book renders in seconds. What was written
for a page that is gone is removed, which Sphinx does not do.
"""

from __future__ import annotations

import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

import living_review
from living_review import evidence
from living_review.build import digest, kept
from living_review.living import status
from living_review.living.diff import page as what_changed
from living_review.report import lineage, titles

KEPT = "facts.json"
NAMED = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
WORD = re.compile(r"[A-Za-z_]\w*")


def _digest(value: object) -> str:
    return digest.of_text(repr(value))


def _code_digest() -> int:
    """Return a number for the code that makes pages: other code, every page is read again."""
    folders = (Path(__file__).parent, Path(living_review.__file__).parent)
    code = ((path.name, path) for folder in folders for path in sorted(folder.rglob("*.py")))
    return int(digest.of_files(code)[:15], 16)


def open_memory(app: Sphinx) -> None:
    """Prepare what is remembered from build to build."""
    app.builder.search = False  # the site has a search of its own; an index for another takes a second
    if not hasattr(app.env, "living_facts_used"):
        app.env.living_facts_used = {}
        app.env.living_frame = ""


def _names(text: str) -> set[str]:
    return {word for part in NAMED.findall(text) for word in WORD.findall(part)}


def give_facts(app: Sphinx, env: BuildEnvironment, changed: set[str]) -> None:
    """Hand the facts that pages name to the Markdown reader; those of the last build if they hold.

    Not by the configuration: Sphinx reads every page again when a value there changes.
    """
    names = {name for used in env.living_facts_used.values() for name in used}
    for page in changed:
        names |= _names(Path(env.doc2path(page)).read_text(encoding="utf-8"))

    def computed(review: evidence.Review) -> dict[str, str]:
        # Here, not above: they load what computes, which a build with the same facts is spared.
        from living_review.living import page as search
        from living_review.report import substitutions

        return substitutions.compute(review, names) | search.compute(review, names)

    def changed_since(review: evidence.Review) -> dict[str, str]:
        return what_changed.compute(review, names)

    asked = " ".join(sorted(names))
    root, store = app.living_review.root, Path(app.doctreedir) / KEPT
    # Apart from each other: what changed reads every page, and is another after each edit.
    made = kept.made(root, store, {asked: computed, f"what changed: {asked}": changed_since})
    found = {name: text for part in made.values() for name, text in part.items()}
    texts = {name: text.replace("{notebooks}", "../notebooks") for name, text in found.items()}
    here = titles.with_titles(root, texts)
    env.myst_config.substitutions = {**env.myst_config.substitutions, **here}
    app.living_facts = {name: _digest(text) for name, text in here.items()}
    app.living_sets = lineage.sets("".join(here.values()))


def note_facts(app: Sphinx, docname: str, source: list[str]) -> None:
    """Remember which facts a page names, as they are now; a name that is unknown counts too."""
    names = sorted(_names(source[0]))
    app.env.living_facts_used[docname] = {n: app.living_facts.get(n) for n in names}


def pages_with_old_facts(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Return the pages that name a fact whose value is another now."""
    give_facts(app, env, added | changed)
    return [
        page
        for page, used in env.living_facts_used.items()
        if page in env.found_docs
        and any(app.living_facts.get(name) != value for name, value in used.items())
    ]


def pages_in_a_new_frame(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return every page if what is on each of them changed, else the first page alone.

    The first page is always written: without any page to write Sphinx stops before it copies the
    style sheet and makes the pages that have no source file.
    """
    newest = app.living_review.records("versions").iloc[-1].to_dict()
    titles = {page: title.astext() for page, title in env.titles.items()}
    changes = app.living_review.records("changes").to_dict("records")
    age = status.status_line(app.living_review)
    tree = sorted(env.toctree_includes.items())
    frame = _digest([sorted(titles.items()), tree, newest, changes, age])
    if frame != env.living_frame:
        env.living_frame = frame
        return sorted(env.found_docs)
    return [app.config.root_doc]


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forget a page that is gone or about to be read, and remove what was written for it."""
    env.living_facts_used.pop(docname, None)
    Path(app.builder.get_outfilename(docname)).unlink(missing_ok=True)


def start_clean(app: Sphinx) -> None:
    """Remove pages of a build that nothing is remembered of: which are still wanted is unknown."""
    if not app.env.all_docs:
        for path in Path(app.outdir).rglob("*.html"):
            path.unlink()


def merge(app: Sphinx, env: BuildEnvironment, docnames: list[str], other: BuildEnvironment) -> None:
    """Take over what another process noted."""
    for page in docnames:
        env.living_facts_used[page] = other.living_facts_used[page]


def setup(app: Sphinx) -> dict[str, object]:
    """Register with Sphinx."""
    app.connect("builder-inited", open_memory, priority=900)
    app.connect("builder-inited", start_clean)
    app.connect("source-read", note_facts)
    app.connect("env-get-outdated", pages_with_old_facts)
    app.connect("env-updated", pages_in_a_new_frame)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    return {
        "env_version": _code_digest(),
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
