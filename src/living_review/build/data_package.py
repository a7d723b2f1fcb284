"""The whole evidence as one file, and its references, for those who work with other tools.

``evidence.zip`` is a Frictionless Data Package (version 2) and an RO-Crate: every table under the name
that it has in the project, described by its schema, with its size and SHA-256. The same data give the
same bytes.
"""

from __future__ import annotations

import functools
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import rispy

from living_review import evidence
from living_review.build import digest, workbook
from living_review.build.bundle import NO_TIME
from living_review.evidence import topic
from living_review.validation import bibliography

LICENSE = "https://creativecommons.org/licenses/by/4.0/"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
CRATE = "https://w3id.org/ro/crate/1.1"
ARCHIVE, RIS, BIB = "evidence.zip", "references.ris", "references.bib"
BESIDE = ("LICENSE-DATA", "CITATION.cff", "data/vocabulary.yaml", "data/review.yaml")
RIS_TYPES = {"article": "JOUR", "book": "BOOK", "incollection": "CHAP", "inproceedings": "CPAPER"}


def tables(root: Path, schemas: dict[str, evidence.Schema]) -> dict[str, evidence.Schema]:
    """Return every table that has a schema: its place in the project, and the schema.

    Parameters
    ----------
    root : pathlib.Path
        Top folder of the project.
    schemas : dict
        By name, as ``Review.schemas`` has them.

    Returns
    -------
    dict of str to Schema
        Sorted by place.
    """
    found = {}
    for path in sorted((root / "data").glob("*/*.csv")):
        study = path.parent.name
        name = f"{study}_{path.stem}" if study in evidence.RECORDS else path.stem
        if name in schemas:
            found[path.relative_to(root).as_posix()] = schemas[name]
    return found


def descriptor(review: evidence.Review, title: str) -> dict[str, Any]:
    """Return the ``datapackage.json`` of the evidence.

    Parameters
    ----------
    review : Review
        The evidence.
    title : str
        Title of the review.

    Returns
    -------
    dict
        A Data Package of version 2, a resource for each table, with ``bytes`` and ``hash``.
    """
    resources = []
    for place, schema in tables(review.root, review.schemas).items():
        path = review.root / place
        study, table = path.parent.name, path.stem
        resources.append(
            {
                "name": f"{study}-{table}",
                "type": "table",
                "path": place,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": path.stat().st_size,
                "hash": f"sha256:{digest.of_file(path)}",
                "schema": schema.descriptor,
            }
        )
    return {
        "$schema": PROFILE,
        "name": "living-review-evidence",
        "title": title,
        "version": review.version,
        "description": evidence.PRINTED_TWICE,
        "licenses": [{"name": "CC-BY-4.0", "path": LICENSE}],
        "resources": resources,
    }


def crate(package: dict[str, Any], released: str) -> dict[str, Any]:
    """Return the ``ro-crate-metadata.json`` that says the same as a descriptor in schema.org's words.

    Parameters
    ----------
    package : dict
        As :func:`descriptor` gives it.
    released : str
        Date of the version, ISO 8601.

    Returns
    -------
    dict
        JSON-LD after RO-Crate 1.1.
    """
    parts = [
        {
            "@id": resource["path"],
            "@type": "File",
            "name": resource["name"],
            "contentSize": str(resource["bytes"]),
            "encodingFormat": resource["mediatype"],
            "sha256": resource["hash"].removeprefix("sha256:"),
        }
        for resource in package["resources"]
    ]
    about = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": CRATE},
    }
    dataset = {
        "@id": "./",
        "@type": "Dataset",
        "name": package["title"],
        "description": package["description"],
        "version": package["version"],
        "datePublished": released,
        "license": {"@id": LICENSE},
        "hasPart": [{"@id": part["@id"]} for part in parts],
    }
    license_ = {"@id": LICENSE, "@type": "CreativeWork", "name": "CC BY 4.0"}
    return {"@context": f"{CRATE}/context", "@graph": [about, dataset, license_, *parts]}


def ris(root: Path) -> str:
    """Return the bibliography of the book as RIS.

    Parameters
    ----------
    root : pathlib.Path
        Top folder of the project.

    Returns
    -------
    str
        An entry for each of ``book/references.bib``, in its order, with its key as ``ID``.
    """
    found = []
    for key, fields in bibliography.entries(root / bibliography.BIB).items():
        first, _, last = fields.get("pages", "").replace("–", "--").partition("--")
        entry = {
            "type_of_reference": RIS_TYPES.get(fields["entry"], "GEN"),
            "id": key,
            "title": fields.get("title"),
            "authors": [a for a in fields.get("author", "").split(" and ") if a not in ("", "others")],
            "year": fields.get("year"),
            "journal_name": fields.get("journal"),
            "volume": fields.get("volume"),
            "number": fields.get("number"),
            "start_page": first,
            "end_page": last,
            "doi": fields.get("doi"),
            "urls": [fields["url"]] if "url" in fields else None,
        }
        found.append({name: value for name, value in entry.items() if value})
    return str(rispy.dumps(found))


def write(root: Path, target: Path, title: str) -> None:
    """Write the evidence with its descriptions as a zip.

    Parameters
    ----------
    root : pathlib.Path
        Top folder of the project.
    target : pathlib.Path
        The zip to write.
    title : str
        Title of the review.
    """
    review = evidence.load(root)
    package = descriptor(review, title)
    versions = review.records("versions")
    released = str(versions.loc[versions["version"] == review.version, "date"].iloc[0])
    entries = {r["path"]: (root / r["path"]).read_bytes() for r in package["resources"]}
    described = [*BESIDE, *(f"data/{s}/study.yaml" for s in review.folders)]
    described += [p.relative_to(root).as_posix() for p in sorted((root / "data/schema").glob("*.json"))]
    described += [topic.FILE] if (root / topic.FILE).is_file() else []
    entries |= {place: (root / place).read_bytes() for place in described}
    entries[BIB] = (root / bibliography.BIB).read_bytes()
    entries[RIS] = ris(root).encode()
    entries["README.txt"] = f"{evidence.PRINTED_TWICE}\n".encode()
    entries["datapackage.json"] = _json(package)
    entries["ro-crate-metadata.json"] = _json(crate(package, released))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for place, content in sorted(entries.items()):
            info = zipfile.ZipInfo(place, NO_TIME)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def plans(root: Path, folder: Path, title: str) -> Iterator[tuple[Path, str, Callable[[], object]]]:
    """Yield each download of the whole review, the digest of what it is made from, how to write it.

    Parameters
    ----------
    root : pathlib.Path
        Top folder of the project.
    folder : pathlib.Path
        Where the downloads go.
    title : str
        Title of the review.

    Yields
    ------
    tuple of pathlib.Path, str, callable
        Path, digest, and a function that writes it.
    """
    bib = root / bibliography.BIB
    used = [Path(__file__), bib, *(root / place for place in BESIDE)]
    used += sorted((root / "data").rglob("*.*"))
    all_of_it = digest.of_text("\n".join([title, *(digest.of_file(p) for p in used if p.is_file())]))
    yield folder / ARCHIVE, all_of_it, functools.partial(write, root, folder / ARCHIVE, title)
    book = folder / workbook.FILE
    with_code = digest.of_text(all_of_it + digest.of_file(Path(workbook.__file__)))
    yield book, with_code, functools.partial(workbook.write, root, book, title)
    for name in (BIB, RIS):
        made_from = digest.of_text(digest.of_file(Path(__file__)) + digest.of_file(bib))
        content = bib.read_bytes() if name == BIB else ris(root).encode()
        yield folder / name, made_from, functools.partial((folder / name).write_bytes, content)
