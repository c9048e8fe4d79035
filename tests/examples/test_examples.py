"""Examples of the sample project, run by pytest inside pytest on nodes that only write events."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from nodes import Nodes

from hadocs.loading.catalog import Catalog
from hadocs.plan.actions import Pause
from hadocs.plan.model import Deed, Plan, Stage, Step, Turn
from hadocs.plan.resolve import Setting, point_of, resolve
from hadocs.problems import Location
from hadocs.sybil.chosen import DRIVES
from hadocs.verify.examples import Example
from hadocs.verify.execution import Execution

pytest_plugins = ["pytester"]

SAMPLE = Path(__file__).parent.parent / "sample"
GOLDEN = Path(__file__).parent / "collected.txt"
ON_NODES = ("--hadocs-lab", "here", "--hadocs-distro", "alpha-2")


class Project:
    """A copy of the sample project, and pytest in it."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        shutil.copytree(SAMPLE, pytester.path, dirs_exist_ok=True)
        (pytester.path / "content").mkdir()
        pytester.makeini("[pytest]\naddopts = --strict-markers -p hadocs.pytest_plugin")

    def run(self, *arguments: str, nodes: Nodes | None = None) -> pytest.RunResult:
        """The result; with *nodes* they are the cluster."""
        plugins = [_Plugin(nodes)] if nodes else []
        return self.pytester.runpytest_inprocess("-rs", *arguments, plugins=plugins)

    def change(self, path: str, old: str, new: str) -> None:
        file = self.pytester.path / path
        text = file.read_text()
        assert text.count(old) == 1
        file.write_text(text.replace(old, new))


class _Plugin:
    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes

    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[DRIVES] = self.drives

    def drives(self, setting: Setting, plan: Plan) -> Nodes:
        self.nodes.plan = plan
        return self.nodes


@pytest.fixture
def project(pytester: pytest.Pytester) -> Project:
    return Project(pytester)


def test_every_example_has_a_stable_id_in_the_order_of_the_guide(project: Project) -> None:
    found = project.run("--collect-only", "-q", "--hadocs-distro", "all", "components")
    collected = "".join(f"{line}\n" for line in found.outlines if "::" in line)
    if os.environ.get("HADOCS_GOLDEN"):
        GOLDEN.write_text(collected)
    assert collected == GOLDEN.read_text()


def test_without_a_cluster_every_example_is_a_skip_that_is_counted(project: Project) -> None:
    found = project.run("components")
    passed, skipped = found.parseoutcomes().get("passed", 0), found.parseoutcomes()["skipped"]
    assert (passed, skipped) == (0, 13)
    line = _line(project, "components/stack.yaml", "- {id: all-online")
    found.stdout.fnmatch_lines([
        "0 executed, 0 failed, 0 held already, 0 nothing to do, 13 not executed",
        "not executed     13  no cluster was chosen; --hadocs-lab NAME",
        f"SKIPPED ?1? components/stack.yaml:{line}: not executed: no cluster was chosen*",
    ])  # fmt: skip


def test_everything_is_executed_once_and_in_order(project: Project) -> None:
    nodes = Nodes()
    found = project.run(*ON_NODES, "components", nodes=nodes)
    assert nodes.plan
    turns = [*enumerate(nodes.plan.turns())]
    assert [*nodes.did] == [(n, node, turn.item.id) for n, turn in turns for node in turn.nodes]
    assert set(nodes.did.values()) == {1}
    assert found.parseoutcomes() == {"passed": 13}
    assert len(nodes.runs) == len(nodes.plan.stages)


def test_one_example_alone_is_executed_after_all_that_comes_before_it(project: Project) -> None:
    nodes = Nodes()
    found = project.run(*ON_NODES, "components/store.yaml", "-k", "bootstrap", nodes=nodes)
    assert nodes.runs == [("--from", "stack/install", "--to", "store/bootstrap")]
    assert found.parseoutcomes() == {"passed": 1, "deselected": 5}


def test_what_failed_is_told_at_its_line_and_named_by_what_comes_after(project: Project) -> None:
    command = "crm configure clone balancer-clone balancer"
    failing = f"begin\t\nprinted\tERROR: no quorum\ncommand\t{command}\nfailed\t1\n"
    nodes = Nodes({"balancer/keep": failing})
    found = project.run(*ON_NODES, "components", nodes=nodes)
    line = _line(project, "components/balancer.yaml", "balancer-clone: configure clone")
    found.stdout.fnmatch_lines([
        f"components/balancer.yaml:{line}: node1: balancer/keep failed: status 1",
        f"    command    {command}",
        "    printed    ERROR: no quorum",
        "6 executed, 1 failed, 0 held already, 0 nothing to do, 6 not executed",
        "not executed      6  balancer/keep failed before it",
    ])  # fmt: skip
    assert "Traceback" not in found.stdout.str()


def test_a_check_that_fails_says_what_was_expected(project: Project) -> None:
    nodes = Nodes({"store/joined@node2": "begin\t\nfails\tfails: size is 2\nfailed\t1\n"})
    found = project.run(*ON_NODES, "components/store.yaml", nodes=nodes)
    line = _line(project, "components/store.yaml", "- {id: joined")
    found.stdout.fnmatch_lines([
        f"components/store.yaml:{line}: node2: store/joined failed: status 1",
        "    answered   fails: size is 2",
        "    expected   size: 3  (store/member)",
        "    expected   state: Synced  (store/member)",
    ])  # fmt: skip


def test_a_command_that_was_not_run_is_no_success(project: Project) -> None:
    nodes = Nodes({
        "stack/install": "begin\t\nend\talready\n",
        "store/bootstrap": "begin\t\nend\tnothing\n",
        "store/join@node3": "begin\t\nend\talready\n",
    })  # fmt: skip
    project.change(
        "conf/sites/three.yaml", "values:\n  stack", "ways: {store: native}\nvalues:\n  stack"
    )
    found = project.run(*ON_NODES, "components", nodes=nodes)
    found.stdout.fnmatch_lines([
        "11 executed, 0 failed, 2 held already, 0 nothing to do, 0 not executed",
        "held already      1  it was so before",
        "held already      1  its guard says so: store/exists",
    ])  # fmt: skip


def test_where_the_spec_says_nothing_its_reason_is_the_skip(project: Project) -> None:
    project.change(
        "conf/sites/three.yaml", "values:\n  stack", "ways: {store: managed}\nvalues:\n  stack"
    )
    found = project.run(*ON_NODES, "components", nodes=Nodes())
    found.stdout.fnmatch_lines(
        ["nothing to do     1  The cluster manager starts the other members."]
    )


def test_the_driver_that_fails_by_itself_fails_one_example(project: Project) -> None:
    class Unfit(Nodes):
        def run(self, *options: str, timeout: float = 0):  # type: ignore[no-untyped-def]
            return replace(
                Nodes(plan=self.plan).run(*options), status=7, told=("Not fit: node2.",), runs={}
            )

    found = project.run(*ON_NODES, "components/stack.yaml", nodes=Unfit())
    found.stdout.fnmatch_lines(["*Not fit: node2.", "not executed      4  run.sh failed before it"])
    assert found.parseoutcomes() == {"failed": 1, "skipped": 4}


def test_steps_that_take_turns_are_not_done_twice(project: Project) -> None:
    deed = Deed(Pause(), None, None, Location("components/a.yaml", 1, 1))
    steps = [Step(f"a/{name}", name, "", {"n1": deed, "n2": deed}) for name in ("x", "y")]
    turns = tuple(Turn(step, (node,)) for node in ("n1", "n2") for step in steps)
    catalog_plan = _sample(project)
    nodes = tuple(replace(n, name=f"n{i}") for i, n in enumerate(catalog_plan.nodes[:2], 1))
    plan = replace(catalog_plan, nodes=nodes, stages=(Stage("a", "A", turns),))
    fake = Nodes(plan=plan)
    execution = Execution(plan, Path(), lambda: fake)
    for step in steps:
        numbers = tuple(n for n, turn in enumerate(turns, 1) if turn.item is step)
        assert execution.verdict(Example(step.id, Location(""), numbers)).kind == "executed"
    assert set(fake.did.values()) == {1}
    assert len(fake.did) == 4


def _sample(project: Project) -> Plan:
    from hadocs.loading.catalog import load

    catalog: Catalog = load(project.pytester.path)
    site = catalog.sites["three"]
    return resolve(catalog, site, point_of(catalog, site.spec, "alpha-2", "crm", "2.1"))


def test_what_is_wrong_in_a_spec_is_one_line_at_its_place(project: Project) -> None:
    project.change("components/store.yaml", "    install: store\n", "    instal: store\n")
    line = _line(project, "components/store.yaml", "instal: store")
    told = f"components/store.yaml:{line}:5: error[schema]: unknown key 'instal'"
    found = project.run("components")
    lines = [line for line in found.outlines if line.startswith("components/store.yaml:")]
    assert lines == [told]
    assert f"not collected because of {told}" in found.stdout.str()
    assert "Traceback" not in found.stdout.str()


def test_an_option_that_names_nothing_is_told(project: Project) -> None:
    found = project.run("--hadocs-distro", "alfa", "components/store.yaml")
    found.stdout.fnmatch_lines(["*error*unknown-name*: distro 'alfa' does not exist"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--hadocs-up",), "--hadocs-up needs --hadocs-lab NAME"),
        (("--hadocs-lab", "x", "-n", "2"), "one cluster does one thing after the other"),
        (("--hadocs-lab", "x", "--hadocs-distro", "all"), "one cluster is not alpha-1 and alpha-2"),
    ],
)
def test_what_one_cluster_cannot_do_is_refused(
    project: Project, options: tuple[str, ...], said: str
) -> None:
    found = project.run(*options, "components/store.yaml")
    assert found.ret in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERRUPTED)
    assert said in found.stderr.str() + found.stdout.str()


def test_the_report_for_machines_has_the_same_names_and_reasons(project: Project) -> None:
    nodes = Nodes({"store/bootstrap": "begin\t\nfailed\t1\n"})
    project.run(*ON_NODES, "--junit-xml=report.xml", "components/store.yaml", nodes=nodes)
    cases = {
        one.attrib["name"]: [child.attrib["message"].split("\n")[0] for child in one]
        for one in ElementTree.parse(project.pytester.path / "report.xml").iter("testcase")
    }
    assert cases["install[alpha-2-crm]"] == []
    assert cases["bootstrap[alpha-2-crm]"][0].endswith("node1: store/bootstrap failed: status 1")
    assert cases["join[alpha-2-crm]"] == ["not executed: store/bootstrap failed before it"]


def test_only_what_failed_is_asked_for_again(project: Project) -> None:
    failing = Nodes({"store/bootstrap": "begin\t\nfailed\t1\n"})
    project.run(*ON_NODES, "components", nodes=failing)
    nodes = Nodes()
    found = project.run(*ON_NODES, "--lf", "components", nodes=nodes)
    assert nodes.runs[-1][-1] == "store/bootstrap"
    assert found.parseoutcomes()["passed"] == 1


PAGE = """
Page
====

{mark}

.. code-block:: console

   # {command}
"""


@pytest.mark.parametrize(
    ("mark", "command", "said"),
    [
        ("", "true", "content/page.rst:9: nothing before it says where it runs*"),
        (".. hadocs-not-run: it costs money", "true", "not executed  *  it costs money"),
        (".. hadocs-run: node1", "true", "1 executed, 0 failed,*"),
        (".. hadocs-run: node1", "false", "content/page.rst:9: node1: status 1 of: false"),
        (".. hadocs-run: node9", "true", "not executed  *  site three has no node node9"),
        (".. hadocs-run: here", "test -d components", "1 executed, 0 failed,*"),
        (".. hadocs-run: here", "echo no; exit 3", "*.rst:9: here: status 3 of: echo no; exit 3"),
        (".. hadocs-run: here\n   :copy: conf/guide.yaml my.yaml", "cat my.yaml", "1 executed,*"),
        (".. hadocs-run: here\n   :copy: conf/none.yaml my.yaml", "true", "*:copy: is a file*"),
    ],
)
def test_a_command_of_the_prose_runs_where_its_mark_says(
    project: Project, mark: str, command: str, said: str
) -> None:
    (project.pytester.path / "content" / "page.rst").write_text(
        PAGE.format(mark=mark, command=command)
    )
    found = project.run(*ON_NODES, "content", nodes=Nodes())
    found.stdout.fnmatch_lines([said])
    assert sum(found.parseoutcomes().values()) == 1


@pytest.mark.parametrize("language", ["console", "bash"])
def test_a_block_of_commands_without_a_prompt_is_not_overlooked(
    project: Project, language: str
) -> None:
    text = PAGE.format(mark=".. hadocs-not-run: so", command="true")
    text = text.replace("# true", "true").replace("console", language)
    (project.pytester.path / "content" / "page.rst").write_text(text)
    project.run("content").stdout.fnmatch_lines(["content/page.rst:9: a block of commands is*"])


def test_files_in_the_prose_are_no_commands(project: Project) -> None:
    text = PAGE.format(mark="", command="key: value").replace("console", "yaml")
    (project.pytester.path / "content" / "page.rst").write_text(text)
    assert project.run("content").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_specs_that_are_not_the_project_s_own_are_no_examples(project: Project) -> None:
    shutil.copytree(SAMPLE / "components", project.pytester.path / "tests" / "bad" / "components")
    assert project.run("tests").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def _line(project: Project, path: str, text: str) -> int:
    lines = (project.pytester.path / path).read_text().splitlines()
    (number,) = (n for n, line in enumerate(lines, 1) if re.search(re.escape(text), line))
    return number
