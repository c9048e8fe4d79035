"""When a recorded run still stands for a step."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded import Project

from hadocs.evidence import Kind, digests, digests_of, file_of, load, record, record_in
from hadocs.plan.actions import Action, Nothing, Run
from hadocs.plan.model import Deed, Expectation, Guard, Step
from hadocs.plan.text import Kind as ValueKind
from hadocs.plan.text import Span, Text, join
from hadocs.problems import HadocsError, Location

ROLES = {"a": ("controller",), "b": ("controller",), "c": ("compute",)}
words = st.text(st.characters(codec="utf-8", exclude_characters="{}"), min_size=1, max_size=20)


def step(action: Action, *, title: str = "Do it", line: int = 1, node: str = "a") -> Step:
    where = Location("components/x.yaml", line)
    asked = Expectation("x/there", title, Text("test -e /x"), "status", (), None, where)
    guard = Guard({node: asked}, every=False, skip_if_holds=True)
    return Step("x/do", title, "guide/x#do", {node: Deed(action, guard, None, where)}, where)


def own(of: Step) -> str:
    return digests([of], ROLES)["x/do"].own


def value(text: str) -> Text:
    return Text(text, (Span(0, len(text), ValueKind.SITE, "vip.address"),))


@given(words, words, words)
def test_values_of_the_site_do_not_count(before: str, one: str, other: str) -> None:
    texts = [join("", [before, value(site), " end"]) for site in (one, other)]
    assert own(step(Run(texts[0]))) == own(step(Run(texts[1])))


@given(words, words)
def test_every_other_character_of_a_command_counts(one: str, other: str) -> None:
    assert (own(step(Run(Text(one)))) == own(step(Run(Text(other))))) == (one == other)


@given(words, st.integers(1, 999), words)
def test_titles_lines_and_reasons_do_not_count(title: str, line: int, reason: str) -> None:
    plain = own(step(Run(Text("x"))))
    assert own(step(Run(Text("x"), exposes=reason), title=title, line=line)) == plain


def test_which_node_of_a_role_does_it_does_not_count() -> None:
    assert own(step(Run(Text("x")), node="a")) == own(step(Run(Text("x")), node="b"))


def test_a_step_that_does_nothing_has_no_evidence() -> None:
    assert digests([step(Nothing("there is none"))], ROLES) == {}


def test_what_ran_is_executed(project: Project) -> None:
    plan = project.plan()
    assert project.state("stack/start", plan).kind is Kind.NOT
    project.run(plan)
    state = project.state("stack/start", plan)
    assert (state.kind, state.record.when) == (Kind.EXECUTED, "2026-11-20")
    assert load(project.root).executed(plan) == frozenset(digests_of(plan))


def test_a_changed_command_is_stale_and_what_follows_is_told(project: Project) -> None:
    project.run(project.plan())
    project.change("stack", "key = {{", "the_key = {{")
    plan = project.plan()
    kinds = {id_: project.state(id_, plan).kind for id_ in digests_of(plan)}
    assert kinds["stack/install"] is Kind.EXECUTED
    assert kinds["stack/configure"] is Kind.STALE
    assert kinds["stack/start"] is kinds["store/install"] is Kind.EARLIER


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("run: cibadmin --query --xpath", "run: cibadmin --query  --xpath"),
        ("unless: tuned", "unless: online"),
        ("tuned=yes}\n      - {when: {shell: pcs}", "tuned=no}\n      - {when: {shell: pcs}"),
    ],
)
def test_guards_and_cases_count(project: Project, old: str, new: str) -> None:
    project.run(project.plan())
    project.change("stack", old, new)
    assert project.state("stack/properties", project.plan()).kind is Kind.STALE


def test_prose_titles_and_new_lines_do_not_count(project: Project) -> None:
    project.run(project.plan())
    project.change("stack", "title: Start the stack\n", "title: Start it\n    text: It starts.\n")
    project.change("stack", "summary: |\n", "summary: |\n  More words.\n")
    plan = project.plan()
    assert {project.state(id_, plan).kind for id_ in digests_of(plan)} == {Kind.EXECUTED}


def test_addresses_of_a_site_do_not_count(project: Project) -> None:
    project.run(project.plan())
    site = project.root / "conf/sites/three.yaml"
    site.write_text(site.read_text().replace("10.9.0.", "10.8.0.").replace("node", "host"))
    site.write_text(site.read_text().replace("hosts:", "nodes:"))
    plan = project.plan()
    assert project.state("stack/configure", plan).kind is Kind.EXECUTED
    assert project.state("store/join", plan).kind is Kind.EXECUTED


@pytest.mark.parametrize("outcome", ["already", "nothing"])
def test_what_was_there_before_was_not_executed(project: Project, outcome: str) -> None:
    plan = project.plan()
    project.run(plan, store__install=outcome)
    state = project.state("store/install", plan)
    assert state.kind is Kind.NOT
    assert state.why
    assert "store/install" not in load(project.root).executed(plan)


def test_what_failed_is_told(project: Project) -> None:
    plan = project.plan()
    project.run(plan, store__install="failed")
    assert project.state("store/install", plan).kind is Kind.FAILED


@pytest.mark.parametrize(("system", "shell"), [("alpha-1", "crm"), ("alpha-2", "pcs")])
def test_evidence_is_of_one_system_and_shell(project: Project, system: str, shell: str) -> None:
    project.run(project.plan())
    other = project.plan(system, shell)
    assert {project.state(id_, other).kind for id_ in digests_of(other)} == {Kind.NOT}
    assert load(project.root).executed(other) == frozenset()


def test_a_way_is_executed_where_it_makes_no_difference(project: Project) -> None:
    project.run(project.plan())
    managed = project.plan(store="managed")
    assert project.state("stack/start", managed).kind is Kind.EXECUTED
    assert project.state("store/bootstrap", managed).kind is Kind.NOT
    project.run(managed)
    for plan in (project.plan(), managed):
        assert project.state("store/bootstrap", plan).kind is Kind.EXECUTED


def test_a_run_on_another_site_says_nothing_of_what_is_another_step_there(
    project: Project,
) -> None:
    project.run(project.plan())
    project.change("stack", "key = {{", "the_key = {{")
    plan = project.plan()
    step = "stack/configure"
    elsewhere = replace(plan.target, site="one")
    found = load(project.root).state(step, digests_of(plan)[step], elsewhere)
    assert (found.kind, found.record) == (Kind.NOT, None)


def test_the_same_runs_give_the_same_bytes(project: Project) -> None:
    plan = project.plan()
    path = project.root / file_of(plan.target, "store")
    project.run(plan)
    first = path.read_bytes()
    project.run(plan)
    assert path.read_bytes() == first
    assert b"SECRET" not in first


@pytest.mark.parametrize("damage", ["{", '{"steps": {}}', "[]", "merge"])
def test_a_damaged_file_is_a_problem(project: Project, damage: str) -> None:
    plan = project.plan()
    project.run(plan)
    path = file_of(plan.target, "store")
    file = project.root / path
    data = json.loads(file.read_text())
    data["steps"]["store/install"][0]["when"] = "2030-01-01"
    file.write_text(json.dumps(data) if damage == "merge" else damage)
    with pytest.raises(HadocsError) as raised:
        project.state("store/install", plan)
    assert [Path(p.where.path) for p in raised.value.problems] == [Path(path)]


def test_a_step_without_work_from_nothing_is_executed_by_a_circumstance(project: Project) -> None:
    plan = project.plan()
    project.run(plan, stack__start="nothing")
    assert project.state("stack/start", plan).kind is Kind.NOT
    seen = project.records(plan, circumstance="It grew")
    lacking = load(project.root).lacking(plan.target, seen)
    assert [one.step for one in lacking] == ["stack/start"]
    record(project.root, plan.target, lacking)
    state = project.state("stack/start", plan)
    assert (state.kind, state.record.circumstance) == (Kind.EXECUTED, "It grew")
    project.run(plan, stack__start="nothing")
    assert project.state("stack/start", plan).kind is Kind.EXECUTED
    project.run(plan, "2026-11-21", stack__start="failed")
    assert project.state("stack/start", plan).kind is Kind.FAILED


def test_what_a_circumstance_gave_before_goes_when_it_is_judged_again(project: Project) -> None:
    plan = project.plan()
    project.run(plan, stack__start="nothing", store__install="nothing")
    components = [stage.component for stage in plan.stages]

    def given(*steps: str) -> None:
        seen = [one for one in project.records(plan, circumstance="It grew") if one.step in steps]
        record_in(project.root, plan.target, "It grew", components, seen)

    def executed(*steps: str) -> list[bool]:
        return [project.state(step, plan).kind is Kind.EXECUTED for step in steps]

    both = "stack/start", "store/install"
    given(*both)
    assert executed(*both) == [True, True]
    given("stack/start")
    assert executed(*both) == [True, False]
    given()
    assert executed(*both) == [False, False]


def test_a_run_from_bare_nodes_takes_the_place_of_a_circumstance_only_by_doing_it(
    project: Project,
) -> None:
    plan = project.plan()
    seen = project.records(plan, circumstance="It grew")
    record_in(project.root, plan.target, "It grew", ["stack"], seen)
    project.run(plan, stack__start="nothing")
    assert project.state("stack/start", plan).record.circumstance == "It grew"
    project.run(plan)
    assert "circumstance" not in (project.root / file_of(plan.target, "stack")).read_text()


def test_what_another_form_of_a_step_did_is_lacking(project: Project) -> None:
    project.run(project.plan())
    project.change("stack", "key = {{", "the_key = {{")
    plan = project.plan()
    lacking = load(project.root).lacking(plan.target, project.records(plan, circumstance="It grew"))
    assert "stack/configure" in {one.step for one in lacking}
    record_in(project.root, plan.target, "It grew", ["stack"], lacking)
    again = load(project.root).lacking(plan.target, project.records(plan, circumstance="Other"))
    assert [one.step for one in again] == [one.step for one in lacking]


def test_an_idle_run_does_not_hide_what_an_earlier_form_did(project: Project) -> None:
    before = project.plan()
    seen = project.records(before, circumstance="It grew")
    record_in(project.root, before.target, "It grew", ["stack"], seen)
    project.change("stack", "key = {{", "the_key = {{")
    plan = project.plan()
    project.run(plan, stack__start="nothing")
    assert project.state("stack/start", plan).kind is Kind.EARLIER
