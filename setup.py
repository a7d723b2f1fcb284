"""Build the package with copies of the files that every review needs (living_review.package_data)."""

from __future__ import annotations

import csv
import runpy
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
BRINGS = runpy.run_path(str(ROOT / "src/living_review/package_data.py"))


class WithEngineFiles(build_py):
    """Copy what is kept beside the package into it; a working copy uses the files where they are."""

    def run(self) -> None:
        """Build, then copy."""
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib) / "living_review" / BRINGS["FOLDER"]
        shutil.rmtree(target, ignore_errors=True)
        for name in BRINGS["INCLUDED"]:
            source, place = ROOT / name, target / name
            place.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, place)
        questions_only(target / "data/review/appraisal.csv")


def questions_only(path: Path) -> None:
    """Keep the questions of the checklists, once each, without the answers about studies."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [r for r in csv.DictReader(stream) if r["item"] != "all"]
    kept = {(r["checklist"], r["item"], r["question"]): r for r in rows}
    blank = dict.fromkeys(("study_id", "answer", "reason", "locator", "note"), "")
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(row | blank for row in kept.values())


setup(cmdclass={"build_py": WithEngineFiles})
