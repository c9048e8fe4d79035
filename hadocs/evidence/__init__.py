"""What was run, when, on what: records of real runs, and what they still say of a step."""

from hadocs.evidence.digests import Digest, digests, digests_of
from hadocs.evidence.records import FOLDER, NodeRun, Record, file_of
from hadocs.evidence.states import Evidence, Kind, State, load
from hadocs.evidence.written import record

__all__ = [
    "FOLDER", "Digest", "Evidence", "Kind", "NodeRun", "Record", "State",
    "digests", "digests_of", "file_of", "load", "record",
]  # fmt: skip
