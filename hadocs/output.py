"""Writes artifacts: only what differs, and removes what is stale."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Artifact:
    """A file to be made; *path* is relative to the folder of the export."""

    path: str
    text: str
    executable: bool = False
