"""Run Lighthouse on every page of the built site and print its four scores.

Needs Chromium, Node 18 or newer and `npm install` in this folder's parent. Pages are served
compressed, as every host of static pages does. Ends with 1 if a page is below the marks.

    python tools/lighthouse.py [HTMLDIR] [--node-modules DIR]
"""

from __future__ import annotations

import argparse
import functools
import gzip
import http.server
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import chromium

MARKS = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
NOT_FOR_SEARCH_ENGINES = {"search.html", "404.html"}  # marked noindex, which the SEO score punishes
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-quic --disable-background-networking"
ROOT = Path(__file__).resolve().parents[1]


class Compressed(http.server.SimpleHTTPRequestHandler):
    """Serve files of a folder, text compressed."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with the file."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        body = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Cache-Control", "max-age=600")
        if path.suffix in (".html", ".css", ".js", ".svg", ".txt", ".xml"):
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def scores(lighthouse: Path, browser_path: str, address: str) -> dict[str, object]:
    """Return the scores of a page and the audits that cost it points."""
    run = subprocess.run(
        [
            *(lighthouse, address, "--quiet", "--output=json", f"--chrome-flags={FLAGS}"),
            f"--only-categories={','.join(MARKS)}",
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "CHROME_PATH": browser_path},
        check=False,
    )
    if run.returncode:
        raise SystemExit(f"lighthouse: {address}: {run.stderr.strip()[-400:]}")
    report = json.loads(run.stdout)
    lost = [
        audit["auditRefs"] and ref["id"]
        for audit in report["categories"].values()
        for ref in audit["auditRefs"]
        if ref["weight"] and (report["audits"][ref["id"]]["score"] or 0) < 0.9
        and report["audits"][ref["id"]]["scoreDisplayMode"] not in ("notApplicable", "manual")
    ]  # fmt: skip
    found = {name: round(100 * report["categories"][name]["score"]) for name in MARKS}
    return {**found, "lost": sorted(set(lost))}


def main() -> int:
    """Run and print; 1 if a mark is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--node-modules", type=Path, default=ROOT / "node_modules")
    parser.add_argument("--only", nargs="*", help="pages, e.g. notebooks/synthesis.html")
    options = parser.parse_args()
    lighthouse = options.node_modules / ".bin" / "lighthouse"
    browser_path = chromium.path()
    if not lighthouse.is_file() or not browser_path:
        print("Lighthouse needs `npm install` here and Chromium (Debian: apt-get install chromium)")
        return 2
    handler = functools.partial(Compressed, directory=str(options.folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pages = options.only or sorted(
        p.relative_to(options.folder).as_posix() for p in options.folder.rglob("*.html")
    )
    missed = 0
    print(f"{'page':34} perf acc best seo")
    for page in pages:
        got = scores(lighthouse, browser_path, f"http://127.0.0.1:{server.server_port}/{page}")
        marks = {k: v for k, v in MARKS.items() if k != "seo" or page not in NOT_FOR_SEARCH_ENGINES}
        missed += any(got[name] < mark for name, mark in marks.items())
        print(
            f"{page:34} {' '.join(f'{got[n]:4}' for n in MARKS)}  {' '.join(got['lost'])}", flush=True
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
