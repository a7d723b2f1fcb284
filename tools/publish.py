"""Add a built site to a folder of versions: ``publish.py SITE INTO``.

The site goes to ``INTO/v/VERSION/`` and stays there for good; if it is the newest version, it is what
``INTO`` itself shows, too. A version that is there already is never changed: publishing other bytes
under its number is an error. Needs nothing but Python.
"""

from __future__ import annotations

import filecmp
import html
import re
import shutil
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = {".git", "v", "CNAME", ".nojekyll"}  # of INTO, whatever is published


class PublishError(Exception):
    """The site cannot be published; the message says why. Nothing was changed."""


def publish(site: Path, into: Path, version: str) -> Path:
    """Add a site under its version and return where it is.

    Parameters
    ----------
    site : Path
        A built site.
    into : Path
        The folder that is served.
    version : str
        ``"1.2.0"``.

    Raises
    ------
    PublishError
        If there is no site, the version is none, or it is there with other bytes.
    """
    if not (site / "index.html").is_file():
        raise PublishError(f"{site} holds no built site: run `make book` first")
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise PublishError(f"{version!r} is no version such as 1.2.0")
    place = into / "v" / version
    if place.exists():
        if _differ(site, place):
            raise PublishError(
                f"version {version} is published already, and differs: raise the version"
            )
    else:
        beside = place.with_name(f".{version}.part")
        shutil.rmtree(beside, ignore_errors=True)
        shutil.copytree(site, beside)
        beside.rename(place)
    versions = sorted((p.name for p in (into / "v").iterdir() if p.is_dir()), key=_order)
    if versions[-1] == version:
        for path in into.iterdir():
            if path.name in KEPT:
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(place, into, dirs_exist_ok=True)
    (into / ".nojekyll").touch()  # folders with an underscore are served as they are
    items = "".join(f'<li><a href="{html.escape(v)}/index.html">{v}</a></li>' for v in versions[::-1])
    (into / "v" / "index.html").write_text(
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Versions</title>'
        f"<h1>Versions</h1><ul>{items}</ul></html>\n",
        encoding="utf-8",
    )
    return place


def _order(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _differ(one: Path, other: Path) -> bool:
    files = {p.relative_to(one) for p in one.rglob("*") if p.is_file()}
    if files != {p.relative_to(other) for p in other.rglob("*") if p.is_file()}:
        return True
    return any(not filecmp.cmp(one / name, other / name, shallow=False) for name in files)


def main(arguments: list[str]) -> int:
    """Publish the site under the version of this project."""
    if len(arguments) != 2:
        print("publish: name the site and the folder (make publish INTO=FOLDER)", file=sys.stderr)
        return 2
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    try:
        print(publish(Path(arguments[0]), Path(arguments[1]), version))
    except PublishError as error:
        print(f"publish: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
