"""A small plan by hand: every action, guard, wait and check, with values that shells read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from hadocs.plan.actions import (
    Action,
    Capture,
    Cluster,
    Copy,
    Install,
    Nothing,
    Option,
    Pause,
    Run,
    Service,
    SetOptions,
    WriteFile,
)
from hadocs.plan.model import (
    Check,
    Deed,
    Expectation,
    Guard,
    Node,
    Plan,
    Preflight,
    SecretValue,
    Stage,
    Step,
    Target,
    Turn,
    Wait,
)
from hadocs.plan.text import Kind, Span, Text, join
from hadocs.problems import Location

NODES = tuple(Node(f"controller{n}", f"10.0.0.1{n}", ("controller",)) for n in (1, 2, 3))
ALL = tuple(node.name for node in NODES)
#: A title of a site, which may hold anything but control characters.
HOSTILE = 'it\'s "$(touch /tmp/hadocs-was-here)" `id` \\ @{secret.rabbit} & END'


def value(text: str, kind: Kind, name: str) -> Text:
    return Text(text, (Span(0, len(text), kind, name),))


def secret(name: str) -> Text:
    return value(f"SECRET_{name.upper()}", Kind.SECRET, name)


def captured(name: str) -> Text:
    return value(f"CAPTURED_{name.upper()}", Kind.CAPTURED, name)


def install(*packages: str) -> Install:
    return Install(
        packages,
        "apt-get install -y",
        "apt-get update",
        "dpkg-query -W -f='${db:Status-Status}'",
        "installed",
        (("DEBIAN_FRONTEND", "noninteractive"),),
    )


def step(
    line: int,
    id_: str,
    title: str,
    actions: Action | Mapping[str, Action],
    *,
    guard: Guard | None = None,
    wait: Wait | None = None,
) -> Step:
    by_node = actions if isinstance(actions, Mapping) else dict.fromkeys(ALL, actions)
    where = Location("components/galera.yaml", line, 5)
    deeds = {node: Deed(action, guard, wait, where) for node, action in by_node.items()}
    return Step(f"galera/{id_}", title, f"guide/galera#{id_}", deeds, where)


def on(node: str, action: Action) -> dict[str, Action]:
    return {node: action}


MEMBERS = Expectation(
    "galera/members",
    "Every member is in the cluster",
    Text("""mariadb -NBe "SHOW STATUS LIKE 'wsrep_%'" """.strip()),
    "table",
    (
        ("wsrep_cluster_size", value("3", Kind.SITE, "controllers|length")),
        ("wsrep_cluster_status", Text("Primary")),
    ),
)
ANSWERS = Expectation(
    "galera/answers",
    "The server answers",
    Text("mariadb --password -e 'SELECT 1'"),
    "status",
    (),
    input=secret("galera") + "\n",
)


def steps(root: str) -> list[tuple[Step, bool]]:
    """Steps below a folder *root*; whether nodes take turns."""
    rabbit = "rabbit://openstack:" + secret("rabbit") + "@vip"
    config = join(
        "",
        [
            "# ",
            value(HOSTILE, Kind.SITE, "site.title"),
            "\npassword = ",
            secret("galera"),
            "\ncluster = ",
            captured("cluster"),
            "\nEND\nno newline",
        ],
    )
    not_any = Guard(dict.fromkeys(ALL, MEMBERS), every=False, skip_if_holds=True)
    not_here = Guard({ALL[1]: ANSWERS}, every=False, skip_if_holds=False)
    first, second, third = ALL

    def each(action: Callable[[str], Action]) -> dict[str, Action]:
        return {node: action(f"{root}/{node}") for node in ALL}

    def options(folder: str) -> Action:
        title = value(HOSTILE, Kind.SITE, "site.title")
        pairs = (
            ("DEFAULT", "transport_url", (rabbit,)),
            ("DEFAULT", "pci", (Text("a"), Text("b"))),
            ("oslo", "title", (title,)),
        )
        return SetOptions(f"{folder}/nova.conf", tuple(Option(*pair) for pair in pairs))

    return [
        (step(10, "install", "Install the server", install("mariadb", "galera")), False),
        (
            step(
                12,
                "capture",
                "Name the cluster",
                on(first, Capture("cluster", Text("cluster-name"))),
            ),
            False,
        ),
        (
            step(
                14,
                "write",
                "Configure replication",
                each(
                    lambda folder: WriteFile(f"{folder}/galera.cnf", config, "0640", "root", "root")
                ),
            ),
            False,
        ),
        (step(20, "set", "Configure messaging", each(options)), False),
        (
            step(
                30,
                "bootstrap",
                "Bootstrap the cluster",
                on(
                    first,
                    Run(
                        "galera_new_cluster "
                        + value(HOSTILE, Kind.SITE, "site.title")
                        + " "
                        + secret("rabbit"),
                        exposes="the tool takes it nowhere else",
                    ),
                ),
                guard=not_any,
                wait=Wait(ANSWERS, 60),
            ),
            False,
        ),
        (
            step(
                33,
                "start",
                "Start the server",
                each(
                    lambda folder: Service(
                        "mariadb.service", "started", True, (f"{folder}/galera.cnf",)
                    )
                ),
            ),
            True,
        ),
        (
            step(
                35,
                "user",
                "Make a user",
                on(
                    second,
                    Run(
                        Text("mariadb"),
                        "CREATE USER 'x' IDENTIFIED BY '" + secret("galera") + "';\n",
                        (
                            ("MYSQL_PWD", secret("galera")),
                            ("TITLE", value(HOSTILE, Kind.SITE, "t")),
                        ),
                    ),
                ),
                guard=not_here,
            ),
            False,
        ),
        (
            step(
                40,
                "cluster",
                "Make resources",
                on(
                    first,
                    Cluster(
                        "crm",
                        (
                            (
                                "vip",
                                Text("configure primitive vip IPaddr2 \\\n    params ip=10.0.0.10"),
                            ),
                            (
                                "fence",
                                "configure primitive fence stonith:x params password="
                                + secret("rabbit"),
                            ),
                        ),
                    ),
                ),
            ),
            False,
        ),
        (
            step(
                45,
                "copy",
                "Carry keys",
                {node: Copy((f"{root}/{node}/keys",), (first, second)) for node in (second, third)},
            ),
            False,
        ),
        (
            step(
                47,
                "reload",
                "Load it again",
                on(
                    third,
                    Service(
                        "haproxy.service", "started", None, (f"{root}/{third}/nova.conf",), "reload"
                    ),
                ),
            ),
            False,
        ),
        (
            step(48, "stop", "Stop what is not needed", Service("old.service", "stopped", False)),
            False,
        ),
        (step(50, "wait", "Wait for all", Pause(), wait=Wait(MEMBERS, 120)), False),
        (step(52, "nothing", "Open the firewall", Nothing("There is none.")), False),
    ]


def plan(root: str = "/etc/galera", system: tuple[str, str] = ("debian", "13")) -> Plan:
    """The plan, with its files below *root*."""
    turns: list[Turn] = []
    for one, alone in steps(root):
        turns += [Turn(one, (node,)) for node in one.nodes] if alone else [Turn(one, one.nodes)]
    joined = Check(
        "galera/joined",
        "Every node has joined",
        dict.fromkeys(ALL, MEMBERS),
        60,
        Location("components/galera.yaml", 60, 3),
    )
    turns.append(Turn(joined, ALL))
    hosts = (*((node.name, node.address) for node in NODES), ("vip", "10.0.0.10"))
    preflight = {
        node.name: Preflight(
            node.name,
            system[:1],
            system[1],
            node.address,
            tuple((other.name, other.address) for other in NODES if other.name != node.name),
            hosts,
            (3306, 4567),
            ("mariadb.service",),
            ("10.0.0.10",),
        )
        for node in NODES
    }
    target = Target("2025.1", "debian-13", "crm", "three")
    stages = (Stage("galera", "MariaDB Galera", tuple(turns)),)
    needed = tuple(SecretValue(name, "password", 32, name) for name in ("galera", "rabbit"))
    return Plan(target, NODES, stages, preflight, needed)


EXECUTED = frozenset({"galera/install", "galera/write", "other/step"})
GOLDEN = Path(__file__).parent / "golden"
