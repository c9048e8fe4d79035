"""Files that their programs refuse are found, at their lines."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import pytest
import yaml

from hadocs.loading.catalog import load
from hadocs.output import Artifact
from hadocs.plan.resolve import point_of, resolve
from hadocs.problems import did_you_mean
from hadocs.verify.cluster.cache import default_cache
from hadocs.verify.offline import files, files_names, files_scripts
from hadocs.verify.offline.files_checkers import (
    Checker,
    Fault,
    Job,
    NodeFile,
    checkers,
    faults,
    read,
)
from hadocs.verify.offline.toolbox import Ran, Toolbox, generations
from hadocs.verify.offline.work import Work

HERE = Path(__file__).parent
CASES: Mapping[str, Any] = yaml.safe_load((HERE / "files.yaml").read_text())
GENERATIONS = [generation.name for generation in generations(files.RECIPES)]


@pytest.fixture
def toolboxes(not_proven: Callable[[str], NoReturn]) -> Mapping[str, Toolbox]:
    found = files.checking(default_cache())
    if found.unproven:
        not_proven("; ".join(found.unproven))
    return found.by_name


def job(texts: Mapping[str, str]) -> Job:
    """The job of the checker that checks the first file."""
    first = next(iter(texts))
    checker = next(checker for checker in checkers() if checker.is_for(first))
    held = tuple(
        NodeFile(path, text, "0755" if text.startswith("#!") else "0644")
        for path, text in texts.items()
        if checker.needs(path)
    )
    return Job(checker, "controller1", "10.0.0.12", held)


def found(made: Job, toolbox: Toolbox) -> list[Fault]:
    return [*faults(made, toolbox, default_cache()), *files.unknown_keys(made)]


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("name", CASES)
def test_a_program_refuses_what_is_wrong_and_takes_what_is_right(
    toolboxes: Mapping[str, Toolbox], name: str, generation: str
) -> None:
    case, toolbox = CASES[name], toolboxes[generation]
    path, right = next(iter(case["files"].items()))
    assert right.count(case["right"]) == 1
    wrong = job({**case["files"], path: right.replace(case["right"], case["wrong"])})

    assert found(job(case["files"]), toolbox) == []
    told = found(wrong, toolbox)
    assert any(case["says"] in fault.message for fault in told), told
    lines = {files.line_of(fault, wrong) for fault in told}
    assert (path, case["wrong"]) in lines, told


def test_an_error_without_a_known_form_is_told_as_it_is() -> None:
    checker = Checker("demo", ("/etc/demo",), "", r"line (?P<line>\d+): (?P<message>.*)")

    assert [*read(checker, Ran(1, "out", "no such thing\n", {}))] == [Fault("no such thing; out")]
    assert [*read(checker, Ran(0, "anything", "", {}))] == []
    known = Ran(1, "", "line 2: bad\nmore of it\nline 3: worse", {})
    assert [*read(checker, known)] == [Fault("bad", "more of it", "", 2), Fault("worse", "", "", 3)]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HERE.parent / "proof", tmp_path / "project"))


def work(root: Path) -> Work:
    """The guide's own target alone."""
    catalog = load(root)
    site = catalog.sites["eight"]
    point = point_of(catalog, site.spec, "ubuntu-24.04", None, "2025.1")
    made = Work(catalog, default_cache())
    plans = (resolve(catalog, site, point),)
    vars(made).update(points=(point,), plans=plans, plans_of_all_sites=plans)
    return made


def changed(root: Path, component: str, right: str, wrong: str) -> int:
    """Replace text of a component; the line on which it stands."""
    spec = root / f"components/{component}.yaml"
    text = spec.read_text()
    assert text.count(right) == 1
    spec.write_text(text.replace(right, wrong))
    return text.count("\n", 0, text.index(right)) + 1


def test_what_a_program_refuses_is_placed_in_the_spec(
    toolboxes: Mapping[str, Toolbox], project: Path
) -> None:
    before = files.check(work(project)).problems
    line = changed(project, "haproxy", "    timeout http-request", "    timout http-request")

    new = [one for one in files.check(work(project)).problems if one not in before]
    assert {(one.where.path, one.where.line) for one in new} == {("components/haproxy.yaml", line)}
    assert "unknown keyword 'timout'" in new[0].message


@pytest.mark.parametrize(
    ("spec", "command"),
    [
        ("nova", "runuser --user nova -- nova-manage api_db sync"),
        ("replace-controller", "rabbitmqctl forget_cluster_node rabbit@{{ new.name }}"),
        ("galera-lose-writer", "mariadb --execute 'SELECT 1 FROM hadocs.rows LIMIT 1'"),
        ("galera-lose-writer", "mariadb --host {{ vip.name }} -NBe 'SELECT @@hostname'"),
        ("galera", "mariadb -NBe 'SELECT number FROM hadocs.rows'"),
    ],
    ids=["step", "procedure", "guard-of-a-drill", "query-of-a-drill", "client"],
)
def test_a_command_that_bash_cannot_read_is_placed_in_the_spec(
    project: Path, spec: str, command: str
) -> None:
    before = files_scripts.check(work(project)).problems
    line = changed(project, spec, f": {command}\n", f': |\n      echo "$({command}"\n')

    new = [one for one in files_scripts.check(work(project)).problems if one not in before]
    assert any(
        one.where.path == f"components/{spec}.yaml" and one.where.line in (line, line + 1)
        for one in new
    ), new


def test_a_script_that_bash_cannot_read_is_told(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Artifact("controller1.sh", "if true; then\n", executable=True)
    monkeypatch.setattr(files_scripts, "render", lambda *_: [broken])
    told = [p for p in files_scripts.check(work(project)).problems if "bash" in p.message]

    assert [p.where.path.rpartition("/")[2] for p in told] == ["controller1.sh"]
    assert "does not understand" in told[0].message


def test_a_package_that_the_archive_lacks_is_placed_at_its_name(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = work(project)
    known = {
        word
        for plan in made.plans
        for turn in plan.turns()
        for deed in getattr(turn.item, "deeds", {}).values()
        for fact in deed.facts
        if fact.kind == "packages"
        for word in fact.words
    }
    monkeypatch.setattr(files_names, "_indexes", lambda _: ({"ubuntu-24.04": known}, ()))
    assert files_names.check(made).problems == ()

    line = changed(project, "glance", "debian: glance-api", "debian: glance-apis")
    (problem,) = files_names.check(work(project)).problems
    assert (problem.where.path, problem.where.line) == ("components/glance.yaml", line)
    assert problem.hint == did_you_mean("glance-apis", known)


def test_names_without_an_index_are_counted(project: Path) -> None:
    counted = files_names.check(work(project)).counted

    assert any("packages not looked up" in one and "ubuntu-24.04" in one for one in counted)
    assert any("units not looked up" in one for one in counted)


def test_shellcheck_is_the_one_that_is_installed() -> None:
    program = files_scripts.shellcheck()
    assert program is not None
    assert (
        "ShellCheck"
        in subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    )
