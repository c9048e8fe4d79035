"""What is kept of simulated failures for the guide, and what it shows of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from recorded import Project

from hadocs.evidence import (
    SimulatedEvent,
    Simulation,
    file_of,
    of_cluster,
    record_simulated,
    simulated,
)
from hadocs.loading.catalog import load
from hadocs.plan.actions import Cluster, Run, WriteFile
from hadocs.plan.model import Deed, Plan, Stage, Step, Target, Turn
from hadocs.plan.text import Text
from hadocs.problems import Code, HadocsError, Location, Problem
from hadocs.renderers.blocks import Folded, Line, Table
from hadocs.renderers.guide import Guide
from hadocs.verify.offline import simulation
from hadocs.verify.offline.cib import Built
from hadocs.verify.offline.claims import Event, Played
from hadocs.verify.offline.work import Work

TARGET = Target("2.1", "alpha-1", "crm", "three")
FOUND = Simulation(
    "abc",
    "alpha-1",
    (
        SimulatedEvent("all nodes start", (("vip", ("node1",)),), ()),
        SimulatedEvent("node1 is lost", (("vip", ("node2",)),), ("node1",)),
    ),
)


def plan(*actions: object) -> Plan:
    steps = [
        Step(f"demo/s{number}", "", "", {"node1": Deed(action, None, None, Location(""))})  # type: ignore[arg-type]
        for number, action in enumerate(actions)
    ]
    stage = Stage("demo", "Demo", tuple(Turn(step, ("node1",)) for step in steps))
    return Plan(TARGET, (), (stage,), {}, ())


def test_what_is_recorded_is_read_again(tmp_path: Path) -> None:
    record_simulated(tmp_path, TARGET, FOUND)
    assert simulated(tmp_path, TARGET) == FOUND
    assert simulated(tmp_path, replace(TARGET, shell="pcs")) is None


def test_the_same_record_has_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / file_of(TARGET, "simulation")
    record_simulated(tmp_path, TARGET, FOUND)
    before = path.read_bytes()
    again = simulated(tmp_path, TARGET)
    assert again
    record_simulated(tmp_path, TARGET, again)
    assert path.read_bytes() == before


def test_a_damaged_record_is_told_and_not_shown(tmp_path: Path) -> None:
    record_simulated(tmp_path, TARGET, FOUND)
    path = tmp_path / file_of(TARGET, "simulation")
    path.write_text(path.read_text().replace("node2", "node3"))
    with pytest.raises(HadocsError, match="checksum"):
        simulated(tmp_path, TARGET)


def test_it_stands_for_the_steps_that_configure_the_cluster_and_no_others() -> None:
    vip = Cluster("crm", (("vip", Text("configure primitive vip ocf:heartbeat:IPaddr2")),))
    quorum = Run(Text("crm configure property no-quorum-policy=stop"))
    now = of_cluster(plan(vip, quorum, WriteFile("/etc/a", Text("a"))))
    assert now == of_cluster(plan(vip, quorum, WriteFile("/etc/a", Text("b"))))
    assert now != of_cluster(plan(vip, Run(Text("crm configure property no-quorum-policy=ignore"))))
    assert now != of_cluster(plan(quorum))


def shown(project: Project) -> tuple[str, Table]:
    """What the guide says about its only table, and the table."""
    (folded,) = Guide(load(project.root), "2.1").fragment("simulated", "").blocks
    assert isinstance(folded, Folded)
    assert folded.title == ("Alpha Linux 2 with crm",)
    line, table = folded.blocks
    assert isinstance(line, Line)
    assert isinstance(table, Table)
    return str(line.parts[0]), table


def test_the_guide_says_when_nothing_was_simulated(project: Project) -> None:
    found = Guide(load(project.root), "2.1").fragment("simulated", "").blocks
    assert found == (Line(("No simulation is recorded.",)),)


def test_the_guide_shows_what_was_simulated_and_says_when_it_is_stale(project: Project) -> None:
    made = project.plan()
    record_simulated(project.root, made.target, replace(FOUND, digest=of_cluster(made)))
    said, table = shown(project)
    assert said == "By the programs of alpha-1."
    assert table.head == ("When", "vip", "Fenced")
    assert [[str(cell) for (cell,) in row] for row in table.rows] == [
        ["all nodes start", "node1", "–"],
        ["node1 is lost", "node2", "node1"],
    ]
    project.change("store", "store --new", "store --fresh")
    assert shown(project) == (said, table)
    project.change("balancer", "interval=5s", "interval=6s")
    assert shown(project) == (f"{said} The steps have changed since.", table)


CIB = """\
<cib><configuration>
<nodes><node uname="node1"/><node uname="node2"/></nodes>
<resources><primitive id="writer"/></resources>
</configuration></cib>
"""
LOST = Played(
    Event(lost=("node1",)), {"writer": {"node1": "Started", "node2": "Started"}}, ("node1",)
)


def test_only_what_a_systems_own_programs_did_with_the_guides_own_target_is_kept(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.change("store", "mode: active/passive", "mode: active/passive\n    resource: writer")
    made, other = project.plan(), project.plan(shell="pcs")
    refused = Problem(Location("components/store.yaml"), Code.CIB, "pcs refused it")
    foreign = (
        replace(made.target, site="one"), replace(made.target, series="2.2"),
        project.plan(store="managed").target, project.plan("alpha-1").target,
    )  # fmt: skip
    built = [
        Built(foreign, "alpha-2", CIB, (), ()),
        Built((made.target, project.plan("beta-9").target), "alpha-1", CIB, (), ()),
        Built((*foreign, made.target), "alpha-2", CIB, (), ()),
        Built((other.target,), "alpha-2", CIB, (), (refused,)),
    ]
    monkeypatch.setattr(simulation, "cibs", lambda _: built)
    monkeypatch.setattr(simulation, "played", lambda *_: (LOST,))

    files = simulation.record(Work(load(project.root), project.root / "cache"))

    assert files == (file_of(made.target, "simulation"),)
    event = SimulatedEvent("node1 is lost", (("writer", ("node2",)),), ("node1",))
    kept = Simulation(of_cluster(made), "alpha-2", (event,))
    assert simulated(project.root, made.target) == kept
    assert simulated(project.root, other.target) is None


def test_only_the_guides_own_series_is_kept(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    guide = project.root / "conf/guide.yaml"
    guide.write_text(guide.read_text().replace("series: 2.1", "series: 2.2"))
    older = project.plan().target
    mine = replace(older, series="2.2")
    built = [Built((older, mine), "alpha-2", CIB, (), ())]
    monkeypatch.setattr(simulation, "cibs", lambda _: built)
    monkeypatch.setattr(simulation, "played", lambda *_: (LOST,))
    files = simulation.record(Work(load(project.root), project.root / "cache"))
    assert files == (file_of(mine, "simulation"),)
