"""Look at a page in the browser: each function returns what is wrong, in words."""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route

SECONDS = 240  # until something is given up that a busy machine does late
WIDTHS = {1280: 900, 768: 1024, 390: 844}
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")

# What stands out to the right although no frame of its own scrolls it.
OVERFLOW = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const own = ".lr-table, pre, .lr-math";
  const out = [...document.querySelectorAll("body *")].filter((e) =>
    e.getBoundingClientRect().right > wide + 1 && !e.parentElement.closest(own));
  const inner = out.filter((e) => !out.some((o) => o !== e && e.contains(o)));
  return inner.length ? inner.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)) : ["unknown"];
}"""
# Cards out of view are laid out when they come into it: here all at once, as whoever scrolls sees them.
# Else each question about one lays the page out anew, and axe calls the links of others too small.
LAID_OUT = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { content-visibility: visible !important }");
  document.adoptedStyleSheets.push(sheet);
}"""
# Tables and code that hide something at the right.
SCROLLS = """() => [...document.querySelectorAll(".lr-table, pre, .lr-math")]
  .filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.id || e.className)"""
# On a phone each value of a stacked table is beside its heading.
UNNAMED = """() => [...document.querySelectorAll(".lr-stack tbody td")]
  .filter((e) => e.getClientRects().length && !getComputedStyle(e, "::before").content.startsWith('"'))
  .map((e) => e.closest(".lr-stack").id)"""
A4 = 673  # CSS pixels of 210 mm less two margins of 16 mm
# What leaves the paper at the right, and columns squeezed to a letter a line to avoid that.
CUT = """() => [...document.querySelectorAll("table, svg, pre, th, td")]
  .filter((e) => {
    const box = e.getBoundingClientRect();
    const squeezed = e.matches("th, td") && box.width > 0 && box.width < 20
      && e.textContent.trim().length > 4 && box.height > 60;
    return box.right > innerWidth + 1 || squeezed;
  })
  .map((e) => e.outerHTML.slice(0, 100))"""
PAGE = (297 - 36) / 25.4 * 96  # CSS pixels between the margins of a page of A4
HIGH = """(most) => [...document.querySelectorAll(".lr-figure svg")]
  .filter((e) => e.getBoundingClientRect().height > most).map((e) => e.parentElement.id)"""
# Takes each card, part of a card and row of a table that is like an earlier one out of the page, and
# puts them back. Alike are those whose elements have the same tags, attributes, looks and frames around
# them, and words at the same places: all that a rule of axe asks of an element, but for its size. Not
# compared are the words, properties of our own (what they do is a look), and of names and addresses
# more than whether they are empty.
WITHOUT_ALIKE = """async (work) => {
  const free = /^(id|href|title|alt|for|value|aria-label|aria-labelledby|aria-describedby|data-.*)$/;
  const own = (e) => {
    const s = getComputedStyle(e);
    const attributes = [...e.attributes].map(({ name, value }) => free.test(name)
      ? `${name} ${value.trim() !== ""}` : `${name}=${value.replace(/--[^;]*;?/g, "")}`);
    return [e.localName, ...attributes.sort(), s.color, s.backgroundColor, s.backgroundImage, s.opacity,
      s.fontSize, s.fontWeight, s.display, s.visibility, s.textDecorationLine, s.position].join("|");
  };
  const known = new Map();
  const kind = (e) => {
    if (!known.has(e)) {
      const words = (n) => n.nodeType === Node.TEXT_NODE && n.data.trim() !== "";
      const parts = [...e.childNodes].filter((n) => words(n) || n.nodeType === Node.ELEMENT_NODE)
        .map((n) => words(n) ? "words" : kind(n));
      known.set(e, `${own(e)}(${(e.localName === "tr" ? parts : [...new Set(parts)]).join()})`);
    }
    return known.get(e);
  };
  const around = new Map();
  const frames = (e) => {
    if (!e) return "";
    if (!around.has(e)) around.set(e, `${frames(e.parentElement)}/${own(e)}`);
    return around.get(e);
  };
  const seen = new Set();
  const alike = [...document.querySelectorAll(".lr-ev, .lr-ev dl > div, tbody > tr")].filter((e) => {
    const its = `${frames(e.parentElement)}/${kind(e)}`;
    return seen.has(its) || !seen.add(its);
  });
  const places = alike.map((e) => [e, document.createComment("")]);
  for (const [e, place] of places) e.replaceWith(place);
  try {
    return await work();
  } finally {
    for (const [e, place] of places.reverse()) place.replaceWith(e);
  }
}"""
# Axe without its wish to load the style sheets once more, which file:// refuses.
RUN_AXE = """async ([whole, options]) => {
  const work = async () => (await axe.run({ preload: false, resultTypes: ["violations"], ...options }))
    .violations.map((v) =>
      `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join("; ")}`);
  return whole ? work() : (WITHOUT_ALIKE)(work);
}""".replace("WITHOUT_ALIKE", WITHOUT_ALIKE)
# Contrast takes most of axe's time: in dark at the widest (margins and contents are shown there) and
# the narrowest. All other rules depend on the width (what is shown, and how) and not on the colours.
# What a finger must hit (24 px, WCAG 2.2) is off in axe unless asked for; sizes differ among what is
# alike otherwise, so that at the widest and the narrowest every card and every row is looked at.
EVERYTHING: dict[str, object] = {}
CONTRAST: dict[str, object] = {"runOnly": ["color-contrast"]}
TARGETS: dict[str, object] = {"runOnly": ["target-size"]}
THE_REST: dict[str, object] = {
    "rules": {"color-contrast": {"enabled": False}, "target-size": {"enabled": True}}
}
AXE_RUNS = {
    (1280, "light"): (EVERYTHING, TARGETS),
    (768, "light"): (THE_REST,),
    (390, "light"): (THE_REST, TARGETS),
    (1280, "dark"): (CONTRAST,),
    (390, "dark"): (CONTRAST,),
}


def search_index(site: Path) -> list[list[Any]]:
    """Return what the search looks through: address, page, heading, prose, tables of each section."""
    _, packed, _ = (site / "search-index.js").read_text(encoding="ascii").split('"')
    return json.loads(zlib.decompress(base64.b64decode(packed)))


class Visit:
    """A page opened in a context of its own, with what it asked for and said.

    A request to another host is written down and stopped: a test never reaches another host.
    """

    def __init__(self, browser: Browser, address: str, width: int = 1280, **options: object) -> None:
        self.problems: list[str] = []
        self.home = urlsplit(address)[:2]
        size = {"width": width, "height": WIDTHS.get(width, 900)}
        self.context: BrowserContext = browser.new_context(viewport=size, **options)  # type: ignore[arg-type]
        self.context.set_default_timeout(SECONDS * 1000)
        self.context.route("**/*", self._watch)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._response)
        self.page.goto(address)

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def _watch(self, route: Route) -> None:
        scheme, host = urlsplit(route.request.url)[:2]
        if scheme in ("data", "blob") or (scheme, host) == self.home:
            route.continue_()
        else:
            self.problems.append(f"request to another host: {route.request.url[:200]}")
            route.abort()

    def _console(self, message: object) -> None:
        if message.type in ("error", "warning"):  # type: ignore[attr-defined]
            self.problems.append(f"console: {message.text[:200]}")  # type: ignore[attr-defined]

    def _failed(self, request: Request) -> None:
        # A page that is left while something loads has not failed: its requests are cancelled.
        if request.failure != "net::ERR_ABORTED":
            self.problems.append(f"request failed: {request.url[:200]}")

    def _response(self, response: object) -> None:
        if response.status >= 400:  # type: ignore[attr-defined]
            self.problems.append(f"{response.status}: {response.url[:200]}")  # type: ignore[attr-defined]

    def overflow(self) -> list[str]:
        """What sticks out at the right."""
        return [f"sticks out: {what}" for what in self.page.evaluate(OVERFLOW)]

    def axe(self, options: dict[str, object]) -> list[str]:
        """What axe finds, of any impact: once in what is alike, but for sizes."""
        if not self.page.evaluate("typeof axe === 'object'"):
            self.page.evaluate(AXE)
            self.page.evaluate(LAID_OUT)
        return [f"axe: {found}" for found in self.page.evaluate(RUN_AXE, [options is TARGETS, options])]


def look(visit: Visit) -> list[str]:
    """Return the problems of a page at three widths, light and dark."""
    problems = []
    visit.page.evaluate(LAID_OUT)
    for scheme in ("light", "dark"):
        visit.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width, height in WIDTHS.items():
            visit.page.set_viewport_size({"width": width, "height": height})
            found = visit.overflow()
            for options in AXE_RUNS.get((width, scheme), ()):
                found += visit.axe(options)
            problems += [f"{width} px, {scheme}: {problem}" for problem in found]
    return problems + visit.problems


def on_a_phone(visit: Visit) -> list[str]:
    """Return what scrolls sideways, and what has lost its heading, on a page opened at 390 px."""
    visit.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    return [*visit.page.evaluate(SCROLLS), *set(visit.page.evaluate(UNNAMED))]


def in_print(visit: Visit) -> list[str]:
    """Return what is cut or squeezed on paper, and the figures that are higher than it."""
    visit.page.set_viewport_size({"width": A4, "height": 900})
    visit.page.emulate_media(media="print", color_scheme="light")
    visit.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    high = [f"higher than a page: {name}" for name in visit.page.evaluate(HIGH, PAGE)]
    return [f"cut or squeezed: {what}" for what in visit.page.evaluate(CUT)] + high
