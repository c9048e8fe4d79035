"""What is evidence for a target, and what is not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from hadocs.plan.model import Target
from hadocs.verify.cluster import ClusterError, Host, Topology
from hadocs.verify.driving import misfit, must_fit

TARGET = Target("2.1", "alpha-1", "crm", "three", (("store", "native"),))
MACHINES = Topology((Host("node1", "10.77.0.11"),))


@dataclass
class Lab:
    """A lab's files below *root*."""

    root: Path

    def path(self, path: Path) -> Path:
        return self.root / path.relative_to("/")


@dataclass
class Cluster:
    lab: Lab
    topology: Topology = MACHINES


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    lab = Lab(tmp_path)
    built_for = lab.path(Path("/run/hadocs/driver/built-for"))
    built_for.parent.mkdir(parents=True)
    built_for.write_text("2.1-alpha-1-crm-three, store: native")
    return Cluster(lab)


def why(cluster: Cluster, target: Target, machines: Topology = MACHINES) -> tuple[str, ...]:
    return misfit(cluster, target, machines)  # type: ignore[arg-type]  # as much as it needs


def test_a_cluster_is_evidence_for_the_target_that_it_was_built_for(cluster: Cluster) -> None:
    assert why(cluster, TARGET) == ()
    assert why(cluster, replace(TARGET, task="revive")) == ()


@pytest.mark.parametrize("other", [{"shell": "pcs"}, {"ways": (("store", "managed"),)}])
def test_it_is_none_for_another_shell_or_way(cluster: Cluster, other: dict[str, object]) -> None:
    told = why(cluster, replace(TARGET, **other))  # type: ignore[arg-type]  # fields of a target
    assert told[0] == "it was built for 2.1-alpha-1-crm-three, store: native"
    with pytest.raises(ClusterError, match="choose another lab"):
        must_fit(cluster, replace(TARGET, **other), MACHINES)  # type: ignore[arg-type]  # the same


def test_it_is_none_for_other_machines(cluster: Cluster) -> None:
    other = Topology((Host("node1", "10.77.0.12"),))
    assert why(cluster, TARGET, other) == ("its machines are not those of the site",)


def test_a_cluster_on_which_nothing_was_driven_fits(tmp_path: Path) -> None:
    assert why(Cluster(Lab(tmp_path)), TARGET) == ()
