"""The sample project with a procedure that has everything."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hadocs.loading.catalog import load
from hadocs.plan.checks import check
from hadocs.plan.resolve import Setting, point_of

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("procedures") / "project"
    shutil.copytree(HERE.parent / "sample", root)
    shutil.copy(HERE / "revive.yaml", root / "components")
    return root


@pytest.fixture(scope="session")
def setting(project: Path) -> Setting:
    catalog = load(project)
    check(catalog)
    site = catalog.sites["three"]
    return Setting(catalog, site, point_of(catalog, site.spec, "alpha-2", None, None))
