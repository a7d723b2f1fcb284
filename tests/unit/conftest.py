"""What the tests of the audit share: a claim checked on tables written in the test."""

import csv

import pytest

from living_review.audit import engine
from living_review.evidence.references import Cells


@pytest.fixture
def check(tmp_path):
    """Return a function that checks one claim on tables given as ``{table: {id: {column: text}}}``."""

    def run(tables, kind, target, inputs, parameters="not_applicable", verdict="reproduced"):
        folder = tmp_path / "data" / "one_2000"
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in tables.items():
            columns = [
                "id",
                *dict.fromkeys(c for row in rows.values() for c in row),
                "printed",
                "locator",
            ]
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
                writer = csv.DictWriter(stream, columns, restval="not_applicable")
                writer.writeheader()
                writer.writerows({"id": k, "locator": f"Table, {k}"} | row for k, row in rows.items())
        row = dict(
            id="c",
            kind=kind,
            target=target,
            inputs=inputs,
            parameters=parameters,
            verdict=verdict,
            explanation="not_applicable",
            headline="not_applicable",
            printed="x",
            locator="Table",
        )
        return engine.check("one_2000", row, Cells(tmp_path))

    return run
