"""What can be proven without a cluster: the cluster configuration, settings, files."""

from __future__ import annotations

from hadocs.verify.offline import (
    cib,
    files,
    files_names,
    files_scripts,
    lints,
    options,
    parity,
    simulation,
)
from hadocs.verify.offline.work import Check

#: Every check, in the order in which they are told.
CHECKS: tuple[Check, ...] = (
    cib.check,
    parity.check,
    simulation.check,
    options.check,
    files.check,
    files_scripts.check,
    files_names.check,
    lints.check,
)
