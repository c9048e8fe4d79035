"""Plans of procedures: what stands in them, and who is in none of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hadocs.cli import main
from hadocs.evidence import digests_of
from hadocs.plan.model import Check, Step
from hadocs.plan.outside import finding, resolve_task
from hadocs.plan.resolve import Setting
from hadocs.plan.tasks import as_component
from hadocs.problems import HadocsError
from hadocs.renderers.guide import Guide
from hadocs.renderers.guide.context import Context
from hadocs.verify.procedures import after_full_stop

GOLDEN = Path(__file__).parent / "golden"
NAMED = {"lost": "node1", "newest": "node3", "witness": "node2"}


def plan(setting: Setting, **named: str):
    return resolve_task(setting.catalog, setting.site, setting.point, "revive", {**NAMED, **named})


def test_turns_are_those_of_the_procedure_and_of_what_it_follows(setting: Setting) -> None:
    assert [(turn.item.id, turn.nodes) for turn in plan(setting).turns()] == [
        ("revive/found", ("node3",)),
        ("revive/follow", ("node2",)),
        ("balancer/install", ("node2",)),
        ("balancer/keep", ("node2",)),
        ("store/install", ("node2",)),
        ("store/bootstrap", ("node2",)),
        ("store/balancer-store-listener", ("node2",)),
        ("store/balancer-store-reload", ("node2",)),
        ("store/joined", ("node2",)),
        ("revive/stop", ("node2",)),
        ("revive/start", ("node2",)),
        ("revive/stop", ("node3",)),
        ("revive/start", ("node3",)),
        ("revive/member", ("node3",)),
    ]


def test_a_node_that_is_off_is_asked_nothing_and_does_nothing(setting: Setting) -> None:
    made = plan(setting)
    assert [node.name for node in made.nodes] == ["node2", "node3"]
    assert all("node1" not in dict(fit.peers) for fit in made.preflight.values())
    for turn in made.turns():
        assert "node1" not in turn.nodes
        guards = [d.guard for d in turn.item.deeds.values()] if isinstance(turn.item, Step) else []
        asked = [turn.item] if isinstance(turn.item, Check) else [one for one in guards if one]
        assert all("node1" not in one.nodes for one in asked)


def test_guards_of_a_single_node_ask_all_that_are_there(setting: Setting) -> None:
    found = next(turn.item for turn in plan(setting).turns())
    assert isinstance(found, Step)
    guard = found.deeds["node3"].guard
    assert guard is not None
    assert guard.nodes == ("node2", "node3")


def test_a_procedure_has_a_folder_and_a_state_of_its_own(setting: Setting) -> None:
    assert str(plan(setting).target) == "2.1-alpha-2-crm-three-revive"


@pytest.mark.parametrize(
    ("named", "said"),
    [({"newest": "node4"}, "node 'node4' does not exist"), ({"newest": ""}, "node '' does not")],
)
def test_a_node_that_is_none_of_the_site_is_a_problem(
    setting: Setting, named: dict[str, str], said: str
) -> None:
    with pytest.raises(HadocsError, match=said):
        plan(setting, **named)


def test_a_node_that_nobody_named_is_a_problem(setting: Setting) -> None:
    with pytest.raises(HadocsError, match="nobody named the node 'lost'"):
        resolve_task(setting.catalog, setting.site, setting.point, "revive", {"newest": "node3"})


def test_every_node_of_the_role_is_asked_in_its_own_words(setting: Setting) -> None:
    queries = finding(setting.catalog, setting.site, setting.point, "revive", {"lost": "node1"})
    assert {word: query.way for word, query in queries.items()} == {
        "newest": "highest",
        "witness": "fails",
    }
    asked = queries["newest"].asked
    assert [str(asked[node].text) for node in asked] == [
        "store newness --of node2\n",
        "store newness --of node3\n",
    ]


def test_what_follows_a_full_stop_waits_for_all_that_it_works_on(setting: Setting) -> None:
    assert [*after_full_stop(setting, ("stack", "balancer", "store"))] == ["revive"]
    assert [*after_full_stop(setting, ("stack", "balancer"))] == []


def test_an_export_is_the_golden_one(project: Path, tmp_path: Path) -> None:
    nodes = [part for word, node in NAMED.items() for part in ("--node", f"{word}={node}")]
    export = ["export-scripts", "--project", str(project), "--distro", "alpha-2"]
    export += ["--output", str(tmp_path), "--procedure", "revive", *nodes]
    assert main(export) == 0
    (folder,) = tmp_path.iterdir()
    kept = {"README.txt", "order.tsv", "node2.sh", "node3.sh"}
    assert {path.name for path in folder.glob("[!.]*")} - kept == {
        "run.sh", "lib.sh", "judge.py", "options.py",
    }  # fmt: skip
    if os.environ.get("HADOCS_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        for name in kept:
            (GOLDEN / name).write_bytes((folder / name).read_bytes())
    for name in sorted(kept):
        assert (folder / name).read_text() == (GOLDEN / name).read_text()


def test_an_export_says_how_a_node_is_found_that_nobody_named(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = ["export-scripts", "--project", str(project), "--distro", "alpha-2"]
    export += ["--output", str(tmp_path), "--procedure", "revive", "--node", "lost=node1"]
    assert main(export) == 1
    said = capsys.readouterr().err
    assert "nobody named the node 'newest'" in said
    assert "store newness --of node2" in said
    assert not [*tmp_path.iterdir()]


def test_somebody_must_be_left(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = [part for node in ("node1", "node2", "node3") for part in ("--gone", node)]
    export = ["export-scripts", "--project", str(project), "--distro", "alpha-2"]
    assert main([*export, "--output", str(tmp_path), "--procedure", "revive", *gone]) == 1
    assert capsys.readouterr().err.startswith("--gone: error[value]: no node would be left")
    assert not [*tmp_path.iterdir()]


def test_the_page_asks_as_the_run_does(setting: Setting) -> None:
    blocks = str(Guide(setting.catalog).page("guide/revive").blocks)
    assert "which you name: the controller that never comes back" in blocks
    assert "store newness --of node1" in blocks


def test_a_page_takes_for_executed_what_an_export_does(setting: Setting) -> None:
    context = Context(setting.catalog, setting.point.series)
    revive = as_component(setting.catalog.procedures["revive"], setting.catalog)
    done = {id_: one for id_, one in digests_of(plan(setting)).items() if id_.startswith("revive/")}
    shown = context.digests(setting.point, revive, setting.site)
    assert len(done) == 4
    assert {id_: (one.own, one.before) for id_, one in shown.items()} == {
        id_: (one.own, one.before) for id_, one in done.items()
    }
