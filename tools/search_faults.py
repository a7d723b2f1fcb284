"""Plant faults in a server that speaks the three interfaces, and see that the search loses nothing.

    python tools/search_faults.py        writes data/review/search_faults.csv (a minute)

Each fault is a function that gets a :class:`Bench`: it plants the fault and runs the search until all
is there. What is counted is what the server holds and the tables lack. The same faults are tests
(``tests/living/test_faults.py``).
"""

from __future__ import annotations

import csv
import datetime
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

from search_server import FIRST, Answer, Fault, Item, Request, Server, articles, some

from living_review.evidence import people
from living_review.living import store, watch
from living_review.living.http import Patience

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "data" / "review" / "search_faults.csv"
TABLES = ("searches", "records", "screening", "notices", "quoted_sources")
TODAY = datetime.date(2026, 12, 1)
QUICK = Patience(attempts=4, first=0.001, longest=0.01, give_up=5, timeout=10, pace=0)
PLAN = """\
tool: made-up-review
since: 2024-01-01
overlap_days: 7
screeners: 2
drug: {pubmed: "sirolimus[tiab]", europe_pmc: "TITLE:sirolimus"}
diseases:
  pecoma: {pubmed: "pecoma[tiab]", europe_pmc: "TITLE:pecoma"}
"""
PEOPLE = "authors: []\nreviewers: []\ncontact: reviewer@example.org\nrepository: not_named\n"
DECISION = {"number": "1", "record": "pubmed:1", "stage": "abstract", "screener": "first"}
DECISION |= {"decision": "include", "reason": "not_applicable", "date": "2026-11-30", "note": ""}
KILLS = tuple(range(2, 34, 3))[:10]  # of the moments before and after the writes of a run


@dataclass
class Bench:
    """A small project beside a server, and the searches that were run in it."""

    root: Path
    server: Server
    runs: int = 0
    patience: Patience = QUICK

    def plant(self, *faults: Fault) -> None:
        """Let the server be at fault from now on."""
        self.server.faults[:] = faults

    def watch(self, today: datetime.date = TODAY) -> watch.Outcome:
        """Run the search."""
        self.runs += 1
        return watch.watch(
            self.root,
            progress=watch.Silent(),
            today=today,
            bases=self.server.bases,
            patience=self.patience,
        )

    def refused(self, kind: type[Exception], today: datetime.date = TODAY) -> str:
        """Run a search that must end in this error; return what it says."""
        try:
            self.watch(today)
        except kind as error:
            return str(error)
        raise AssertionError(f"no {kind.__name__}")

    def table(self, name: str) -> list[dict[str, str]]:
        """Return a table of the project."""
        return store.read_table(self.root, name)

    def held(self) -> set[str]:
        """Return the ids of what the server holds."""
        ids = {f"pubmed:{number}" for number in self.server.pubmed}
        return ids | {f"europe_pmc:med/{number}" for number in self.server.europe_pmc}

    def lost(self) -> set[str]:
        """Return what the server holds and the table of records lacks."""
        return self.held() - {row["id"] for row in self.table("records")}

    def bytes_of_data(self) -> dict[str, bytes]:
        """Return every file of the project's data."""
        data = self.root / "data"
        return {p.relative_to(data).as_posix(): p.read_bytes() for p in data.rglob("*") if p.is_file()}


@dataclass(frozen=True)
class PlantedFault:
    """A fault, what the search does about it, and the function that plants it."""

    name: str
    interface: str
    fault: str
    answer: str
    act: Callable[[Bench], None]
    is_slow: bool = False


FAULTS: list[PlantedFault] = []


Act = Callable[[Bench], None]


def planted(interface: str, fault: str, answer: str, slow: bool = False) -> Callable[[Act], Act]:
    """Add a function to the list of faults."""

    def add(act: Act) -> Act:
        FAULTS.append(PlantedFault(act.__name__, interface, fault, answer, act, slow))
        return act

    return add


def make_project(root: Path) -> None:
    """Make a small project: the words and schemas of this one, one study, one decision."""
    (root / "data" / "schema").mkdir(parents=True)
    for name in TABLES:
        shutil.copy(ROOT / "data" / "schema" / f"review_{name}.json", root / "data" / "schema")
    shutil.copy(ROOT / "data" / "schema" / "study.json", root / "data" / "schema")
    shutil.copy(ROOT / "data" / "vocabulary.yaml", root / "data")
    (root / "data" / "review").mkdir()
    (root / "data" / "review" / "search.yaml").write_text(PLAN, encoding="utf-8")
    (root / people.FILE).write_text(PEOPLE, encoding="utf-8")
    study = root / "data" / "made_2000"
    study.mkdir()
    (study / "study.yaml").write_text("doi: 10.1000/KNOWN\n", encoding="utf-8")
    store.write_table(root, "screening", [DECISION])


def bench(root: Path, server: Server) -> Bench:
    """Return a bench in an empty folder."""
    make_project(root)
    server.works["10.1000/known"] = {}
    return Bench(root, server)


# --- what is planted -------------------------------------------------------------------------------


def once(where: str, answer: Answer, times: int = 1) -> Fault:
    """Return a fault that answers the first requests whose path holds a word, then lets all pass."""
    left = [times]

    def fault(request: Request) -> Answer | None:
        if where not in f"{request.interface}/{request.path}" or left[0] == 0:
            return None
        left[0] -= 1
        return answer

    return fault


def always(where: str, answer: Answer) -> Fault:
    """Return a fault that never passes."""
    return once(where, answer, times=-1)


def on_cursor(answer: Answer, times: int = 1) -> Fault:
    """Return a fault of the second page of Europe PMC."""
    fault = once("europe_pmc", answer, times)
    return lambda request: fault(request) if request.parameters.get("cursorMark", "*") != "*" else None


PAGE = Answer(b"<!DOCTYPE html><title>Sorry</title><p>We will be back soon", 200)
WAIT = Answer(b"slow down", 429, {"Retry-After": "1"})


@planted("pubmed", "Status 429 with Retry-After", "Waited as long as it asked for")
def pubmed_429_with_wait(b: Bench) -> None:
    b.plant(once("esearch", WAIT))
    before = time.monotonic()
    b.watch()
    assert time.monotonic() - before >= 1


@planted("pubmed", "Status 429 without Retry-After, twice", "Asked again, each time later")
def pubmed_429_without_wait(b: Bench) -> None:
    b.plant(once("efetch", Answer(b'{"error":"API rate limit exceeded"}', 429), 2))
    b.watch()


@planted("pubmed", "Status 503 with Retry-After as a date", "Waited until then")
def pubmed_503_with_date(b: Bench) -> None:
    b.plant(once("esearch", Answer(b"", 503, {"Retry-After": "Wed, 01 Jan 2020 00:00:00 GMT"})))
    b.watch()


@planted("pubmed", "Status 500, three times", "Asked again")
def pubmed_500(b: Bench) -> None:
    b.plant(once("efetch", Answer(b"oops", 500), 3))
    b.watch()


@planted("pubmed", "An error with status 200 instead of ids", "Not taken for an answer; asked again")
def pubmed_error_200(b: Bench) -> None:
    b.plant(once("esearch", Answer(b'{"esearchresult":{"ERROR":"Search Backend failed"}}')))
    b.watch()


@planted("pubmed", "An error page with status 200 instead of ids", "Not kept as data; asked again")
def pubmed_page_200(b: Bench) -> None:
    b.plant(once("esearch", PAGE))
    b.watch()


@planted("pubmed", "An error with status 200 instead of records", "Not kept as data; asked again")
def pubmed_fetch_error_200(b: Bench) -> None:
    b.plant(once("efetch", Answer(b"<eFetchResult><ERROR>Unable to obtain</ERROR></eFetchResult>")))
    b.watch()


@planted("pubmed", "XML that ends in the middle", "Not read in part; asked again")
def pubmed_cut_xml(b: Bench) -> None:
    b.plant(once("efetch", Answer(b"<PubmedArticleSet><PubmedArticle><MedlineCit")))
    b.watch()


@planted(
    "pubmed",
    "One record that spoils the XML each time",
    "The fetch halved until it is alone; kept by its number, the others whole",
)
def pubmed_spoiled_record(b: Bench) -> None:
    def fault(request: Request) -> Answer | None:
        spoiled = "efetch" in request.path and "3" in request.parameters["id"].split(",")
        return Answer(b"<PubmedArticleSet><Pubmed") if spoiled else None

    b.plant(fault)
    b.watch()
    assert [row["id"] for row in b.table("records") if row["fetched"] == "no"] == ["pubmed:3"]


@planted("pubmed", "One bad id that makes a whole fetch fail", "The fetch halved until it is alone")
def pubmed_bad_id(b: Bench) -> None:
    def fault(request: Request) -> Answer | None:
        bad = "efetch" in request.path and "5" in request.parameters["id"].split(",")
        return Answer(b"cannot get", 400) if bad else None

    b.plant(fault)
    b.watch()
    assert [row["id"] for row in b.table("records") if row["fetched"] == "no"] == ["pubmed:5"]


@planted("pubmed", "Records left out of a fetch without a word", "Noticed; asked for by themselves")
def pubmed_left_out(b: Bench) -> None:
    few = [b.server.pubmed["1"], b.server.pubmed["2"]]
    b.plant(once("efetch", Answer(articles(few))))
    b.watch()
    assert all(row["fetched"] == "yes" for row in b.table("records"))


@planted("pubmed", "The connection cut in the middle of an answer", "Asked again")
def pubmed_cut_connection(b: Bench) -> None:
    b.plant(once("efetch", Answer(b"<PubmedArticleSet>", cut=5_000)))
    b.watch()


@planted("pubmed", "The connection closed without an answer", "Asked again")
def pubmed_dropped_connection(b: Bench) -> None:
    b.plant(once("efetch", Answer(drop=True)))
    b.watch()


@planted("pubmed", "No ids although there are some", "Noticed by the count; asked again")
def pubmed_empty_list(b: Bench) -> None:
    b.plant(once("esearch", Answer(b'{"esearchresult":{"count":"7","idlist":[]}}')))
    b.watch()


@planted("pubmed", "Control characters in JSON and in XML", "Read; they become spaces")
def pubmed_control_characters(b: Bench) -> None:
    b.server.pubmed["1"].title = "Sirolimus\x01 in a series\x1f of lesions"
    ids = json.dumps(list(b.server.pubmed)).replace('"1"', '"1"').encode()
    b.plant(
        once(
            "esearch", Answer(b'{"note":"a\x02b","esearchresult":{"count":"7","idlist":' + ids + b"}}")
        )
    )
    b.watch()
    assert b.table("records")[0]["title"] == "Sirolimus in a series of lesions"


@planted("pubmed", "A record without title, year or DOI", "Kept; what is lacking is coded")
def pubmed_bare_record(b: Bench) -> None:
    b.server.pubmed["8"] = Item("8", FIRST, None, year=None)
    b.watch()
    row = next(row for row in b.table("records") if row["id"] == "pubmed:8")
    assert {row["title"], row["year"], row["doi"]} == {"not_reported"}  # not the DOI of what it cites


@planted("pubmed", "2,500 records, where 20 come unless more are asked for", "All asked for")
def pubmed_2500(b: Bench) -> None:
    b.server.pubmed = some(2_500)
    b.watch()


@planted("pubmed", "12,000 records, of which 9,999 can be had", "The window split by date", slow=True)
def pubmed_12000(b: Bench) -> None:
    b.server.pubmed = some(12_000)
    b.watch()


@planted("pubmed", "No answer in time", "Asked again")
def pubmed_too_slow(b: Bench) -> None:
    b.patience = replace(QUICK, timeout=0.2)
    slow = once("efetch", Answer(b""))
    b.plant(lambda request: time.sleep(0.4) if slow(request) else None)
    b.watch()


@planted("europe_pmc", "Status 504 on a cursor", "The same cursor asked for again")
def europe_pmc_504_on_cursor(b: Bench) -> None:
    b.server.europe_pmc = some(1_500, 20_001)
    b.plant(on_cursor(Answer(b"", 504), 2))
    b.watch()


@planted(
    "europe_pmc",
    "Status 500 for good from the second page on",
    "Stopped; logged as stopped; the next run goes on from that page",
)
def europe_pmc_500_for_good(b: Bench) -> None:
    b.server.europe_pmc = some(1_500, 20_001)
    b.plant(on_cursor(Answer(b"", 500), -1))
    assert b.watch().stopped
    b.plant()
    b.server.requests.clear()
    assert not b.watch().stopped
    cursors = [r.parameters["cursorMark"] for r in b.server.requests if r.interface == "europe_pmc"]
    assert cursors == ["1000"]  # the first page was on disk


@planted(
    "europe_pmc", "Credits exhausted: Retry-After of a day", "Not waited for; the next run goes on"
)
def europe_pmc_exhausted(b: Bench) -> None:
    b.plant(always("europe_pmc", Answer(b"", 429, {"Retry-After": "86400"})))
    stopped = b.watch().stopped
    assert "24 h" in stopped[0]
    b.plant()
    b.watch()


@planted("europe_pmc", "An error with status 200", "Not taken for zero results; asked again")
def europe_pmc_error_200(b: Bench) -> None:
    b.plant(once("europe_pmc", Answer(b'{"errCode":500,"errMsg":"try later"}')))
    b.watch()


@planted("europe_pmc", "A page without records before the end", "Noticed by the count; asked again")
def europe_pmc_empty_page(b: Bench) -> None:
    b.server.europe_pmc = some(1_500, 20_001)
    empty = {"hitCount": 1_500, "nextCursorMark": "1000", "resultList": {"result": []}}
    b.plant(on_cursor(Answer(json.dumps(empty).encode())))
    b.watch()


@planted("europe_pmc", "A cursor that ends early", "Stopped, not called complete; the next run goes on")
def europe_pmc_short_cursor(b: Bench) -> None:
    rows = [{"id": "1001", "source": "MED", "title": "A"}]
    short = {"hitCount": 5, "nextCursorMark": "*", "resultList": {"result": rows}}
    b.plant(once("europe_pmc", Answer(json.dumps(short).encode())))
    assert b.watch().stopped
    b.watch()


@planted("europe_pmc", "Control characters and bytes that are no UTF-8", "Read; nothing else changed")
def europe_pmc_bad_bytes(b: Bench) -> None:
    rows = [
        {"id": n, "source": "MED", "title": f"Title {n}", "doi": i.doi}
        for n, i in b.server.europe_pmc.items()
    ]
    body = json.dumps({"hitCount": 5, "nextCursorMark": "5", "resultList": {"result": rows}}).encode()
    b.plant(once("europe_pmc", Answer(body.replace(b"Title 1001", b"Ti\x01tle \xff 1001"))))
    b.watch()


@planted("europe_pmc", "A record without title, year or DOI", "Kept; what is lacking is coded")
def europe_pmc_bare_record(b: Bench) -> None:
    b.server.europe_pmc["1006"] = Item("1006", FIRST, None, year=None)
    b.watch()


@planted("europe_pmc", "2,500 records on pages of 1,000", "All pages asked for")
def europe_pmc_2500(b: Bench) -> None:
    b.server.europe_pmc = some(2_500, 20_001)
    b.watch()


@planted(
    "europe_pmc",
    "The same publications as PubMed's: by DOI, by number, by title",
    "Linked to the earlier record; none left out",
)
def europe_pmc_duplicates(b: Bench) -> None:
    same = "Sirolimus in an invented series of lesions, number"
    b.server.europe_pmc = {
        "2001": Item("2001", FIRST, "Another wording", doi="10.1000/MADE.1"),
        "2002": Item("2002", FIRST, "Another wording", pmid="2"),
        "2003": Item("2003", FIRST, f"{same} 3.".upper()),
        "2004": Item("2004", FIRST, f"{same} 4", doi="10.1000/a.supplement"),  # another DOI
    }
    b.watch()
    linked = {r["id"]: r["same_as"] for r in b.table("records") if r["same_as"] != "not_applicable"}
    assert linked == {f"europe_pmc:med/200{n}": f"pubmed:{n}" for n in (1, 2, 3)}


RETRACTION = {"DOI": "10.1000/notice", "type": "retraction", "updated": {"date-parts": [[2026, 5, 1]]}}


@planted(
    "crossref",
    "The same retraction from the publisher, from Retraction Watch, and again in the next run",
    "One notice with both named",
)
def crossref_twice(b: Bench) -> None:
    rows = [{**RETRACTION, "source": by} for by in ("retraction-watch", "publisher")]
    b.server.works["10.1000/known"] = {"updated-by": rows}
    b.watch()
    b.watch(TODAY + datetime.timedelta(days=30))
    (notice,) = b.table("notices")
    assert notice["reported_by"] == "publisher retraction-watch"


@planted("crossref", "A DOI that Crossref does not know", "Counted and logged; the others asked for")
def crossref_404(b: Bench) -> None:
    b.server.works.clear()
    b.watch()
    assert any(row["note"] == "1 DOIs unknown to Crossref" for row in b.table("searches"))


@planted("crossref", "Status 429 and 504, then an error page with status 200", "Asked again")
def crossref_in_turn(b: Bench) -> None:
    b.server.works["10.1000/known"] = {"updated-by": [RETRACTION]}
    turns = (Answer(b"", 429), Answer(b"", 504), PAGE)
    b.plant(*(once("crossref/works/", answer) for answer in turns))
    b.watch()
    assert len(b.table("notices")) == 1


@planted(
    "crossref",
    "A record without DOI; Crossref has its title, and other titles first fail with 504",
    "Its DOI found; linked to the record that has it",
)
def crossref_finds_a_doi(b: Bench) -> None:
    title = "Everolimus for an invented angiomyolipoma of the ear"
    b.server.pubmed["8"] = Item("8", FIRST, title)
    b.server.europe_pmc["1006"] = Item("1006", FIRST, "Another wording", doi="10.1000/ear")
    b.server.works["10.1000/ear"] = {"title": [title], "issued": {"date-parts": [[2025]]}}
    b.plant(once("crossref/works", Answer(b"", 504)))
    b.watch()
    rows = {row["id"]: row for row in b.table("records")}
    assert rows["pubmed:8"]["doi"] == "10.1000/ear"
    assert rows["europe_pmc:med/1006"]["same_as"] == "pubmed:8"


@planted("machine", "Nothing is new", "Logged as a search with zero results")
def zero_results(b: Bench) -> None:
    b.server.pubmed, b.server.europe_pmc = {}, {}
    rows = b.watch().rows
    assert [row["found"] for row in rows] == ["0", "0", "0", "1"]
    assert {row["status"] for row in b.table("searches")} == {"complete"}


def _full_disk(b: Bench, part: str) -> None:
    whole = os.replace

    def full(old: Path, new: Path) -> None:
        if part in str(new):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        whole(old, new)

    before = b.bytes_of_data()
    with mock.patch("os.replace", full):
        assert "No space left" in b.refused(store.StoreError)
    assert before.items() <= b.bytes_of_data().items()
    b.watch()


@planted("machine", "The disk is full when a page is to be kept", "Says so; the next run goes on")
def disk_full_at_page(b: Bench) -> None:
    _full_disk(b, "page-00001")


@planted(
    "machine", "The disk is full when the records are to be kept", "Says so; the log does not move"
)
def disk_full_at_records(b: Bench) -> None:
    _full_disk(b, "records.csv")


@planted("machine", "The disk is full when the log is to be written", "Says so; nothing counts twice")
def disk_full_at_log(b: Bench) -> None:
    _full_disk(b, "searches.csv")
    assert [row["new"] for row in b.table("searches")] == ["7", "5", "0", "0"]


@planted("machine", "A damaged page of an interrupted run", "Fetched again")
def damaged_page(b: Bench) -> None:
    b.plant(always("europe_pmc", Answer(b"", 500)))
    b.watch()
    b.plant()
    for path in (b.root / store.WORK).rglob("*.json"):
        path.write_bytes(path.read_bytes()[:7])
    b.watch()


@planted("machine", "The work folder deleted after an interrupted run", "All fetched again")
def work_folder_gone(b: Bench) -> None:
    b.server.europe_pmc = some(1_500, 20_001)
    b.plant(on_cursor(Answer(b"", 500), -1))
    b.watch()
    b.plant()
    shutil.rmtree(b.root / store.WORK)
    b.watch()


@planted("machine", "The clock moved back", "Nothing asked, nothing changed, and a line that says why")
def clock_moved_back(b: Bench) -> None:
    b.watch()
    before = b.bytes_of_data()
    asked = len(b.server.requests)
    assert "clock" in b.refused(watch.WatchError, TODAY - datetime.timedelta(days=1))
    assert (b.bytes_of_data(), len(b.server.requests)) == (before, asked)


@planted("machine", "Two searches at once", "The second says so and changes nothing")
def two_at_once(b: Bench) -> None:
    said = []

    def fault(request: Request) -> None:
        if not said:  # a request of the first search: the second begins meanwhile
            said.append(b.refused(store.StoreError))

    b.plant(fault)
    b.watch()
    assert "another watch is running" in said[0]


@planted("machine", "No network", "One line, nothing changed; the next run finds all")
def no_network(b: Bench) -> None:
    before = b.bytes_of_data()
    away = {name: "http://127.0.0.1:1/nobody" for name in b.server.bases}
    b.runs += 1
    try:
        watch.watch(b.root, progress=watch.Silent(), today=TODAY, bases=away, patience=QUICK)
    except watch.WatchError as error:
        assert "\n" not in str(error)  # noqa: PT017  (the tool runs without pytest)
    else:
        raise AssertionError("no error without a network")
    assert b.bytes_of_data() == before
    b.watch()


@planted("machine", "Records entered late, dated before the last search", "Asked for again; found")
def entered_late(b: Bench) -> None:
    late = b.server.pubmed.pop("7")
    b.watch(late.day + datetime.timedelta(days=2))
    b.server.pubmed["7"] = late
    b.watch()


@planted("machine", "A strategy that is changed", "Searched again from the first day")
def changed_strategy(b: Bench) -> None:
    b.watch()
    old = some(1, start=50, days=1)
    b.server.pubmed |= old  # what the other words find among what is long there
    path = b.root / "data" / "review" / "search.yaml"
    path.write_text(PLAN.replace("pecoma[tiab]", "pecomas[tiab]"), encoding="utf-8")
    b.watch(TODAY + datetime.timedelta(days=30))


KILLED = """\
import datetime, json, os, signal, sys
sys.path.insert(0, sys.argv[4])
from pathlib import Path
from living_review.evidence import people
from living_review.living import store, watch
from search_faults import QUICK
left = int(sys.argv[3])
whole = os.replace
def replace(old, new):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    whole(old, new)
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
os.replace = replace
watch.watch(Path(sys.argv[1]), progress=watch.Silent(), today=datetime.date(2026, 12, 1),
    bases=json.loads(sys.argv[2]), patience=QUICK)
"""


def kill_at(b: Bench, point: int) -> None:
    """Run the search in a process that is killed before or after one of its writes."""
    tools = str(Path(__file__).parent)
    command = [sys.executable, "-c", KILLED, str(b.root), json.dumps(b.server.bases), str(point), tools]
    b.runs += 1
    killed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr


@planted(
    "machine",
    f"kill -9 at {len(KILLS)} points, before or after a write",
    "The next run goes on; each count is what it is without a kill",
    slow=True,
)
def killed(b: Bench) -> None:
    for point in KILLS:
        killed_at(b, point)


def killed_at(b: Bench, point: int) -> None:
    """Kill a search at one point, let the next one end, and begin anew for another point."""
    kill_at(b, point)
    b.watch()
    new = {row["source"]: row["new"] for row in b.table("searches") if row["status"] == "complete"}
    assert new == {"pubmed": "7", "europe_pmc": "5", "crossref": "0"}, (point, new)
    assert not b.lost()
    for name in ("records", "searches"):
        (b.root / "data" / "review" / f"{name}.csv").unlink()


# --- run and write ---------------------------------------------------------------------------------


def run(fault: PlantedFault, root: Path) -> dict[str, str]:
    """Plant one fault in an empty folder and return its row of the table."""
    server = Server()
    try:
        b = bench(root, server)
        fault.act(b)
        if not b.table("searches"):  # of a fault at several points, each begins anew
            b.watch()
        last = {(r["source"], r["strategy"]): r["status"] for r in b.table("searches")}
        assert set(last.values()) == {"complete"}, last
        assert b.table("screening") == [DECISION], "a decision was lost"
        row = {"id": fault.name, "interface": fault.interface, "fault": fault.fault}
        counts = {"served": len(b.held()), "lost": len(b.lost()), "runs": b.runs}
        kept = len(b.held()) - len(b.lost())
        return {**row, "answer": fault.answer, "kept": str(kept), "note": ""} | {
            name: str(count) for name, count in counts.items()
        }
    finally:
        server.close()


def main() -> int:
    """Plant every fault and write the table; 1 if anything was lost."""
    rows = []
    for fault in FAULTS:
        with tempfile.TemporaryDirectory() as folder:
            rows.append(run(fault, Path(folder)))
        print(f"{fault.name}: {rows[-1]['lost']} of {rows[-1]['served']} lost", flush=True)
    header = store.columns(ROOT, "search_faults")
    with OUT.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return int(any(row["lost"] != "0" for row in rows))


if __name__ == "__main__":
    sys.exit(main())
