"""A small book whose notebooks have all run: made once, copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import small_book as book


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = book.make(tmp_path_factory.mktemp("book") / "root")
    assert not book.update(root).failed
    return root


@pytest.fixture
def root(fresh: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(fresh, tmp_path / "root"))
