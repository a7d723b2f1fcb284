"""A second review, of another real question, made by the commands alone: plasma of the recovered.

Three randomised trials of convalescent plasma in COVID-19, each read in its abstract by one person.
The question has a control arm, an endpoint whose event is bad for the patient, an id with a letter and
a name of several words. Facts only; no sentence of a paper.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import hammer
import yaml

from living_review import cli

HERE = Path(__file__).parent / "plasma"
TITLE = "Convalescent plasma in COVID-19"
STUDIES = {
    "li_2020a": {
        "doi": "10.1001/jama.2020.10044",
        "authors": ["Li L", "Zhang W", "Hu Y"],
        "title": "Effect of Convalescent Plasma Therapy on Time to Clinical Improvement",
        "journal": "JAMA",
        "population": "Adults in hospital, severely ill or in danger of their lives",
        "n_patients": 103,
    },
    "van_den_berg_2022": {
        "doi": "10.1038/s41598-022-06221-8",
        "authors": ["van den Berg K", "Glatt TN", "Vermeulen M"],
        "title": "Convalescent plasma in the treatment of moderate to severe COVID-19 pneumonia",
        "journal": "Scientific Reports",
        "population": "Adults in hospital with pneumonia who needed oxygen",
        "n_patients": 103,
    },
    "agarwal_2020": {
        "doi": "10.1136/bmj.m3939",
        "authors": ["Agarwal A", "Mukherjee A", "Kumar G"],
        "title": "Convalescent plasma in the management of moderate covid-19 in adults in India",
        "journal": "BMJ",
        "population": "Adults in hospital, moderately ill",
        "n_patients": 464,
    },
}
COMMON = {
    "design": "randomised trial with a control arm",
    "indication": "covid_19",
    "drugs": ["convalescent_plasma"],
    **dict.fromkeys(("setting", "period", "funding", "conflicts"), "not_reported"),
    "licence_note": "Facts only are stored here",
}
TOPIC = {
    "harms_in_plain_language": "We read only the short texts at the head of the papers. They say "
    "little of harm. That does not mean that there was none.",
    "description": "Trials of convalescent plasma in COVID-19, with every number recomputed.",
    "main_drug": "convalescent_plasma",
    "drug_class": "antibody_treatment",
    "counted": {"clinical_improvement": "better", "progression_or_death": "worse", "death": "worse"},
    "plain_language": "Some people who had COVID-19 made antibodies. Their blood plasma was given to "
    "people who were ill. This page reads {n_studies} trials. In each, chance chose who got plasma and "
    "who did not, so {alone} with people who did not get it.",
}
# Words that the vocabulary gains, list by list; a list that is given whole takes the place of the old.
WORDS = {
    "drugs": {"convalescent_plasma": "Convalescent plasma"},
    "indications": {"covid_19": "COVID-19 in hospital"},
    "context_diseases": {"covid_19": "COVID-19 in hospital", "other": "Another disease"},
    "drug_classes": {"antibody_treatment": "Antibodies", "other": "Another class", "none": "No drug"},
}
MORE = {
    "units": {"ml": "millilitres"},
    "harm_terms": {"transfusion_reaction": "Reaction to the transfusion"},
    "criteria": {
        "two_points_or_discharge": "Two points or discharge",
        "oxygen_ratio_or_death": "PaO2/FiO2 below 100, or death",
    },
    "endpoint_classes": {
        "clinical_improvement": "Clinical improvement",
        "progression_or_death": "Progression or death",
        "death": "Death",
    },
    "results": {
        f"{name}{end}": f"{word}{said}"
        for name, word, ends in (
            ("clinical_improvement", "Clinical improvement", ("_worse", "_unchanged")),
            ("progression_or_death", "Progression or death", ("_better", "_unchanged")),
            ("death", "Death", ("_better", "_unchanged")),
        )
        for end, said in (("", ""), *((e, f", {e[1:]}") for e in ends))
    },
}
CRITERIA = {
    "clinical_improvement": "two_points_or_discharge",
    "progression_or_death": "oxygen_ratio_or_death",
    "death": "counted",
}
RECORDS = {
    "appraisal": {"reason": "An abstract says too little to judge a trial.", "locator": "Abstract"},
    "certainty": {"outcome": "clinical_improvement", "reason": "Known from the abstract only."},
}
CHAPTER = {
    "to_fill (the disease)": "plasma in COVID-19",
    "to_fill (what the study is, and what of it was read)": "A randomised trial, of which the abstract "
    "was read",
    "to_fill (what did not change, who was not judged)": "both arms are listed",
    "to_fill (the most serious first; what is not said is not the same as none).": "What the "
    "abstract says of harm is listed below; what it does not say is not the same as none.",
    "to_fill (what follows, and what does not: no comparison, few patients; no advice).": "The arms "
    "are set against each other in the synthesis; one trial read in its abstract settles little.",
    "to_fill (who was treated, what happened, what harm it did, what is not known; no advice)": "Some "
    "people in hospital with COVID-19 took part. Chance chose who got plasma. We read only "
    "the short text at the head of the paper, so much is not known.",
    "\n\nto_fill\n": "\n\nnot reported\n",
}


def run(root: Path, *arguments: str) -> None:
    code = cli.main(["--root", str(root), *arguments])
    assert code == 0, (arguments, code)


def make(root: Path) -> Path:
    """Make the review: ``init``, words, topic, three times ``new-study``; the made-up study goes."""
    assert cli.main(["init", str(root), "--title", TITLE, "--author", "A. Rossi"]) == 0
    say_what_it_is_about(root)
    for study, about in STUDIES.items():
        add(root, study, about)
    run(root, "new-study", "example_2020", "--undo", "--force")
    write_the_pages(root)
    return root


def say_what_it_is_about(root: Path) -> None:
    path = root / "data/vocabulary.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for name, words in MORE.items():
        content[name] |= words
    # The made-up study is still there, and its words with it, until it is taken out.
    for name, words in WORDS.items():
        content[name] = words | content[name] if name in ("drugs", "indications") else words
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    path = root / "data/review.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8")) | TOPIC
    path.write_text(yaml.safe_dump(content, sort_keys=False, width=10_000), encoding="utf-8")


def add(root: Path, study: str, about: dict) -> None:
    doi = str(about["doi"])
    run(root, "new-study", study, "--kind", "abstract", "--doi", doi, "--readings", "1")
    reading = root / "data/review/readings/first" / study
    for path in (HERE / study).iterdir():
        if path.stem != "claims":
            shutil.copy(path, reading)
    there = {path.name for path in (HERE / study).iterdir()}
    for folder in (reading, root / "data" / study):
        for path in folder.glob("*.csv"):
            if path.name not in there:  # the abstract does not feed this table
                path.unlink()
    run(root, "differences", study, "--write")
    path = root / "data" / study / "study.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    known = COMMON | {key: value for key, value in about.items() if key != "doi"}
    path.write_text(yaml.safe_dump(content | known, sort_keys=False, allow_unicode=True))
    if (HERE / study / "claims.csv").is_file():
        shutil.copy(HERE / study / "claims.csv", root / "data" / study)
    for path in (root / "data" / study).glob("*.csv"):
        hammer.table(path, code)
    for name, words in RECORDS.items():
        hammer.table(root / f"data/review/{name}.csv", lambda _, words=words: words, of=study)
    bib = root / "book/references.bib"
    split = (author.rsplit(" ", 1) for author in about["authors"])
    names = " and ".join(f"{family}, {'. '.join(initials)}." for family, initials in split)
    text = bib.read_text(encoding="utf-8")
    for old, new in (
        ("author = {to_fill}", f"author = {{{names}}}"),
        ("title = {to_fill}", f"title = {{{about['title']}}}"),
        ("journal = {to_fill}", f"journal = {{{about['journal']}}}"),
    ):
        text = text.replace(old, new)
    bib.write_text(text, encoding="utf-8")
    for name in (f"notebooks/{study}.ipynb", f"book/chapters/{study}.md"):
        chapter(root / name)


def code(row: dict[str, str]) -> dict[str, str]:
    """Return what the review decides of a row: how it was judged, and in whose favour its event is."""
    name = row.get("endpoint_class", "")
    event = TOPIC["counted"].get(name, "none")
    return {"criterion": CRITERIA.get(name, ""), "direction": event}


def chapter(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in CHAPTER.items():
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def write_the_pages(root: Path) -> None:
    """Write what waits for words; the disease gets its sections by a command."""
    path = root / "data/vocabulary.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["drugs"].pop("examplin")
    content["indications"].pop("example_disease")
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    run(root, "sections")
    synthesis = root / "notebooks/synthesis.ipynb"
    for path in [*root.glob("book/*.md"), synthesis]:
        text = path.read_text(encoding="utf-8")
        for line in [part for part in text.split("\n") if "to_write" in part]:
            before, _, after = line.partition("to_write")
            end = after[after.rindex('"') :] if path.suffix == ".ipynb" else ""
            text = text.replace(line, f"{before}Three trials that were chosen to try the engine.{end}")
        path.write_text(text, encoding="utf-8")
