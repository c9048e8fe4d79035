"""What is kept of simulated failures for the guide."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hadocs.evidence import (
    SimulatedEvent,
    Simulation,
    file_of,
    of_cluster,
    record_simulated,
    simulated,
)
from hadocs.plan.actions import Cluster, Run, WriteFile
from hadocs.plan.model import Deed, Plan, Stage, Step, Target, Turn
from hadocs.plan.text import Text
from hadocs.problems import HadocsError, Location

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
