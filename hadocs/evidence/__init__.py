"""What was run, when, on what: records of real runs, and what they still say of a step."""

from hadocs.evidence.circumstances import CircumstanceRun, circumstances, record_circumstance
from hadocs.evidence.digests import Digest, digests, digests_of, whole
from hadocs.evidence.records import FOLDER, NodeRun, Record, file_of
from hadocs.evidence.states import Evidence, Kind, State, load
from hadocs.evidence.written import record

__all__ = [
    "FOLDER", "CircumstanceRun", "Digest", "Evidence", "Kind", "NodeRun", "Record", "State",
    "circumstances", "digests", "digests_of", "file_of", "load", "record", "record_circumstance",
    "whole",
]  # fmt: skip
