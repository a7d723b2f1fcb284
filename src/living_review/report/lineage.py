"""What the output of a notebook cell rests on: the evidence read for it, and the functions it came by.

While a cell runs, :mod:`living_review.evidence.reads` writes down what is read. A name that the cell
takes from an earlier one brings along what was read for that cell. Nothing of this is declared by hand,
so nothing can be forgotten; outside a notebook, the caller that shows something says what was read.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import Any

from markupsafe import Markup

from living_review.evidence import Review, Study, reads

PACKAGE = "living_review."
# Ways to show or to draw: no computation of a number.
SHOWING = ("report.display.", "plots.", "report.sections.for_display", "report.chapter.start")
# What evidence is read through, and is none itself; a chapter adds its own.
OPENED: list[type] = [ModuleType, FunctionType, Review, Study]
NAMED = 12  # rows of a table that are named one by one; of more the table is named


@dataclass(frozen=True)
class Source:
    """What something rests on: references of evidence, and names of functions."""

    rows: tuple[str, ...] = ()
    by: tuple[str, ...] = ()

    def __or__(self, other: Source) -> Source:
        return Source(_union(self.rows, other.rows), _union(self.by, other.by))

    @property
    def name(self) -> str:
        """A short name, the same for the same source, for its address."""
        text = " ".join([*sorted(self.rows), "|", *sorted(self.by)])
        return f"set-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _union(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*first, *second]))


def shortened(references: Iterable[str]) -> tuple[str, ...]:
    """Return references in order, with many rows of one table as the table.

    Parameters
    ----------
    references : iterable of str
        As :mod:`living_review.evidence.reads` notes them.

    Returns
    -------
    tuple of str
        A row is named only where its table is not.

    Examples
    --------
    >>> shortened(["b_2014/events/p2", "a_2014/doses", "a_2014/doses/x"])
    ('a_2014/doses', 'b_2014/events/p2')
    """
    every = sorted(set(references))
    tables = {reference for reference in every if reference.count("/") == 1}
    rows: dict[str, list[str]] = {}
    for reference in every:
        if reference.count("/") > 1:
            rows.setdefault("/".join(reference.split("/")[:2]), []).append(reference)
    tables |= {table for table, named in rows.items() if len(named) > NAMED}
    kept = [row for table, named in rows.items() if table not in tables for row in named]
    return tuple(sorted([*tables, *kept]))


class Notebook:
    """The cells of a running notebook, one after the other.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
        Its events begin and end a cell.
    """

    def __init__(self, shell: Any) -> None:  # noqa: ANN401
        self.shell = shell
        self.names: dict[str, Source] = {}
        self.named: set[str] = set()  # by texts that the running cell fills in
        self.ledger = reads.SINCE_START  # of the cell that imports this package
        self.code: ast.Module | None = None
        shell.events.register("pre_run_cell", self.before)
        shell.events.register("post_run_cell", self.after)

    def before(self, info: Any) -> None:  # noqa: ANN401
        """Begin a cell."""
        reads.close(self.ledger)
        self.ledger = reads.keep()
        self.named = set()
        self.code = self._parsed(info.raw_cell)

    def after(self, result: Any) -> None:  # noqa: ANN401
        """End a cell: what it set rests on what it read."""
        code = self.code or self._parsed(result.info.raw_cell if result.info else "")
        source = self._source(code)
        for name in _set(code):
            if not isinstance(self.shell.user_ns.get(name), tuple(OPENED)):
                self.names[name] = source
        reads.close(self.ledger)
        self.code = None

    def source(self) -> Source:
        """Return what the running cell rests on so far."""
        return self._source(self.code) if self.code else Source()

    def _source(self, code: ast.Module) -> Source:
        found = Source(tuple(self.ledger), tuple(self._functions(code)))
        for name in sorted(_taken(code) | self.named):  # a set has another order in each process
            found |= self.names.get(name, Source())
        return Source(shortened(found.rows), found.by)

    def _functions(self, code: ast.Module) -> Iterator[str]:
        """Yield the functions of this package that a cell calls."""
        for node in ast.walk(code):
            if isinstance(node, ast.Call) and (name := self._resolved(node.func)):
                yield name

    def _resolved(self, called: ast.expr) -> str:
        path = []
        while isinstance(called, ast.Attribute):
            path.append(called.attr)
            called = called.value
        if not path or not isinstance(called, ast.Name):
            return ""
        found: Any = self.shell.user_ns.get(called.id)
        for part in reversed(path):
            found = getattr(type(found) if not isinstance(found, ModuleType) else found, part, None)
        module, name = getattr(found, "__module__", None), getattr(found, "__qualname__", None)
        if not isinstance(found, FunctionType) or not str(module).startswith(PACKAGE):
            return ""
        whole = f"{module}.{name}".removeprefix(PACKAGE)
        return "" if whole.startswith((*SHOWING, "evidence.")) else whole

    @staticmethod
    def _parsed(code: str) -> ast.Module:
        try:
            return ast.parse(code)
        except SyntaxError:  # a command of the shell, or a cell that will not run
            return ast.Module([], [])


def _taken(code: ast.Module) -> set[str]:
    names = {n.id for n in ast.walk(code) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    return names - _passing(code)


def _passing(code: ast.Module) -> set[str]:
    """Return names that live inside one expression: of comprehensions and lambdas."""
    targets = [n.target for n in ast.walk(code) if isinstance(n, ast.comprehension)]
    names = {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}
    return names | {n.arg for n in ast.walk(code) if isinstance(n, ast.arg)}


def _set(code: ast.Module) -> set[str]:
    names = {n.id for n in ast.walk(code) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    for node in ast.walk(code):  # frame["column"] = … changes the frame
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            names |= {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
    return names - _passing(code)


_followed: list[Notebook] = []  # one, or none outside a notebook


def follow(shell: Any) -> None:  # noqa: ANN401
    """Begin to follow the cells of a notebook, once; outside of one ``shell`` is None."""
    if shell is None:
        reads.close(reads.SINCE_START)  # nobody will ask
    elif not _followed or _followed[0].shell is not shell:
        _followed[:] = [Notebook(shell)]


def take(name: str) -> None:
    """Note that a text which the running cell fills in names a variable of the notebook."""
    for notebook in _followed:
        notebook.named.add(name)


def current() -> Source:
    """Return what the output that is being shown rests on; nothing outside a notebook."""
    return _followed[0].source() if _followed else Source()


def mark(content: str, source: Source | None = None) -> str:
    """Write into the first tag of HTML what it rests on, for the page of sets and for its links.

    Parameters
    ----------
    content : str
        HTML that begins with a tag; without a number in it nothing is written.
    source : Source, optional
        Default: :func:`current`.

    Returns
    -------
    str
        The same, with ``data-set``, ``data-from`` and ``data-by``.
    """
    source = current() if source is None else source
    words = re.sub(r"<[^>]+>", " ", content)
    if not source.rows or not re.search(r"\d", words):
        return content
    written = Markup(' data-set="{}" data-from="{}" data-by="{}"').format(
        source.name, " ".join(source.rows), " ".join(source.by)
    )
    marked = re.sub(r"^<\w+[^>]*", lambda tag: f"{tag[0]}{written}", content, count=1)
    note = '<p class="lr-note"'  # is beside its table, not in it
    marked = marked.replace(note, f'{note} data-set="{source.name}"')
    return Markup(marked) if isinstance(content, Markup) else marked


MARKED = re.compile(r' data-set="([^"]+)" data-from="([^"]*)" data-by="([^"]*)"')


def sets(text: str) -> dict[str, Source]:
    """Return the sets that outputs or facts name, by name."""
    return {
        name: Source(tuple(rows.split()), tuple(by.split())) for name, rows, by in MARKED.findall(text)
    }


def fact(name: str, make: Callable[[], str]) -> str:
    """Return a fact of a prose page, marked with what was read for it.

    Parameters
    ----------
    name : str
        As the page names it.
    make : callable
        Computes it, as text or HTML that a page may hold.

    Returns
    -------
    str
        The text in a ``span``, or the HTML; as it is if it holds no number or nothing was read.
    """
    with reads.watch() as seen:
        text = make()
    source = Source(shortened(seen), (name,))
    if re.match(r"\s*<(?!a\b)", text):  # links are part of a sentence
        return mark(f"<div>{text}</div>", source)  # a fact may be several elements
    return found if "data-set" in (found := mark(f"<span>{text}</span>", source)) else text
