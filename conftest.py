"""What every run of pytest shares: nbval starts its kernels as ``living-review update`` does."""

from __future__ import annotations

import pytest


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
