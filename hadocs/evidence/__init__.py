"""What was run, when, on what: records of real runs, and what they still say of a step."""

from hadocs.evidence.circumstances import CircumstanceRun, circumstances, record_circumstance
from hadocs.evidence.digests import Digest, digests, digests_of, whole
from hadocs.evidence.drills import (
    Account,
    DrillRecord,
    DrillRun,
    drill_digest,
    drill_file,
    drill_record,
    record_drill,
)
from hadocs.evidence.records import FOLDER, NodeRun, Record, file_of
from hadocs.evidence.simulated import (
    SimulatedEvent,
    Simulation,
    of_cluster,
    record_simulated,
    simulated,
)
from hadocs.evidence.states import Evidence, Kind, State, load
from hadocs.evidence.written import record, record_in

__all__ = [
    "FOLDER", "Account", "CircumstanceRun", "Digest", "DrillRecord", "DrillRun", "Evidence", "Kind",
    "NodeRun", "Record", "SimulatedEvent", "Simulation", "State", "circumstances", "digests",
    "digests_of", "drill_digest", "drill_file", "drill_record", "file_of", "load", "of_cluster",
    "record", "record_circumstance", "record_drill", "record_in", "record_simulated", "simulated",
    "whole",
]  # fmt: skip
