"""What decisions come to, the walk through them in a terminal, and the flow that must add up."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest
import search_faults
from hypothesis import given, settings
from hypothesis import strategies as st

from living_review.evidence import EvidenceError
from living_review.living import prisma, screening, store
from living_review.living.records import ALONE
from living_review.living.screening import AGREED, Decision, publications, verdict


def decided(*said: str, reason: str = "no_result") -> list[dict[str, str]]:
    """Return decisions written ``screener:decision``, in their order."""
    out = []
    for text in said:
        screener, decision = text.split(":")
        why = reason if decision == "exclude" else "not_applicable"
        out.append({"screener": screener, "decision": decision, "reason": why})
    return out


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ((), "undecided"),
        (("a:include",), "undecided"),
        (("a:include", "b:include"), "include"),
        (("a:exclude", "b:exclude"), "exclude"),
        (("a:include", "b:exclude"), "conflict"),
        (("a:include", "b:unclear"), "conflict"),
        (("a:unclear", "b:unclear"), "conflict"),
        (("a:include", "a:exclude", "b:exclude"), "exclude"),  # the latest of each
        (("a:include", "a:include"), "undecided"),  # one person twice is one person
        (("a:include", "b:exclude", f"{AGREED}:exclude"), "exclude"),
        (("a:include", "b:include", "c:exclude"), "conflict"),
    ],
)
def test_what_decisions_come_to(said: tuple[str, ...], state: str) -> None:
    assert verdict(decided(*said), 2, "abstract").state == state


def test_reasons_must_agree_for_a_full_text_alone() -> None:
    rows = decided("a:exclude") + decided("b:exclude", reason="opinion")
    assert verdict(rows, 2, "abstract").state == "exclude"
    assert verdict(rows, 2, "full_text").state == "conflict"


@pytest.fixture
def found(bench: search_faults.Bench) -> search_faults.Bench:
    """A project whose search found seven and five, one of them twice."""
    bench.server.europe_pmc["1001"].doi = bench.server.pubmed["2"].doi
    bench.watch()
    (bench.root / "data" / "review" / "screening.csv").unlink()
    return bench


def type_in(*lines: str):
    """Return an ``ask`` that gives these lines, then the end of the input."""
    left = list(lines)

    def ask(_: str) -> str:
        if not left:
            raise EOFError
        return left.pop(0)

    return ask


def test_each_decides_alone_until_all_is_decided(found: search_faults.Bench) -> None:
    said: list[str] = []
    assert (
        screening.screen(found.root, "ann", ask=type_in("i", "x", "e", "1", "q"), say=said.append) == 2
    )
    assert screening.screen(found.root, "ann", ask=type_in("s"), say=lambda _: None) == 0
    rows = store.read_table(found.root, "screening")
    assert [(r["record"], r["decision"], r["reason"]) for r in rows] == [
        ("pubmed:1", "include", "not_applicable"),
        ("pubmed:2", "exclude", "other_disease"),
    ]
    said.clear()
    screening.screen(found.root, "bob", ask=type_in("i", "i"), say=said.append)
    assert not any("ann" in line for line in said)  # bob does not see what ann decided
    assert "Of 2." in "\n".join(said)  # the abstract, from this machine
    assert "Of 2." not in str(found.bytes_of_data())  # and from nowhere else
    listed = screening.load(found.root)
    assert [p.record["id"] for p in screening.conflicts(listed, "abstract")] == ["pubmed:2"]
    assert len(screening.queue(listed, "ann", "abstract")) == len(listed) - 2
    assert [p.record["id"] for p in screening.queue(listed, "ann", "full_text")] == ["pubmed:1"]


def test_a_conflict_is_settled_with_both_decisions_in_sight(found: search_faults.Bench) -> None:
    store_decisions(found, "ann:include", "bob:exclude")
    said: list[str] = []
    done = screening.screen(found.root, AGREED, settle=True, ask=type_in("e", "7"), say=said.append)
    assert done == 1
    assert any("ann: include" in line for line in said)
    assert any("bob: exclude" in line for line in said)
    assert not screening.conflicts(screening.load(found.root), "abstract")


def store_decisions(bench: search_faults.Bench, *said: str, record: str = "pubmed:1") -> None:
    for row in decided(*said):
        decision = Decision(record, "abstract", row["screener"], row["decision"], row["reason"])
        screening.decide(bench.root, [decision])


def test_a_decision_on_a_linked_record_counts_for_its_publication(found: search_faults.Bench) -> None:
    store_decisions(found, "ann:include", record="pubmed:2")
    store_decisions(found, "bob:include", record="europe_pmc:med/1001")
    second = next(p for p in screening.load(found.root) if p.record["id"] == "pubmed:2")
    assert [row["id"] for row in second.linked] == ["europe_pmc:med/1001"]
    assert second.abstract.state == "include"


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (Decision("pubmed:0", "abstract", "ann", "include"), "no such record"),
        (Decision("pubmed:1", "title", "ann", "include"), "expected one of abstract"),
        (Decision("pubmed:1", "abstract", "Ann B", "include"), "short name"),
        (Decision("pubmed:1", "abstract", "ann", "maybe"), "expected one of include"),
        (Decision("pubmed:1", "abstract", "ann", "exclude"), "a reason belongs"),
        (Decision("pubmed:1", "abstract", "ann", "include", "opinion"), "a reason belongs"),
        (Decision("pubmed:1", "abstract", "ann", "exclude", "dull"), "expected one of other_disease"),
        (Decision("pubmed:1", "abstract", AGREED, "unclear"), "settled together"),
    ],
)
def test_a_wrong_decision_is_said_and_none_of_them_is_kept(
    found: search_faults.Bench, decision: Decision, said: str
) -> None:
    good = Decision("pubmed:1", "abstract", "ann", "include")
    with pytest.raises(EvidenceError, match=said):
        screening.decide(found.root, [good, decision])
    assert store.read_table(found.root, "screening") == []


def test_two_who_screen_at_once_lose_no_decision(found: search_faults.Bench) -> None:
    def many(screener: str) -> None:
        for number in range(1, 8):
            decision = Decision(f"pubmed:{number}", "abstract", screener, "include")
            screening.decide(found.root, [decision])

    with ThreadPoolExecutor() as pool:
        list(pool.map(many, ["ann", "bob"]))
    rows = store.read_table(found.root, "screening")
    assert [row["number"] for row in rows] == [str(n) for n in range(1, 15)]
    assert sum(row["screener"] == "ann" for row in rows) == 7


# --- the flow --------------------------------------------------------------------------------------

WORDS = ["a:include", "a:exclude", "a:unclear", "b:include", "b:exclude", "b:unclear"]
WORDS += [f"{AGREED}:include", f"{AGREED}:exclude"]


@st.composite
def projects(draw: st.DrawFn) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    count = draw(st.integers(0, 6))
    records = []
    for n in range(count):
        stands = [r["id"] for r in records if r["same_as"] == ALONE]
        same = draw(st.sampled_from([ALONE, *stands])) if stands else ALONE
        source = draw(st.sampled_from(["pubmed", "europe_pmc", "file"]))
        records.append({"id": f"x:{n}", "same_as": same, "source": source})
    decisions = []
    for number in range(draw(st.integers(0, 25)) if records else 0):
        (row,) = decided(draw(st.sampled_from(WORDS)), reason=draw(st.sampled_from(REASONS)))
        record = draw(st.sampled_from(records))["id"]
        stage = draw(st.sampled_from(screening.STAGES))
        decisions.append({**row, "number": str(number + 1), "record": record, "stage": stage})
    return records, decisions


REASONS = ["no_result", "opinion", prisma.NOT_FOUND]


@given(projects(), st.integers(1, 3))
@settings(max_examples=200, deadline=None)
def test_the_counts_add_up_whatever_was_decided(
    project: tuple[list[dict[str, str]], list[dict[str, str]]], screeners: int
) -> None:
    records, decisions = project
    counts = prisma.flow(records, publications(records, decisions, screeners))
    assert counts.issues() == []
    assert sum(counts.identified.values()) == len(records)


@pytest.mark.parametrize(
    "box", ["linked", "publications", "undecided", "excluded", "sought", "unread", "included"]
)
def test_a_count_that_is_off_by_one_is_seen(found: search_faults.Bench, box: str) -> None:
    records = store.read_table(found.root, "records")
    counts = prisma.flow(records, screening.load(found.root))
    assert counts.issues() == []
    assert dataclasses.replace(counts, **{box: getattr(counts, box) + 1}).issues()


def test_the_flow_of_a_project_counted_by_hand(found: search_faults.Bench) -> None:
    store_decisions(found, "ann:include", "bob:include", record="pubmed:1")
    store_decisions(found, "ann:exclude", "bob:exclude", record="pubmed:2")
    store_decisions(found, "ann:exclude", "bob:include", record="pubmed:3")
    screening.decide(
        found.root,
        [Decision("pubmed:1", "full_text", who, "exclude", prisma.NOT_FOUND) for who in ("ann", "bob")],
    )
    counts = prisma.flow(store.read_table(found.root, "records"), screening.load(found.root))
    assert counts == prisma.Flow(
        identified={"pubmed": 7, "europe_pmc": 5},
        linked=1,
        publications=11,
        undecided=8,
        conflicts=1,
        excluded=1,
        sought=1,
        not_found=1,
        unread=0,
        full_text_conflicts=0,
        reasons={},
        included=0,
    )
