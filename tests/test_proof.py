"""The hard cases of the format: what the specs of tests/proof say is what their plans do."""

import functools
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
import yaml

from hadocs.loading.catalog import Catalog, load
from hadocs.plan.actions import Action, Copy, Fault, Run, Service, SetOptions, WriteFile
from hadocs.plan.checks import check
from hadocs.plan.domain import supported
from hadocs.plan.model import Plan, Step
from hadocs.plan.outside import resolve_task
from hadocs.plan.resolve import point_of, resolve
from hadocs.problems import HadocsError
from hadocs.renderers.blocks import Code, Line
from hadocs.renderers.guide import Guide
from hadocs.renderers.scripts import render

PROJECT = Path(__file__).parent / "proof"
CATALOG = load(PROJECT)
TASKS = (*CATALOG.procedures, *CATALOG.drills)
TARGETS = tuple(
    (system, series, way)
    for system, series in supported(CATALOG)
    for way in (way.id for way in CATALOG.components["neutron"].spec.ways)
)
NOVA = "/etc/nova/nova.conf"
LISTENERS = "/etc/haproxy/conf.d/"
every_target = pytest.mark.parametrize("target", TARGETS, ids="-".join)


def made(catalog: Catalog, system: str, series: str, way: str) -> Plan:
    site = catalog.sites["eight"]
    chosen = site.spec.model_copy(update={"ways": {"neutron": way}})
    return resolve(catalog, site, point_of(catalog, chosen, system, None, series))


@functools.cache
def plan(target: tuple[str, str, str]) -> Plan:
    return made(CATALOG, *target)


def steps(of: Plan) -> Iterator[Step]:
    seen: set[int] = set()
    for turn in of.turns():
        if isinstance(turn.item, Step) and id(turn.item) not in seen:
            seen.add(id(turn.item))
            yield turn.item


def step(of: Plan, id_: str) -> Step:
    return next(step for step in steps(of) if step.id == id_)


def acts(of: Plan) -> Iterator[tuple[str, str, Action]]:
    """Step, node and action, of the whole plan."""
    for one in steps(of):
        for node, deed in one.deeds.items():
            yield one.id, node, deed.action


def with_role(role: str) -> tuple[str, ...]:
    return tuple(n.name for n in CATALOG.sites["eight"].spec.nodes if role in n.roles)


def written(of: Plan) -> dict[tuple[str, str, str], str]:
    """What each node has in each file, by the step that says so."""
    result = {}
    for id_, node, action in acts(of):
        if isinstance(action, WriteFile):
            result[node, action.path, id_] = str(action.text)
        elif isinstance(action, SetOptions):
            result[node, action.path, id_] = str(action.options)
    return result


def listeners(of: Plan) -> dict[str, set[str]]:
    """The drop-in files of HAProxy's slot, with the steps that write them."""
    found: dict[str, set[str]] = {}
    for _, path, id_ in written(of):
        if path.startswith(LISTENERS) and not id_.startswith("haproxy/"):
            found.setdefault(path, set()).add(id_)
    return found


def words(block: object) -> Iterator[object]:
    """A block of the guide and everything in it."""
    yield block
    if isinstance(block, tuple):
        for part in block:
            yield from words(part)
    elif is_dataclass(block):
        for field in fields(block):
            yield from words(getattr(block, field.name))


def test_the_project_has_no_problems() -> None:
    check(CATALOG)


@pytest.mark.parametrize("series", CATALOG.series)
@pytest.mark.parametrize("name", [*CATALOG.components, *TASKS])
def test_every_page_resolves(name: str, series: str) -> None:
    assert Guide(CATALOG, series).page(f"guide/{name}").blocks


@pytest.mark.parametrize("name", TASKS)
def test_the_page_of_a_task_shows_what_it_does(name: str) -> None:
    parts = [*words(Guide(CATALOG).page(f"guide/{name}").blocks)]
    idle = [p for p in parts if isinstance(p, Line) and "Nothing to do here" in str(p.parts)]
    assert not idle
    assert any(isinstance(p, Code) and p.kind == "command" for p in parts)


@every_target
def test_every_plan_resolves_with_each_step_once(target: tuple[str, str, str]) -> None:
    ids = Counter(one.id for one in steps(plan(target)))
    assert {id_ for id_, count in ids.items() if count > 1} == set()
    assert {id_.partition("/")[0] for id_ in ids} >= {"nova", "neutron", "swift", "haproxy"}


@every_target
def test_an_option_of_nova_has_one_owner(target: tuple[str, str, str]) -> None:
    owned: Counter[tuple[str, str, str]] = Counter()
    for _, node, action in acts(plan(target)):
        if isinstance(action, SetOptions) and action.path == NOVA:
            owned.update((node, option.section, option.key) for option in action.options)
    assert {key for key, count in owned.items() if count > 1} == set()
    for name, roles in {
        "rabbitmq/messaging": ("controller", "compute"),
        "keystone/token": ("controller", "compute"),
        "memcached/cache": ("controller", "compute"),
        "galera/connection": ("controller",),
    }.items():
        component, _, set_name = name.partition("/")
        options = CATALOG.components[component].spec.option_sets[set_name].options
        nodes = {node for role in roles for node in with_role(role)}
        for section, keys in options.items():
            for key in keys:
                has = {n for n, s, k in owned if (s, k) == (section, key)}
                assert has == nodes, f"{name}: {section}/{key}"


@every_target
def test_every_service_has_a_listener_file_of_its_own(target: tuple[str, str, str]) -> None:
    found = listeners(plan(target))
    assert {path: ids for path, ids in found.items() if len(ids) != 1} == {}
    assert len({id_.partition("/")[0] for ids in found.values() for id_ in ids}) >= 10
    asked = [
        f"{LISTENERS}{service.name}.cfg"
        for component in CATALOG.components.values()
        for service in component.spec.services
        if any(fill.slot == "haproxy/listener" for fill in service.fills)
    ]
    assert sorted(found) == sorted(asked)
    on = {node for node, path, _ in written(plan(target)) if path.startswith(LISTENERS)}
    assert on == set(with_role("controller"))


@every_target
def test_another_service_changes_no_other_file(
    target: tuple[str, str, str], tmp_path: Path
) -> None:
    root = tmp_path / "proof"
    shutil.copytree(PROJECT, root)
    stub = (root / "components/aodh.yaml").read_text()
    stub = stub.replace("aodh", "manila").replace("alarming", "share").replace("8042", "8786")
    (root / "components/manila.yaml").write_text(stub)
    catalog = load(root)
    check(catalog)
    before, after = written(plan(target)), written(made(catalog, *target))
    assert {key: after[key] for key in before} == before
    assert {(node, path) for node, path, _ in after.keys() - before.keys()} == {
        (node, f"{LISTENERS}manila-api.cfg") for node in with_role("controller")
    }


@every_target
def test_rings_are_made_on_one_node_and_copied_to_all(target: tuple[str, str, str]) -> None:
    maker, *others = with_role("controller")
    rings = step(plan(target), "swift/rings")
    assert rings.nodes == (maker,)
    deed = rings.deeds[maker]
    assert deed.guard is not None
    assert (deed.guard.nodes, deed.guard.every) == ((maker, *others), False)
    copies = step(plan(target), "swift/copy-rings")
    assert set(copies.nodes) == {*with_role("controller"), *with_role("storage")}
    for copied in copies.deeds.values():
        assert isinstance(copied.action, Copy)
        assert copied.action.sources[0] == maker
    building = [
        id_ for id_, _, a in acts(plan(target)) if isinstance(a, Run) and "rebalance" in str(a.text)
    ]
    assert building == ["swift/rings"]


@every_target
def test_rings_have_every_disk_in_the_zone_of_its_node(target: tuple[str, str, str]) -> None:
    (deed,) = step(plan(target), "swift/rings").deeds.values()
    assert isinstance(deed.action, Run)
    added = re.findall(r"--zone (\S+) --ip (\S+) .*--device (\S+)", str(deed.action.text))
    nodes = [n for n in CATALOG.sites["eight"].spec.nodes if "storage" in n.roles]
    own = [(n.values["swift"]["zone"], n.address, n.values["swift"]["disks"]) for n in nodes]
    assert added == [(zone, address, disk) for zone, address, disks in own for disk in disks]


@every_target
def test_ovn_is_there_only_in_its_way(target: tuple[str, str, str]) -> None:
    there = "ovn" in {stage.component for stage in plan(target).stages}
    said = " ".join(str(action) for id_, _, action in acts(plan(target)) if id_[:8] == "neutron/")
    assert there is (target[2] == "ovn")
    assert ("ovn-remote" in said) is there
    assert ("neutron-l3-agent" in said) is not there


@every_target
@pytest.mark.parametrize("id_", ["nova/cells", "ovn/bootstrap"])
def test_what_is_founded_once_asks_every_controller(id_: str, target: tuple[str, str, str]) -> None:
    if id_.startswith("ovn") and target[2] != "ovn":
        assert not any(one.id == id_ for one in steps(plan(target)))
        return
    founded = step(plan(target), id_)
    assert founded.nodes == with_role("controller")[:1]
    (deed,) = founded.deeds.values()
    assert deed.guard is not None
    assert deed.guard.nodes == with_role("controller")
    assert (deed.guard.every, deed.guard.skip_if_holds) == (False, True)


def test_the_unit_of_the_compute_api_differs_by_series() -> None:
    def unit(series: str) -> str:
        started = step(plan(("ubuntu-24.04", series, "ovn")), "nova/start-api")
        (name,) = {d.action.unit for d in started.deeds.values() if isinstance(d.action, Service)}
        return name

    assert (unit("2025.1"), unit("2026.1")) == ("nova-api", "apache2")


def refused() -> Iterator[object]:
    """Each mistake of refused.yaml."""
    for name, mistake in yaml.safe_load((PROJECT / "refused.yaml").read_text()).items():
        yield pytest.param(mistake, id=name)


@pytest.mark.parametrize("mistake", tuple(refused()))
def test_check_refuses(mistake: dict[str, str], tmp_path: Path) -> None:
    root = tmp_path / "proof"
    shutil.copytree(PROJECT, root)
    path = root / "components" / f"{mistake['in']}.yaml"
    text = path.read_text()
    assert mistake["right"] in text
    path.write_text(text.replace(mistake["right"], mistake["wrong"], 1))
    with pytest.raises(HadocsError) as raised:
        check(load(root))
    assert {Path(problem.where.path).stem for problem in raised.value.problems} & {
        mistake["in"],
        "haproxy",
    }


def task(name: str, **nodes: str) -> Plan:
    system, series = next(iter(supported(CATALOG)))
    site = CATALOG.sites["eight"]
    point = point_of(CATALOG, site.spec, system, None, series)
    return resolve_task(CATALOG, site, point, name, nodes)


def test_a_new_controller_does_the_turns_of_what_it_follows_and_asks_all() -> None:
    made = task("replace-controller", new="controller1", survivor="controller3")
    own = [turn for turn in made.turns() if turn.item.id.startswith("replace-controller/")]
    followed = [turn for turn in made.turns() if turn not in own]
    assert {turn.nodes for turn in followed} == {("controller1",)}
    start = followed.index(next(t for t in followed if t.item.id.startswith("galera/")))
    assert any(t.item.id.startswith("haproxy/") for t in followed[:start])
    guard = step(made, "galera/bootstrap").deeds["controller1"].guard
    assert guard is not None
    assert guard.nodes == with_role("controller")
    forget = step(made, "replace-controller/forget-queue").deeds["controller3"].action
    assert isinstance(forget, Run)
    assert str(forget.text).endswith("forget_cluster_node rabbit@controller1")


def test_a_fault_is_an_action_on_a_node_that_no_script_can_cause() -> None:
    made = task("galera-lose-writer", writer="controller1", witness="controller2")
    assert Fault("power_off", "controller1") in [action for _, _, action in acts(made)]
    with pytest.raises(HadocsError, match="galera-lose-writer/power-off is a fault"):
        list(render(made, frozenset()))
