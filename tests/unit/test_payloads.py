"""Text of the data stays text: a payload in every free cell of every table reaches no page as HTML.

Every page builder is run in this process: facts of pages, the explorer, each cell of each notebook.
"""

import ast
import base64
import contextlib
import csv
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from markupsafe import Markup

from living_review import evidence, files
from living_review.living import page as search_page
from living_review.living.diff import page as what_changed
from living_review.report import display, explorer, html, substitutions

ROOT = Path(__file__).parents[2]
PAYLOAD = " <img src=x onerror=alert(1)> p <0.05"
RAW = re.compile(r"<(?:img src=x|0\.05)")
# Read by the program and not shown as they are: names, kinds, digests, addresses, forms of numbers.
CLOSED = ("enum", "pattern", "unique")
READ = {
    *("target", "inputs", "parameters", "rows", "issue", "same_as", "patients", "method", "orders"),
    *("study_id", "outcome", "checklist", "item", "domain", "rule", "by_rule", "version"),
    *("settled", "quantity", "kind", "row", "harm", "topic", "readings"),
    *("place", "name"),  # of a difference between two versions
}


def free(column, name):
    """Whether a column holds text that nobody but a reader reads."""
    closed = {"vocabulary", "begins_with", "references"} & column.keys()
    limits = column.get("constraints", {})
    return (
        column["type"] == "string" and not closed and not set(CLOSED) & set(limits) and name not in READ
    )


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    """The project with the payload in every free cell, in labels of groups and in the vocabulary."""
    root = tmp_path_factory.mktemp("attacked")
    for name in ("data", "notebooks", "book"):
        shutil.copytree(ROOT / name, root / name)
    for name in ("_toc.yml", "_config.yml", "CITATION.cff", "pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, root / name)
    schemas = evidence.load_schemas(ROOT)
    touched = set()
    for path in sorted((root / "data").glob("*/*.csv")):
        folder = path.parent.name
        key = f"{folder}_{path.stem}" if folder in evidence.RECORDS else path.stem
        header, rows = evidence.read_rows(path)
        columns = {c["name"] for c in schemas[key].fields if free(c, c["name"])}
        touched |= {f"{key}.{name}" for name in columns}
        missing = schemas[key].missing | {""}
        for row in rows:
            for place, name in enumerate(header):
                if name in columns and row[place] not in missing and not _is_number(row[place]):
                    row[place] += PAYLOAD
        evidence.write_rows(path, [header, *rows])
    assert len(touched) > 60, "the columns of the tables that hold free text"
    for path in (root / "data").glob("*/study.yaml"):
        text = path.read_text(encoding="utf-8")
        meant = files.read_yaml(path)
        for group in meant["groups"].values():
            text = text.replace(f"label: {group['label']}\n", f"label: '{group['label']}{PAYLOAD}'\n")
        for key in ("title", "journal", "population", "setting", "funding", "conflicts"):
            old = str(meant[key])
            new = json.dumps(f"{old}{PAYLOAD}", ensure_ascii=False)
            text = re.sub(rf"(?m)^{key}: .*$", lambda _, k=key, n=new: f"{k}: {n}", text)
        path.write_text(text, encoding="utf-8")
    return root


def _is_number(text):
    return text.replace(".", "", 1).replace("-", "", 1).isdigit() or re.fullmatch(
        r"\d{4}-\d\d(-\d\d)?", text
    )


def shown(notebook, namespace):
    """Yield what each code cell of a notebook shows, run in this process.

    A payload may break a computation; what is asked here is that it never reaches a page as HTML.
    """
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        tree = ast.parse("".join(cell["source"]))
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        try:
            exec(compile(tree, notebook.name, "exec"), namespace)
            value = last and eval(compile(ast.Expression(last.value), notebook.name, "eval"), namespace)
        except Exception as error:
            yield cell["id"], f"{type(error).__name__}: {error}", False
            continue
        if isinstance(value, display.HtmlOutput):
            yield cell["id"], str(value.content), True


def run(root, name):
    with contextlib.chdir(root), contextlib.redirect_stdout(io.StringIO()):
        return list(shown(root / "notebooks" / f"{name}.ipynb", {"__name__": "__main__"}))


def test_facts_of_pages(attacked):
    review = evidence.load(attacked)
    facts = substitutions.compute(review) | search_page.compute(review)
    facts |= what_changed.compute(review, what_changed.FACTS)
    assert "onerror" in facts["last_search"] + facts["versions_table"], "the payload is there"
    assert "onerror" in "".join(facts[name] for name in what_changed.FACTS), "and in what changed"
    assert [name for name, text in facts.items() if RAW.search(text)] == []


def test_the_explorer(attacked):
    review = evidence.load(attacked)
    table = explorer.plain_table(explorer.rows(review), review, lambda study: "")
    assert "onerror" in table
    assert not RAW.search(table)


CHAPTERS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize(
    "name",
    [
        n if n in ("nathan_2015", "hua_2014") else pytest.param(n, marks=pytest.mark.slow)
        for n in CHAPTERS
    ],
)
def test_outputs_of_a_chapter(attacked, name):
    outputs = run(attacked, name)
    ran = [text for _, text, done in outputs if done]
    assert len(ran) > len(outputs) / 2, [text for _, text, done in outputs if not done]
    assert [(cell, RAW.search(text)) for cell, text, done in outputs if done and RAW.search(text)] == []


@pytest.mark.parametrize(
    "text", ["p <0.05", "<img src=x onerror=alert(1)>", "<a href='javascript:x'>", "<b"]
)
def test_prose_with_html_of_the_data_is_text(text):
    assert "<" not in html.prose(text)
    assert html.prose(f"<strong>{text}</strong>").count("<") == 2


def test_a_link_of_our_own_stays_and_one_to_a_program_does_not():
    ours = '<a href="#pecoma">PEComa</a>'
    assert html.prose(ours) == ours
    assert "<a" not in html.prose('<a href="javascript:alert(1)">x')
    assert "<a" not in html.prose('<a href="#x" onclick="alert(1)">x')


def test_a_fact_cannot_name_another_fact():
    assert "{{" not in html.prose("see {{ version }} and {% raw %}")


def test_html_by_type_stays_and_text_does_not():
    assert html.ready(Markup("<td>1</td>")) == "<td>1</td>"
    assert html.ready("<td>1</td>") == "&lt;td>1&lt;/td>"


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("-5", "-5"),
        ("-5.25", "-5.25"),
        ("+3%", "+3%"),
        ("a = b", "a = b"),
        ("one\rtwo", "one\ntwo"),
    ],
)
def test_a_table_to_download_holds_no_formula(cell, written):
    frame = pd.DataFrame({"words": [cell], "n": [-5], "=x": [-0.5]})
    header, row = csv.reader(io.StringIO(html.csv_text(frame), newline=""))
    assert row == [written, "-5", "-0.5"]
    assert header == ["words", "n", "'=x"]


def test_the_download_under_a_figure_is_that_table():
    import matplotlib.pyplot as plt

    fig, _ = plt.subplots()
    words = "one two three four five six seven"
    frame = pd.DataFrame({"words": ["=1+1"]})
    output = display.figure(fig, "fig-a", alt=words, caption=words, data=frame)
    packed = re.search(r"base64,([\w+/=]+)", str(output.content))
    assert base64.b64decode(packed[1]).decode() == html.csv_text(frame)


@pytest.mark.on_request
def test_the_whole_site_with_payloads(attacked):
    """One full run: the builder itself, its templates and the footer of every page."""
    shutil.copytree(ROOT / "src", attacked / "src")
    for extra in ("README.md", "LICENSE", "LICENSE-DATA", "CHANGELOG.md"):
        shutil.copy(ROOT / extra, attacked / extra)
    program = [sys.executable, "-m", "living_review.cli", "--root", str(attacked)]
    command = [*program, "render", "--allow-stale"]  # of outputs that are no payload
    done = subprocess.run(command, capture_output=True, text=True, cwd=attacked, check=False)
    pages = sorted((attacked / "_build" / "html").rglob("*.html"))
    assert pages, done.stderr[-2000:]
    assert any("onerror" in page.read_text(encoding="utf-8") for page in pages)
    assert [p.name for p in pages if RAW.search(p.read_text(encoding="utf-8"))] == []
