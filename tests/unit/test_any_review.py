"""Chapters across studies hold for any review: none, one or many studies; without claims; one reading.

The reviews are made up: what ``init`` writes, with its study copied, changed or taken away.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest
import yaml

from living_review import evidence, validation
from living_review.living import disease_sections, new_study
from living_review.report import evidence_cards, explorer, substitutions
from living_review.starter import init

DISEASES = 12
STUDIES = 25
NAMED = re.compile(r"\{\{ (\w+) \}\}")


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("new") / "review"
    init.init(root)
    return root


def edit(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, (path, old)
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def nothing(root: Path) -> None:
    """Take the only study away."""
    new_study.undo(root, init.STUDY, force=True)


def one(root: Path) -> None:
    """Leave all as it is: one study without claims, times, context or a second reading."""


def claims(root: Path) -> None:
    """Add a claim that reproduces and one that does not."""
    header = "id,kind,target,inputs,parameters,verdict,explanation,headline,materiality,issue,printed"
    share = "percentage,outcomes/abs_symptoms.percent,outcomes/abs_symptoms.events / groups/{}.n"
    rows = [
        header + ",locator,note",
        f"right,{share.format('assessed')},not_applicable,reproduced,not_applicable,1,not_applicable,"
        'not_applicable,60%,"Abstract, Results",',
        f"wrong,{share.format('all')},not_applicable,arithmetic error,Of all treated it is half.,2,"
        'material,share,60%,"Abstract, Results",',
    ]
    (root / "data" / init.STUDY / "claims.csv").write_text("\n".join(rows) + "\n")


def bare(root: Path) -> None:
    """Leave nothing of the study but its patients and a dose."""
    for place in (f"data/{init.STUDY}", f"data/review/readings/first/{init.STUDY}"):
        for name in ("outcomes", "adverse_events", "statements"):
            (root / place / f"{name}.csv").unlink()


def many(root: Path) -> None:
    """Copy the study until there are many, of many diseases."""
    names = [f"disease_{chr(97 + n)}" for n in range(DISEASES)]
    listed = "".join(f"  {name}: Disease {name[-1].upper()}\n" for name in names)
    edit(root / "data/vocabulary.yaml", ("\nindications:\n", f"\nindications:\n{listed}"))
    looks = list(evidence.load(root).vocabulary["looks"])
    entry = (root / "book/references.bib").read_text(encoding="utf-8")
    for number in range(1, STUDIES):
        study = f"study_{chr(96 + number)}_2020"
        for place in ("data", "data/review/readings/first"):
            shutil.copytree(root / place / init.STUDY, root / place / study)
        path = root / "data" / study / "study.yaml"
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        content |= {"study_id": study, "citation_key": study, "look": looks[number]}
        content |= {"authors": [f"Study{chr(96 + number).upper()} X"]}
        content |= {"indication": names[number % DISEASES]}
        path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        edit(root / f"data/review/readings/first/{study}/study.yaml", (init.STUDY, study))
        chapter = root / "notebooks" / f"{study}.ipynb"
        shutil.copy(root / "notebooks" / f"{init.STUDY}.ipynb", chapter)
        edit(chapter, (init.STUDY, study))
        shutil.copy(root / f"book/chapters/{init.STUDY}.md", root / f"book/chapters/{study}.md")
        edit(root / "_toc.yml", ("book/sources\n", f"book/sources\n      - file: notebooks/{study}\n"))
        with (root / "book/references.bib").open("a", encoding="utf-8") as stream:
            own = entry[entry.index("@") :].replace(init.STUDY, study)
            stream.write(own.replace("Example, A and van den Berg, B", f"Study{study[6].upper()}, X"))
        for name in ("appraisal", "certainty"):
            path = root / f"data/review/{name}.csv"
            lines = path.read_text(encoding="utf-8").split("\n")
            own = [line.replace(init.STUDY, study) for line in lines if line.startswith(init.STUDY)]
            path.write_text("\n".join([*lines[:-1], *own, ""]), encoding="utf-8")


def worse(root: Path) -> None:
    """Let the result be against treatment."""
    edit(root / "data" / init.STUDY / "outcomes.csv", (",better,", ",worse,"))


def later(root: Path) -> None:
    """Set two studies beside the source: one confirms, one is of a class that no line is short for."""
    vocabulary = root / "data/vocabulary.yaml"
    edit(vocabulary, ("\nendpoint_classes:\n", "\nendpoint_classes:\n  attack_free_days: Days off\n"))
    edit(
        vocabulary,
        ("symptom_improvement: [symptom_", "symptom_improvement: [attack_free_days, symptom_"),
    )
    none, common = "not_applicable", {"disease": init.DISEASE, "drug": "examplin", "readings": 2}
    common |= {
        "drug_class": "example_class",
        "scope": "in_scope",
        "n_enrolled": 40,
        "printed": "Made up",
    }
    common |= {"locator": "Abstract", "note": "", "as_of": "2026-01-31"}
    study = common | {"authors": "Rossi A, et al", "title": "Made up", "journal": "Example"}
    study |= {"subtype": "any_form", "population": "adults", "design": "prospective_single_arm"}
    study |= {"randomised": "no", "enrolment": "prospective", "route": "oral", "is_review": "no"}
    study |= {"access": "abstract", "n_analysed": 40, "address": "https://example.org"}
    study |= {"note": "No DOI and no PubMed number in the abstract, looked for on 2026-01-31"}
    result = common | {"arm": "examplin", "arm_kind": "single", "subgroup": "all", "derived": "no"}
    result |= {"criterion": "clinical_judgement", "definition": "made up", "definition_id": "own"}
    result |= {"direction": "better", "time_months": 12, "time_kind": "fixed", "n": 38, "unit": "none"}
    result |= {"denominator_kind": "evaluable", "statistic": "count"}
    rows = {
        "context/studies": [
            study | {"study_id": f"rossi_{year}", "year": year, "overlap_group": str(year)}
            for year in (2021, 2022)
        ],
        "context/results": [
            result | {"study_id": "rossi_2021", "endpoint_class": "symptom_improvement", "events": 30},
            result | {"study_id": "rossi_2022", "endpoint_class": "attack_free_days", "events": 25},
            result | {"study_id": "rossi_2022", "endpoint_class": "harm", "events": 3}
            | {"harm": "treatment_stopped", "criterion": "counted", "direction": "worse"},
        ],
        "context/regulatory": [common | {"agency": "ema", "status": "approved", "date": "2023-01"}
            | {"regulatory_id": "ema", "indication": "adults", "source": "label"}],
        "context/guidance": [common | {"guidance_id": "start", "topic": "dose", "fact": "5 mg a day"}
            | {"source_kind": "label", "source": "label", "value": 5, "unit": "mg/day"}],
        "review/statements_judged": [
            common | {"statement_id": "felt", "study_id": init.STUDY, "direction": "better"}
            | {"endpoint_class": "symptom_improvement", "extent": "share", "says": "better"}
            | {"statement": "Some felt better", "rows": "outcomes/abs_symptoms"}
        ],
    }  # fmt: skip
    (root / "data/context").mkdir()
    for name, own in rows.items():
        path = root / "data/schema" / f"{name.replace('/', '_')}.json"
        header = [field["name"] for field in json.loads(path.read_text(encoding="utf-8"))["fields"]]
        lines = [{"result_id": f"row_{number}"} | row for number, row in enumerate(own)]
        lines = [
            row | {"printed": f"{row['events']} of 38"} if "events" in row else row for row in lines
        ]
        evidence.write_rows(
            root / "data" / f"{name}.csv",
            [header, *[[str(row.get(column, none)) for column in header] for row in lines]],
        )


CHAPTERS = ("synthesis", "harms", "since", "practical", "audit", "extraction")
KINDS = (nothing, one, claims, bare, worse, many, later)


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.__name__)
def review(
    request: pytest.FixtureRequest, new: Path, tmp_path_factory: pytest.TempPathFactory
) -> evidence.Review:
    root = Path(shutil.copytree(new, tmp_path_factory.mktemp("any") / "review"))
    request.param(root)
    review = evidence.load(root)
    disease_sections.write(review)
    return review


def shown(root: Path, name: str) -> str:
    """Run the cells of a chapter here and return what they show, as HTML and as text."""
    cells = json.loads((root / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    before, space, said = Path.cwd(), {}, []
    os.chdir(root / "notebooks")
    try:
        for cell in cells:
            if cell["cell_type"] == "code":
                *lines, last = compiled("".join(cell["source"]))
                for line in lines:
                    exec(line, space)
                value = eval(last, space)
                said += [str(getattr(value, "content", "")), repr(value)]
    finally:
        os.chdir(before)
    return "\n".join(said)


def compiled(source: str) -> list[object]:
    """Return a cell's statements, the last one as the expression that it shows."""
    import ast

    tree = ast.parse(source.strip())
    *first, last = tree.body
    code = [compile(ast.Module([node], []), "cell", "exec") for node in first]
    if isinstance(last, ast.Expr):
        return [*code, compile(ast.Expression(last.value), "cell", "eval")]
    return [*code, compile(ast.Module([last], []), "cell", "exec"), compile("''", "cell", "eval")]


WRONG = re.compile(r"\bnan\b|&lt;NA&gt;|<NA>|\b0 of 0\b|Empty DataFrame|\(0 rows\)|0 of the 0")


def test_the_data_are_valid(review):
    assert [str(issue) for issue in validation.check_all(review.root)] == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_across_studies_holds_and_says_what_it_has_no_rows_for(review, name):
    text = shown(review.root, name)
    assert not (found := WRONG.search(text)), text[max(0, found.start() - 200) : found.end() + 200]
    assert text.strip()


def test_every_chapter_of_a_study_holds(review):
    for study in review.study_ids[:2]:
        text = shown(review.root, study)
        assert not (found := WRONG.search(text)), text[max(0, found.start() - 200) : found.end() + 200]


def test_every_fact_that_a_page_names_can_be_computed(review):
    pages = [path.read_text(encoding="utf-8") for path in (review.root / "book").glob("*.md")]
    named = {name for text in pages for name in NAMED.findall(text)}
    found = substitutions.compute(review, named)
    assert named == set(found)
    assert not [name for name, text in found.items() if WRONG.search(str(text))]


def test_the_explorer_and_the_cards_hold(review):
    rows = explorer.rows(review)
    explorer.payload(rows, review, lambda study: study)
    pages = evidence_cards.pages(review)
    beside = {"context"} & {path.name for path in review.data.iterdir()}
    assert {page.name for page in pages} == {*review.study_ids, "records", *beside}
