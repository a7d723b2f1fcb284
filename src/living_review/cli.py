"""``living-review …``: the commands. Each imports what it needs when it is called."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from living_review import audit

# What a user can cause and cure: shown as a message. Named, not imported: `stale` runs before
# every build and needs none of the heavy modules.
USER_ERRORS = {
    "files": "UnreadableFileError",
    "evidence.model": "EvidenceError",
    "build.staleness": "StalenessError",
    "report.bounds_file": "BoundsFileError",
    "build.kernel": "RunError",
    "build.postprocess": "SiteError",
}


def main(arguments: list[str] | None = None) -> int:
    """Run a command; a user's mistake ends in a message and a non-zero code, not a traceback."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return options.run(options)
    except _user_errors() as error:
        print(f"living-review: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("living-review: interrupted; what was not finished is as it was", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0


def _user_errors() -> tuple[type[BaseException], ...]:
    loaded = {name: sys.modules.get(f"living_review.{name}") for name in USER_ERRORS}
    return tuple(getattr(module, USER_ERRORS[name]) for name, module in loaded.items() if module)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="living-review", description=__doc__)
    parser.add_argument("--root", type=Path, help="top of the project (default: found from here)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    check = commands.add_parser("check", help="validate data/; list every fault")
    check.add_argument("--format", choices=("text", "json"), default="text")
    check.set_defaults(run=_check)

    export = commands.add_parser("export", help="write the evidence as tidy tables over all studies")
    export.add_argument("folder", type=Path, metavar="DIR")
    export.add_argument("--format", choices=("csv",), default="csv")
    export.add_argument(
        "--once", action="store_true", help="one row for each quantity, whatever is printed twice"
    )
    export.set_defaults(run=_export)

    stale = commands.add_parser(
        "stale", help="list the notebooks that are older than their inputs, and why"
    )
    stale.set_defaults(run=_stale)

    update = commands.add_parser("update", help="run the stale notebooks, in place")
    update.add_argument("notebooks", nargs="*", metavar="NOTEBOOK", help="none but these")
    update.add_argument("-j", "--jobs", type=_positive, default=2, help="at once (default: 2)")
    update.add_argument("--force", action="store_true", help="run also what is fresh")
    update.set_defaults(run=_update)

    render = commands.add_parser("render", help="build the site from the stored outputs")
    render.add_argument("--force", action="store_true", help="every page, whatever is there")
    render.add_argument("--base-url", default="", help="address the site will have")
    render.set_defaults(run=_render)

    audit = commands.add_parser("audit", help="recompute every claim of the papers")
    audit.add_argument("study", nargs="?", metavar="STUDY", help="one study (default: all)")
    audit.add_argument("--format", choices=("csv", "json", "md"), default="csv")
    audit.add_argument(
        "--fail-on",
        choices=("CHANGED",),
        help="exit 1 if a verdict differs from the accepted one in claims.csv",
    )
    audit.set_defaults(run=_audit)

    bounds = commands.add_parser(
        "bounds", help="what a printed summary forces: text, table and picture"
    )
    bounds.add_argument("file", type=Path, metavar="FILE.yaml", help="as in examples/")
    bounds.add_argument("--out", type=Path, metavar="DIR", help="where table and picture go")
    bounds.set_defaults(run=_bounds)

    compare = commands.add_parser(
        "compare", help="compare the evidence with another state of it; exit 1 if it differs"
    )
    compare.add_argument(
        "old", metavar="OLD", help="folder of another copy, git revision, or version (0.1.0)"
    )
    compare.add_argument("--json", action="store_true", help="everything, for programs")
    compare.set_defaults(run=_compare)

    finish = commands.add_parser("finish", help="make the built book self-contained and light")
    finish.add_argument("folder", nargs="?", type=Path, metavar="HTMLDIR", help="default: _build/html")
    finish.add_argument("--base-url", default="", help="address the site will have, for its sitemap")
    finish.set_defaults(run=_finish)
    return parser


def _root(options: argparse.Namespace) -> Path:
    from living_review import evidence

    # The place is named, always: found without one, it may be the copy that the package came from.
    return evidence.find_root(options.root or Path.cwd())


def _check(options: argparse.Namespace) -> int:
    from living_review import validation

    root = _root(options)
    faults = validation.check_all(root, remember=True)
    if options.format == "json":
        print(json.dumps([f.as_dict() for f in faults], indent=2, ensure_ascii=False))
    else:
        for fault in faults:
            print(fault)
        number = f"{len(faults)} fault{'' if len(faults) == 1 else 's'}"
        print(f"{number} in {root}" if faults else f"data/ is valid ({root})", file=sys.stderr)
    return 1 if faults else 0


def _export(options: argparse.Namespace) -> int:
    from living_review import evidence

    review = evidence.load(_root(options))
    if options.folder.exists() and not options.folder.is_dir():
        raise evidence.EvidenceError(f"{options.folder} is a file: name a folder to write to")
    options.folder.mkdir(parents=True, exist_ok=True)
    for name in review.study_schemas:
        # Written from the text cells, so that printed forms and missing codes stay as they are.
        lines: list[list[str]] = []
        for study in review.studies:
            if study.has(name):
                header, rows = evidence.read_rows(study.folder / f"{name}.csv")
                lines = lines or [["study_id", *header]]
                if options.once and "same_as" in header:
                    at, missing = header.index("same_as"), study.schemas[name].missing
                    rows = [row for row in rows if row[at] in missing]
                lines += [[study.study_id, *row] for row in rows]
        if lines:
            path = options.folder / f"{name}.csv"
            evidence.write_rows(path, lines)
            print(f"{path}: {len(lines) - 1} rows")
    warning = evidence.PRINTED_ONCE if options.once else evidence.PRINTED_TWICE
    (options.folder / "README.txt").write_text(warning + "\n", encoding="utf-8")
    print(warning)
    return 0


def _stale(options: argparse.Namespace) -> int:
    from living_review.build import staleness

    root = staleness.find_project(options.root)
    found = staleness.stale(root)
    for item in found:
        print(f"{item.path.relative_to(root).as_posix()}: {item.why()}")
    return 1 if found else 0


def _update(options: argparse.Namespace) -> int:
    from living_review.build import staleness

    root = staleness.find_project(options.root)
    only = [_notebook(name, root) for name in options.notebooks] or None
    if not options.force and not staleness.stale(root, only):
        print("every notebook is up to date")
        return 0  # without the half second that it takes to import what executes
    from living_review.build import update as build_update

    result = build_update.update(
        root,
        jobs=options.jobs,
        force=options.force,
        only=only,
        say=lambda line: print(line, flush=True),
    )
    if result.failed:
        names = ", ".join(path.stem for path in sorted(result.failed))
        print(f"{len(result.failed)} not updated: {names}", file=sys.stderr)
    return 1 if result.failed else 0


def _finish(options: argparse.Namespace) -> int:
    from living_review.build import postprocess

    root = _root(options)
    folder = options.folder or root / "_build" / "html"
    weight = postprocess.postprocess(folder, base_url=options.base_url, more=postprocess.extras(root))
    heaviest = max(weight.pages, key=weight.pages.__getitem__)
    print(
        f"{folder}: {weight.total / 1e6:.2f} MB without downloads; heaviest page "
        f"{heaviest}, {weight.pages[heaviest] / 1e3:.0f} KB compressed without its figures"
    )
    return 0


def _render(options: argparse.Namespace) -> int:
    from living_review.build import render as build_render
    from living_review.build import staleness

    root = staleness.find_project(options.root)
    state = build_render.render(root, force=options.force, base_url=options.base_url)
    print(f"the book ({state}): {build_render.site(root) / 'index.html'}")
    return 0


def _notebook(name: str, root: Path) -> Path:
    from living_review.build import staleness

    wanted = Path(name).name.removesuffix(".ipynb")
    known = {path.stem: path for path in staleness.notebooks(root)}
    if wanted not in known:
        raise staleness.StalenessError(
            f"no notebook {name!r} in notebooks/: there are {', '.join(known) or 'none'}"
        )
    return known[wanted]


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _audit(options: argparse.Namespace) -> int:
    from living_review import audit, evidence
    from living_review.audit import report
    from living_review.evidence import memory

    review = evidence.load(_root(options))
    changed = []

    def results() -> Iterator[audit.Result]:
        for result in audit.stream(review, options.study, memory=memory.Memory(review.root, "audit")):
            if result.is_changed:
                changed.append(result)
            yield result

    for line in report.lines(results(), options.format):
        print(line)
    if options.fail_on and changed:
        print(report.changes(changed), file=sys.stderr)
        return 1
    return 0


def _bounds(options: argparse.Namespace) -> int:
    from living_review.report import bounds_file

    result = bounds_file.solve(options.file)
    print(bounds_file.report(result))
    for path in bounds_file.write(result, options.out or Path(), options.file.stem):
        print(path)
    return 0


def _compare(options: argparse.Namespace) -> int:
    from living_review import evidence
    from living_review.evidence import snapshots
    from living_review.report import diff

    root = _root(options)
    with snapshots.open_snapshot(options.old, root) as old:
        found = diff.compare(old, evidence.load(root))
    if options.json:
        print(json.dumps(found.as_dict(), indent=2, ensure_ascii=False))
    else:
        print(diff.report(found))
    return 0 if found.is_same else 1


if __name__ == "__main__":
    sys.exit(main())
