"""What the tests of the search share: a server on this machine, a small project, and no other host."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_socket
import search_faults
from search_server import Server


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes long unless it is asked for: ``pytest -m slow tests/living``."""
    if "slow" in config.option.markexpr:
        return
    here = Path(__file__).parent
    long = [item for item in items if here in item.path.parents and item.get_closest_marker("slow")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]


@pytest.fixture(autouse=True)
def _no_other_host() -> Iterator[None]:
    """Let a test speak to this machine alone, by number: no name is looked up."""
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    yield
    pytest_socket._remove_restrictions()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture
def bench(tmp_path: Path, server: Server) -> search_faults.Bench:
    return search_faults.bench(tmp_path, server)
