"""What pages show of recorded runs."""

from __future__ import annotations

from recorded import Project, marks

from hadocs.evidence import file_of, record_in
from hadocs.loading.catalog import load
from hadocs.renderers.blocks import Block, Bullets, Code, Folded, Section, Table, Tabs
from hadocs.renderers.guide import Guide

RAN = "executed on Alpha Linux 2 with crm, 2026-11-20"


def section(project: Project, page: str, anchor: str) -> Section:
    blocks = project.page(page).blocks
    return next(b for b in blocks if isinstance(b, Section) and b.anchor == anchor)


def test_without_a_run_every_step_says_so(project: Project) -> None:
    for page in ("stack", "balancer", "store"):
        found = [badge for _, badge in marks(project.page(page).blocks)]
        assert {(badge.text, badge.level) for badge in found} == {("not executed", "poor")}


def test_a_mark_stands_only_in_the_tab_of_what_ran(project: Project) -> None:
    project.run(project.plan())
    seen = 0
    for page in ("stack", "balancer", "store"):
        for keys, badge in marks(project.page(page).blocks):
            systems = {key for key in keys if key[-1].isdigit()}
            shells = {key for key in keys if key in ("crm", "pcs")}
            if badge.text == "not executed":
                assert not ("alpha-2" in systems and "crm" in shells)
                continue
            seen += 1
            assert badge.text == RAN
            assert "alpha-2" in (systems or {"alpha-2"})
            assert "crm" in (shells or {"crm"})
    assert seen


def crm_panel(project: Project) -> tuple[Block, ...]:
    (tabs,) = [b for b in section(project, "stack", "properties").blocks if isinstance(b, Tabs)]
    return tabs.panels[0].blocks


def test_a_run_does_not_split_equal_variants(project: Project) -> None:
    before = crm_panel(project)
    project.run(project.plan())
    after = crm_panel(project)
    assert before[:-1] == after[: len(before) - 1]
    assert [badge.text for _, badge in marks(after)] == [RAN]


def test_what_was_printed_is_folded_beneath_the_command(project: Project) -> None:
    project.run(project.plan())
    folded = crm_panel(project)[-1]
    assert isinstance(folded, Folded)
    assert folded.title == ("What node1 printed on Alpha Linux 2 with crm",)
    assert [str(code.text) for code in folded.blocks if isinstance(code, Code)] == ["it works"]


def test_a_variant_that_does_nothing_has_no_mark(project: Project) -> None:
    project.run(project.plan())
    found = [keys for keys, _ in marks(section(project, "store", "join").blocks)]
    assert found
    assert all("managed" not in keys for keys in found)


def test_a_page_depends_on_its_evidence_before_there_is_any(project: Project) -> None:
    plan = project.plan()
    assert file_of(plan.target, "store") in project.page("store").sources
    assert file_of(plan.target, "stack") not in project.page("store").sources


def test_the_table_counts_every_variant_of_every_step(project: Project) -> None:
    project.run(project.plan(), store__install="already")
    blocks = Guide(load(project.root), "2.1").fragment("executed", "").blocks
    table = blocks[0]
    assert isinstance(table, Table)
    rows = {(row[0][0], row[1][0]): [cell[0] for cell in row[2:]] for row in table.rows}
    assert len(rows) == 6
    # 11 steps, of which one has two ways
    assert rows["Alpha Linux 2", "crm"] == ["10", "0", "0", "2", "12", "83 %"]
    assert rows["Alpha Linux 1", "crm"] == ["0", "0", "0", "12", "12", "0 %"]
    lists = [inner for b in blocks if isinstance(b, Folded) for inner in b.blocks]
    reasons = [str(item) for one in lists if isinstance(one, Bullets) for item in one.items]
    assert ["what it makes was there before" in reason for reason in reasons] == [True, False]


def test_a_step_of_a_role_that_the_site_lacks_is_executed_on_another_site(project: Project) -> None:
    project.change("stack", "roles: [controller]", "roles: [controller, arbitrator]")
    vote = "  - {id: vote, title: Vote, nodes: {role: arbitrator}, install: stack}\n"
    project.change("stack", "  - id: configure\n", f"{vote}  - id: configure\n")
    three = project.root / "conf/sites/three.yaml"
    arbitrator = "{name: node3, address: 10.9.0.13, roles: [arbitrator]}"
    lines = three.read_text().splitlines()
    other = [f"  - {arbitrator}" if "node3" in line else line for line in lines]
    (three.parent / "with-arbitrator.yaml").write_text("\n".join(other) + "\n")
    project.run(project.plan())
    assert [badge.text for _, badge in marks(section(project, "stack", "vote").blocks)] == [
        "not executed"
    ]
    assert "stack/vote" in why_not(project)
    project.run(project.plan(site_name="with-arbitrator"))
    (badge,) = {badge for _, badge in marks(section(project, "stack", "vote").blocks)}
    assert (badge.text, badge.about) == (RAN, "site: with-arbitrator; store: native; stack 1.2")
    assert "stack/vote" not in why_not(project)


def why_not(project: Project) -> str:
    blocks = Guide(load(project.root), "2.1").fragment("executed", "").blocks
    return str(blocks[1:])


def test_a_page_about_everything_depends_on_components_that_do_not_exist_yet(
    project: Project,
) -> None:
    sources = Guide(load(project.root), "2.1").fragment("chapters", "").sources
    assert {"components", "conf"} <= sources


def test_a_mark_says_which_circumstance_gave_the_step_work(project: Project) -> None:
    plan = project.plan()
    seen = project.records(plan, circumstance="It grew")
    record_in(project.root, plan.target, "It grew", ["stack"], seen)
    found = {badge.text for _, badge in marks(section(project, "stack", "install").blocks)}
    assert f"{RAN} (It grew)" in found


def test_a_page_says_what_a_site_can_say_of_the_component(project: Project) -> None:
    project.change(
        "store",
        "weight: {type: int, per: node,",
        "peers: {type: hosts, title: P}\n  weight: {type: int, per: node,",
    )
    said = {}
    for page in ("stack", "store"):
        (table,) = section(project, page, "values").blocks
        said |= {row[0][0].text: (row[2][0], row[3][0]) for row in table.rows}
    assert said == {
        "values.stack.token": ("int", "1000"),
        "values.store.peers": ("addresses, each with names", "none"),
        "nodes[].values.store.weight": ("int", "must be given"),
    }


def test_a_check_of_a_role_that_the_site_lacks_is_on_no_page(project: Project) -> None:
    vote = "  - {id: vote, title: A vote, nodes: {role: arbitrator}, holds: online}"
    project.change("stack", "checks:\n", f"checks:\n{vote}\n")
    told = str(section(project, "stack", "checks"))
    assert "Every node is online" in told
    assert "A vote" not in told
