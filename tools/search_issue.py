"""Write the issue that reports what a search found: ``_build/search/issue/title.txt`` and ``body.md``.

There is one after every search, also when nothing was found or when it could not be run: silence
between two updates is what a reader of a living review cannot tell from neglect. Needs nothing but
Python.
"""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WHAT_NEXT = """\
What comes next: `living-review screen --as NAME` for what is not decided, by two people; a notice that
is not dealt with: look at the source, then write so in `data/review/notices.csv`. Close this issue when
nothing is left."""


def issue(root: Path, today: datetime.date) -> tuple[str, str]:
    """Return title and body of the issue.

    Parameters
    ----------
    root : Path
        Top of the project; ``_build/search/report.md`` is what ``living-review watch`` reported.
    today : datetime.date
    """
    report = root / "_build" / "search" / "report.md"
    if not report.is_file():
        why = "The search could not be run: see the log of the workflow. Nothing was changed."
        return f"{today}: the search could not be run", f"{why}\n"
    text = report.read_text(encoding="utf-8").strip()
    first = text.splitlines()[0].rstrip(".")
    return f"{first[0].lower()}{first[1:]}", f"{text}\n\n{WHAT_NEXT}\n"


def main() -> int:
    """Write the issue."""
    title, body = issue(ROOT, datetime.datetime.now(datetime.UTC).date())
    folder = ROOT / "_build" / "search" / "issue"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "title.txt").write_text(title + "\n", encoding="utf-8")
    (folder / "body.md").write_text(body, encoding="utf-8")
    print(title)
    return 0


if __name__ == "__main__":
    sys.exit(main())
