"""After the build: make the site self-contained and light, add what a static site needs.

``living-review postprocess`` does this to ``_build/html``. It may run again on what it finished. What
is done to one page is in :mod:`living_review.build.page`.
"""

from __future__ import annotations

import base64
import html
import posixpath
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from living_review.build import backlinks, leads, search_index, tracing
from living_review.build import glossary as build_glossary
from living_review.build.page import (
    CARD,
    FOREIGN,
    GLOSSARY,
    NOT_LISTED,
    OUTSIDE,
    Page,
    PageCache,
    weight,
)

# What Sphinx and the theme write and no page of ours asks for.
UNUSED = (
    "objects.inv",
    "searchindex.js",
    "genindex.html",
    ".buildinfo",
    "_sources",
    "_sphinx_design_static",
)
CSS_REFERENCE = re.compile(r"url\(\s*['\"]?([^'\")]+)")
# What no page loads: it comes when a reader asks for it.
ON_DEMAND = ("data", "downloads", "_downloads", "evidence", search_index.FOLDER)
FONTS = re.compile(r"""url\(["']?(?!data:)([\w./-]+\.woff2)["']?\)""")


class SiteError(Exception):
    """The built site cannot be finished; the message says where, what was found and what to do."""


@dataclass(frozen=True)
class Weight:
    """Sizes of a site in bytes."""

    total: int
    downloads: int
    pages: dict[str, int]  # HTML without figures, compressed


def postprocess(
    folder: Path, base_url: str = "", more: Path | None = None, memory: Path | None = None
) -> Weight:
    """Finish a built site in place.

    Parameters
    ----------
    folder : Path
        Where ``jupyter-book build`` wrote the HTML.
    base_url : str, optional
        Address the site will have; without it the sitemap is left out (its addresses must be whole)
        and everything else works from any place, ``file://`` included.
    more : Path, optional
        A folder whose files the site gets, too (see :func:`extras`).
    memory : Path, optional
        A folder for finished pages, so that the next time only new pages are finished.

    Returns
    -------
    Weight

    Raises
    ------
    SiteError
        If the folder holds no built book, or if a page would ask another host for something.
    """
    if not (folder / "search.html").is_file():
        raise SiteError(f"{folder} holds no built book: run `make book` first")
    for name in UNUSED:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if more is not None:
        shutil.copytree(more, folder, dirs_exist_ok=True, ignore=_keys)
    _front_page(folder)
    done = _pages(folder, base_url.rstrip("/"), PageCache(memory, leads.read_allowed(folder)))
    _add_backlinks(folder, done)
    _embed_fonts(folder, done)
    used = _used(folder, done)
    foreign = [found for page in done.values() for found in page.foreign]
    if foreign := [*foreign, *_foreign_sheets(folder, used)]:
        raise SiteError("the site would ask other hosts:\n" + "\n".join(foreign))
    _prune(folder, used)
    _write_search_index(folder, done)
    _write_sitemap(folder, base_url, done)
    return _weight(folder, {place: page.weight for place, page in done.items()})


def _weight(folder: Path, bare: dict[str, int]) -> Weight:
    sizes = {f: f.stat().st_size for f in folder.rglob("*") if f.is_file()}
    downloads = sum(size for f, size in sizes.items() if f.relative_to(folder).parts[0] in ON_DEMAND)
    return Weight(sum(sizes.values()) - downloads, downloads, bare)


def extras(root: Path, folder: Path | None = None, base_url: str = "") -> Path:
    """Make what the site holds besides its pages, and return the folder: downloads, data, card, feed.

    The evidence is there under the names that it has in the project, so that a link of a notebook to a
    table leads to it here as well. What was made from the same files before stays. The folder is
    ``_build/extras`` unless another is given.

    Parameters
    ----------
    root : pathlib.Path
        Top folder of the project.
    folder : pathlib.Path, optional
        Where to make them.

    Returns
    -------
    pathlib.Path
        The folder.
    """
    from living_review.build import bundle, social_card

    folder = folder or root / "_build" / "extras"
    wanted = set()
    for path, made_from, write in (
        *bundle.plans(root, folder / "downloads"),
        *_whole(root, folder / "downloads"),
    ):
        _remembered(path, made_from, write)
        wanted.add(path)
    for path in set((folder / "downloads").glob("*.zip")) - wanted:
        path.unlink()  # of a notebook that is gone
    shutil.rmtree(folder / "data", ignore_errors=True)
    shutil.copytree(root / "data", folder / "data", ignore=_tool_files)
    _remembered(
        folder / CARD, social_card.made_from(root), lambda: social_card.write(root, folder / CARD)
    )
    _write_feed(root, folder, base_url)
    return folder


def _whole(root: Path, folder: Path) -> Iterator[tuple[Path, str, Callable[[], object]]]:
    if (root / "book" / "references.bib").is_file() and (root / "_config.yml").is_file():
        from living_review.build import data_package

        yield from data_package.plans(root, folder, _title(root))


def _title(root: Path) -> str:
    return str(yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))["title"])


def _write_feed(root: Path, folder: Path, base_url: str) -> None:
    if not (root / "data" / "review" / "changes.csv").is_file():
        return
    from living_review import evidence
    from living_review.living import feed

    (folder / feed.FILE).write_bytes(feed.atom(evidence.load(root), _title(root), base_url))


def _remembered(path: Path, made_from: str, write: Callable[[], object]) -> None:
    """Write a file unless it is there and was made from the same (``made_from`` is a digest)."""
    key = path.with_name(f"{path.name}.key")
    if path.is_file() and key.is_file() and key.read_text() == made_from:
        return
    key.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    write()
    key.write_text(made_from)


def _tool_files(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if tracing.ignored(name)]


def _keys(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name.endswith(".key")]


def pages(folder: Path) -> list[Path]:
    """Return every page of the site, in order of its path."""
    return sorted(folder.rglob("*.html"))


def _front_page(folder: Path) -> None:
    """Make ``index.html`` the first page itself; the builder writes a bare redirect there."""
    redirect = folder / "index.html"
    found = re.search(r'content="0; url=([^"]+)"', redirect.read_text(encoding="utf-8"))
    target = found[1] if found else "book/index.html"
    source = folder / target
    if not source.is_file():
        return  # the first page is at the top already
    place = posixpath.dirname(target)

    def moved(match: re.Match[str]) -> str:
        address = html.unescape(match[2])
        if re.match(r"^(?:[a-z][a-z+.-]*:|//|#|$)", address):
            return match[0]
        end = min((i for i in map(address.find, "?#") if i >= 0), default=len(address))
        path = posixpath.normpath(posixpath.join(place, address[:end])) if end else target
        return f'{match[1]}="{html.escape(path + address[end:])}"'

    text = re.sub(r'\b(href|src|action)="([^"]*)"', moved, source.read_text(encoding="utf-8"))
    text = text.replace('data-root="../"', 'data-root=""')
    redirect.write_text(text, encoding="utf-8")


def _pages(folder: Path, base: str, memory: PageCache) -> dict[str, Page]:
    """Finish every page in place; return them by their place in the site."""
    glossary = folder / GLOSSARY
    found = (
        build_glossary.read_glossary(glossary.read_text(encoding="utf-8")) if glossary.is_file() else {}
    )
    done = {}
    for path in pages(folder):
        place = path.relative_to(folder).as_posix()
        done[place] = memory.finish(path.read_text(encoding="utf-8"), place, base, found)
        path.write_text(done[place].text, encoding="utf-8")
    memory.forget_the_rest()
    return done


def _add_backlinks(folder: Path, done: dict[str, Page]) -> None:
    """List on each evidence card what links to it; a table of all rows has no cards."""
    found = backlinks.by_card(one for page in done.values() for one in page.shown)
    for place in (place for place in list(done) if place.startswith("evidence/")):
        if (text := backlinks.add(done[place].text, place, found)) != done[place].text:
            (folder / place).write_text(text, encoding="utf-8")
            done[place] = replace(done[place], text=text, weight=weight(text))


def _embed_fonts(folder: Path, done: dict[str, Page]) -> None:
    """Put the fonts that a style sheet names into it.

    A font that is loaded later moves the page, or waits for the next page; some browsers take none
    from a file beside a page that was opened from a folder.
    """
    for sheet in {name for page in done.values() for name in page.named if name.endswith(".css")}:
        path = folder / sheet

        def embedded(match: re.Match[str], path: Path = path) -> str:
            font = base64.b64encode((path.parent / match[1]).read_bytes()).decode("ascii")
            return f'url("data:font/woff2;base64,{font}")'

        if path.is_file():
            text = path.read_text(encoding="utf-8")
            path.write_text(FONTS.sub(embedded, text), encoding="utf-8")


def _used(folder: Path, done: dict[str, Page]) -> set[str]:
    """Return the files of the site that a page names, and those that its style sheets name."""
    found = {name for page in done.values() for name in page.named}
    for sheet in sorted(name for name in found if name.endswith(".css")):
        for address in _sheet_addresses(folder / sheet):
            if not OUTSIDE.match(address):
                path = address.split("?")[0]
                found.add(posixpath.normpath(posixpath.join(posixpath.dirname(sheet), path)))
    return found


def _sheet_addresses(sheet: Path) -> list[str]:
    return CSS_REFERENCE.findall(sheet.read_text(encoding="utf-8")) if sheet.is_file() else []


def _foreign_sheets(folder: Path, used: set[str]) -> Iterator[str]:
    for sheet in sorted(name for name in used if name.endswith(".css")):
        for address in _sheet_addresses(folder / sheet):
            if FOREIGN.match(address):
                yield f"{sheet}: asks for {address}"


def _prune(folder: Path, used: set[str]) -> None:
    """Remove source maps and every asset that no page names."""
    for file in sorted(folder.rglob("*"), reverse=True):
        place = file.relative_to(folder).as_posix()
        if file.is_dir():
            if not any(file.iterdir()):
                file.rmdir()
        elif place == CARD:
            continue  # named by its whole address where the site has one
        elif file.suffix == ".map" or (place.startswith("_static/") and place not in used):
            file.unlink()


def _write_search_index(folder: Path, done: dict[str, Page]) -> None:
    """Write the index of the search: scripts, so that it works from ``file://``, compressed.

    An entry is a section: address, title of its page, heading, prose (a paragraph a line), and its
    tables, each a caption and its rows (heading of the row, other cells).
    """
    entries = []
    for place, page in done.items():
        for number, section in enumerate(page.sections):
            if not any(section[part] for part in ("heading", "prose", "tables")):
                continue
            address = place if number == 0 else f"{place}#{section['id']}"
            heading = "" if number == 0 else section["heading"]
            tables = [[table["caption"], table["rows"]] for table in section["tables"]]
            entries.append([address, page.sections[0]["heading"], heading, section["prose"], tables])
    search_index.write(folder, entries)


def _write_sitemap(folder: Path, base_url: str, done: dict[str, Page]) -> None:
    """Write ``sitemap.xml`` and ``robots.txt``; without a base address only the latter."""
    base = base_url.rstrip("/")
    robots = "User-agent: *\nAllow: /\n"
    sitemap = folder / "sitemap.xml"
    if base:
        listed = [place for place in done if place not in NOT_LISTED]
        body = "".join(f"  <url><loc>{html.escape(f'{base}/{p}')}</loc></url>\n" for p in listed)
        sitemap.write_text(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{body}</urlset>\n',
            encoding="utf-8",
        )
        robots += f"Sitemap: {base}/sitemap.xml\n"
    else:
        sitemap.unlink(missing_ok=True)
    (folder / "robots.txt").write_text(robots, encoding="utf-8")
