"""The strategies of the project, and every fault that their file can have, said at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import search_faults
import yaml

from living_review.evidence import EvidenceError, people
from living_review.evidence.search_plan import FILE, SOURCES, read_plan

ROOT = Path(__file__).parents[2]


def test_each_disease_of_a_source_is_searched_for_its_drugs_and_itself() -> None:
    plan = read_plan(ROOT)
    diseases = {
        yaml.safe_load(path.read_text(encoding="utf-8"))["indication"]
        for path in (ROOT / "data").glob("*/study.yaml")
    }
    assert diseases <= {strategy.disease for strategy in plan.strategies}
    for _, strategy in plan.jobs():
        for source in SOURCES:
            query = strategy.queries[source]
            assert re.fullmatch(r"\(.*sirolimus.*\) AND \(.+\)", query)
            assert "\n" not in query


def test_another_query_has_another_digest() -> None:
    one, other, *_ = read_plan(ROOT).strategies
    assert one.digest("pubmed") != other.digest("pubmed")
    assert one.digest("pubmed") != one.digest("europe_pmc")


def test_every_fault_is_said_at_once(bench: search_faults.Bench) -> None:
    path = bench.root / FILE
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    found |= {"since": "long ago", "overlap_days": -1, "screeners": 0}
    found["tool"] = "a tool"
    found["drug"]["pubmed"] = '(sirolimus OR "rapamycin'
    found["diseases"] = {"colds": {"pubmed": "a", "europe_pmc": ""}}
    path.write_text(yaml.safe_dump(found), encoding="utf-8")
    with pytest.raises(EvidenceError) as caught:
        read_plan(bench.root)
    for place in (
        *("tool", "since", "overlap_days", "screeners", "drug.pubmed"),
        *("diseases: found 'colds'", "diseases.colds.europe_pmc"),
    ):
        assert place in str(caught.value), place


def test_without_the_file_it_is_named(bench: search_faults.Bench) -> None:
    (bench.root / FILE).unlink()
    with pytest.raises(EvidenceError, match=re.escape(FILE)):
        read_plan(bench.root)


@pytest.mark.parametrize("contact", ["not_named", "https://example.org/us", None])
def test_no_address_is_made_up(bench: search_faults.Bench, contact: str | None) -> None:
    path = bench.root / people.FILE
    text = search_faults.PEOPLE.replace("reviewer@example.org", str(contact))
    path.unlink() if contact is None else path.write_text(text, encoding="utf-8")
    plan = read_plan(bench.root)
    assert (plan.email, plan.agent) == (None, "made-up-review")
    bench.watch()
    assert not any({"email", "mailto"} & set(r.parameters) for r in bench.server.requests)


def test_the_agent_says_where_the_review_lives(bench: search_faults.Bench) -> None:
    text = search_faults.PEOPLE.replace("repository: not_named", "repository: a/b")
    (bench.root / people.FILE).write_text(text, encoding="utf-8")
    agent = "made-up-review (https://github.com/a/b; mailto:reviewer@example.org)"
    assert read_plan(bench.root).agent == agent
    (bench.root / people.FILE).write_text("contact: x\n", encoding="utf-8")
    with pytest.raises(EvidenceError, match=r"people\.yaml"):
        read_plan(bench.root)
