"""What a cluster needs after all its nodes were off."""

from __future__ import annotations

from hadocs.plan.model import Stage
from hadocs.plan.resolve import Setting
from hadocs.verify.driving import Driven, Driver
from hadocs.verify.procedures import after_full_stop, perform


def revive(setting: Setting | None, driver: Driver, stages: tuple[Stage, ...]) -> Driven | None:
    """Do the procedures that *stages* need then; what the first one did that failed.

    Without a *setting* there are no procedures.
    """
    if setting is None:
        return None
    for name in after_full_stop(setting, tuple(stage.component for stage in stages)):
        done = perform(setting, name, driver.cluster, driver.heard).driven
        if done.failed:
            return done
    return None
