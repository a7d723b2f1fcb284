"""Ways of reading, each as the cell of a notebook: noticed, refused, or not seen.

Those that are neither noticed nor refused are the rows of ``data/review/not_seen.csv``, which the page
on the methods shows. ``make fuzz`` tries the ways in other dress and with
other changes: inside functions, generators and threads, with files replaced, removed or moved.
"""

from __future__ import annotations

import filecmp
import json
import os
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import small_book as book

from living_review import evidence
from living_review.build import staleness

TABLE = Path(__file__).resolve().parents[1] / "data" / "review" / "not_seen.csv"
NOTICED, REFUSED, NOT_SEEN = "noticed", "refused", "not_seen"
Change = Callable[[Path], object]


def write(name: str, text: str) -> Change:
    """Return a change that writes a file of the project."""

    def change(root: Path) -> None:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    return change


def relink(root: Path) -> None:
    """Let the link lead to the other file."""
    (root / "data/link.csv").unlink()
    (root / "data/link.csv").symlink_to("other.csv")


FILE = write("data/one/x.csv", "2\n2\n")


@dataclass(frozen=True)
class Way:
    """A way of reading: the cell, and a change after which the cell would print something else."""

    code: str
    change: Change = FILE


# In each cell, P is the path of a table, D that of its folder, A one that is not there, and O a folder
# outside the project.
PACKAGE = write("src/smallbook/table.csv", "2\n")
ENTRY = write("data/one/new.csv", "1\n")
ABSENT = write("data/one/absent.csv", "1\n")
OUTSIDE = write("../outside/x.csv", "2\n")

OPENED = {
    "open": "print(open(P).read())",
    "path_read_text": "import pathlib; print(pathlib.Path(P).read_text())",
    "file_io": "import io; print(io.FileIO(P).read())",
    "open_code": "import io; print(io.open_code(os.path.abspath(P)).read())",
    "descriptor": "print(os.read(os.open(P, os.O_RDONLY), 9))",
    "descriptor_below_folder": (
        "f = os.open(D, os.O_RDONLY); print(os.read(os.open('x.csv', os.O_RDONLY, dir_fd=f), 9))"
    ),
    "opener_below_folder": (
        "f = os.open(D, os.O_RDONLY)\n"
        "print(open('x.csv', opener=lambda p, m: os.open(p, m, dir_fd=f)).read())"
    ),
    "other_working_folder": "os.chdir(D); print(open('x.csv').read())",
    "memory_map": (
        "import mmap; f = open(P, 'rb'); print(mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ)[:])"
    ),
    "csv_reader": "import csv; print(list(csv.reader(open(P))))",
    "pandas": "import pandas; print(pandas.read_csv(P))",
    "numpy_text": "import numpy; print(numpy.loadtxt(P))",
    "numpy_bytes": "import numpy; print(numpy.fromfile(P, dtype='u1'))",
    "numpy_memory_map": "import numpy; print(numpy.memmap(P, mode='r'))",
    "copied_outside": (
        "import shutil, tempfile; t = tempfile.mkdtemp(); print(open(shutil.copy(P, t)).read())"
    ),
    "line_cache": "import linecache; linecache.clearcache(); print(linecache.getline(P, 1))",
    "tokenize": "import tokenize; print(tokenize.open(P).read())",
    "codecs": "import codecs; print(codecs.open(P).read())",
    "file_input": "import fileinput; print(list(fileinput.input(P)))",
    "file_digest": "import hashlib; print(hashlib.file_digest(open(P, 'rb'), 'sha256').hexdigest())",
    "compare_files": "import filecmp; print(filecmp.cmp(P, D + '/y.csv', shallow=False))",
    "executed_text": "exec(open(P).read())",
    "executed_under_its_name": "exec(compile(open(P).read(), P, 'exec'))",
    "run_path": "import runpy; runpy.run_path(P)",
    "loaded_as_module": (
        "from importlib import machinery, util\n"
        "l = machinery.SourceFileLoader('x', P); s = util.spec_from_loader('x', l)\n"
        "l.exec_module(util.module_from_spec(s))"
    ),
    "thread": (
        "import threading\nt = threading.Thread(target=lambda: open(P).read()); t.start(); t.join()"
    ),
    "database": "import sqlite3; sqlite3.connect(D + '/y.db').execute('select * from t')",
    "database_by_address": (
        "import sqlite3\nu = 'file:' + os.path.abspath(D) + '/y.db?mode=ro'\n"
        "print(sqlite3.connect(u, uri=True).execute('select * from t').fetchall())"
    ),
    "archive": "import zipfile; print(zipfile.ZipFile(D + '/y.zip').read('x'))",
    "module_in_archive": "import sys; sys.path.insert(0, D + '/y.zip'); import inzip; print(inzip.X)",
    "link": "print(open('../data/link.csv').read())",
}
CHANGES = {
    **dict.fromkeys(("database", "database_by_address"), write("data/one/y.db", "other")),
    **dict.fromkeys(("archive", "module_in_archive"), write("data/one/y.zip", "other")),
    "link": relink,
}
WAYS: dict[str, Way] = {name: Way(code, CHANGES.get(name, FILE)) for name, code in OPENED.items()}

WAYS |= {
    "package_data": Way("import pkgutil; print(pkgutil.get_data('smallbook', 'table.csv'))", PACKAGE),
    "loader_data": Way(
        "import smallbook as s; print(s.__loader__.get_data(s.__path__[0] + '/table.csv'))", PACKAGE
    ),
    "resource": Way(
        "from importlib import resources\n"
        "print(resources.files('smallbook').joinpath('table.csv').read_text())",
        PACKAGE,
    ),
    "resource_as_file": Way(
        "from importlib import resources\n"
        "with resources.as_file(resources.files('smallbook') / 'table.csv') as p: print(p.read_text())",
        PACKAGE,
    ),
}

# What an import finds, does not find, or would find elsewhere.
TRY = "try:\n    {}\nexcept ImportError:\n    print('none')"
STATS = "from smallbook import stats; print(stats.FACTOR)"
WAYS |= {
    "module": Way(STATS, write("src/smallbook/stats.py", "FACTOR = 9\n")),
    "module_by_name": Way(
        "import importlib; print(importlib.import_module('smallbook.stats').FACTOR)",
        write("src/smallbook/stats.py", "FACTOR = 9\n"),
    ),
    "broken_module": Way(
        "try:\n    import smallbook.bad\nexcept SyntaxError:\n    print('bad')",
        write("src/smallbook/bad.py", "X = 1\n"),
    ),
    "missing_module": Way(
        TRY.format("from smallbook import maybe"), write("src/smallbook/maybe.py", "")
    ),
    "missing_package": Way(TRY.format("import maybe_there"), write("src/maybe_there/__init__.py", "")),
    "missing_beside_notebook": Way(
        TRY.format("import maybe_here"), write("notebooks/maybe_here.py", "")
    ),
    "missing_by_name": Way(
        "import importlib\n" + TRY.format("importlib.import_module('smallbook.maybe')"),
        write("src/smallbook/maybe.py", ""),
    ),
    "missing_spec": Way(
        "from importlib import util; print(util.find_spec('smallbook.maybe'))",
        write("src/smallbook/maybe.py", ""),
    ),
    "shadowed_library": Way("import colorsys; print(colorsys.ONE_THIRD)", write("src/colorsys.py", "")),
    "shadowed_beside_notebook": Way("import colorsys", write("notebooks/colorsys.py", "")),
    "shadowed_installed": Way("import pandas", write("src/pandas.py", "")),
    "shadowed_at_start": Way("print(1)", write("src/sitecustomize.py", "")),
    "shadowed_by_package": Way(STATS, write("src/smallbook/stats/__init__.py", "FACTOR = 9\n")),
    "shadowed_by_compiled": Way(STATS, write("src/smallbook/stats.abi3.so", "")),
    "shadowed_in_other_folder": Way(
        "import sys; sys.path.insert(0, D); import colorsys", write("data/one/colorsys.py", "")
    ),
    "namespace_becomes_package": Way(
        "import space.part; print(space.part.X)", write("src/space/__init__.py", "")
    ),
    "namespace_in_two_places": Way(
        "import space.part; print(space.part.X)", write("notebooks/space/part.py", "X = 2\n")
    ),
    "iterated_modules": Way(
        "import pkgutil, smallbook; print([m.name for m in pkgutil.iter_modules(smallbook.__path__)])",
        write("src/smallbook/more.py", ""),
    ),
}

LISTED = {
    "listdir": "print(os.listdir(D))",
    "listdir_of_descriptor": "print(os.listdir(os.open(D, os.O_RDONLY)))",
    "scandir": "print([e.name for e in os.scandir(D)])",
    "scandir_of_descriptor": "print([e.name for e in os.scandir(os.open(D, os.O_RDONLY))])",
    "listdir_here": "os.chdir(D); print(os.listdir())",
    "walk": "print(list(os.walk(D)))",
    "walk_by_descriptors": "print([f for _, _, f, _ in os.fwalk(D)])",
    "glob": "import glob; print(glob.glob(D + '/*.csv'))",
    "glob_below": "import glob; print(glob.glob('*.csv', root_dir=D))",
    "glob_below_descriptor": "import glob; print(glob.glob('*.csv', dir_fd=os.open(D, os.O_RDONLY)))",
    "path_iterdir": "import pathlib; print(list(pathlib.Path(D).iterdir()))",
    "path_glob": "import pathlib; print(list(pathlib.Path(D).glob('*.csv')))",
    "path_rglob": "import pathlib; print(list(pathlib.Path(D).rglob('*.csv')))",
    "compare_folders": "import filecmp; print(filecmp.dircmp(D, D).common)",
}
WAYS |= {name: Way(code, ENTRY) for name, code in LISTED.items()}

ASKED = {
    "exists": "print(os.path.exists(A))",
    "is_file": "print(os.path.isfile(A))",
    "is_folder": "print(os.path.isdir(A))",
    "path_exists": "import pathlib; print(pathlib.Path(A).exists())",
    "stat": "try:\n    os.stat(A)\nexcept FileNotFoundError:\n    print('none')",
    "stat_below_folder": (
        "try:\n    os.stat('absent.csv', dir_fd=os.open(D, os.O_RDONLY))\n"
        "except FileNotFoundError:\n    print('none')"
    ),
    "access": "print(os.access(A, os.R_OK))",
    "link_exists": "print(os.path.lexists(A))",
    "failed_open": "try:\n    open(A)\nexcept FileNotFoundError:\n    print('none')",
    "failed_open_below_folder": (
        "try:\n    os.open('absent.csv', os.O_RDONLY, dir_fd=os.open(D, os.O_RDONLY))\n"
        "except FileNotFoundError:\n    print('none')"
    ),
}
WAYS |= {name: Way(code, ABSENT) for name, code in ASKED.items()}
WAYS |= {
    "read_link": Way("print(os.readlink('../data/link.csv'))", relink),
    "path_read_link": Way("import pathlib; print(pathlib.Path('../data/link.csv').readlink())", relink),
    "real_path": Way("print(os.path.relpath(os.path.realpath('../data/link.csv')))", relink),
    "is_link": Way(
        "print(os.path.islink('../data/link.csv'))",
        lambda r: ((r / "data/link.csv").unlink(), write("data/link.csv", "1")(r)),
    ),
}

# What must be refused: it changes something, cannot be observed, or is not of the project.
SPAWN = (
    "import multiprocessing as m\n"
    "p = m.get_context({!r}).Process(target=os.getpid); p.start(); p.join()"
)
SERVER = (
    SPAWN.format("forkserver") + "\nfrom multiprocessing import forkserver as s; s._forkserver._stop()"
)
REFUSED_WAYS = {
    "write": Way("open(P, 'w').write('3')"),
    "append": Way("open(P, 'a').write('3')"),
    "remove": Way("os.remove(D + '/y.csv')"),
    "remove_below_folder": Way("os.remove('y.csv', dir_fd=os.open(D, os.O_RDONLY))"),
    "rename": Way("os.rename(P, P + 'x')"),
    "move_in": Way(
        "import tempfile\nh, n = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath('..')))\n"
        "os.rename(n, D + '/z.csv')"
    ),
    "make_folder": Way("os.mkdir(D + '/folder')"),
    "make_link": Way("os.symlink('x.csv', D + '/z.csv')"),
    "write_below_folder": Way(
        "os.open('z.csv', os.O_WRONLY | os.O_CREAT, dir_fd=os.open(D, os.O_RDONLY))"
    ),
    "other_notebook": Way("print(open('audit.ipynb').read())", write("notebooks/audit.ipynb", "{}")),
    "program": Way("import subprocess; print(subprocess.run(['cat', P], capture_output=True).stdout)"),
    "shell": Way("os.system('true')"),
    "pipe": Way("print(os.popen('cat ' + P).read())"),
    "spawned_program": Way(
        "import shutil\np = os.posix_spawn(shutil.which('true'), ['true'], {}); os.waitpid(p, 0)"
    ),
    "fork": Way("p = os.fork()\nif p == 0: os._exit(0)\nos.waitpid(p, 0)"),
    "process_spawned": Way(SPAWN.format("spawn")),
    "process_server": Way(SERVER),
    "network": Way(
        "import socket\ntry:\n    socket.create_connection(('127.0.0.1', 9), 1)\nexcept OSError: pass"
    ),
    "built_folder": Way("print(open('../_build/x.csv').read())", write("_build/x.csv", "2")),
    "version_control": Way("print(open('../.git/HEAD').read())", write(".git/HEAD", "2")),
    "backup": Way("print(open(P + '~').read())", write("data/one/x.csv~", "2")),
    "own_notebooks": Way(
        "print(open('../my_notebooks/x.csv').read())", write("my_notebooks/x.csv", "2")
    ),
    "list_built_folder": Way("print(os.listdir('../_build'))", write("_build/new.csv", "2")),
    "built_folder_exists": Way("print(os.path.exists('../_build/n'))", write("_build/n", "2")),
    "outside": Way("print(open(O + '/x.csv').read())", OUTSIDE),
    "outside_by_descriptor": Way(
        "print(os.read(os.open('x.csv', os.O_RDONLY, dir_fd=os.open(O, os.O_RDONLY)), 9))", OUTSIDE
    ),
    "outside_listed": Way("print(os.listdir(O))", write("../outside/new.csv", "2")),
    "outside_database": Way(
        "import sqlite3; sqlite3.connect('file:' + O + '/y.db?mode=ro', uri=True).execute('select 1')"
    ),
    "outside_module": Way(
        "import sys; sys.path.insert(0, O); import elsewhere; print(elsewhere.X)",
        write("../outside/elsewhere.py", "X = 2\n"),
    ),
    "outside_package_data": Way(
        "import sys; sys.path.insert(0, O); import pkgutil\n"
        "print(pkgutil.get_data('elsewhere', 'x.csv'))",
        OUTSIDE,
    ),
}

# What can neither be seen nor refused.
WAYS |= REFUSED_WAYS | {
    "size": Way("print(os.path.getsize(P))"),
    "date_of_file": Way("print(os.path.getmtime(P))"),
    "c_library": Way(
        "import ctypes as c; l = c.CDLL(None); l.fopen.restype = c.c_void_p\n"
        "b = c.create_string_buffer(9); l.fgets(b, 9, c.c_void_p(l.fopen(P.encode(), b'r')))\n"
        "print(b.value)"
    ),
    "library_in_c": Way(
        "from lxml import etree; print(etree.parse(D + '/y.xml').getroot().text)",
        write("data/one/y.xml", "<a>2</a>"),
    ),
    "attached_database": Way(
        "import sqlite3; c = sqlite3.connect(':memory:'); c.execute('attach ? as y', (D + '/y.db',))\n"
        "print(c.execute('select * from y.t').fetchall())",
        write("data/one/y.db", ""),
    ),
    "system_call_of_posix": Way(
        "import posix\ntry:\n    posix.stat(A)\nexcept FileNotFoundError:\n    print('none')", ABSENT
    ),
    "outside_exists": Way("print(os.path.exists(O + '/n'))", write("../outside/n", "2")),
    "settings_of_user": Way(
        "print(open(os.path.expanduser('~/.config/x')).read())", write("../home/.config/x", "2")
    ),
    "environment": Way("print(os.environ.get('BOOK_X'))", lambda _: os.environ.update(BOOK_X="2")),
    "clock": Way("import time; time.time()", lambda _: None),
    "chance": Way("import random; random.random()", lambda _: None),
    "processors": Way("os.cpu_count()", lambda _: None),
    "observer_off": Way(
        "import gc\n"
        "for o in gc.get_objects():\n"
        "    if type(o).__name__ == 'Observer': o.active = False\n"
        "print(open(P).read())"
    ),
}


def make(folder: Path) -> Path:
    """Write the book with what the ways read, and the folders outside it; return its top."""
    import sqlite3
    import zipfile

    root = book.make(folder / "root")
    for path in (root / "notebooks").glob("*.ipynb"):
        path.unlink()
    for name in ("data/one/x.csv", "data/one/y.csv", "data/one/x.csv~", "_build/x.csv", ".git/HEAD"):
        write(name, "1\n")(root)
    for name in ("src/smallbook/table.csv", "my_notebooks/x.csv"):
        write(name, "1\n")(root)
    write("data/other.csv", "3\n")(root)
    for name in ("../outside/x.csv", "../home/.config/x"):
        write(name, "1\n")(root)
    write("data/one/y.xml", "<a>1</a>")(root)
    write("src/smallbook/bad.py", "X = (\n")(root)
    write("src/space/part.py", "X = 1\n")(root)
    write("../outside/elsewhere.py", "X = 1\n")(root)
    write("notebooks/audit.ipynb", json.dumps({"cells": []}))(root)
    (root / "data/link.csv").symlink_to("one/x.csv")
    with zipfile.ZipFile(root / "data/one/y.zip", "w") as archive:
        archive.writestr("x", "1")
        archive.writestr("inzip.py", "X = 1\n")
    connection = sqlite3.connect(root / "data/one/y.db")
    connection.execute("create table t as select 1")
    connection.commit()
    connection.close()
    shutil.copy(root / "data/one/y.db", root / "../outside/y.db")
    return root


@contextmanager
def as_it_was(home: Path) -> Iterator[None]:
    """Put back what cells change in this process: folder, path of imports, modules, variables."""
    environment, path, folder = dict(os.environ), list(sys.path), Path.cwd()
    modules = set(sys.modules)
    os.environ["HOME"] = str(home)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(environment)
        sys.path[:] = path
        os.chdir(folder)
        for name in set(sys.modules) - modules:
            if name.split(".")[0] in ("smallbook", "space", "elsewhere", "inzip", "colorsys", "x"):
                del sys.modules[name]
        sys.path_importer_cache.clear()
        filecmp.clear_cache()  # of a kernel of its own it would be empty


NAMES = "import os\nD = '../data/one'; P = D + '/x.csv'; A = D + '/absent.csv'; O = {!r}\n"


def outcome(sound: Path, folder: Path, way: Way) -> str:
    """Run the way in a copy of the book, change what it read, and say what the engine makes of it.

    Parameters
    ----------
    sound : pathlib.Path
        What :func:`make` gave.
    folder : pathlib.Path
        An empty place for the copy.
    way : Way
        The cell and the change.

    Returns
    -------
    str
        ``noticed``, ``refused`` or ``not_seen``.

    Raises
    ------
    RuntimeError
        If the cell did not run.
    """
    shutil.copytree(sound.parent, folder, dirs_exist_ok=True, symlinks=True)
    root = folder / "root"
    path = root / "notebooks" / "reader.ipynb"
    book.write_notebook(path, (NAMES.format(str(folder / "outside")) + way.code,))
    with as_it_was(folder / "home"):
        failed = book.update(root, only=[path]).failed.get(path, "")
        if failed.startswith("it "):
            return REFUSED
        if failed:
            raise RuntimeError(failed)
        way.change(root)
        return NOTICED if staleness.stale(root, [path]) else NOT_SEEN


def expected() -> dict[str, str]:
    """Return the outcome that each way must have."""
    header, rows = evidence.read_rows(TABLE)
    not_seen = {row[header.index("way")] for row in rows}
    return {
        name: NOT_SEEN if name in not_seen else REFUSED if name in REFUSED_WAYS else NOTICED
        for name in WAYS
    }


# --- The same ways in other dress. ---------------------------------------------------------------


def _indented(code: str) -> str:
    return "".join(f"    {line}\n" for line in code.splitlines())


DRESS: list[Callable[[str], str]] = [
    lambda code: code,
    lambda code: f"def f():\n{_indented(code)}f()",
    lambda code: f"class C:\n{_indented(code)}",
    lambda code: f"def g():\n{_indented(code)}    yield\nlist(g())",
    lambda code: f"exec({code!r}, globals())",
    lambda code: f"exec(compile({code!r}, '<text>', 'exec'), globals())",
    lambda code: (
        f"import threading\ndef f():\n{_indented(code)}"
        "t = threading.Thread(target=f); t.start(); t.join()"
    ),
    lambda code: f"try:\n    1 / 0\nexcept ZeroDivisionError:\n{_indented(code)}",
    lambda code: f"import contextlib\nwith contextlib.nullcontext():\n{_indented(code)}",
    lambda code: f"for _ in range(2):\n{_indented(code)}" if "insert" not in code else code,
]


def _replaced(root: Path) -> None:
    (root / "data/one/n").write_text("2\n2\n")
    (root / "data/one/n").replace(root / "data/one/x.csv")


def _same_size_and_date(root: Path) -> None:
    path = root / "data/one/x.csv"
    stat = path.stat()
    path.write_text("9\n")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def _becomes_a_folder(root: Path) -> None:
    (root / "data/one/x.csv").unlink()
    (root / "data/one/x.csv").mkdir()


OTHER_CHANGES: list[Change] = [
    FILE,
    _replaced,
    _same_size_and_date,
    _becomes_a_folder,
    lambda root: (root / "data/one/x.csv").unlink(),
    lambda root: shutil.rmtree(root / "data/one"),
    lambda root: (root / "data/one").rename(root / "data/two"),
]


def drawn(number: int) -> tuple[str, Way]:
    """Return the way of a case: one of the table, in some dress and with some change."""
    rng = random.Random(f"reading {number}")
    name = rng.choice([name for name in WAYS if name not in ("process_server", "observer_off")])
    way = WAYS[name]
    change = rng.choice(OTHER_CHANGES) if way.change is FILE and name in OPENED else way.change
    return name, Way(rng.choice(DRESS)(way.code), change)
