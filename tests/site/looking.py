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
# Axe without its wish to load the style sheets once more, which file:// refuses.
# The first look takes every row of every table and every card; the others the first twelve: later
# ones are alike.
# Cards out of view have no size until they come into it: axe would call their links too small.
LAY_OUT = """() => document.querySelectorAll(".lr-ev").forEach((card) => {
  card.style.contentVisibility = "visible";
})"""
RUN_AXE = """async ([whole, options]) => (await axe.run(
  whole ? document : { exclude: [["tbody tr:nth-child(n+13)"], [".lr-ev:nth-of-type(n+13)"]] },
  { preload: false, resultTypes: ["violations"], ...options },
)).violations.map((v) =>
  `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join("; ")}`)"""
# Contrast takes most of axe's time: in dark at the widest (margins and contents are shown there) and
# the narrowest. All other rules depend on the width (what is shown, and how) and not on the colours.
CONTRAST = {"runOnly": ["color-contrast"]}
# What a finger must hit (24 px, WCAG 2.2) is off in axe unless asked for.
TARGETS = {"target-size": {"enabled": True}}
THE_REST = {"rules": {"color-contrast": {"enabled": False}, **TARGETS}}
EVERYTHING: dict[str, object] = {"rules": TARGETS}
AXE_RUNS = {
    (1280, "light"): EVERYTHING,
    (768, "light"): THE_REST,
    (390, "light"): THE_REST,
    (1280, "dark"): CONTRAST,
    (390, "dark"): CONTRAST,
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
        self.heard: list[str] = []
        self.home = urlsplit(address)[:2]
        size = {"width": width, "height": WIDTHS.get(width, 900)}
        self.context: BrowserContext = browser.new_context(viewport=size, **options)  # type: ignore[arg-type]
        self.context.route("**/*", self._watch)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.heard.append(f"script error: {error}"))
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
            self.heard.append(f"request to another host: {route.request.url[:200]}")
            route.abort()

    def _console(self, message: object) -> None:
        if message.type in ("error", "warning"):  # type: ignore[attr-defined]
            self.heard.append(f"console: {message.text[:200]}")  # type: ignore[attr-defined]

    def _failed(self, request: Request) -> None:
        # A page that is left while something loads has not failed: its requests are cancelled.
        if request.failure != "net::ERR_ABORTED":
            self.heard.append(f"request failed: {request.url[:200]}")

    def _response(self, response: object) -> None:
        if response.status >= 400:  # type: ignore[attr-defined]
            self.heard.append(f"{response.status}: {response.url[:200]}")  # type: ignore[attr-defined]

    def overflow(self) -> list[str]:
        """What sticks out at the right."""
        return [f"sticks out: {what}" for what in self.page.evaluate(OVERFLOW)]

    def axe(self, options: dict[str, object]) -> list[str]:
        """What axe finds, of any impact."""
        if not self.page.evaluate("typeof axe === 'object'"):
            self.page.evaluate(AXE)
            self.page.evaluate(LAY_OUT)
        return [
            f"axe: {found}" for found in self.page.evaluate(RUN_AXE, [options is EVERYTHING, options])
        ]


def look(browser: Browser, address: str) -> list[str]:
    """Return the faults of a page at three widths, light and dark."""
    faults = []
    with Visit(browser, address) as visit:
        for scheme in ("light", "dark"):
            visit.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            for width, height in WIDTHS.items():
                visit.page.set_viewport_size({"width": width, "height": height})
                found = visit.overflow()
                if (width, scheme) in AXE_RUNS:
                    found += visit.axe(AXE_RUNS[width, scheme])
                faults += [f"{width} px, {scheme}: {fault}" for fault in found]
        return faults + visit.heard
