"""What a cluster needs after all its nodes were off."""

from __future__ import annotations

from hadocs.plan.model import Stage
from hadocs.verify.driving import Driver


def revive(driver: Driver, stages: tuple[Stage, ...]) -> None:
    """Do the procedures of *stages* that are for after a full stop."""
