"""Every planted fault: the search ends complete and the tables hold all that the server holds."""

from __future__ import annotations

import csv
import socket
from pathlib import Path

import pytest
import pytest_socket
import search_faults
from search_faults import FAULTS, Bench, PlantedFault
from search_server import Answer

from living_review.living.http import Client, FetchError, NoNetworkError
from living_review.living.watch import SERVICES

FEWEST = 25


@pytest.mark.parametrize(
    "fault",
    [pytest.param(fault, id=fault.name, marks=[pytest.mark.slow] * fault.is_slow) for fault in FAULTS],
)
def test_nothing_is_lost(fault: PlantedFault, tmp_path: Path) -> None:
    row = search_faults.run(fault, tmp_path)
    assert row["lost"] == "0"
    assert row in _written()  # what the page shows is what happens here


def _written() -> list[dict[str, str]]:
    with search_faults.OUT.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_table_has_every_fault_and_there_are_enough() -> None:
    assert [row["id"] for row in _written()] == [fault.name for fault in FAULTS]
    assert len(FAULTS) >= FEWEST


def test_killed_between_the_records_and_the_log(bench: Bench) -> None:
    search_faults.killed_at(bench, search_faults.KILLS[3])  # the others are slow: the fault "killed"


def test_a_lost_record_would_be_seen(bench: Bench) -> None:
    bench.watch()
    bench.server.pubmed["99"] = bench.server.pubmed["1"]
    assert bench.lost() == {"pubmed:99"}


def test_more_than_can_be_had_of_one_day_is_said_and_never_called_complete(bench: Bench) -> None:
    everything = Answer(b'{"esearchresult":{"count":"10000","idlist":["1"]}}')
    bench.plant(search_faults.always("esearch", everything))
    stopped = bench.watch().stopped
    assert "more than 9,999 records on 2024-01-01" in stopped[0]
    status = {row["source"]: row["status"] for row in bench.table("searches")}
    assert status == {"pubmed": "stopped", "europe_pmc": "complete", "crossref": "complete"}


def test_requests_say_who_asks(bench: Bench) -> None:
    bench.watch()
    agents = {request.headers["User-Agent"] for request in bench.server.requests}
    assert agents == {"made-up-review (mailto:reviewer@example.org)"}
    asked = [request.parameters for request in bench.server.requests]
    assert all("reviewer@example.org" in (a.get("email"), a.get("mailto")) for a in asked)


@pytest.mark.parametrize("status", [400, 403, 500])
def test_no_message_holds_a_key_or_an_address(bench: Bench, status: int) -> None:
    bench.plant(search_faults.always("esearch", Answer(b"api_key=SECRET", status)))
    outcome = search_faults.watch.watch(
        bench.root,
        progress=search_faults.watch.Silent(),
        today=search_faults.TODAY,
        bases=bench.server.bases,
        patience=bench.patience,
        key="SECRET",
    )
    assert outcome.stopped
    assert any(request.parameters.get("api_key") == "SECRET" for request in bench.server.requests)
    said = " ".join(outcome.stopped) + str(bench.bytes_of_data())
    assert "SECRET" not in said
    assert "example.org" not in " ".join(outcome.stopped)
    assert "127.0.0.1" not in said


def test_a_cut_connection_is_not_called_a_missing_network(bench: Bench) -> None:
    bench.plant(search_faults.always("esearch", Answer(drop=True)))
    client = Client("PubMed", bench.server.bases["pubmed"], "a", 0, patience=search_faults.QUICK)
    with pytest.raises(FetchError) as caught:
        client.ask("esearch.fcgi", {}, bytes)
    assert not isinstance(caught.value, NoNetworkError)


def test_a_request_waits_for_the_pace_of_the_service(bench: Bench) -> None:
    client = Client("PubMed", bench.server.bases["crossref"], "a", interval=0.05)
    start = search_faults.time.monotonic()
    for _ in range(4):
        client.ask("works/10.1000/known", {}, bytes)
    assert search_faults.time.monotonic() - start >= 0.15
    assert SERVICES["pubmed"][2] >= 1 / 3  # three a second without a key


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_no_test_reaches_another_host() -> None:
    with pytest.raises(pytest_socket.SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
