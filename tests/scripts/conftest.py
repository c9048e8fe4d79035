"""Faked nodes, new for a test or built once to look at."""

from __future__ import annotations

from pathlib import Path

import pytest
from faked_nodes import Fakes, new_fakes


@pytest.fixture
def fakes(tmp_path: Path) -> Fakes:
    """Nodes on which nothing was done."""
    return new_fakes(tmp_path)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Fakes:
    """Nodes on which everything was done; *said* is what the driver said. Only to look at."""
    fakes = new_fakes(tmp_path_factory.mktemp("built"))
    result = fakes.driver()
    assert result.returncode == 0, result.stdout + result.stderr
    fakes.said = result.stdout
    return fakes
