"""Where Chromium is, and what is said where it is not."""

from __future__ import annotations

import os
import shutil

MISSING = (
    "no Chromium: the site was not looked at in a browser (overflow, requests, axe, explorer, what if, "
    "search, print). Debian: apt-get install chromium; elsewhere set CHROMIUM to its path"
)


def path() -> str | None:
    """Return the path of a Chromium, if there is one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def left_out() -> bool:
    """Say whether the browser's tests are left out; where CI is set they fail instead."""
    return path() is None and not os.environ.get("CI")
