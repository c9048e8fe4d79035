"""Test clusters: real machines as far as their software can tell, in a sandbox of this one."""

from __future__ import annotations

from hadocs.verify.cluster.cluster import Cluster, NodeStatus
from hadocs.verify.cluster.error import ClusterError
from hadocs.verify.cluster.requirements import requirements
from hadocs.verify.cluster.setup import down, found, up
from hadocs.verify.cluster.topology import Host, Topology, of_site, three_controllers

__all__ = [
    "Cluster", "ClusterError", "Host", "NodeStatus", "Topology", "down", "found", "of_site",
    "requirements", "three_controllers", "up",
]  # fmt: skip
