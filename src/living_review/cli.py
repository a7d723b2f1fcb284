"""``living-review …``: the commands. Each imports what it needs when it is called."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    "audit.paper": "InvalidPaperError",
    "build.kernel": "RunError",
    "build.postprocess": "SiteError",
    "living.store": "StoreError",
    "living.watch": "WatchError",
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
        print("living-review: interrupted; unfinished work was left unchanged", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except (OSError, UnicodeError) as error:
        # Not 1, which means that something is out of date or that issues were found.
        print(f"living-review: {_of_the_system(error)}", file=sys.stderr)
        return 2


def _of_the_system(error: OSError | UnicodeError) -> str:
    """Return what the operating system or a text encoding refused, in one line."""
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error)
    if isinstance(error, UnicodeEncodeError):
        return f"{error}: write to a file or a terminal in UTF-8 (PYTHONUTF8=1)"
    return str(error)


def _user_errors() -> tuple[type[BaseException], ...]:
    loaded = {name: sys.modules.get(f"living_review.{name}") for name in USER_ERRORS}
    return tuple(getattr(module, USER_ERRORS[name]) for name, module in loaded.items() if module)


class _Version(argparse.Action):
    """Print the version that is installed; it is looked up only if someone asks."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:  # noqa: ANN401
        from importlib import metadata

        print(f"living-review {metadata.version('living-review')}")
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="living-review", description=__doc__)
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and stop")
    parser.add_argument("--root", type=Path, help="top of the project (default: found from here)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    check = commands.add_parser("check", help="validate data/ and list every issue")
    check.add_argument(
        "study", nargs="?", metavar="STUDY", help="one study, with the next step (default: all)"
    )
    check.add_argument("--format", choices=("text", "json"), default="text")
    check.add_argument(
        "--publish", action="store_true", help="also refuse placeholders and made-up studies"
    )
    check.set_defaults(run=_check)

    export = commands.add_parser("export", help="write the evidence as tidy tables over all studies")
    export.add_argument("folder", type=Path, metavar="DIR")
    export.add_argument("--format", choices=("csv",), default="csv")
    export.add_argument(
        "--once", action="store_true", help="one row for each quantity, even if it is printed twice"
    )
    export.set_defaults(run=_export)

    stale = commands.add_parser("stale", help="list the notebooks that are out of date, and why")
    stale.set_defaults(run=_stale)

    _add_update(commands)

    _add_render(commands)

    audit = commands.add_parser("audit", help="recompute every claim of the papers")
    audit.add_argument("study", nargs="?", metavar="STUDY", help="one study (default: all)")
    audit.add_argument("--format", choices=("csv", "json", "md"), default="csv")
    audit.add_argument(
        "--fail-on",
        choices=("CHANGED",),
        help="exit 1 if a verdict differs from the accepted one in claims.csv",
    )
    audit.set_defaults(run=_audit)

    paper = commands.add_parser("audit-paper", help="recompute the claims of any paper from one table")
    paper.add_argument("file", type=Path, metavar="FILE.csv", help="table of claims; see examples/")
    paper.add_argument("--format", choices=("text", "csv", "json", "md", "html"), default="text")
    paper.add_argument("--out", type=Path, metavar="FILE", help="write the report to this file")
    paper.add_argument("--title", default="", help="title of the report (default: file name)")
    paper.add_argument(
        "--fail-on",
        choices=("FINDING", "MATERIAL"),
        help="exit 1 if any number, or any material one, does not reproduce",
    )
    paper.set_defaults(run=_audit_paper)

    bounds = commands.add_parser(
        "bounds", help="compute what a printed summary implies: text, table and figure"
    )
    bounds.add_argument("file", type=Path, metavar="FILE.yaml", help="printed summary; see examples/")
    bounds.add_argument("--out", type=Path, metavar="DIR", help="folder for the table and the figure")
    bounds.set_defaults(run=_bounds)

    postprocess = commands.add_parser(
        "postprocess", help="make the built book self-contained and small"
    )
    postprocess.add_argument(
        "folder", nargs="?", type=Path, metavar="HTMLDIR", help="default: _build/html"
    )
    postprocess.add_argument(
        "--base-url", default="", help="address of the published site, for its sitemap"
    )
    postprocess.set_defaults(run=_postprocess)
    for add in (_add_diff, _add_trace, _add_life_of_a_study, _add_search, _add_life_of_a_review):
        add(commands)
    return parser


def _add_diff(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command that compares two states of the review."""
    diff = commands.add_parser(
        "diff", help="what differs between two states of the review; exit 1 if anything does"
    )
    states = "folder of another copy, evidence.zip, git revision, or version (0.1.0)"
    diff.add_argument("old", metavar="OLD", nargs="?", help=states)
    diff.add_argument("new", metavar="NEW", nargs="?", help="likewise (default: this copy)")
    diff.add_argument("--json", action="store_true", help="everything, for programs")
    diff.add_argument(
        "--write",
        action="store_true",
        help="compare the newest version with those before; store it for the book",
    )
    diff.set_defaults(run=_diff)


def _add_trace(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command that says what the numbers of the built book rest on."""
    trace = commands.add_parser(
        "trace", help="list the numbers of the built book with their evidence; exit 1 if one has none"
    )
    trace.add_argument("folder", nargs="?", type=Path, metavar="HTMLDIR", help="default: _build/html")
    trace.add_argument("--format", choices=("text", "csv", "json"), default="text")
    trace.add_argument("--all", action="store_true", help="list every number, in text as well")
    trace.set_defaults(run=_trace)


def _add_render(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command that builds the site."""
    render = commands.add_parser("render", help="build the site from the stored outputs")
    render.add_argument("--force", action="store_true", help="build every page, even if unchanged")
    render.add_argument(
        "--allow-stale", action="store_true", help="also from notebooks older than their inputs"
    )
    render.add_argument("--base-url", default="", help="address of the published site")
    render.set_defaults(run=_render)


def _add_life_of_a_review(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands by which a review begins and follows the engine."""
    init = commands.add_parser("init", help="write a new review, with one made-up study")
    init.add_argument("folder", type=Path, metavar="DIR", help="empty, or not there yet")
    init.add_argument("--title", default="A review to name", help="of the book")
    init.add_argument("--author", default="The authors", help="whom a citation names")
    init.set_defaults(run=_init)

    upgrade = commands.add_parser(
        "upgrade", help="what the installed version asks of the data; exit 1 if anything"
    )
    upgrade.add_argument(
        "--write", action="store_true", help="take over schemas and lists that need no decision"
    )
    upgrade.set_defaults(run=_upgrade)


def _add_life_of_a_study(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands by which a study comes, is settled and goes."""
    new = commands.add_parser("new-study", help="create everything that a new study needs")
    new.add_argument("study", metavar="STUDY", help="family name and year: rossi_2027")
    new.add_argument(
        "--kind", metavar="KIND", default="case-series", help="case-series, trial, review or abstract"
    )
    new.add_argument("--doi", metavar="DOI", help="10.…/…, without https://doi.org/")
    new.add_argument("--from-context", metavar="ID", help="take over its record in data/context")
    new.add_argument(
        "--readings", type=int, choices=(1, 2), default=2, help="number of readers (default: 2)"
    )
    new.add_argument("--undo", action="store_true", help="remove what was created")
    new.add_argument("--force", action="store_true", help="with --undo: also remove files edited since")
    new.set_defaults(run=_new_study)

    sections = commands.add_parser(
        "sections", help="write a section for each disease into the chapters across studies"
    )
    sections.set_defaults(run=_sections)

    retire = commands.add_parser("retire", help="exclude a study from all counts; its data stay")
    retire.add_argument("study", metavar="STUDY", help="a source, or a study of data/context")
    retire.add_argument("--reason", metavar="WORD", help="retracted, superseded or retired")
    retire.add_argument("--because", metavar="TEXT", help="what happened, for readers, in a few words")
    retire.add_argument(
        "--notice", metavar="DOI", help="DOI of the notice, or of the study that replaces it"
    )
    retire.add_argument("--undo", action="store_true", help="count it again")
    retire.set_defaults(run=_retire)

    erratum = commands.add_parser(
        "erratum", help="print the letter to the journal about what does not reproduce"
    )
    erratum.add_argument("study", metavar="STUDY")
    erratum.add_argument("--issue", metavar="NAME", help="one issue (default: all material ones)")
    erratum.set_defaults(run=_erratum)

    verify = commands.add_parser("verify", help="look for every printed value in your copy of a paper")
    verify.add_argument(
        "study", nargs="?", metavar="STUDY", help="default: recognised by DOI or title in the copy"
    )
    verify.add_argument("--pdf", type=Path, required=True, metavar="FILE", help="PDF or text file")
    verify.add_argument(
        "--out", type=Path, metavar="FILE.csv", help="write pass or fail for each row to this file"
    )
    verify.set_defaults(run=_verify)

    differences = commands.add_parser(
        "differences", help="pair two readings of a study and print the differences to settle"
    )
    differences.add_argument("study", metavar="STUDY")
    differences.add_argument(
        "--write", action="store_true", help="add them to settled.csv and fill the empty tables"
    )
    differences.set_defaults(run=_differences)


def _add_search(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of the search and of what becomes of its records."""
    watch = commands.add_parser(
        "watch", help="run the search since the last logged day; exit 1 if it is incomplete"
    )
    watch.add_argument(
        "--report", type=Path, metavar="FILE.md", help="also write the results to this file"
    )
    watch.set_defaults(run=_watch)

    screen = commands.add_parser("screen", help="screen records one by one")
    screen.add_argument("--as", dest="screener", metavar="NAME", help="name of the screener")
    screen.add_argument(
        "--stage", choices=("abstract", "full_text"), default="abstract", help="default: abstract"
    )
    screen.add_argument(
        "--conflicts", action="store_true", help="list the records on which screeners disagree"
    )
    screen.add_argument(
        "--settle", action="store_true", help="go through the conflicts and settle them"
    )
    screen.set_defaults(run=_screen)

    records = commands.add_parser("records", help="export records to other tools, and import from them")
    what = records.add_subparsers(required=True, metavar="WHAT")
    out = what.add_parser("export", help="write the records as .ris or .csv")
    out.add_argument("file", type=Path, metavar="FILE")
    out.add_argument("--undecided", action="store_true", help="only undecided records")
    out.set_defaults(run=_records_export)
    add = what.add_parser("import", help="import records from another database")
    add.add_argument("file", type=Path, metavar="FILE")
    add.add_argument(
        "--strategy", required=True, metavar="DISEASE", help="disease that was searched for"
    )
    add.set_defaults(run=_records_import)
    decided = what.add_parser("decisions", help="import decisions made in ASReview, Rayyan or a table")
    decided.add_argument("file", type=Path, metavar="FILE")
    decided.add_argument(
        "--as", dest="screener", required=True, metavar="NAME", help="name of the screener"
    )
    decided.add_argument("--stage", choices=("abstract", "full_text"), default="abstract")
    decided.add_argument("--reason", metavar="WORD", help="reason for exclusions that have none")
    decided.set_defaults(run=_records_decisions)


def _root(options: argparse.Namespace) -> Path:
    from living_review import evidence

    # The place is named, always: found without one, it may be the copy that the package came from.
    return evidence.find_root(options.root or Path.cwd())


def _check(options: argparse.Namespace) -> int:
    from living_review import evidence, validation

    root = _root(options)
    issues = validation.check_all(root, remember=True)
    if options.publish:
        issues += validation.check_publishable(root)
    if options.study:
        evidence.load(root).study(options.study)
        issues = validation.of_study(root, issues, options.study)
    if options.format == "json":
        print(json.dumps([f.as_dict() for f in issues], indent=2, ensure_ascii=False))
    else:
        for issue in issues:
            print(issue)
        if options.study and issues:
            print(f"\nnext: {issues[0]}")
        number = f"{len(issues)} issue{'' if len(issues) == 1 else 's'}"
        valid = f"nothing of {options.study} is left to fill" if options.study else "data/ is valid"
        print(f"{number} in {root}" if issues else f"{valid} ({root})", file=sys.stderr)
    return 1 if issues else 0


def _init(options: argparse.Namespace) -> int:
    from living_review.starter import init

    made = init.init(options.folder, options.title, options.author)
    print(
        f"{len(made)} files in {options.folder}, with a made-up study in "
        f"data/{init.STUDY}. Next:\n  cd {options.folder}\n  make book\n  make test\n"
        "README.md says how a review comes from it."
    )
    return 0


def _upgrade(options: argparse.Namespace) -> int:
    from living_review.starter import upgrade

    root = _root(options)
    for step in upgrade.write(root) if options.write else ():
        print(f"done: {step.place}: {step.what}")
    left = upgrade.steps(root)
    for step in left:
        print(step)
    if not left:
        print("the engine asks for nothing; `living-review check` says whether the data are valid")
    return 1 if left else 0


def _new_study(options: argparse.Namespace) -> int:
    from living_review.living import new_study

    root = _root(options)
    if options.undo:
        for name in new_study.undo(root, options.study, force=options.force):
            print(f"removed, or its lines taken out: {name}")
        return 0
    made = new_study.create(
        root,
        options.study,
        kind=options.kind,
        doi=options.doi,
        from_context=options.from_context,
        readings=options.readings,
    )
    print("\n".join(made), "\n", new_study.next_steps(options.study, options.readings), sep="\n")
    return 0


def _sections(options: argparse.Namespace) -> int:
    from living_review import evidence
    from living_review.living import disease_sections

    changed = disease_sections.write(evidence.load(_root(options)))
    for name in changed:
        print(f"{name}: a section for each disease of the sources")
    if not changed:
        print("each chapter has the sections of the diseases of the sources")
    return 0


def _retire(options: argparse.Namespace) -> int:
    from living_review.living import retire

    root = _root(options)
    if options.undo:
        print(retire.reinstate(root, options.study))
        return 0
    print(
        retire.retire(
            root,
            options.study,
            state=options.reason,
            reason=options.because,
            notice=options.notice,
        )
    )
    return 0


def _verify(options: argparse.Namespace) -> int:
    from living_review import evidence
    from living_review.living import verify

    found = verify.verify(evidence.load(_root(options)), options.pdf, options.study)
    print(verify.report(*found))
    if options.out:
        verify.write(options.out, *found)
    return 1 if any(row.result == verify.NOT_FOUND for row in found[1]) else 0


def _erratum(options: argparse.Namespace) -> int:
    from living_review import evidence
    from living_review.report import errata

    print(errata.letter(evidence.load(_root(options)), options.study, options.issue))
    return 0


def _differences(options: argparse.Namespace) -> int:
    from living_review import evidence
    from living_review.living import differences

    review = evidence.load(_root(options))
    if options.write:
        print("\n".join(differences.write(review, options.study)) or "nothing to write")
        return 0
    found = differences.lines(review, options.study)
    print(differences.as_csv(found), end="")
    print(f"{len(found)} to settle", file=sys.stderr)
    return 1 if found else 0


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
    from living_review.build import update as build_update
    from living_review.build.kernel import RunError

    if not options.force and not staleness.stale(root, only):
        if issues := build_update.environment_issues(root):
            raise RunError(build_update.refusal(issues))
        print("every notebook is up to date")
        return 0

    result = build_update.update(
        root,
        jobs=options.jobs,
        force=options.force,
        only=only,
        say=lambda line: print(line, flush=True),
        forked=not options.fresh_kernels,
        shard=options.shard,
        together=options.together,
    )
    if result.failed:
        names = ", ".join(path.stem for path in sorted(result.failed))
        print(f"{len(result.failed)} not updated: {names}", file=sys.stderr)
    return 1 if result.failed else 0


def _postprocess(options: argparse.Namespace) -> int:
    from living_review.build import postprocess

    root = _root(options)
    folder = options.folder or root / "_build" / "html"
    more = postprocess.extras(root, base_url=options.base_url)
    weight = postprocess.postprocess(folder, base_url=options.base_url, more=more)
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
    stale = staleness.stale(root)
    for item in stale:
        print(f"STALE {item.path.relative_to(root).as_posix()}: {item.why()}", file=sys.stderr)
    if stale and not options.allow_stale:
        print(
            "living-review: not built, since chapters would show older numbers than the other pages: "
            "run `living-review update` first, or build them as they are with --allow-stale",
            file=sys.stderr,
        )
        return 1
    state = build_render.render(root, force=options.force, base_url=options.base_url)
    print(f"the book ({state}): {build_render.site(root) / 'index.html'}")
    return 0


def _trace(options: argparse.Namespace) -> int:
    from living_review.build import postprocess, trace

    folder = options.folder or _root(options) / "_build" / "html"
    if not (folder / "search.html").is_file():
        raise postprocess.SiteError(f"{folder} holds no built book: run `make book` first")
    found = trace.trace(folder)
    print(trace.report(found, options.format, every=options.all))
    return 1 if trace.without(found) else 0


def _notebook(name: str, root: Path) -> Path:
    from living_review.build import staleness

    wanted = Path(name).name.removesuffix(".ipynb")
    known = {path.stem: path for path in staleness.notebooks(root)}
    if wanted not in known:
        raise staleness.StalenessError(
            f"no notebook {name!r} in notebooks/: there are {', '.join(known) or 'none'}"
        )
    return known[wanted]


def _shard(text: str) -> tuple[int, int]:
    number, _, parts = text.partition("/")
    if number.isdecimal() and parts.isdecimal() and 1 <= int(number) <= int(parts):
        return int(number), int(parts)
    raise argparse.ArgumentTypeError(f"expected K/N with K from 1 to N, such as 2/3, found {text!r}")


def _add_update(commands: Any) -> None:  # noqa: ANN401
    update = commands.add_parser("update", help="run the notebooks that are out of date, in place")
    update.add_argument("notebooks", nargs="*", metavar="NOTEBOOK", help="only these (default: all)")
    update.add_argument(
        "-j", "--jobs", type=_positive, default=2, help="notebooks run in parallel (default: 2)"
    )
    update.add_argument("--force", action="store_true", help="also run notebooks that are up to date")
    update.add_argument(
        "--shard", type=_shard, default=(1, 1), metavar="K/N", help="the K-th of N parts of them"
    )
    update.add_argument("--together", action="store_true", help="beside other updates that say so")
    update.add_argument("--fresh-kernels", action="store_true", help="fork none: slower, the same")
    update.set_defaults(run=_update)


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


def _audit_paper(options: argparse.Namespace) -> int:
    from living_review.audit import paper
    from living_review.report import audit_paper

    results = paper.audit_paper(options.file)
    title = options.title or f"Audit of {options.file.name}"
    text = audit_paper.render(results, options.format, title)
    if options.out:
        try:
            options.out.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise paper.InvalidPaperError(f"{options.out}: {error.strerror}; name a file") from error
        print(f"{options.out}: {audit_paper.summary(results)}")
    else:
        print(text)
    found = [r for r in results if r.is_finding]
    if options.fail_on == "MATERIAL":
        found = [r for r in found if r.materiality == "material"]
    return 1 if options.fail_on and found else 0


def _bounds(options: argparse.Namespace) -> int:
    from living_review.report import bounds_file

    result = bounds_file.solve(options.file)
    print(bounds_file.report(result))
    for path in bounds_file.write(result, options.out or Path(), options.file.stem):
        print(path)
    return 0


def _diff(options: argparse.Namespace) -> int:
    from living_review.evidence import snapshots
    from living_review.living import diff
    from living_review.living.diff import history, stored

    root = _root(options)
    if options.write == (options.old is not None):
        raise snapshots.CompareError(
            "name what to compare with (`living-review diff OLD`), or let the version before be "
            "compared and stored for the page What changed (`living-review diff --write`)"
        )
    with snapshots.open_snapshot(str(root) if options.new is None else options.new, root) as new:
        before = stored.version_before(new) if options.write else options.old
        with snapshots.open_snapshot(before, root) as old:
            found = diff.compare(old, new)
        if options.write:
            print(f"{stored.write(root, found, new)}: {diff.words.counts(found)}")
            print(history.write(root, new))
            return 0
    if options.json:
        print(json.dumps(found.as_dict(), indent=2, ensure_ascii=False))
    else:
        print(diff.report(found))
    return 0 if found.is_same else 1


def _watch(options: argparse.Namespace) -> int:
    import os

    from living_review.evidence import people, search_plan
    from living_review.living import progress, watch

    root = _root(options)
    with progress.bar() as bar:
        outcome = watch.watch(root, progress=bar, key=os.environ.get("NCBI_API_KEY"))
    text = progress.report(root, outcome)
    print(text)
    if search_plan.read_plan(root).email is None:
        print(
            f"no address of e-mail is named (contact in {people.FILE}): the services cannot reach "
            "those who search, and may be slower",
            file=sys.stderr,
        )
    if options.report:
        options.report.parent.mkdir(parents=True, exist_ok=True)
        options.report.write_text(text + "\n", encoding="utf-8")
    return 1 if outcome.stopped else 0


def _screen(options: argparse.Namespace) -> int:
    from living_review import evidence
    from living_review.living import screening

    root = _root(options)
    if options.conflicts:
        for found in screening.conflicts(screening.load(root), options.stage):
            said = ", ".join(
                f"{row['screener']} {row['decision']}" for row in found.verdict(options.stage).decisions
            )
            print(f"{found.record['id']}: {said}: {found.record['title']}")
        return 0
    if not options.settle and not options.screener:
        raise evidence.EvidenceError("whose decisions are they? name yourself with --as NAME")
    done = screening.screen(
        root, options.screener or screening.AGREED, options.stage, settle=options.settle
    )
    print(f"{done} decided")
    return 0


def _records_export(options: argparse.Namespace) -> int:
    from living_review.living import exchange

    number = exchange.export(_root(options), options.file, undecided=options.undecided)
    print(f"{options.file}: {number} records")
    return 0


def _records_import(options: argparse.Namespace) -> int:
    from living_review.living import exchange

    row = exchange.import_records(_root(options), options.file, options.strategy)
    print(f"{options.file}: {row['found']} entries, {row['new']} new, {row['linked']} linked")
    return 0


def _records_decisions(options: argparse.Namespace) -> int:
    from living_review.living import exchange

    number = exchange.import_decisions(
        _root(options), options.file, options.screener, options.stage, options.reason
    )
    print(f"{options.file}: {number} decisions")
    return 0


if __name__ == "__main__":
    sys.exit(main())
