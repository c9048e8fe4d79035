"""The sample project, without any run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from recorded import SAMPLE, Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(Path(shutil.copytree(SAMPLE, tmp_path / "project")))
