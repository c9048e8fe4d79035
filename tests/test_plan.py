"""From specs and a site to concrete steps in order."""

import itertools
import json
import random
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hadocs.loading.catalog import Catalog, Loaded, load
from hadocs.plan.actions import Cluster, Copy, Install, Nothing, Run, Service, WriteFile
from hadocs.plan.checks import check
from hadocs.plan.domain import default_ways, holds, points, supported
from hadocs.plan.model import Deed, Plan, Step
from hadocs.plan.order import cycle, in_order, needs
from hadocs.plan.resolve import point_of, resolve
from hadocs.plan.text import Kind
from hadocs.plan.types import fits, is_address
from hadocs.problems import Code, HadocsError
from hadocs.spec.component import ComponentSpec
from hadocs.spec.conditions import When
from hadocs.spec.parts import ParameterSpec, WaySpec

SAMPLE = Path(__file__).parent / "sample"
TYPES = get_args(ParameterSpec.model_fields["type"].annotation)


def planned(
    catalog: Catalog, system: str = "alpha-2", shell: str | None = None, site: str = "three",
    **ways: str,
) -> Plan:  # fmt: skip
    loaded = catalog.sites[site]
    chosen = loaded.spec.model_copy(update={"ways": ways}) if ways else loaded.spec
    point = point_of(catalog, chosen, system, shell, None)
    return resolve(catalog, replace(loaded, spec=chosen), point)


def deeds(plan: Plan, step: str) -> Mapping[str, Deed]:
    (found,) = {id(t.item): t.item for t in plan.turns() if t.item.id == step}.values()
    assert isinstance(found, Step)
    return found.deeds


# Order


def component(catalog: Catalog, name: str, after: list[str]) -> Loaded[ComponentSpec]:
    spec = ComponentSpec(
        title=name,
        chapter="ground",
        summary=name,
        roles=("controller",),
        provides=(f"the {name}",),
        after=tuple(f"the {other}" for other in after),
    )
    return Loaded(name, spec, catalog.guide.source)


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, list[str]]:
    """Names with those that they come after; names say nothing about the order."""
    names = draw(st.permutations("abcdefgh"))
    count = draw(st.integers(1, len(names)))
    return {
        name: draw(st.lists(st.sampled_from(names[:index]), unique=True, max_size=4))
        if index
        else []
        for index, name in enumerate(names[:count])
    }


@given(graph=graphs(), seed=st.integers(0, 9), data=st.data())
def test_each_component_comes_after_its_needs(
    graph: dict[str, list[str]], seed: int, data: st.DataObject, catalog: Catalog
) -> None:
    rank = st.fixed_dictionaries(
        {
            "chapter": st.sampled_from(["ground", "data", "none"]),
            "priority": st.none() | st.integers(0, 3),
        }
    )
    specs = {name: component(catalog, name, after) for name, after in graph.items()}
    specs = {
        name: replace(one, spec=one.spec.model_copy(update=data.draw(rank)))
        for name, one in specs.items()
    }
    order = [loaded.name for loaded in in_order(catalog, specs)]
    assert sorted(order) == sorted(graph)
    for name, after in graph.items():
        assert all(order.index(other) < order.index(name) for other in after)
    assert cycle(specs) == ()
    shuffled = list(specs.items())
    random.Random(seed).shuffle(shuffled)
    assert [loaded.name for loaded in in_order(catalog, dict(shuffled))] == order


def test_what_one_way_of_a_component_needs_comes_before_it(catalog: Catalog) -> None:
    early = component(catalog, "early", [])
    way = WaySpec(id="other", title="Other", after=("the late",))
    early = replace(early, spec=early.spec.model_copy(update={"ways": (way,), "priority": 0}))
    specs = {"early": early, "late": component(catalog, "late", [])}
    assert [one.name for one in in_order(catalog, specs)] == ["late", "early"]


@given(graph=graphs(), data=st.data())
def test_a_cycle_is_named_by_components_that_need_each_other(
    graph: dict[str, list[str]], data: st.DataObject, catalog: Catalog
) -> None:
    first, *_, last = [*graph, *graph]
    links = [*graph, first]
    for name, after in itertools.pairwise(links):
        graph[after] = sorted({*graph[after], name})
    specs = {name: component(catalog, name, after) for name, after in graph.items()}
    found = cycle(specs)
    if first == last:
        assert found == (), "a component that provides what it comes after needs nobody"
        return
    assert found
    before = needs(specs)
    for name, other in itertools.pairwise((*found, found[0])):
        assert other in before[name]
    assert len(in_order(catalog, specs)) == len(graph)


def test_components_without_needs_are_in_the_order_of_chapters_and_priorities(
    catalog: Catalog,
) -> None:
    plan = planned(catalog)
    assert [stage.component for stage in plan.stages] == ["stack", "balancer", "store"]


# Conditions

condition: dict[str, st.SearchStrategy[Any]] = {
    "system": st.sampled_from([("alpha-1",), ("alpha-2", "beta-9")]),
    "distro": st.just(("beta",)),
    "family": st.just(("alpha",)),
    "shell": st.sampled_from([("crm",), ("pcs",), ("crm", "pcs")]),
    "series": st.sampled_from([("2.1",), ("1.0",)]),
    "since": st.sampled_from(["2.2", "1.0"]),
    "until": st.sampled_from(["2.1", "1.0"]),
    "repository": st.booleans().map(lambda said: "yes" if said else "no"),
    "way": st.sampled_from([{"self": ("native",)}, {"store": ("managed", "native")}]),
}
whens = st.sampled_from([*condition]).flatmap(
    lambda key: st.fixed_dictionaries({key: condition[key]})
) | st.fixed_dictionaries({}, optional=condition)
shells = st.sampled_from([("crm", "pcs"), ("crm",), ("pcs",)])


def with_shells(catalog: Catalog, **shells: tuple[str, ...]) -> Catalog:
    distros = {
        name: replace(one, spec=one.spec.model_copy(update={"shells": shells[name]}))
        for name, one in catalog.distros.items()
    }
    return replace(catalog, distros=distros)


@settings(max_examples=200)
@given(whens=st.lists(whens.map(lambda said: When(**said)), max_size=2), alpha=shells, beta=shells)
def test_points_tell_apart_all_that_conditions_can(
    whens: list[When], alpha: tuple[str, ...], beta: tuple[str, ...], catalog: Catalog
) -> None:
    catalog = with_shells(catalog, alpha=alpha, beta=beta)
    (base,) = itertools.islice(points([], catalog, "store"), 1)
    everything = [
        replace(base, system=system, shell=shell, series=series, ways={"store": way})
        for system, series in supported(catalog)
        for shell in catalog.systems[system].distro.spec.shells
        for way in ("native", "managed")
    ]

    def told(point: Any) -> tuple[bool, ...]:
        return tuple(holds(when, point, catalog, "store") for when in whens)

    assert {told(p) for p in points(whens, catalog, "store")} == {told(p) for p in everything}


def test_the_recommended_way_is_the_default(catalog: Catalog) -> None:
    assert default_ways(catalog) == {"store": "native"}


def test_only_systems_that_carry_a_series_have_it(catalog: Catalog) -> None:
    assert ("alpha-1", "2.2") not in set(supported(catalog))
    assert {series for _, series in supported(catalog)} == {"2.1", "2.2"}


# Values of a site

#: Of each type, something that fits.
GOOD = {
    "word": "a-b_c.1",
    "int": "-12",
    "port": "8080",
    "address": "10.0.0.1",
    "prefix": "10.0.0.0/24",
    "hostname": "a.b-c",
    "interface": "eth0.1",
    "path": "/etc/x@1",
    "device": "sda/1",
}


@pytest.mark.parametrize("kind", GOOD)
def test_a_value_of_each_type_fits(kind: str) -> None:
    assert fits(kind, GOOD[kind])
    assert set(TYPES) - {"options", "hosts", "text"} == set(GOOD)


@pytest.mark.parametrize("kind", GOOD)
@given(
    value=st.text(max_size=4) | st.text(" '\"$`\\;|&<>()[]{}*?!~#\n\t\r\0é٣%/.:@-1", max_size=4),
    at=st.integers(0, 12),
    cut=st.integers(0, 12),
)
def test_no_value_that_fits_has_a_character_that_a_shell_reads(
    kind: str, value: str, at: int, cut: int
) -> None:
    good = GOOD[kind]
    for text in (value, good[:at] + value + good[at:], good[:at] + value + good[at + cut :]):
        if fits(kind, text):
            assert shlex.quote(text) == text


@pytest.mark.parametrize("kind", GOOD)
def test_no_single_character_that_a_shell_reads_can_be_smuggled_in(kind: str) -> None:
    good = GOOD[kind]
    for char in map(chr, range(0x700)):
        for text in (char + good, good[:2] + char + good[2:], good + char, good[:-1] + char):
            assert not fits(kind, text) or shlex.quote(text) == text, text


@given(key=st.text(max_size=3), value=st.text(max_size=3), at=st.integers(0, 3))
def test_free_options_fit_only_without_such_characters(key: str, value: str, at: int) -> None:
    for pair in ((key, value), ("key"[:at] + key, "value"[:at] + value)):
        if fits("options", dict([pair])):
            assert [shlex.quote(word) for word in pair] == list(pair)


@given(key=st.text(max_size=3), value=st.text(max_size=3), at=st.integers(0, 3))
def test_lines_of_hosts_fit_only_as_an_address_and_names(key: str, value: str, at: int) -> None:
    assert fits("hosts", {"10.0.0.1": "a.b-c a", "fe80::1": "b"})
    for pair in ((key, value), ("10.0.0.1"[:at] + key, "name"[:at] + value)):
        if fits("hosts", dict([pair])):
            assert is_address(pair[0])
            assert all(fits("hostname", name) for name in pair[1].split(" "))


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("value", [["a"], {"a": ["b"]}, None, 1, {"a": {"b": "c"}}])
def test_a_value_of_another_shape_does_not_fit(kind: str, value: object) -> None:
    assert not fits(kind, value)


@pytest.mark.parametrize("name", ["-a", "a-", "a.-b", "a-.b", "a..b", ".a", "a.", "a_b", "a" * 64])
def test_no_host_name_has_a_label_that_the_dns_refuses(name: str) -> None:
    assert not fits("hostname", name)


HOSTILE = [
    "a b",
    "a'b",
    'a"b',
    "$(reboot)",
    "`reboot`",
    "a;b",
    "a|b",
    "a&b",
    "a>b",
    "*",
    "~",
    "a\\b",
    "#a",
    "!a",
    "(a)",
    "{a,b}",
    "a\nb",
    "a\tb",
    "\u0663",
    "",
    "../../etc",
    "https://x/?a&b",
    "{{ secret.x }}",
]


def test_every_hostile_value_of_a_site_is_refused_where_it_stands(tmp_path: Path) -> None:
    root = Path(shutil.copytree(SAMPLE, tmp_path / "project"))
    kinds = [kind for kind in GOOD if kind != "path"]
    head = "title: Bad\nchapter: ground\nsummary: It is wrong.\nroles: [controller]\nparameters:\n"
    names = [f"{kind}_{index}" for kind in kinds for index in range(len(HOSTILE))]
    rows = "".join(f"  {name}: {{type: {name.partition('_')[0]}, title: T}}\n" for name in names)
    (root / "components/bad.yaml").write_text(f"{head}{rows}")
    given = "".join(
        f"    {name}: {json.dumps(value)}\n"
        for name, value in zip(names, itertools.cycle(HOSTILE), strict=False)
    )
    site = (root / "conf/sites/three.yaml").read_text() + f"  bad:\n{given}"
    (root / "conf/sites/three.yaml").write_text(site)
    with pytest.raises(HadocsError) as caught:
        check(load(root))
    first = site.count("\n", 0, site.index("  bad:")) + 2
    found = {(p.code, p.where.line) for p in caught.value.problems}
    assert found == {(Code.VALUE, first + n) for n in range(len(names))}


def test_one_value_of_several_is_a_list_of_one(tmp_path: Path) -> None:
    root = Path(shutil.copytree(SAMPLE, tmp_path / "project"))
    (root / "components/extra.yaml").write_text(
        "title: Extra\nchapter: data\nsummary: More.\nroles: [controller]\n"
        "parameters:\n"
        "  servers: {type: hostname, title: Servers, many: yes, default: none}\n"
        "  free: {type: options, title: Free}\n"
        "steps:\n"
        "  - id: a\n    title: A\n    write:\n      path: /x\n      text: |\n"
        "        {{ values.servers | join(',') }}\n"
        "        {% for o in values.free %}{{ o.key }}={{ o.value }};{% endfor %}\n"
    )
    site = root / "conf/sites/three.yaml"
    written = site.read_text()
    for values, text in (
        ("", "none\n"),
        ("  extra: {servers: abc, free: {a: 1, b: /x}}\n", "abc\na=1;b=/x;"),
        ("  extra: {servers: [abc, d]}\n", "abc,d\n"),
    ):
        site.write_text(written + values)
        catalog = load(root)
        check(catalog)
        action = deeds(planned(catalog), "extra/a")["node1"].action
        assert isinstance(action, WriteFile)
        assert str(action.text) == text


# Plans


@pytest.mark.parametrize("site", ["one", "three"])
@pytest.mark.parametrize("shell", ["crm", "pcs"])
@pytest.mark.parametrize("system", ["alpha-1", "alpha-2", "beta-9"])
def test_a_plan_is_made_the_same_twice(
    system: str, shell: str, site: str, catalog: Catalog
) -> None:
    first = planned(catalog, system, shell, site)
    assert planned(catalog, system, shell, site) == first
    assert planned(load(SAMPLE), system, shell, site) == first


def test_nodes_of_a_step_are_all_the_first_or_the_others(catalog: Catalog) -> None:
    plan = planned(catalog)
    assert [*deeds(plan, "store/install")] == ["node1", "node2", "node3"]
    assert [*deeds(plan, "store/bootstrap")] == ["node1"]
    assert [*deeds(plan, "store/join")] == ["node2", "node3"]
    turns = [turn.nodes for turn in plan.turns() if turn.item.id == "store/join"]
    assert turns == [("node2",), ("node3",)], "one at a time"


def test_a_step_without_nodes_has_no_turn(catalog: Catalog) -> None:
    plan = planned(catalog, site="one")
    assert "store/join" not in {turn.item.id for turn in plan.turns()}


def test_checks_come_after_the_steps_of_their_component(catalog: Catalog) -> None:
    ids = [turn.item.id for turn in planned(catalog).stages[0].turns]
    assert ids == [
        f"stack/{i}" for i in ("install", "configure", "start", "properties", "all-online")
    ]


def test_a_case_follows_the_shell_and_the_way(catalog: Catalog) -> None:
    native = deeds(planned(catalog), "store/bootstrap")["node1"].action
    assert isinstance(native, Run)
    assert str(native.text) == "store --new"
    for shell, words in (("crm", "configure primitive"), ("pcs", "resource create")):
        action = deeds(planned(catalog, shell=shell, store="managed"), "store/bootstrap")[
            "node1"
        ].action
        assert isinstance(action, Cluster)
        assert action.shell == shell
        assert [id_ for id_, _ in action.commands] == ["store"]
        assert str(action.commands[0][1]).startswith(words)
    nothing = deeds(planned(catalog, store="managed"), "store/join")["node2"].action
    assert nothing == Nothing("The cluster manager starts the other members.")


def test_indented_lines_carry_a_cluster_command_on(catalog: Catalog) -> None:
    action = deeds(planned(catalog, shell="pcs"), "balancer/keep")["node1"].action
    assert isinstance(action, Cluster)
    assert [(id_, str(command)) for id_, command in action.commands] == [
        ("balancer", "resource create balancer systemd:balancer \\\n  op monitor interval=5s"),
        ("balancer-clone", "resource clone balancer"),
    ]


def test_the_distro_version_names_a_package_before_the_component(catalog: Catalog) -> None:
    def packages(system: str, step: str) -> tuple[str, ...]:
        action = deeds(planned(catalog, system), step)["node1"].action
        assert isinstance(action, Install)
        return action.packages

    assert packages("alpha-1", "store/install") == ("store-server",)
    assert packages("alpha-2", "store/install") == ("store-server-2",)
    assert packages("beta-9", "store/install") == ("store-beta",)
    assert packages("beta-9", "stack/install") == ("stack", "stack-tools")


def test_a_name_has_the_certainty_of_the_file_that_says_it(catalog: Catalog) -> None:
    def certainty(system: str) -> str:
        (fact,) = deeds(planned(catalog, system), "store/install")["node1"].facts
        return fact.certainty

    assert certainty("beta-9") == "unconfirmed"
    assert certainty("alpha-1") == "confirmed"


def test_a_guard_asks_the_nodes_that_it_names(catalog: Catalog) -> None:
    plan = planned(catalog)
    anywhere = deeds(plan, "store/bootstrap")["node1"].guard
    assert anywhere is not None
    assert (anywhere.nodes, anywhere.every) == (("node1", "node2", "node3"), False)
    assert anywhere.skip_if_holds
    itself = deeds(plan, "stack/properties")["node1"].guard
    assert itself is not None
    assert itself.nodes == ("node1",)


def test_a_wait_asks_the_same_node_with_values_of_the_site(catalog: Catalog) -> None:
    wait = deeds(planned(catalog), "store/join")["node3"].wait
    assert wait is not None
    assert (wait.expectation.id, wait.at_most) == ("store/member", 600)
    assert [(query, str(text)) for query, text in wait.expectation.expect] == [
        ("size", "3"),
        ("state", "Synced"),
    ]


def test_values_of_the_site_and_secrets_stay_marked(catalog: Catalog) -> None:
    action = deeds(planned(catalog), "stack/configure")["node1"].action
    assert isinstance(action, WriteFile)
    assert action.mode == "0600"
    assert str(action.text).startswith(
        "token = 3000\nkey = SECRET_STACK_KEY\nnode 1 node1 10.9.0.11\n"
    )
    assert action.text.generic().startswith(
        "token = {{ values.stack.token }}\nkey = {{ stack_key }}\n"
    )
    assert action.text.names(Kind.SECRET) == ("stack_key",)


def test_a_default_stands_where_the_site_gives_nothing(catalog: Catalog) -> None:
    action = deeds(planned(catalog, site="one"), "stack/configure")["node1"].action
    assert isinstance(action, WriteFile)
    assert str(action.text).startswith("token = 1000\n")


def test_a_slot_is_filled_on_the_page_of_the_filler(catalog: Catalog) -> None:
    plan = planned(catalog)
    action = deeds(plan, "store/balancer-store-listener")["node2"].action
    assert isinstance(action, WriteFile)
    assert action.path == "/etc/balancer/parts/store.cfg"
    assert str(action.text).split("\n")[:3] == [
        "listen 10.9.0.10:3306 check /",
        "server node1 10.9.0.11",
        "server node2 10.9.0.12 backup",
    ]
    reload = deeds(plan, "store/balancer-store-reload")["node2"].action
    assert reload == Service("balancer", "started", None, (action.path,), "reload")


def test_a_plan_has_the_secrets_that_its_texts_name(catalog: Catalog) -> None:
    assert [secret.name for secret in planned(catalog).secrets] == ["stack_key", "store_sst"]
    assert [s.name for s in planned(catalog, store="managed").secrets] == ["stack_key"]


def test_a_secret_that_only_a_check_reads_is_a_secret_of_the_plan(tmp_path: Path) -> None:
    root = Path(shutil.copytree(SAMPLE, tmp_path / "project"))
    (root / "components/extra.yaml").write_text(
        "title: Extra\nchapter: data\nsummary: More.\nroles: [controller]\n"
        "secrets: {only_here: {kind: hex, about: a key}}\n"
        "expectations:\n  ok: {title: It is, run: cat, input: '{{ secret.only_here }}'}\n"
        "checks:\n  - {id: c, title: C, holds: ok}\n"
    )
    plan = planned(load(root))
    assert "only_here" in [secret.name for secret in plan.secrets]


def test_the_preflight_knows_hosts_systems_and_units(catalog: Catalog) -> None:
    plan = planned(catalog, "beta-9")
    flight = plan.preflight["node2"]
    assert (flight.os_ids, flight.os_version) == (("beta", "betaclone"), "9*")
    assert flight.hosts == (
        ("node1", "10.9.0.11"),
        ("node2", "10.9.0.12"),
        ("node3", "10.9.0.13"),
        ("control", "10.9.0.10"),
    )
    assert flight.unanswered == ("10.9.0.10",)
    assert flight.units == ("balancer", "stack", "store")
    assert plan.preflight["node1"].units == ("balancer", "stack")


def test_a_rolling_block_does_all_its_steps_on_one_node_before_the_next(tmp_path: Path) -> None:
    root = Path(shutil.copytree(SAMPLE, tmp_path / "project"))
    (root / "components/extra.yaml").write_text(
        "title: Extra\nchapter: data\nsummary: More.\nroles: [controller]\n"
        "steps:\n  - id: block\n    title: B\n    nodes: others\n    rolling:\n"
        "      - {id: a, title: A, write: {path: /a, text: a}}\n"
        "      - {id: b, title: B, write: {path: /b, text: b}}\n"
        "  - {id: c, title: C, write: {path: /c, text: c}}\n"
    )
    catalog = load(root)
    check(catalog)
    (stage,) = (s for s in planned(catalog).stages if s.component == "extra")
    assert [(turn.item.id.partition("/")[2], turn.nodes) for turn in stage.turns] == [
        ("a", ("node2",)),
        ("b", ("node2",)),
        ("a", ("node3",)),
        ("b", ("node3",)),
        ("c", ("node1", "node2", "node3")),
    ]


def test_a_capture_in_a_case_is_a_value_of_every_component(tmp_path: Path) -> None:
    root = Path(shutil.copytree(SAMPLE, tmp_path / "project"))
    (root / "components/extra.yaml").write_text(
        "title: Extra\nchapter: data\nsummary: More.\nroles: [controller]\n"
        "steps:\n  - id: a\n    title: A\n    nodes: first\n    cases:\n"
        "      - {when: {shell: crm}, capture: {name: uuid, run: uuidgen}}\n"
        "      - {when: {shell: pcs}, capture: {name: uuid, run: uuidgen -r}}\n"
        "  - {id: b, title: B, write: {path: /b, text: 'id {{ captured.uuid }}'}}\n"
        "  - {id: c, title: C, nodes: others, copy: {paths: [/b, /c]}}\n"
    )
    catalog = load(root)
    check(catalog)
    plan = planned(catalog)
    action = deeds(plan, "extra/b")["node1"].action
    assert isinstance(action, WriteFile)
    assert action.text.names(Kind.CAPTURED) == ("uuid",)
    copied = Copy(("/b", "/c"), ("node1", "node2", "node3"))
    assert {name: deed.action for name, deed in deeds(plan, "extra/c").items()} == {
        "node2": copied,
        "node3": copied,
    }


def test_a_site_cannot_choose_a_way_that_is_described_elsewhere(tmp_path: Path) -> None:
    root = Path(shutil.copytree(SAMPLE, tmp_path / "project"))
    (root / "components/extra.yaml").write_text(
        "title: Extra\nchapter: data\nsummary: More.\nroles: [controller]\nways:\n"
        "  - {id: here, title: Here}\n"
        "  - {id: there, title: There, elsewhere: https://example.org/}\n"
    )
    site = root / "conf/sites/three.yaml"
    site.write_text(site.read_text() + "ways: {extra: there}\n")
    with pytest.raises(HadocsError) as caught:
        check(load(root))
    (problem,) = caught.value.problems
    assert (str(problem.where), problem.code) == ("conf/sites/three.yaml:11:15", Code.UNSUPPORTED)


def test_a_site_cannot_take_a_way_that_needs_what_another_way_leaves_out(tmp_path: Path) -> None:
    root = Path(shutil.copytree(SAMPLE, tmp_path / "project"))
    stack, store = root / "components/stack.yaml", root / "components/store.yaml"
    stack.write_text(
        stack.read_text().replace("parameters:", "when: {way: {extra: with}}\nparameters:")
    )
    managed = "title: By the cluster manager"
    store.write_text(store.read_text().replace(managed, f"{managed}, after: [cluster manager]"))
    (root / "components/extra.yaml").write_text(
        "title: Extra\nchapter: ground\nsummary: More.\nroles: [controller]\nways:\n"
        "  - {id: with, title: With it, recommended: yes}\n"
        "  - {id: without, title: Without}\n"
    )
    site = root / "conf/sites/three.yaml"
    text = site.read_text()
    site.write_text(f"{text}ways: {{store: managed, extra: with}}\n")
    check(load(root))
    site.write_text(f"{text}ways: {{store: managed, extra: without}}\n")
    with pytest.raises(HadocsError) as caught:
        check(load(root))
    (problem,) = caught.value.problems
    assert (str(problem.where), problem.code) == ("conf/sites/three.yaml:11:15", Code.UNSUPPORTED)
    assert problem.message == "the way 'managed' of 'store' needs the cluster manager"
    assert problem.hint.startswith("stack provides it")
