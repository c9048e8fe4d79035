"""The package archives that this machine's apt uses, asked for another release."""

from __future__ import annotations

from hadocs.verify.cluster.error import ClusterError
from hadocs.verify.cluster.process import must
from hadocs.verify.cluster.recipe import Bootstrap


def sources(base: Bootstrap) -> tuple[str, ...]:
    """Lines of a sources.list for *base*, from the servers of this machine's own packages."""
    listed = must(
        ["apt-get", "indextargets", "--format", "$(LABEL)\t$(REPO_URI)", "Created-By: Packages"],
        "cannot read the machine's package sources",
        timeout=60,
    )
    servers = dict(line.split("\t", 1) for line in reversed(listed.splitlines()))
    if lacking := [label for label, _ in base.archives if label not in servers]:
        raise ClusterError(
            "this machine's apt has no archive to take the nodes' packages from",
            [f"an archive labelled {label!r} (try apt-get update)" for label in lacking],
        )
    components = " ".join(base.components)
    return tuple(
        f"deb {servers[label]} {suite} {components}"
        for label, suites in base.archives
        for suite in suites
    )
