"""No page runs a script that is not a file of the site; that no page misses one is seen in the browser.

Violations are messages of the console, which the tests of every page listen to, from a server and from
the file system.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from looking import Visit
from playwright.sync_api import Browser

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">')
INLINE = re.compile(r"<script(?![^>]*\bsrc=)([^>]*)>")
# Blocks that no browser runs.
DATA = re.compile(r'^ type="(?:text/plain|application/(?:ld\+)?json)"(?: |$)')
PLANTED = {
    "script": "<script>document.title = 'ran'</script>",
    "handler": "<img alt='' src='data:,' onerror=\"document.title = 'ran'\">",
    "address": "<a id='go' href=\"javascript:void(document.title = 'ran')\">go</a>",
    "another host": "<script src='https://elsewhere.invalid/x.js'></script>",
    "data": "<script src=\"data:text/javascript,document.title = 'ran'\"></script>",
}


def issues(text: str) -> list[str]:
    """Return what of a page the policy does not cover."""
    found = POLICY.search(text)
    if found is None:
        return ["no policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in found[1].split(";"))
    out = [] if rules.get("default-src") == "'none'" else ["allows what it does not name"]
    out += [f"{rule} of scripts" for rule in rules["script-src"].split() if "unsafe" in rule]
    out += ["a script before the policy"] if "<script" in text[: found.start()] else []
    return out + [f"inline: {m[1]}" for m in INLINE.finditer(text) if not DATA.match(m[1])]


def test_every_page_has_the_policy_and_no_script_of_its_own(site: Path) -> None:
    found = {page.name: issues(page.read_text(encoding="utf-8")) for page in site.rglob("*.html")}
    assert {name: what for name, what in found.items() if what} == {}
    assert len(found) > 10


def test_a_issue_of_a_policy_is_named(site: Path) -> None:
    sound = (site / "index.html").read_text(encoding="utf-8")
    assert issues(POLICY.sub("", sound)) == ["no policy"]
    assert issues(sound.replace("<article", "<script>1</script><article")) == ["inline: "]
    assert issues("<script src='x'></script>" + sound) == ["a script before the policy"]
    assert issues(sound.replace("script-src ", "script-src 'unsafe-inline' ")) == [
        "'unsafe-inline' of scripts"
    ]


@pytest.mark.parametrize("what", PLANTED)
def test_what_gets_into_a_page_does_not_run(
    what: str, browser: Browser, site: Path, beside: tuple[Path, str]
) -> None:
    folder, served = beside
    page = folder / "book" / "planted.html"
    sound = (site / "book" / "index.html").read_text(encoding="utf-8")
    for text, ran in ((sound, False), (POLICY.sub("", sound), what != "another host")):
        page.write_text(text.replace("</h1>", f"</h1>{PLANTED[what]}", 1), encoding="utf-8")
        for address in (page.as_uri(), f"{served}/book/planted.html"):
            with Visit(browser, address) as visit:
                if what == "address":
                    visit.page.click("#go")
                    visit.page.wait_for_timeout(100)
                if ran:  # a click returns before what it starts has run
                    visit.page.wait_for_function("() => document.title === 'ran'")
                assert (visit.page.title() == "ran") is ran


def test_the_style_of_figures_works_under_the_policy(browser: Browser, served: str) -> None:
    with Visit(browser, f"{served}/notebooks/synthesis.html") as visit:
        assert visit.page.evaluate("document.querySelector('svg [style]') !== null")
        assert visit.problems == []
