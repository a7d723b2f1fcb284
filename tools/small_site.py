"""A site of one page, whose builder is a few lines: what render does around a builder, without one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

BUILDER = """
import os, pathlib, sys, time
place = pathlib.Path("_build/pages/_build/html")
place.mkdir(parents=True, exist_ok=True)
memory = place.parent / "read"
if "error" in pathlib.Path("page.md").read_text() and not memory.exists():
    memory.touch()  # as Sphinx: a page is warned about when it is read, and then remembered
    pathlib.Path("reached").touch()
    time.sleep(float(os.environ.get("SLOW", "0")))
    sys.exit(1)
time.sleep(float(os.environ.get("SLOW", "0")))
(place / "index.html").write_text(pathlib.Path("page.md").read_text())
"""
DRIVER = """
import sys
from pathlib import Path
from living_review.build import postprocess, render
builder = Path(sys.argv[1]) / "builder.py"
render.program = lambda: [sys.executable, str(builder)]
postprocess.extras = lambda root, base_url="": None
postprocess.postprocess = lambda *a, **k: None
try:
    print(render.render(Path(sys.argv[1])))
except KeyboardInterrupt:
    sys.exit(130)
except render.staleness.StalenessError as error:
    sys.exit(str(error))
"""


def make(root: Path) -> Path:
    """Write the page and its builder into an empty folder."""
    (root / "notebooks").mkdir(parents=True)
    (root / "page.md").write_text("sound")
    (root / "builder.py").write_text(BUILDER)
    return root


def start_render(root: Path, slow: float = 0) -> subprocess.Popen[str]:
    """Start a render, whose builder sleeps so many seconds, in a session of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"SLOW": str(slow)},
        start_new_session=True,
    )
