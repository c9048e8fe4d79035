"""What a cluster comes from or passes through, and what clients wrote on it before."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hadocs.loading.catalog import load
from hadocs.plan.drills import Probe
from hadocs.plan.resolve import Setting, point_of
from hadocs.plan.text import Text
from hadocs.verify import kin
from hadocs.verify.drills.clients import Client
from hadocs.verify.kept import Kept
from hadocs.verify.runner import Result

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
    assert [*Kept((client,)).lost()] == said
    assert "clean up" in node.ran[-1]


def setting(root: Path, site: str = "three") -> Setting:
    catalog = load(root)
    spec = catalog.sites[site].spec
    return Setting(catalog, catalog.sites[site], point_of(catalog, spec, "alpha-2", "crm", "2.1"))


def test_a_site_grows_from_the_one_with_its_first_nodes() -> None:
    found = kin.smaller(setting(SAMPLE))
    assert found is not None
    assert found.site.name == "one"
    assert kin.smaller(setting(SAMPLE, "one")) is None


def test_settings_change_to_those_of_a_site_with_the_same_nodes(tmp_path: Path) -> None:
    assert kin.changed(setting(SAMPLE)) is None
    root = Path(shutil.copytree(SAMPLE, tmp_path / "project"))
    sites = root / "conf/sites"
    text = (sites / "three.yaml").read_text()
    (sites / "copy.yaml").write_text(text)
    assert kin.changed(setting(root)) is None
    (sites / "other.yaml").write_text(text.replace("token: 3000", "token: 4000"))
    found = kin.changed(setting(root))
    assert found is not None
    assert found.site.name == "other"
    (sites / "other.yaml").write_text(text.replace("10.9.0.10", "10.9.0.9"))
    assert kin.changed(setting(root)) is None
