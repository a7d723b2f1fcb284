"""Run the search: every strategy on every source since the last logged day, then the notices.

The log, ``data/review/searches.csv``, is the only memory of how far a search got: the next one starts
some days before the last *complete* row of the same source and query. Such a row is written after the
records are on disk, so a run may end at any point; the next one goes on from the pages it has.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from living_review import evidence
from living_review.evidence.search_plan import Plan, Strategy, read_plan
from living_review.living import screening, store
from living_review.living.http import Client, FetchError, NoNetworkError, Patience
from living_review.living.records import (
    ALONE,
    NONE,
    SHORTEST_TITLE,
    Record,
    clean_doi,
    link_duplicates,
)
from living_review.living.sources import Crossref, EuropePmc, Notice, PubMed, Window, merge_notices

# Where each service answers, and the seconds between two requests that it allows without a key.
SERVICES = {
    "pubmed": ("PubMed", "https://eutils.ncbi.nlm.nih.gov/entrez/eutils", 0.34),
    "europe_pmc": ("Europe PMC", "https://www.ebi.ac.uk/europepmc/webservices/rest", 0.2),
    "crossref": ("Crossref", "https://api.crossref.org", 0.2),
}
KEYED = 0.1  # seconds between two requests to PubMed with a key of NCBI
NOTICES, DOIS = "notices", "dois"  # the jobs of Crossref


class Progress(Protocol):
    """What a run reports: a line, or the progress of a job."""

    def say(self, line: str) -> None:
        """Report a line."""

    def step(self, job: str, done: int, total: int) -> None:
        """Report the progress of a job.

        Parameters
        ----------
        job : str
            Name of the job.
        done : int
            Steps done.
        total : int
            Steps in all.
        """


@dataclass
class Silent:
    """Progress that only remembers its lines."""

    lines: list[str] = field(default_factory=list)

    def say(self, line: str) -> None:
        """Remember a line."""
        self.lines.append(line)

    def step(self, job: str, done: int, total: int) -> None:
        """Say nothing.

        Parameters
        ----------
        job : str
            Name of the job.
        done : int
            Steps done.
        total : int
            Steps in all.
        """


@dataclass(frozen=True)
class Outcome:
    """What a run came to.

    Attributes
    ----------
    rows : list of dict
        Its rows of the log.
    stopped : list of str
        What could not be finished, a line each; it goes on at the next run.
    """

    rows: list[dict[str, str]]
    stopped: list[str]


class WatchError(Exception):
    """The search cannot begin; the message says why. Nothing was changed."""


def watch(
    root: Path,
    *,
    progress: Progress,
    today: datetime.date | None = None,
    bases: Mapping[str, str] | None = None,
    patience: Patience | None = None,
    key: str | None = None,
) -> Outcome:
    """Search every source by every strategy, and ask what became of the publications in ``data/``.

    Parameters
    ----------
    root : Path
        Top of the project.
    progress : Progress
        Gets the progress.
    today : datetime.date, optional
        Default: today in UTC.
    bases : mapping, optional
        Addresses of services other than those of :data:`SERVICES`.
    patience : Patience, optional
    key : str, optional
        Of NCBI, for ten requests a second; it appears in no message and no file.

    Returns
    -------
    Outcome

    Raises
    ------
    WatchError
        If nothing could be asked: no network, or a clock before the last search.
    StoreError
        If what came could not be kept, or another watch is running.
    """
    plan = read_plan(root)
    today = today or datetime.datetime.now(datetime.UTC).date()
    with store.locked(root, "watch"):
        clients = _clients(plan, bases or {}, patience or Patience(), key)
        try:
            unfinished = store.open_run(root)
            _check_clock(root, unfinished, today)
            if unfinished:
                progress.say(f"going on with the run {unfinished.run}, which was interrupted")
                outcome = _Search(root, plan, unfinished, clients, progress, begun=True).go()
                if outcome.stopped or unfinished.last_day == today.isoformat():
                    return outcome
            run = store.Run(_new_name(root, today), today.isoformat())
            return _Search(root, plan, run, clients, progress).go()
        except NoNetworkError as error:
            raise WatchError(f"{error}: no network? nothing was asked, nothing was changed") from None
        finally:
            for client in clients.values():
                client.close()


def _clients(
    plan: Plan, bases: Mapping[str, str], patience: Patience, key: str | None
) -> dict[str, Client]:
    known = {"email": plan.email} if plan.email else {}
    common = {
        "pubmed": {"tool": plan.tool, **known, **({"api_key": key} if key else {})},
        "europe_pmc": known,
        "crossref": {"mailto": plan.email} if plan.email else {},
    }
    return {
        name: Client(
            label,
            bases.get(name, base),
            plan.agent,
            KEYED if key and name == "pubmed" else interval,
            common[name],
            patience,
        )
        for name, (label, base, interval) in SERVICES.items()
    }


def _check_clock(root: Path, unfinished: store.Run | None, today: datetime.date) -> None:
    days = [row["date_to"] for row in store.read_table(root, "searches")]
    days += [unfinished.last_day] if unfinished else []
    if days and max(days) > today.isoformat():
        raise WatchError(
            f"the clock of this machine says {today}, but a search up to {max(days)} is logged: "
            "nothing was asked; set the clock right, or correct the log if it is the one that is wrong"
        )


def _new_name(root: Path, today: datetime.date) -> str:
    had = {row["run"] for row in store.read_table(root, "searches")}
    number = 1
    while (name := f"{today.isoformat()}.{number}") in had:
        number += 1
    return name


@dataclass
class _Search:
    root: Path
    plan: Plan
    run: store.Run
    clients: dict[str, Client]
    progress: Progress
    begun: bool = False
    rows: list[dict[str, str]] = field(default_factory=list)
    failed: list[tuple[_Job, FetchError]] = field(default_factory=list)

    def go(self) -> Outcome:
        sources: dict[str, PubMed | EuropePmc] = {
            "pubmed": PubMed(self.clients["pubmed"]),
            "europe_pmc": EuropePmc(self.clients["europe_pmc"]),
        }
        broken: set[str] = set()  # a source that failed is not asked again in this run
        for name, strategy in self.plan.jobs():
            if self._is_logged(name, strategy.name) or name in broken:
                continue
            job = _Job(name, strategy.name, strategy.digest(name), self._first_day(name, strategy))
            if not self._attempt(job, partial(self._fill, sources[name], strategy.queries[name], job)):
                broken.add(name)
        crossref = Crossref(self.clients["crossref"])
        for name, ask in ((DOIS, self._dois), (NOTICES, self._notices)):
            job = _Job("crossref", name, "not_applicable", self.run.last_day)
            if not self._is_logged("crossref", name) and not self._attempt(
                job, partial(ask, crossref, job)
            ):
                break
        errors = [error for _, error in self.failed]
        if not self.begun and errors and all(isinstance(e, NoNetworkError) for e in errors):
            raise errors[0]
        for job, error in self.failed:
            self._log(job, 0, 0, 0, 0, "stopped", str(error))
        if not self.failed:
            store.end_run(self.root)
        return Outcome(self.rows, [f"{job.strategy}: {error}" for job, error in self.failed])

    def _attempt(self, job: _Job, run: Callable[[], None]) -> bool:
        try:
            run()
        except FetchError as error:
            self.failed.append((job, error))
            return False
        return True

    def _begin(self) -> None:
        """Put the run on disk once a service has answered: without a network nothing changes."""
        if not self.begun:
            store.begin_run(self.root, self.run)
            self.begun = True

    def _is_logged(self, source: str, strategy: str) -> bool:
        return any(
            (row["run"], row["source"], row["strategy"]) == (self.run.run, source, strategy)
            and row["status"] == "complete"
            for row in store.read_table(self.root, "searches")
        )

    def _first_day(self, source: str, strategy: Strategy) -> str:
        days = [
            datetime.date.fromisoformat(row["date_to"])
            for row in store.read_table(self.root, "searches")
            if (row["source"], row["strategy"]) == (source, strategy.name)
            and row["status"] == "complete"
            and row["query"] == strategy.digest(source)
        ]
        if not days:
            return self.plan.since.isoformat()
        back = max(days) - datetime.timedelta(days=self.plan.overlap)
        return max(back, self.plan.since).isoformat()

    def _fill(self, source: PubMed | EuropePmc, query: str, job: _Job) -> None:
        """Fetch what a job lacks, page by page, then put it into the tables and log it."""
        identity = {"run": self.run.run, "query": job.query, "from": job.first_day}
        journal = store.Journal(self.root, f"{job.source}-{job.strategy}", identity)
        pages = journal.pages()
        state = _state(pages)
        if not pages or pages[-1]["state"] is not None:
            window = Window(
                datetime.date.fromisoformat(job.first_day),
                datetime.date.fromisoformat(self.run.last_day),
            )
            for page in source.pages(query, window, state):
                self._begin()
                kept = store.as_page(page.records, page.found, page.state)
                journal.add(len(pages), kept)
                pages.append(kept)
                got = sum(len(p["records"]) for p in pages)
                self.progress.step(f"{SERVICES[job.source][0]}: {job.strategy}", got, page.found)
        records = {r.record_id: r for p in pages for r in (Record(**row) for row in p["records"])}
        self._merge(job, pages[-1]["found"], list(records.values()))
        journal.close()

    def _merge(self, job: _Job, found: int, records: list[Record]) -> None:
        table = add_records(store.read_table(self.root, "records"), records, self.run.run, job.strategy)
        store.write_table(self.root, "records", table)
        store.keep_abstracts(self.root, records)
        ids = {record.record_id for record in records}
        # Counted from the table, not from what was just added: a run that was killed between the two
        # writes counts the same when it goes on.
        fresh = [
            row
            for row in table
            if row["id"] in ids
            and row["first_run"] == self.run.run
            and row["strategies"].split()[0] == job.strategy
        ]
        linked = sum(row["same_as"] != ALONE for row in fresh)
        lost = sum(not record.fetched for record in records)
        note = f"{lost} known by their number alone" if lost else ""
        self._log(job, found, len(records), len(fresh) - linked, linked, "complete", note)

    def _dois(self, crossref: Crossref, job: _Job) -> None:
        """Ask for the DOI of what this run brought without one; with it, more records may be linked."""
        table = store.read_table(self.root, "records")
        lacking = [
            row
            for row in table
            if row["first_run"] == self.run.run
            and row["doi"] == NONE
            and row["same_as"] == ALONE
            and len(row["title"]) >= SHORTEST_TITLE
        ]
        if not lacking and not self.begun:
            return  # nothing to ask, and nobody has answered yet: no row of the log either
        found = {}
        for number, row in enumerate(lacking, start=1):
            if doi := crossref.find(row["title"], row["year"]):
                found[row["id"]] = doi
            self.progress.step("Crossref: DOIs", number, len(lacking))
        for row in table:
            row["doi"] = found.get(row["id"], row["doi"])
        after = link_duplicates(table)
        store.write_table(self.root, "records", after)
        linked = sum(row["same_as"] != ALONE for row in after if row["id"] in found)
        self._log(job, len(lacking), len(found), 0, linked, "complete", "")

    def _notices(self, crossref: Crossref, job: _Job) -> None:
        asked = dois(self.root)
        identity = {"run": self.run.run, "query": " ".join(asked)}
        journal = store.Journal(self.root, "crossref-notices", identity)
        pages = journal.pages()
        for number, doi in enumerate(asked[len(pages) :], start=len(pages)):
            answer = crossref.notices(doi)
            self._begin()
            page = {"known": answer is not None, "notices": [vars(n) for n in answer or []]}
            journal.add(number, page)
            pages.append(page)
            self.progress.step("Crossref: notices", number + 1, len(asked))
        rows = store.read_table(self.root, "notices")
        notices = merge_notices(Notice(**n) for p in pages for n in p["notices"])
        had = {(row["doi"], row["notice_doi"], row["kind"]) for row in rows}
        rows += [
            {**vars(n), "first_run": self.run.run, "answered": "no", "note": ""}
            for n in notices
            if (n.doi, n.notice_doi, n.kind) not in had
        ]
        store.write_table(self.root, "notices", rows)
        fresh = [row for row in rows if row["first_run"] == self.run.run]
        for row in fresh:
            self.progress.say(f"a notice: {row['kind']} of {row['doi']} ({row['notice_doi']})")
        unknown = sum(not page["known"] for page in pages)
        note = f"{unknown} DOIs unknown to Crossref" if unknown else ""
        self._log(job, len(asked), len(asked) - unknown, len(fresh), 0, "complete", note)
        journal.close()

    def _log(
        self, job: _Job, found: int, kept: int, new: int, linked: int, status: str, note: str
    ) -> None:
        table = store.read_table(self.root, "searches")
        before = [r for r in table if (r["run"], r["source"], r["strategy"]) == self._key(job)]
        row = {
            "run": self.run.run,
            "source": job.source,
            "strategy": job.strategy,
            "attempt": str(len(before) + 1),
            "date_from": job.first_day,
            "date_to": self.run.last_day,
            "found": str(found),
            "kept": str(kept),
            "new": str(new),
            "linked": str(linked),
            "status": status,
            "query": job.query,
            "note": note,
        }
        self._begin()
        store.write_table(self.root, "searches", [*table, row])
        self.rows.append(row)

    def _key(self, job: _Job) -> tuple[str, str, str]:
        return self.run.run, job.source, job.strategy


@dataclass(frozen=True)
class _Job:
    source: str
    strategy: str
    query: str
    first_day: str


def _state(pages: list[dict[str, Any]]) -> dict[str, Any] | None:
    state: dict[str, Any] = {}
    for page in pages:
        state |= page["state"] or {}
    return state or None


def add_records(
    table: list[dict[str, str]], records: list[Record], run: str, strategy: str
) -> list[dict[str, str]]:
    """Return the table of records with others added: none lost, none changed but for what it lacked.

    Parameters
    ----------
    table : list of dict
        Rows of ``data/review/records.csv``.
    records : list of Record
        What a search or a file brought.
    run, strategy : str
        Which brought them.

    Returns
    -------
    list of dict of str to str
        The whole table.
    """
    rows = {row["id"]: dict(row) for row in table}
    for record in records:
        new = {
            "id": record.record_id,
            "first_run": run,
            "strategies": strategy,
            "source": record.source,
            "source_id": record.source_id,
            "pmid": record.pmid,
            "doi": record.doi,
            "year": record.year,
            "title": record.title,
            "authors": record.authors,
            "journal": record.journal,
            "fetched": "yes" if record.fetched else "no",
            "same_as": ALONE,
            "matched_by": ALONE,
            "note": "",
        }
        row = rows.setdefault(record.record_id, new)
        if strategy not in row["strategies"].split():
            row["strategies"] += f" {strategy}"
        for column in ("pmid", "doi", "year", "title", "authors", "journal"):
            if row[column] == NONE:
                row[column] = new[column]
        if record.fetched:
            row["fetched"] = "yes"
    return link_duplicates(rows.values())


def dois(root: Path) -> list[str]:
    """Return every DOI of ``data/``, in small letters: sources, studies beside them, quoted sources.

    Of the records of the search it is those of publications that were included.
    """
    review = evidence.load(root)
    found = {clean_doi(str(study.meta.get("doi"))) for study in review.studies}
    for name, folder in (("studies", "context"), ("quoted_sources", "review")):
        if (review.data / folder / f"{name}.csv").is_file():
            found |= {clean_doi(text) for text in review.records(name, folder)["doi"]}
    included = (p for p in screening.load(root) if p.full_text.state == "include")
    found |= {row["doi"] for p in included for row in (p.record, *p.linked)}
    return sorted(found - {NONE})


def add_file(
    root: Path,
    records: list[Record],
    found: int,
    strategy: str,
    file: str,
    *,
    today: datetime.date | None = None,
) -> dict[str, str]:
    """Add records that were found elsewhere, and log them as a search of a file; return its row.

    Parameters
    ----------
    root : Path
    records : list of Record
    found : int
        Entries of the file.
    strategy, file : str
        The disease, and the name of the file.
    today : datetime.date, optional

    Returns
    -------
    dict of str to str
        Column and text of the row.

    Raises
    ------
    StoreError
        If a watch is running, or the records could not be kept.
    """
    today = today or datetime.datetime.now(datetime.UTC).date()
    with store.locked(root, "watch"):
        run = _new_name(root, today)
        table = add_records(store.read_table(root, "records"), records, run, strategy)
        store.write_table(root, "records", table)
        store.keep_abstracts(root, records)
        fresh = [row for row in table if row["first_run"] == run]
        linked = sum(row["same_as"] != ALONE for row in fresh)
        row = {
            "run": run,
            "source": "file",
            "strategy": strategy,
            "attempt": "1",
            "date_from": today.isoformat(),
            "date_to": today.isoformat(),
            "found": str(found),
            "kept": str(len(records)),
            "new": str(len(fresh) - linked),
            "linked": str(linked),
            "status": "complete",
            "query": "not_applicable",
            "note": file,
        }
        store.write_table(root, "searches", [*store.read_table(root, "searches"), row])
        return row
