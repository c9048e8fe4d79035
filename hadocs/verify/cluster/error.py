"""What a machine lacks, or did not do, when a cluster was asked of it."""

from __future__ import annotations

from collections.abc import Iterable

from hadocs.problems import Told


class ClusterError(Told):
    """The machine cannot carry the cluster; *missing* names what it lacks, one thing each."""

    def __init__(self, message: str, missing: Iterable[str] = ()) -> None:
        self.missing = tuple(missing)
        super().__init__("\n    ".join([message, *self.missing]))
