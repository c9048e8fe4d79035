"""The defects of the published guide are found when somebody writes them down in specs."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from hadocs.loading.catalog import load
from hadocs.plan.checks import check
from hadocs.problems import HadocsError, Problem
from hadocs.verify.offline import lints, options
from hadocs.verify.offline.work import Work

HERE = Path(__file__).parent / "published"
DEFECTS = sorted(path for path in HERE.iterdir() if re.match(r"E\d", path.name))
RIGHT = sorted((HERE / "right").iterdir())
SAYS = re.compile(r"(?:#|\.\.) (\d+:\d+ [a-z-]+)")


def problems(file: Path, project: Path) -> tuple[str, list[Problem]]:
    """Where *file* goes in the project, and everything that checks without a tool find then."""
    shutil.copytree(HERE / "project", project)
    folder = "content" if file.suffix == ".rst" else "components"
    name = file.name.lower()
    shutil.copy(file, project / folder / name)
    catalog = load(project)
    found: list[Problem] = []
    try:
        check(catalog)
    except HadocsError as error:
        found += error.problems
    work = Work(catalog, project / "cache")
    found += lints.check(work).problems
    found += options.check(work).problems
    return f"{folder}/{name}", found


def test_there_are_24_of_them() -> None:
    assert [path.name[:3] for path in DEFECTS] == [f"E{number:02}" for number in range(1, 25)]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda path: path.stem)
def test_a_published_defect_is_found_at_its_lines(defect: Path, tmp_path: Path) -> None:
    path, found = problems(defect, tmp_path / "project")
    said = [match[1] for line in defect.open() if (match := SAYS.match(line))]
    assert said
    assert sorted(f"{p.where.line}:{p.where.column} {p.code}" for p in found) == sorted(said)
    assert {problem.where.path for problem in found} == {path}


@pytest.mark.parametrize("right", RIGHT, ids=lambda path: path.stem)
def test_what_is_right_today_is_left_alone(right: Path, tmp_path: Path) -> None:
    _, found = problems(right, tmp_path / "project")
    assert list(map(str, found)) == []
