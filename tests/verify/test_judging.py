"""What is judged of a cluster in a circumstance, without one: the live tests have one."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from hadocs.cli.live import _possible
from hadocs.loading.catalog import load
from hadocs.plan.drills import Probe
from hadocs.plan.model import Plan
from hadocs.plan.order import needs
from hadocs.plan.resolve import Setting, point_of, resolve
from hadocs.plan.text import Text
from hadocs.problems import HadocsError
from hadocs.verify import circumstances, confirmed, ground, judging, kin, verification
from hadocs.verify.circumstances import CIRCUMSTANCES
from hadocs.verify.cluster import ClusterError
from hadocs.verify.confirmed import Confirmed
from hadocs.verify.drills.clients import Client
from hadocs.verify.driving import Driven
from hadocs.verify.events import ItemRun
from hadocs.verify.judging import Judge
from hadocs.verify.memory import Peak
from hadocs.verify.runner import Result
from hadocs.verify.verification import Verifier

SAMPLE = Path(__file__).parents[1] / "sample"


LOG = """\
{"wall": 0, "monotonic": 0}
["begin", 1, 0.0]
["end", 1, 0.1, 0, false]
["begin", 2, 0.5]
["end", 2, 0.6, 1, false]
["begin", 3, 1.0]
["end", 3, 1.1, 0, false]
"""


@dataclass
class Node:
    """Where a client tried three writes, of which two were confirmed."""

    there: tuple[int, ...]
    ran: list[str] = field(default_factory=list)

    def run(self, node: str, text: str, timeout: float) -> Result:
        self.ran.append(text)
        printed = LOG if text.startswith("cat ") else " ".join(map(str, self.there))
        return Result(0, printed, "")


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ((1, 3), []),
        ((1, 2, 3), []),
        ((1, 2), ["node3: the probe rows: 1 of 2 confirmed writes are lost"]),
        ((), ["node3: the probe rows: 2 of 2 confirmed writes are lost"]),
    ],
)
def test_only_what_was_confirmed_can_be_lost(there: tuple[int, ...], said: list[str]) -> None:
    node = Node(there)
    texts = (("run", Text("write")), ("count", Text("count")), ("cleanup", Text("clean up")))
    client = Client(node, Probe("rows", "Rows", "node3", 500, 500, texts))  # type: ignore[arg-type]
    assert [*Confirmed((client,)).lost()] == said
    assert "clean up" in node.ran[-1]


def setting(root: Path, site: str = "three") -> Setting:
    catalog = load(root)
    spec = catalog.sites[site].spec
    return Setting(catalog, catalog.sites[site], point_of(catalog, spec, "alpha-2", "crm", "2.1"))


def test_a_site_grows_from_the_one_with_its_first_nodes() -> None:
    assert kin.smaller(setting(SAMPLE)).site.name == "one"
    with pytest.raises(HadocsError, match="beside one that has only the first of its nodes"):
        kin.smaller(setting(SAMPLE, "one"))


def test_settings_change_to_those_of_a_site_with_the_same_nodes(tmp_path: Path) -> None:
    root = Path(shutil.copytree(SAMPLE, tmp_path / "project"))
    sites = root / "conf/sites"
    text = (sites / "three.yaml").read_text()
    (sites / "copy.yaml").write_text(text)
    with pytest.raises(HadocsError, match="its nodes and other values"):
        kin.changed(setting(root))
    (sites / "other.yaml").write_text(text.replace("token: 3000", "token: 4000"))
    assert kin.changed(setting(root)).site.name == "other"
    (sites / "other.yaml").write_text(text.replace("10.9.0.10", "10.9.0.9"))
    with pytest.raises(HadocsError, match="its nodes and other values"):
        kin.changed(setting(root))


def test_of_all_circumstances_those_without_a_site_are_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    possible = _possible(["all"], setting(SAMPLE))
    assert possible == [name for name in CIRCUMSTANCES if name != "settings-changed"]
    assert "left out: settings-changed: there is no site beside three" in capsys.readouterr().err
    with pytest.raises(HadocsError):
        _possible(["settings-changed"], setting(SAMPLE))


class FakeCluster:
    """Nodes to which everything may be done."""

    nodes = ("node1", "node2", "node3")

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_, **__: None


class FakeDriver:
    """A driver whose runs do what they are told, one after the other; then nothing."""

    def __init__(self, plan: Plan, runs: Sequence[Mapping[str, str]]) -> None:
        self.plan, self.cluster, self.left = plan, FakeCluster(), list(runs)
        self.secrets = ()

    def heard(self, line: str) -> None: ...

    def prepare(self) -> None: ...

    def admit(self, nodes: Sequence[str]) -> None: ...

    def run(self, *options: str, before: int = 0) -> Driven:
        did = self.left.pop(0) if self.left else {}
        items = {item: ItemRun(0, outcome) for item, outcome in did.items()}
        return Driven(0, (), {"node1": items}, 1.0)


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Judge, FakeDriver]]:
    """A judge of the sample on a cluster of which nobody asks anything."""
    monkeypatch.setattr(circumstances.time, "sleep", lambda _: None)
    for module in (circumstances, ground):
        monkeypatch.setattr(module, "snapshot", lambda *_: {})
    monkeypatch.setattr(circumstances, "revive", lambda *_: None)
    monkeypatch.setattr(judging, "recipe", lambda _: SimpleNamespace(state=(), lasting=(), data=()))
    monkeypatch.setattr(judging, "sampled", lambda _: contextlib.nullcontext(Peak()))
    monkeypatch.setattr(verification, "recipe", lambda _: None)
    monkeypatch.setattr(verification, "installed", lambda *_: {})
    monkeypatch.setattr(ground.Ground, "driver_of", lambda self, _: self.driver)
    monkeypatch.setattr(kin, "changed", lambda asked: asked)

    def made(there: tuple[int, ...], *runs: Mapping[str, str]) -> tuple[Judge, FakeDriver]:
        node = Node(there)
        texts = (("run", Text("write")), ("count", Text("count")))
        probe = Probe("rows", "Rows", "node3", 500, 500, texts)
        client = Client(node, probe)  # type: ignore[arg-type]
        monkeypatch.setattr(ground, "confirmed", lambda *_: Confirmed((client,)))
        asked = setting(SAMPLE)
        plan = resolve(asked.catalog, asked.site, asked.point)
        needed = needs(asked.catalog.components)
        verifier = Verifier("lab", False, lambda _: None, needed, "2026-11-24", asked)
        return Judge(verifier, plan, None, asked), FakeDriver(plan, runs)  # type: ignore[arg-type]

    return made


DID = {"stack/start": "done", "stack/install": "already"}


@pytest.mark.parametrize("name", [name for name in CIRCUMSTANCES if name != "killed"])
def test_no_circumstance_holds_where_a_confirmed_write_is_lost(
    name: str, judge: Callable[..., tuple[Judge, FakeDriver]]
) -> None:
    for there, lost in (
        ((1, 3), []),
        ((1,), ["node3: the probe rows: 1 of 2 confirmed writes are lost"]),
    ):
        one, driver = judge(there, DID, DID)
        found = one._one(name, driver)  # type: ignore[arg-type]
        assert [said for said in found.problems if "writes" in said] == lost
        assert not lost or found.run.outcome == "failed"


def test_settings_that_change_nothing_do_not_hold(
    judge: Callable[..., tuple[Judge, FakeDriver]],
) -> None:
    for runs in ((DID, {}), ({}, DID)):
        one, driver = judge((1, 3), *runs)
        found = one._one("settings-changed", driver)  # type: ignore[arg-type]
        assert found.problems == ("the scripts of the site three changed nothing",)


def test_what_the_last_run_of_a_circumstance_did_is_kept_if_it_held(
    judge: Callable[..., tuple[Judge, FakeDriver]],
) -> None:
    last = {"stack/configure": "done", "stack/install": "already"}
    one, driver = judge((1, 3), DID, last)
    kept = one._one("settings-changed", driver).records  # type: ignore[arg-type]
    title = CIRCUMSTANCES["settings-changed"].title
    assert [(record.step, record.circumstance) for record in kept] == [("stack/configure", title)]
    one, driver = judge((1,), DID, last)
    assert one._one("settings-changed", driver).records == ()  # type: ignore[arg-type]


@pytest.fixture
def did(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What clients were told, in order, each with its probe and node."""
    told: list[str] = []

    def noted(what: str) -> Callable[[Client], None]:
        return lambda client: told.append(f"{what} {client.probe.id} on {client.probe.node}")

    for what in ("start", "stop", "remove"):
        monkeypatch.setattr(Client, what, noted(what))
    monkeypatch.setattr(
        confirmed, "all_steady", lambda clients: told.append(f"{len(clients)} steady")
    )
    return told


def test_clients_that_can_count_write_steadily_and_stop(did: list[str]) -> None:
    found = confirmed.confirmed(setting(SAMPLE), None, "node2")  # type: ignore[arg-type]
    assert [one.probe.id for one in found.clients] == ["rows"]
    assert did == ["start rows on node2", "1 steady", "stop rows on node2"]


def test_clients_that_are_not_answered_leave_nothing(
    did: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: object) -> None:
        raise ClusterError("the probe rows is not answered steadily")

    monkeypatch.setattr(confirmed, "all_steady", never)
    with pytest.raises(ClusterError, match="not answered steadily"):
        confirmed.confirmed(setting(SAMPLE), None, "node2")  # type: ignore[arg-type]
    assert did == ["start rows on node2", "remove rows on node2"]


def test_a_client_that_cannot_count_is_told_and_the_others_are_still_asked(did: list[str]) -> None:
    class Silent(Node):
        def run(self, node: str, text: str, timeout: float) -> Result:
            return (
                super().run(node, text, timeout)
                if text.startswith("cat ")
                else Result(1, "", "gone")
            )

    texts = (("run", Text("write")), ("count", Text("count")))
    probe = Probe("rows", "Rows", "node3", 500, 500, texts)
    clients = tuple(Client(node, probe) for node in (Silent(()), Node((1,))))  # type: ignore[arg-type]
    first, second = Confirmed(clients).lost()
    assert "cannot count" in first
    assert "1 of 2 confirmed writes are lost" in second
    assert did == ["remove rows on node3"] * 2
