"""A verification on a real node: what is recorded, and what a second run must not do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from hadocs.evidence import Record
from hadocs.plan.actions import Install, Run, Service, WriteFile
from hadocs.plan.model import (
    Deed,
    Expectation,
    Guard,
    Node,
    Plan,
    Preflight,
    Stage,
    Step,
    Target,
    Turn,
)
from hadocs.plan.text import Text
from hadocs.problems import Location
from hadocs.verify.cluster import Host, Topology, down, found, requirements
from hadocs.verify.verification import Verification, Verifier

IMAGE = "debian-13"
LAB = "selftest4"
NODE = Node("controller1", "10.77.0.11", ("controller",))
APT = (
    "apt-get install --yes --no-install-recommends", "apt-get update",
    "dpkg-query --show --showformat='${db:Status-Status}'", "installed",
    (("DEBIAN_FRONTEND", "noninteractive"),),
)  # fmt: skip


def unless(test: str) -> Guard:
    asked = Expectation("demo/so", "It is so", Text(test), "status", ())
    return Guard({NODE.name: asked}, every=False, skip_if_holds=True)


STEPS = {
    "new": Deed(Install(("jq",), *APT), None, None, Location("")),
    "there": Deed(Install(("python3",), *APT), None, None, Location("")),
    "file": Deed(WriteFile("/etc/demo", Text("demo\n")), None, None, Location("")),
    "unit": Deed(Service("cron", "started", True, ("/etc/demo",)), None, None, Location("")),
    "once": Deed(Run(Text("touch /etc/once && echo made")), unless("test -e /etc/once"), None,
                 Location("")),
    "always": Deed(Run(Text("date +%N >> /etc/always")), unless("false"), None, Location("")),
}  # fmt: skip


def plan() -> Plan:
    steps = [Step(f"demo/{id_}", id_, "", {NODE.name: deed}) for id_, deed in STEPS.items()]
    hosts = ((NODE.name, NODE.address),)
    fit = Preflight(NODE.name, ("debian",), "13", NODE.address, (), hosts, (), (), ())
    stage = Stage("demo", "Demo", tuple(Turn(step, (NODE.name,)) for step in steps))
    return Plan(Target("1", "debian-13", "crm", "demo"), (NODE,), (stage,), {NODE.name: fit}, ())


@pytest.fixture(scope="module")
def verified() -> Iterator[Verification]:
    if lacking := requirements(IMAGE):
        pytest.skip(f"this machine lacks: {'; '.join(lacking)}")
    try:
        verifier = Verifier(LAB, False, lambda line: None, {"demo": ()}, "2026-11-24")
        yield verifier.verify(plan(), Topology((Host(NODE.name, NODE.address),)))
    finally:
        down(LAB)


def record_of(verified: Verification, step: str) -> Record:
    return next(one for one in verified.records if one.step == f"demo/{step}")


@pytest.mark.parametrize(
    ("step", "outcome", "again"),
    [
        ("new", "done", "already"),
        ("there", "already", "already"),
        ("file", "done", "already"),
        ("unit", "done", "already"),
        ("once", "done", "nothing"),
        ("always", "done", "done"),
    ],
)
def test_each_step_has_the_outcome_of_both_runs(
    verified: Verification, step: str, outcome: str, again: str
) -> None:
    (run,) = record_of(verified, step).runs
    assert (run.outcome, run.again, run.exit) == (outcome, again, 0)


def test_versions_and_output_are_recorded(verified: Verification) -> None:
    record = record_of(verified, "once")
    assert record.runs[0].printed == "made"
    assert [name for name, version in record.packages if version[0].isdigit()] == ["jq", "python3"]


def test_what_a_second_run_changes_is_named(verified: Verification) -> None:
    again, changed = verified.problems
    assert again == "controller1: demo/always did it again"
    assert changed.startswith("controller1: files changed\n    -/etc/always ")


def test_a_component_starts_from_the_checkpoint_of_what_comes_before_it() -> None:
    if lacking := requirements(IMAGE):
        pytest.skip(f"not proven, this machine lacks: {'; '.join(lacking)}")
    said: list[str] = []
    verifier = Verifier(LAB, True, said.append, {"ground": (), "demo": ()}, "2026-11-24")
    topology = Topology((Host(NODE.name, NODE.address),))
    write = Deed(WriteFile("/etc/ground", Text("ground\n")), None, None, Location(""))
    first = Step("ground/file", "file", "", {NODE.name: write})
    ground = Stage("ground", "Ground", (Turn(first, (NODE.name,)),))
    demo = plan()
    whole = replace(demo, stages=(ground, *demo.stages))
    try:
        for _ in range(2):
            made = verifier.verify(whole, topology, "demo")
            assert {record.step.partition("/")[0] for record in made.records} == {"demo"}
            assert record_of(made, "once").runs[0].outcome == "done"
            assert made.peak.mib > 0
        built, restored = "keeping a checkpoint before demo", "restoring the checkpoint before demo"
        assert [line for line in said if line in (built, restored)] == [built, restored]
        assert found(LAB).fetch(NODE.name, "/etc/ground") == b"ground\n"
    finally:
        down(LAB)


def test_what_fails_gets_one_fresh_cluster_and_is_flaky_if_it_passes_there() -> None:
    if lacking := requirements(IMAGE):
        pytest.skip(f"not proven, this machine lacks: {'; '.join(lacking)}")
    guard = unless("test -e /etc/once")
    deeds = {NODE.name: Deed(Run(Text("echo broken; false")), guard, None, Location(""))}

    def heard(line: str) -> None:
        if line == "demo/once failed: once more, on a fresh cluster":
            deeds[NODE.name] = Deed(Run(Text("touch /etc/once")), guard, None, Location(""))

    turn = Turn(Step("demo/once", "once", "", deeds), (NODE.name,))
    changing = replace(plan(), stages=(Stage("demo", "Demo", (turn,)),))
    verifier = Verifier(LAB, False, heard, {"demo": ()}, "2026-11-24")
    made = verifier.verify(changing, Topology((Host(NODE.name, NODE.address),)))
    assert made.problems == ()
    assert made.flaky.startswith("demo: failed on one cluster and passed on the next")
    assert re.search(r"first: +controller1 \| +\| broken", made.flaky)
    assert "second: Done: 1-debian-13-crm-demo" in made.flaky
