"""What every run of pytest shares: long modules first, kernels as ``living-review update`` has them."""

from __future__ import annotations

import pytest

# From the folder whose modules take longest to the one whose modules take shortest.
FOLDERS = ("tests/site", "tests/notebooks", "notebooks", "tests/data", "tests/living", "tests/unit")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long modules first: one that begins last would leave the other worker without work."""
    long = {item.path for item in items if item.get_closest_marker("slow")}
    place = {folder: number for number, folder in enumerate(FOLDERS)}

    def rank(item: pytest.Item) -> tuple[bool, int]:
        folder = item.nodeid.partition("::")[0].rpartition("/")[0]
        return item.path not in long, place.get(folder, len(place))

    items.sort(key=rank)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Fork the kernels of nbval, unless the notebooks are too few for a template."""
    from living_review.build.update import WORTH_A_TEMPLATE

    notebooks = {item.path for item in session.items if item.path.suffix == ".ipynb"}
    if len(notebooks) >= WORTH_A_TEMPLATE:
        from living_review.build import forked

        forked.by_default()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why kernels were not forked, if they were not."""
    import sys

    if forked := sys.modules.get("living_review.build.forked"):
        for why in forked.REFUSALS:
            terminalreporter.write_line(f"fresh kernels: {why}", yellow=True)
