"""The commands: a line for a user's mistake, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
import search_faults

from living_review import cli
from living_review.living import watch


@pytest.fixture
def project(bench: search_faults.Bench, monkeypatch: pytest.MonkeyPatch) -> search_faults.Bench:
    services = {
        name: (label, bench.server.bases[name], 0.0) for name, (label, _, _) in watch.SERVICES.items()
    }
    monkeypatch.setattr(watch, "SERVICES", services)
    monkeypatch.setattr(watch, "Patience", lambda: search_faults.QUICK)
    monkeypatch.delenv("NCBI_API_KEY", raising=False)
    return bench


def run(project: search_faults.Bench, *arguments: str) -> int:
    return cli.main(["--root", str(project.root), *arguments])


def test_a_search_says_what_it_found_and_writes_it(
    project: search_faults.Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "reports" / "search.md"
    project.server.works["10.1000/known"] = {"updated-by": [search_faults.RETRACTION]}
    assert run(project, "watch", "--report", str(report)) == 0
    said = capsys.readouterr()
    assert "- PubMed, pecoma: 7 found, 7 new, 0 linked (complete, 2024-01-01 to " in said.out
    assert "- not dealt with: retraction of 10.1000/known (10.1000/notice)" in said.out
    assert said.out == report.read_text(encoding="utf-8")
    assert "no address" not in said.err


def test_a_search_that_stopped_ends_with_another_code(
    project: search_faults.Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    project.plant(search_faults.always("esearch", search_faults.Answer(b"", 500)))
    assert run(project, "watch") == 1
    assert "what came is kept, run it again to go on" in capsys.readouterr().out


def test_without_a_network_there_is_one_line(
    project: search_faults.Bench,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    away = {name: (label, "http://127.0.0.1:1", 0.0) for name, (label, _, _) in watch.SERVICES.items()}
    monkeypatch.setattr(watch, "SERVICES", away)
    before = project.bytes_of_data()
    assert run(project, "watch") == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "nothing was changed" in said.err
    assert project.bytes_of_data() == before


def test_who_screens_must_say_who(
    project: search_faults.Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(project, "screen") == 2
    assert "--as NAME" in capsys.readouterr().err


def test_records_go_out_and_decisions_come_in(
    project: search_faults.Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(project, "watch")
    assert run(project, "records", "export", str(tmp_path / "a.ris")) == 0
    assert run(project, "records", "import", str(tmp_path / "a.ris"), "--strategy", "pecoma") == 0
    (tmp_path / "b.csv").write_text("record_id,decision\npubmed:2,include\n")
    assert run(project, "records", "decisions", str(tmp_path / "b.csv"), "--as", "ann") == 0
    said = capsys.readouterr().out
    assert "12 entries, 0 new, 12 linked" in said
    assert "1 decisions" in said
    assert run(project, "records", "export", str(tmp_path / "a.doc")) == 2


def test_conflicts_are_listed(
    project: search_faults.Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(project, "watch")
    for who, decision in (("ann", "include"), ("bob", "unclear")):
        (tmp_path / "b.csv").write_text(f"record_id,decision\npubmed:2,{decision}\n")
        run(project, "records", "decisions", str(tmp_path / "b.csv"), "--as", who)
    capsys.readouterr()
    assert run(project, "screen", "--conflicts") == 0
    assert capsys.readouterr().out.startswith("pubmed:2: ann include, bob unclear: Sirolimus")
