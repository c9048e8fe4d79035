"""What was run, when, on what: records of real runs, and what they still say of a step."""

from hadocs.evidence.circumstances import CircumstanceRun, circumstances, record_circumstance
from hadocs.evidence.digests import Digest, digests, digests_of, whole
from hadocs.evidence.records import FOLDER, NodeRun, Record, file_of
from hadocs.evidence.simulated import Simulated, of_cluster, record_simulated, simulated
from hadocs.evidence.states import Evidence, Kind, State, load
from hadocs.evidence.written import record

__all__ = [
    "FOLDER", "CircumstanceRun", "Digest", "Evidence", "Kind", "NodeRun", "Record", "Simulated",
    "State", "circumstances", "digests", "digests_of", "file_of", "load", "of_cluster", "record",
    "record_circumstance", "record_simulated", "simulated", "whole",
]  # fmt: skip
