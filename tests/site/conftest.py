"""One browser for all tests of the site; without Chromium they are left out, in CI they fail."""

from __future__ import annotations

import contextlib
import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import chromium
import pytest
from playwright.sync_api import Browser, sync_playwright


# One browser a module, not a session: while it runs, its event loop runs in this process too, and
# nothing that a later module of the same worker does could start one of its own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium.path()
    if path is None:
        pytest.fail(chromium.MISSING)  # in CI; elsewhere tests/conftest.py leaves the tests out
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        yield running
        running.close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine; gives its address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def served(site: Path) -> Iterator[str]:
    with serving(site) as address:
        yield address


@pytest.fixture
def beside(site: Path, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """Give a folder for planted pages, with what pages of the site load, and its address."""
    (tmp_path / "book").mkdir()
    for name in ("_static", "search-index.js"):
        (tmp_path / name).symlink_to(site / name)
    with serving(tmp_path) as address:
        yield tmp_path, address
