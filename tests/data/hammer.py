"""What a person fills in to add Hammer 2018 from its abstract: one reading, then what `check` asks for.

The reading is in ``hammer_2018/reading``; facts only, each with the fragment and the place.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import yaml

from living_review import evidence

STUDY = "hammer_2018"
DOI = "10.1186/s13023-018-0934-z"
HERE = Path(__file__).parent / STUDY
NEW = ["new-study", STUDY, "--kind", "abstract", "--doi", DOI, "--from-context", STUDY]
DESCRIPTION = {
    "journal": "Orphanet Journal of Rare Diseases",
    **dict.fromkeys(("setting", "period", "funding", "conflicts"), "not_reported"),
    "licence_note": "Open access; facts only are stored here",
}
# Codes of the review, by table, row and column; what is not named stands for itself.
CODES = {
    ("outcomes", "abs_symptoms", "criterion"): "clinical_judgement",
    ("outcomes", "abs_symptoms", "direction"): "better",
    ("claims", "abs_mucositis", "verdict"): "reproduced by truncation",
}
SHORT = "An abstract says too little about how patients were chosen, measured and followed."
RECORDS = {
    "appraisal": {"reason": SHORT, "locator": "Abstract"},
    "certainty": {
        "outcome": "symptom_improvement",
        "reason": "Known from the abstract only, so nothing is rated.",
    },
}
CHAPTER = {
    "title": "# Hammer 2018: slow-flow vascular malformations\n\nA study in one centre, of which the "
    "abstract was read {cite}`hammer_2018`.",
}
# What is written in the prose, in the order in which it waits.
PROSE = (
    "what counted as better is not in the abstract.",
    "Sore mouth of a severe grade is named as the most common harm of that grade.",
    "Symptoms may improve in those who stay; without a comparison it cannot say why.",
    "Children and adults had tangled vessels in which blood or lymph flows slowly. Other care had not "
    "helped. They took sirolimus. After a year all who could be seen felt better. Some had a sore "
    "mouth, which could be bad. We read only the short text at the head of the paper. So we do not "
    "know how well they were, or how they got on later. It tells of none without the drug.",
    "not reported; by mouth",
    "{statistics/abs_target.printed}",
    "{statistics/abs_follow_up.printed}",
    "not reported",
    "not reported",
    "nothing; only groups",
)


def read(project: Path, which: str = "first") -> None:
    """Put a reading where a reader fills it in."""
    folder = project / "data/review/readings" / which / STUDY
    for path in (HERE / "reading").iterdir():
        shutil.copy(path, folder)


def fill(project: Path) -> None:
    """Fill all that still says to_fill, once the tables are there."""
    path = project / "data" / STUDY / "study.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    for key, value in DESCRIPTION.items():
        lines = [f"{key}: {value}" if line == f"{key}: to_fill" else line for line in lines]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["journal"] == DESCRIPTION["journal"]
    shutil.copy(HERE / "claims.csv", project / "data" / STUDY)
    for path in (project / "data" / STUDY).glob("*.csv"):
        table(path, lambda row, t=path.stem: {c: CODES.get((t, row["id"], c)) for c in row})
    for name, words in RECORDS.items():
        table(project / f"data/review/{name}.csv", lambda _, words=words: words, of=STUDY)
    bib = project / "book/references.bib"
    text = bib.read_text(encoding="utf-8")
    journal = "{Orphanet Journal of Rare Diseases}"
    bib.write_text(
        text.replace("{to_fill}, year = {2018}", f"{journal}, year = {{2018}}"), encoding="utf-8"
    )
    chapter(project)


def table(path: Path, words, of: str | None = None) -> None:
    header, rows = evidence.read_rows(path)
    for cells in rows:
        row = dict(zip(header, cells, strict=True))
        if of in (None, cells[0]):
            said = words(row)
            for place, column in enumerate(header):
                if "to_fill" in cells[place]:
                    cells[place] = said.get(column) or "not_applicable"
    evidence.write_rows(path, [header, *rows])


def chapter(project: Path) -> None:
    path = project / "notebooks" / f"{STUDY}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = CHAPTER.get(cell["id"], "".join(cell["source"]))
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    prose = project / "book" / "chapters" / f"{STUDY}.md"
    text = prose.read_text(encoding="utf-8")
    for words in PROSE:
        text = re.sub(r"to_fill( \(.*\)\.?)?", lambda _, words=words: words, text, count=1)
    assert "to_fill" not in text
    prose.write_text(text, encoding="utf-8")
