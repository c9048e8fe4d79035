"""What a verification concludes, without a cluster: the live tests have one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hadocs.cli import parser
from hadocs.loading.catalog import Catalog
from hadocs.plan.model import Plan
from hadocs.plan.resolve import point_of, resolve
from hadocs.verify import circumstances
from hadocs.verify.checkpoints import name
from hadocs.verify.circumstances import CIRCUMSTANCES
from hadocs.verify.driving import Driven
from hadocs.verify.events import ItemRun
from hadocs.verify.founding import founded, founding
from hadocs.verify.ground import Ground
from hadocs.verify.memory import Peak
from hadocs.verify.verification import Verification, failed_item, judged


@pytest.fixture
def plan(catalog: Catalog) -> Plan:
    return sample(catalog)


def sample(catalog: Catalog, **ways: str) -> Plan:
    site = catalog.sites["three"]
    chosen = site.spec.model_copy(update={"ways": ways})
    return resolve(catalog, site, point_of(catalog, chosen, "alpha-2", "crm", "2.1"))


def test_what_asks_all_nodes_whether_it_exists_founds_it(plan: Plan) -> None:
    assert [(item, node) for _, item, node in founding(plan)] == [("store/bootstrap", "node1")]


def test_only_what_was_done_founded_anything(plan: Plan) -> None:
    said = {
        outcome: list(founded(plan, {"node1": {"store/bootstrap": ItemRun(0, outcome)}}))
        for outcome in ("done", "nothing")
    }
    assert said == {"done": ["node1: store/bootstrap founded it again"], "nothing": []}


class KilledDriver:
    """A driver that is told which nodes found something in each of its runs."""

    def __init__(self, plan: Plan, *runs: tuple[str, ...]) -> None:
        self.plan, self.left, self.number = plan, list(runs), 0

    def run(self, *, before: int = 0) -> Driven:
        """The next run: the nodes that found something in it."""
        self.number += 1
        nodes = self.left.pop(0) if self.left else ()
        done = {node: {"store/bootstrap": ItemRun(0, "done")} for node in nodes}
        return Driven(None if before else 0, (), done, 1.0)


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ((("node1",),), []),
        ((("node1", "node2", "node3"),), []),
        ((("node1",), ("node2",)), ["store/bootstrap founded 2 times"]),
    ],
    ids=["one node", "all nodes together", "another run"],
)
def test_what_is_founded_together_is_founded_once(
    plan: Plan, runs: tuple[tuple[str, ...], ...], said: list[str]
) -> None:
    driver = KilledDriver(plan, *runs)
    ground = Ground(driver, None, None)  # type: ignore[arg-type]  # as much as it needs
    assert [*CIRCUMSTANCES["killed"].judge(ground)] == said


def test_a_run_is_killed_once_for_each_turn_that_founds(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = ((7, "store/bootstrap", node) for node in ("node1", "node2", "node3"))
    monkeypatch.setattr(circumstances, "founding", lambda _: turn)
    driver = KilledDriver(plan, ("node1", "node2", "node3"))
    assert [*CIRCUMSTANCES["killed"].judge(Ground(driver, None, None))] == []  # type: ignore[arg-type]
    assert driver.number == 2


def test_the_command_knows_every_circumstance() -> None:
    for known in CIRCUMSTANCES:
        asked = ["verify", "--distro", "alpha", "--circumstance", known]
        assert parser().parse_args(asked).circumstance == [known]
    with pytest.raises(SystemExit):
        parser().parse_args(["verify", "--distro", "alpha", "--circumstance", "nonsense"])


def test_a_checkpoint_stands_for_what_comes_before_it_and_nothing_else(catalog: Catalog) -> None:
    usual, managed = sample(catalog), sample(catalog, store="managed")
    same = replace(managed, target=usual.target)
    assert name(usual, "store") == name(same, "store")
    assert name(usual, "store") != name(managed, "store")
    changed = replace(usual, stages=(usual.stages[-1], *usual.stages[:-1]))
    last = usual.stages[-2].component
    assert name(usual, last) != name(changed, last)


def verification(*problems: str, told: str = "") -> Verification:
    failed = "store/bootstrap" if problems else ""
    return Verification((), problems, (1.0,), Peak(), failed, (told,))


def test_what_passes_on_a_fresh_cluster_is_flaky() -> None:
    made = judged(verification("no quorum"), verification(told="Done: three"))
    assert made.flaky.splitlines() == [
        "store: failed on one cluster and passed on the next",
        "    first:  no quorum",
        "    second: Done: three",
    ]


def test_what_fails_twice_is_not_flaky() -> None:
    made = judged(verification("no quorum"), verification("no quorum either"))
    assert (made.flaky, made.problems) == ("", ("no quorum either",))


@pytest.mark.parametrize("outcome", ["failed", ""])
def test_an_item_that_did_not_end_has_failed(outcome: str) -> None:
    runs = {"node1": {"store/install": ItemRun(0, "done"), "store/join": ItemRun(1, outcome)}}
    assert failed_item(Driven(1, (), runs, 1.0)) == "store/join"
