"""What is recorded of runs in circumstances, and what the guide says of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from recorded import Project

from hadocs.evidence import (
    CircumstanceRun,
    circumstances,
    file_of,
    record_circumstance,
    whole,
)
from hadocs.loading.catalog import load
from hadocs.plan.model import Plan
from hadocs.problems import HadocsError
from hadocs.renderers.blocks import Line, Table
from hadocs.renderers.guide import Guide

NONE = (Line(("No run in any circumstance is recorded.",)),)


def held(project: Project, name: str = "grown") -> CircumstanceRun:
    plan = project.plan()
    found = CircumstanceRun(
        name, "The site grows", whole(plan), "2026-11-20", plan.target.site, plan.target.ways,
        "held", 90, ("this", "that"), 2048, "memory.peak",
    )  # fmt: skip
    record_circumstance(project.root, plan.target, found)
    return found


def shown(project: Project) -> tuple[object, ...]:
    return Guide(load(project.root), "2.1").fragment("circumstances", "").blocks


def row(project: Project) -> str:
    (table,) = shown(project)
    assert isinstance(table, Table)
    return " | ".join(str(cell) for (cell,) in table.rows[0])


def test_without_a_record_the_guide_says_so(project: Project) -> None:
    assert shown(project) == NONE


def test_a_record_is_a_row(project: Project) -> None:
    held(project)
    assert row(project) == (
        "Alpha Linux 2 | crm | The site grows | held | 2026-11-20 | 1.5"
        " | 2048 MiB (memory.peak) | this; that"
    )


def test_a_record_is_stale_when_any_step_has_changed(project: Project) -> None:
    held(project)
    project.change("store", "run: store --new", "run: store --anew")
    assert "held; the steps have changed since" in row(project)


def test_a_newer_record_takes_the_place_of_an_older_one(project: Project) -> None:
    target = project.plan().target
    first, other = held(project), held(project, "cold-start")
    failed = replace(first, outcome="failed")
    record_circumstance(project.root, target, failed)
    assert circumstances(project.root, target) == (other, failed)


@pytest.mark.parametrize("other", [{"site": "one"}, {"ways": (("store", "managed"),)}])
def test_a_record_of_another_site_or_other_ways_is_none_of_this(
    project: Project, other: dict[str, Any]
) -> None:
    target = project.plan().target
    first = held(project)
    elsewhere = replace(first, **other)
    record_circumstance(project.root, target, elsewhere)
    assert circumstances(project.root, target) == (first,)
    assert circumstances(project.root, replace(target, **other)) == (elsewhere,)
    project.root.joinpath(file_of(target, "circumstances")).unlink()
    record_circumstance(project.root, target, elsewhere)
    assert shown(project) == NONE


@pytest.mark.parametrize(("old", "new"), [("{", "[["), ("held", "hold"), ('"memory"', '"m"')])
def test_a_damaged_file_is_told(project: Project, old: str, new: str) -> None:
    plan: Plan = project.plan()
    held(project)
    (file,) = project.root.glob("content/evidence/*/*/circumstances.json")
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(HadocsError, match="unreadable"):
        circumstances(project.root, plan.target)
