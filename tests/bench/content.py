"""A project as large as one likes: the same bytes for the same size, on every machine.

Every component has the variety of the real ones: names that differ by family, cases by family and
by cluster shell, files, options, guards, waits, a slot of another component, checks. One in ten has
ways. Distros and series are the project's own. No two components share a command or a file, so that
remembering what equal code looks like gains nothing across pages.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
DATA = HERE / "data"
CHAPTERS = ("one", "two", "three")
_EXTENSIONS = {"guide": ["hadocs.sphinx"], "plain": ["sphinx_tabs.tabs"]}
_SITES = {"three": ("", "", ""), "one": ("",), "arbiter": ("", "", "arbitrator")}


def project(root: Path, count: int) -> Path:
    """A project of *count* components in the empty or absent folder *root*."""
    shutil.rmtree(root, ignore_errors=True)
    for folder in ("components", "conf/sites", "content"):
        (root / folder).mkdir(parents=True)
    for folder in ("distros", "releases"):
        shutil.copytree(PROJECT / "conf" / folder, root / "conf" / folder)
    (root / "conf/guide.yaml").write_text(_guide())
    for name, roles in _SITES.items():
        (root / "conf/sites" / f"{name}.yaml").write_text(_site(roles))
    write_conf(root / "conf", "guide")
    index = "A large guide\n=============\n\n.. hadocs-chapters::\n"
    (root / "content/index.rst").write_text(index)
    for name, text in components(count):
        (root / "components" / f"{name}.yaml").write_text(text)
    return root


def write_conf(folder: Path, extensions: str) -> None:
    """The settings of Sphinx: the same for the guide and for its peers, but for the extension."""
    text = (DATA / "conf.py.txt").read_text()
    (folder / "conf.py").write_text(text.replace("EXTENSIONS", repr(_EXTENSIONS[extensions])))


def components(count: int) -> Iterator[tuple[str, str]]:
    """Names and texts of *count* specs; the first offers the slot that all others fill."""
    yield "balancer", _told((DATA / "balancer.yaml").read_text(), random.Random(0))
    plain, founding, ways = (
        (DATA / f"{name}.yaml").read_text() for name in ("component", "founding", "ways")
    )
    for number in range(1, count):
        several = number % 10 == 0
        text = plain.replace("steps:\n", "steps:\n" + founding) if several else plain
        yield _name(number), _filled(text + ways * several, number)


def sentence(source: random.Random) -> str:
    """Words that a reader would have to read; a search index has to stem each."""
    words = source.sample(_WORDS, source.randint(9, 16))
    return f"{' '.join(words).capitalize()}."


def _name(number: int) -> str:
    return f"part{number:04}"


def _filled(text: str, number: int) -> str:
    after = f"part {_name(number // 2)}" if number > 1 else "load balancer"
    values = {
        "NAME": _name(number),
        "TITLE": f"Part {number} of the cloud",
        "CHAPTER": CHAPTERS[number % len(CHAPTERS)],
        "AFTER": after,
        "PORT": str(10000 + number),
        "PEER": str(20000 + number),
        "WORK": str(30000 + number),
    }
    for word, value in values.items():
        text = text.replace(word, value)
    return _told(text, random.Random(number))


def _told(text: str, source: random.Random) -> str:
    """*text* with sentences of its own, three where it asks for some."""
    return re.sub(r"\bTEXT\b", lambda _: " ".join(sentence(source) for _ in range(3)), text)


def _guide() -> str:
    series = re.search(r"^series: (.*)$", (PROJECT / "conf/guide.yaml").read_text(), re.MULTILINE)
    return (DATA / "guide.yaml").read_text().replace("SERIES", series[1] if series else "")


def _site(roles: tuple[str, ...]) -> str:
    nodes = (
        f"  - {{name: node{n}, address: 10.9.0.{10 + n}, roles: [{role or 'controller'}]}}"
        for n, role in enumerate(roles, 1)
    )
    return (DATA / "site.yaml").read_text().replace("NODES", "\n".join(nodes))


_WORDS = tuple(
    """
    the a each every this that one two no its when while until before after because although if so
    node member cluster controller service address request client writer reader network quorum vote
    message queue database transaction replica volume image token certificate agent resource monitor
    constraint failover outage recovery partition majority arbitrator timeout interval heartbeat
    starts stops moves waits answers fails returns keeps loses gains reads writes sends receives
    restarts promotes demotes joins leaves fences isolates synchronizes replicates balances retries
    slowly quickly safely rarely always never together alone again twice behind between without
    healthy stale empty active passive redundant temporary durable shared remote local consistent
    operator administrator maintenance configuration deployment upgrade rollback measurement log
    must may can should does not is are has have been being of to from with by for on at in into
""".split()  # noqa: SIM905 - a list of a hundred strings is not read by anybody
)
