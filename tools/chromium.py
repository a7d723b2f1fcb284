"""Where Chromium is, how it is started, and what is said where it is not: for tools and tests."""

from __future__ import annotations

import os
import shutil

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

MISSING = (
    "no Chromium: the site was not looked at in a browser (overflow, requests, axe, explorer, what if, "
    "search, print). Debian: apt-get install chromium; elsewhere set CHROMIUM to its path"
)


def path() -> str | None:
    """Return the path of a Chromium, if there is one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def left_out() -> bool:
    """Return whether the browser's tests are left out; where CI is set they fail instead."""
    return path() is None and not os.environ.get("CI")
