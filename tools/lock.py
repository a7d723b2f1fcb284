"""Make requirements.txt, the whole tree with exact pins, from requirements.in.

Pins that are there and still fit stay; ``--upgrade`` looks for newer ones. The first line holds a
digest of requirements.in, so that a test can tell without a network that the two belong together.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OWN = "-e ."
MARK = "# made by `make lock` from requirements.in, sha256 "


def requirements(text: str) -> list[str]:
    """Return the requirements of a file without comments and blank lines, sorted."""
    lines = (line.split(" #")[0].strip() for line in text.splitlines())
    return sorted(line for line in lines if line and not line.startswith("#"))


def digest(text: str) -> str:
    """Return the digest of what requirements.in asks for; its comments do not count."""
    return hashlib.sha256("\n".join(requirements(text)).encode()).hexdigest()


def arrange(compiled: str, source: str) -> str:
    """Put the digest first and this package last, as the packages it needs come before it."""
    lines = compiled.splitlines()
    start = lines.index(OWN)
    stop = start + 1
    while stop < len(lines) and lines[stop].startswith("    #"):
        stop += 1
    rest = lines[:start] + lines[stop:]
    return "\n".join([MARK + digest(source), *rest, OWN]) + "\n"


def main() -> int:
    """Write requirements.txt."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="look for newer versions")
    options = parser.parse_args()
    source, target = ROOT / "requirements.in", ROOT / "requirements.txt"
    before = target.read_text(encoding="utf-8") if target.exists() else ""
    command = [sys.executable, "-m", "uv", "pip", "compile", "requirements.in", "--no-header"]
    command += ["--no-emit-index-url", "--python-version", "3.11", "--quiet"]
    command += ["--output-file", "requirements.txt"] + ["--upgrade"] * options.upgrade
    try:
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if result.returncode:
            print(f"requirements.txt is as it was:\n{result.stderr.strip()}", file=sys.stderr)
            target.write_text(before, encoding="utf-8")
            return 1
        text = arrange(target.read_text(encoding="utf-8"), source.read_text(encoding="utf-8"))
    except BaseException:
        target.write_text(before, encoding="utf-8")
        raise
    target.write_text(text, encoding="utf-8")
    print("requirements.txt is unchanged" if text == before else "requirements.txt is made anew")
    return 0


if __name__ == "__main__":
    sys.exit(main())
