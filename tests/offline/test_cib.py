"""Clusters that both shells build, by the programs of both generations, and what breaks them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
import yaml

from hadocs.cli import main
from hadocs.loading.catalog import load
from hadocs.problems import Location, Problem
from hadocs.verify.cluster.cache import default_cache
from hadocs.verify.offline import cib, parity
from hadocs.verify.offline.toolbox import tools
from hadocs.verify.offline.work import Work

HERE = Path(__file__).parent
SPEC = "components/cluster.yaml"
MUTANTS = yaml.safe_load((HERE / "mutants.yaml").read_text())


@pytest.fixture(scope="module", autouse=True)
def toolboxes(not_proven: Callable[[str], NoReturn]) -> None:
    if lacking := tools(default_cache()).unproven:
        not_proven("; ".join(lacking))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HERE / "project", tmp_path / "project"))


def _only_of_the_newest(project: Path) -> None:
    """A system whose programs are known to be of the newest generation: half of the work."""
    alpha = project / "conf/distros/alpha.yaml"
    debian = alpha.with_name("debian.yaml")
    alpha.rename(debian)
    debian.write_text(debian.read_text().replace("id: 1,", "id: 13,"))


def problems(root: Path) -> tuple[Problem, ...]:
    work = Work(load(root), default_cache())
    return cib.check(work).problems + parity.check(work).problems


def test_both_shells_build_the_same_by_both_generations(project: Path) -> None:
    work = Work(load(project), default_cache())
    built = [*cib.cibs(work)]

    assert problems(project) == ()
    assert {(one.targets[0].shell, one.generation) for one in built} == {
        (shell, toolbox.generation.name)
        for shell in ("crm", "pcs")
        for toolbox in tools(default_cache()).toolboxes
    }
    assert all("promoted-max" in one.cib for one in built)
    assert parity.check(work).counted == (
        "2 pairs of cluster configurations by two shells compared",
    )


@pytest.mark.parametrize("name", MUTANTS)
def test_what_is_wrong_is_said_at_its_line(project: Path, name: str) -> None:
    mutant = MUTANTS[name]
    spec = project / SPEC
    _only_of_the_newest(project)
    text = spec.read_text()
    assert text.count(mutant["right"]) == 1
    spec.write_text(text.replace(mutant["right"], mutant["wrong"]))

    found = problems(project)

    lines = [line.strip() for line in spec.read_text().splitlines()]
    said = [
        (lines[p.where.line - 1].removeprefix("run: "), p.hint)
        for p in found
        if p.code == mutant["code"] and mutant["says"] in p.message
    ]
    assert said, [*map(str, found)]
    for line, hint in said:
        assert line.startswith(mutant["at"])
        if mutant["other"]:
            other = Location(SPEC, int(hint.rsplit(":", 2)[1]))
            assert lines[other.line - 1].removeprefix("run: ").startswith(mutant["other"])


def test_a_guard_that_asks_the_configuration_is_judged(project: Path) -> None:
    site = project / "conf/sites/two.yaml"
    site.write_text("".join(line for line in site.open() if "node2" not in line))

    [first, *_] = cib.cibs(Work(load(project), default_cache()))

    assert "no-quorum-policy" in first.cib
    assert "fence_ipmilan" not in first.cib


def test_what_needs_a_running_cluster_is_counted_not_passed(project: Path) -> None:
    found = cib.check(Work(load(project), default_cache()))

    assert found.counted[1:] == (
        "1 not executed (crm_resource --cleanup --resource): "
        "failures are remembered by running nodes",
    )


def test_the_command_shows_problems_of_the_files_that_were_asked_for(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = project / SPEC
    spec.write_text(spec.read_text().replace("kind=Optional", "kind=Mandatory"))
    elsewhere = str(project / "conf/guide.yaml")

    assert main(["check", "--offline", "--project", str(project), str(spec)]) == 1
    assert "error[parity]" in capsys.readouterr().err
    assert main(["check", "--offline", "--project", str(project), elsewhere]) == 0
    assert "no problems there" in capsys.readouterr().err


def test_a_shell_that_builds_nothing_is_told(project: Path) -> None:
    _only_of_the_newest(project)
    spec = project / SPEC
    data = yaml.load(spec.read_text(), Loader=yaml.BaseLoader)
    data["steps"] = [step for step in data["steps"] if "cases" in step]
    for step in data["steps"]:
        for case in step["cases"]:
            if case["when"].get("shell") == "pcs":
                case.clear()
                case.update(when={"shell": "pcs"}, nothing="It is so.")
    spec.write_text(yaml.safe_dump(data, sort_keys=False))
    said = {problem.message for problem in problems(project) if problem.code == "parity"}
    assert said == {"crm builds a cluster, pcs nothing"}
