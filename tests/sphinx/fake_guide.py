"""A guide whose specs are a title, a list of what they depend on, and prose."""

import re
from dataclasses import dataclass
from pathlib import Path

from hadocs.plan.text import Kind, Span, Text
from hadocs.problems import Code as Problems
from hadocs.problems import HadocsError, Location, Problem
from hadocs.renderers import blocks as b

VIP = "10.0.0.10"
NODES = ("controller1", "controller2", "controller3")


def marked(text: str) -> Text:
    """*text* with its address and its secret marked."""
    found = sorted(
        [(m, Kind.SITE, "vip.address") for m in re.finditer(re.escape(VIP), text)]
        + [(m, Kind.SECRET, "secret.galera") for m in re.finditer("SECRET_GALERA", text)],
        key=lambda hit: hit[0].start(),
    )
    return Text(text, tuple(Span(m.start(), m.end(), kind, name) for m, kind, name in found))


def command(text: str, **more: object) -> b.Code:
    return b.Code(marked(text), "bash", "command", prompt="root@controller1 #", nodes=NODES, **more)


@dataclass(frozen=True)
class Fragment:
    blocks: tuple[b.Block, ...]
    sources: frozenset[str]


@dataclass(frozen=True)
class FakeGuide:
    root: Path

    def _spec(self, name: str) -> tuple[str, frozenset[str], b.Prose]:
        path = f"components/{name}.yaml"
        if not (self.root / path).is_file():
            known = ", ".join(sorted(p.stem for p in (self.root / "components").glob("*.yaml")))
            raise HadocsError(
                [Problem(Location(""), Problems.UNKNOWN_NAME, f"no component {name!r}", known)]
            )
        title, needs, text = (self.root / path).read_text().split("\n", 2)
        if title.startswith("broken"):
            raise HadocsError(
                [Problem(Location(path, 1, 1), Problems.SCHEMA, "the title is broken")]
            )
        sources = {path, *needs.split(": ")[1].split()}
        return title.split(": ")[1], frozenset(sources), b.Prose(text, Location(path, 3, 1))

    def page(self, name: str) -> b.Page:
        stem = name.rpartition("/")[2]
        title, sources, prose = self._spec(stem)
        return b.Page(name, title, (prose, *steps(stem, title)), sources)

    def fragment(self, kind: str, argument: str) -> Fragment:
        if kind == "chapters":
            names = sorted(p.stem for p in (self.root / "components").glob("*.yaml"))
            pages = tuple(f"guide/{name}" for name in names)
            return Fragment((b.Toc("Chapters", pages),), frozenset())
        title, sources, prose = self._spec(argument)
        return Fragment((b.Line((b.Strong(title), ", as a ", kind)), prose), sources)

    def link(self, role: str, target: str) -> b.Link | Text:
        if role == "value":
            return marked(VIP)
        if role == "install-guide":
            return b.Link(target, url=f"https://docs.example.org/{target}.html")
        name, _, anchor = target.partition("/")
        self._spec(name)
        return b.Link("", page=f"guide/{name}", anchor=anchor)


def open_guide(root: Path, series: str | None = None) -> FakeGuide:
    print("opened the guide")
    return FakeGuide(root)


def steps(stem: str, title: str) -> tuple[b.Block, ...]:
    """One of each kind of block, and some inside of others."""
    badges = b.Badges(
        (
            b.Badge("nodes", "controller1", "the first controller"),
            b.Badge("evidence", "executed 2026-11-20", "on Debian 12 with crm", "confirmed"),
            b.Badge("certainty", "deduced", "nobody has looked", "deduced"),
        )
    )
    install = b.Tabs(
        "system",
        "Operating system",
        (
            b.Panel(
                "Debian 12, Ubuntu 24.04",
                ("debian-12", "ubuntu-24.04"),
                (command("apt-get install --yes mariadb-server \\\n    galera-4"),),
            ),
            b.Panel("Rocky Linux 9", ("rocky-9",), (command("dnf install mariadb-server-galera"),)),
            b.Panel("SLES 15", ("sles-15",), (b.Line(("Nothing to do: ", b.InCode("x"), ".")),)),
        ),
        (
            ("debian-12", "Debian 12"),
            ("ubuntu-24.04", "Ubuntu 24.04"),
            ("rocky-9", "Rocky Linux 9"),
            ("sles-15", "SLES 15 and openSUSE Leap 15, each with all of its service packs"),
        ),
    )
    shells = b.Tabs(
        "shell",
        "Cluster shell",
        (
            b.Panel("crm", ("crm",), (command(f"crm configure primitive vip ip={VIP}"),)),
            b.Panel("pcs", ("pcs",), (command(f"pcs resource create vip ip={VIP}"),)),
        ),
        (("crm", "crm"), ("pcs", "pcs")),
    )
    file = b.Code(
        marked(f"[galera]\nwsrep_cluster_address = gcomm://{VIP}\npassword = SECRET_GALERA\n"),
        "ini",
        "file",
        caption="/etc/mysql/90-galera.cnf",
        nodes=NODES,
        where=Location(f"components/{stem}.yaml", 3, 1),
    )
    table = b.Table(
        ("Port", "Service"),
        (((b.InCode("3306"),), ("MySQL, see ", b.Link("itself", f"guide/{stem}"))),),
        "Ports",
    )
    far = b.Link("upstream", url="https://galeracluster.com/")
    near = b.Link("the bootstrap", f"guide/{stem}", "bootstrap")
    timeline = b.Timeline(
        "Rows: when one was answered.",
        -2.0,
        30.0,
        (
            b.Row(
                "Run 1, <node>",
                ((0.1, 9.6), (12.0, 12.01)),
                ((9.5, 1), (9.6, 2)),
                "Run 1: no answer from 0.1 s to 9.6 s; 1 at 9.5 s; 2 at 9.6 s.",
            ),
            b.Row("Run 2", (), (), "Run 2: answered all the time."),
        ),
        ("Others <wait>", "Power on"),
    )
    output = b.Code(Text("Online: [ controller1 ]\n"), "text", "output", caption="Recorded output")
    bootstrap = (
        badges,
        b.Line(
            ("Once, ", b.Strong("only once"), ": see ", far, " at ", b.InCode(marked(VIP)), ".")
        ),
        command("galera_new_cluster\nmariadb -h " + VIP + " <<EOF\nSHOW STATUS;\nEOF\nsync"),
        b.Note("warning", (b.Line(("Not on two nodes.",)),)),
        shells,
        output,
    )
    return (
        b.Section(
            "install",
            f"Install {title}",
            (
                b.Folded(("The same without HA, ", b.InCode("galera")), (install,)),
                b.Bullets((("first",), ("second, ", near))),
            ),
        ),
        b.Section("bootstrap", "Bootstrap the cluster", bootstrap, also=("founding",)),
        b.Section("replication", "Replication", (file, install, table)),
        b.Section("measured", "What clients saw", (timeline,)),
    )
