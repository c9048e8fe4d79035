"""What is kept of drills, when it no longer holds, and how the guide shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from recorded import Project

from hadocs.cli import main
from hadocs.evidence import (
    Account,
    DrillRecord,
    DrillRun,
    drill_digest,
    drill_file,
    drill_record,
    record_drill,
)
from hadocs.loading import catalog
from hadocs.plan.drills import any_nodes, resolve_drill, under
from hadocs.plan.resolve import Setting, point_of, resolve
from hadocs.problems import HadocsError
from hadocs.renderers.blocks import Badges, Block, Link, Table, Timeline
from hadocs.renderers.guide import Guide
from hadocs.spec.task import DrillSpec

NAME = "store-off"
STORE = Link("Store", page="guide/store", anchor="failover")
DRILL = """\
kind: drill
title: A member loses its power
summary: It is turned off.
of: store
find:
  victim: {holds: store/member, role: controller}
  other: {fails: store/member, role: controller}
clients: [{probe: store/rows, node: other}]
steps:
  - {id: power-off, title: Turn it off, nodes: {only: victim}, fault: {power_off: victim}}
  - {id: others, title: Wait, nodes: {only: other}, wait: {holds: store/member, at_most: 5 min}}
"""


@pytest.fixture
def drilled(project: Project) -> Project:
    (project.root / "components" / f"{NAME}.yaml").write_text(DRILL)
    return project


def run(outage: float, lost: int = 0) -> DrillRun:
    account = Account(20, 3, 17, 0.1, ((0.0, outage),) if outage else (), lost, 1, 0, 1.2)
    nodes = (("victim", "node1"), ("other", "node2"))
    met = (("store-off/others", outage),)
    return DrillRun(nodes, 1.5, 60.0, (("store-off/power-off", 0.0),), met, (("rows", account),))


def measured(project: Project, *runs: DrillRun, shell: str = "crm") -> DrillRecord:
    """A record of *runs* of the drill as it is now."""
    loaded = catalog.load(project.root)
    site = loaded.sites["three"]
    setting = Setting(loaded, site, point_of(loaded, site.spec, "alpha-2", shell, "2.1"))
    whole = resolve(loaded, site, setting.point)
    names = under(loaded, ("store",))
    below = replace(whole, stages=tuple(s for s in whole.stages if s.component in names))
    digest = drill_digest(resolve_drill(setting, NAME, any_nodes(setting, NAME)), below)
    ways, packages = whole.target.ways, (("store-server", "1.2"),)
    made = DrillRecord(digest, "2026-11-20", "three", ways, 2, packages, runs)
    record_drill(project.root, whole.target, NAME, made)
    return made


def shown(project: Project) -> tuple[Block, ...]:
    return tuple(inner(project.page(NAME).blocks))


def inner(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        yield block
        yield from inner(getattr(block, "blocks", ()))


def rows(project: Project) -> list[list[str]]:
    (table,) = (one for one in shown(project) if isinstance(one, Table))
    return [[str(part) for cell in row for part in cell] for row in table.rows]


def said(project: Project) -> str:
    return str([*shown(project)])


def test_a_record_is_read_as_it_was_written_with_the_same_bytes(drilled: Project) -> None:
    plan = drilled.plan()
    made = measured(drilled, run(2.5), run(4.25, lost=1))
    assert drill_record(drilled.root, plan.target, NAME) == made
    path = drilled.root / drill_file(plan.target, NAME)
    before = path.read_bytes()
    record_drill(drilled.root, plan.target, NAME, made)
    assert path.read_bytes() == before
    assert drill_record(drilled.root, replace(plan.target, shell="pcs"), NAME) is None


def test_a_newer_record_takes_the_place_of_the_older_one(drilled: Project) -> None:
    measured(drilled, run(2.5))
    made = measured(drilled, run(1.0))
    assert drill_record(drilled.root, drilled.plan().target, NAME) == made


@pytest.mark.parametrize("other", [{"site": "one"}, {"ways": (("store", "managed"),)}])
def test_a_record_of_another_site_or_other_ways_is_none_of_this(
    drilled: Project, other: dict[str, Any]
) -> None:
    target = drilled.plan().target
    made = measured(drilled, run(2.5))
    drilled.root.joinpath(drill_file(target, NAME)).unlink()
    record_drill(drilled.root, target, NAME, replace(made, **other))
    assert drill_record(drilled.root, target, NAME) is None
    assert "unmeasured" in said(drilled)
    record_drill(drilled.root, target, NAME, made)
    assert drill_record(drilled.root, target, NAME) == made
    assert drill_record(drilled.root, replace(target, **other), NAME) == replace(made, **other)


def test_a_damaged_record_is_told(drilled: Project) -> None:
    measured(drilled, run(2.5))
    path = drilled.root / drill_file(drilled.plan().target, NAME)
    path.write_text(path.read_text().replace("2.5", "1.5"))
    with pytest.raises(HadocsError, match="checksum"):
        drill_record(drilled.root, drilled.plan().target, NAME)


def test_a_drill_without_a_run_is_unmeasured(drilled: Project) -> None:
    assert "unmeasured" in said(drilled)
    assert "at most 5 minutes (source: planning page)" in said(drilled)


def test_the_worst_run_is_shown_and_held_against_the_claim(drilled: Project) -> None:
    measured(drilled, run(2.5), run(40.0, lost=2), run(3.5))
    assert rows(drilled) == [
        ["A client adds a numbered row", "40.0 s", "3.5 s", "2.5 s, 40.0 s, 3.5 s", "9 of 60",
         "2", "3", "0", "1.2 s"],
    ]  # fmt: skip
    assert "Strong(text='kept')" in said(drilled)
    measured(drilled, run(2.5), run(300.1))
    assert "Strong(text='not kept')" in said(drilled)


def test_a_client_that_was_always_answered_saw_no_outage(drilled: Project) -> None:
    measured(drilled, run(0), run(0))
    assert rows(drilled)[0][1:4] == ["none", "none", "none, none"]


def test_a_client_that_only_reads_loses_nothing_that_can_be_counted(drilled: Project) -> None:
    one = run(2.5)
    only = replace(one.probes[0][1], lost=-1, unknown=-1, duplicated=-1)
    measured(drilled, replace(one, probes=(("rows", only),)))
    assert rows(drilled)[0][-4:-1] == ["only reads"] * 3


def test_a_timeline_says_in_words_what_it_draws(drilled: Project) -> None:
    measured(drilled, run(2.5), run(0))
    (timeline,) = (one for one in shown(drilled) if isinstance(one, Timeline))
    assert [(row.label, row.missing, row.marks) for row in timeline.rows] == [
        ("Run 1, node1", ((0.0, 2.5),), ((2.5, 1),)),
        ("Run 2, node1", (), ((0.0, 1),)),
    ]
    assert [row.said for row in timeline.rows] == [
        "Run 1, node1: no answer from 0.0 s to 2.5 s, of 60 s after the fault; 1 at 2.5 s.",
        "Run 2, node1: answered all the time, of 60 s after the fault; 1 at 0.0 s.",
    ]
    assert timeline.legend == "1: Wait."


def level(project: Project) -> str:
    badges = (one for one in shown(project) if isinstance(one, Badges))
    (mark,) = (badge for one in badges for badge in one.badges if badge.kind == "evidence")
    return mark.level


CHANGES = {
    "the fault": (NAME, "power_off: victim}}", "cut: victim}}", "fair"),
    "the client": ("store", "run: store add $NUMBER", "run: store put $NUMBER", "fair"),
    "how often it asks": ("store", "every: 200 ms", "every: 300 ms", "fair"),
    "how long it asks": ("store", "every: 200 ms", "every: 200 ms, at_most: 3 s", "fair"),
    "a step of the component": ("store", "store --new", "store --fresh", "fair"),
    "a step below it": ("balancer", "interval=5s", "interval=6s", "fair"),
    "the title": (NAME, "A member loses its power", "Another title", "good"),
    "who is hit": (NAME, "victim: {holds:", "victim: {fails:", "good"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_measurement_is_stale_when_what_it_stands_for_has_changed(
    what: str, drilled: Project
) -> None:
    component, old, new, expected = CHANGES[what]
    measured(drilled, run(2.5))
    assert level(drilled) == "good"
    drilled.change(component, old, new)
    assert level(drilled) == expected


def test_one_table_has_every_drill(drilled: Project) -> None:
    def cells() -> list[str]:
        guide = Guide(catalog.load(drilled.root), "2.1")
        (table,) = guide.fragment("drills", "").blocks
        assert isinstance(table, Table)
        return [getattr(cell[0], "text", cell[0]) for cell in table.rows[0]]

    assert cells()[4:] == ["unmeasured", "–", "0", "–", "unmeasured"]
    measured(drilled, run(2.5), run(3.5, lost=1))
    where = catalog.load(drilled.root).systems["alpha-2"].version.title
    assert cells()[4:] == [f"3.5 s ({where} with crm)", "6 of 40", "2, 2 cores", "1", "kept"]
    drilled.change("store", "store --new", "store --fresh")
    assert cells()[4] == f"3.5 s ({where} with crm; changed since it was measured)"


def test_a_component_shows_the_worst_of_what_was_measured_as_it_is_now_or_else_before(
    drilled: Project,
) -> None:
    def measurement() -> str:
        (table,) = Guide(catalog.load(drilled.root), "2.1").fragment("failover", "").blocks
        assert isinstance(table, Table)
        (row,) = (row for row in table.rows if row[0][0] == STORE)
        worst, *cause = row[4]
        assert cause == ([": ", Link("", f"guide/{NAME}")] if worst != "unmeasured" else [])
        return str(worst)

    assert measurement() == "unmeasured"
    measured(drilled, run(2.5), run(40.0), run(3.5))
    measured(drilled, run(41.0), run(1.0), shell="pcs")
    assert measurement() == "41.0 s (2 cores, 5 runs, worst)"
    drilled.change("stack", "run: pcs property set", "run: pcs property put")
    assert measurement() == "40.0 s (2 cores, 3 runs, worst)"
    drilled.change("store", "store --new", "store --fresh")
    assert measurement() == "41.0 s (2 cores, 5 runs, worst; changed since)"


def test_a_drill_that_does_not_exist_is_told(
    drilled: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["drill", "--project", str(drilled.root), "--distro", "alpha-2", "store-of"]
    assert main([*asked, "--site", "three", "--series", "2.1"]) == 1
    assert "drill 'store-of' does not exist" in capsys.readouterr().err


def test_a_drill_takes_its_probe_from_a_component(drilled: Project) -> None:
    spec = catalog.load(drilled.root).drills[NAME].spec
    assert isinstance(spec, DrillSpec)
    assert "store add $NUMBER" in said(drilled)
