"""Take pictures of every page of the built site, and print it, for people to look at.

Full pages at three widths in light and at two in dark, as PNG, and the printed page as PDF (A4), into
``_build/looks``. The service that runs the gate keeps them for some weeks (see ``.github``).

    python tools/screenshots.py [HTMLDIR] [--only notebooks/synthesis.html ...]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import chromium
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
LOOKS = {(1280, "light"), (768, "light"), (390, "light"), (1280, "dark"), (390, "dark")}
MARGIN = "16mm"


def look(browser: Browser, page: Path, folder: Path, name: str) -> None:
    """Write the pictures of one page and its print."""
    for width, scheme in sorted(LOOKS):
        view = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        view.goto(page.as_uri())
        target = folder / f"{width}-{scheme}" / f"{name}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        view.screenshot(path=target, full_page=True)
        view.close()
    view = browser.new_page()
    view.goto(page.as_uri())
    (folder / "print").mkdir(parents=True, exist_ok=True)
    margin = dict.fromkeys(("top", "right", "bottom", "left"), MARGIN)
    view.pdf(path=folder / "print" / f"{name}.pdf", format="A4", margin=margin)  # type: ignore[arg-type]
    view.close()


def main() -> int:
    """Look at every page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--only", nargs="*", help="pages, e.g. notebooks/synthesis.html")
    parser.add_argument("--to", type=Path, default=ROOT / "_build" / "looks")
    options = parser.parse_args()
    browser_path = chromium.path()
    if not browser_path or not (options.folder / "index.html").is_file():
        print("Needs a built book (make book) and Chromium (Debian: apt-get install chromium)")
        return 2
    pages = options.only or sorted(
        p.relative_to(options.folder).as_posix()
        for p in options.folder.rglob("*.html")
        if p != options.folder / "index.html"  # a copy of a page
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=chromium.FLAGS)
        for page in pages:
            name = page.removesuffix(".html").replace("/", "-")
            look(browser, (options.folder / page).resolve(), options.to, name)
        browser.close()
    print(f"{len(pages)} pages, {len(LOOKS)} pictures each and a print: {options.to}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
