"""Plays failures on a cluster configuration (CIB_file) in Pacemaker's own scheduler.

    simulate.py

Asked, as JSON on standard input: {"losses": [[[NODE, ...], QUORUM], ...], "resources": [ID, ...]}.
Answered: a list of {"event": ..., "placed": {RESOURCE: {NODE: ROLE}}, "fenced": [NODE, ...]}. The
first event is the start of all nodes; then each loss; then each resource fails on each node where
it ran, once with a restart that succeeds and once with one that does not.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

#: Transitions until nothing changes any more; a configuration that needs more never settles.
_LIMIT = 20
_UNITS = {"": 1000, "s": 1000, "sec": 1000, "ms": 1, "msec": 1, "us": 0.001, "usec": 0.001,
          "m": 60_000, "min": 60_000, "h": 3_600_000, "hr": 3_600_000}  # fmt: skip


def main() -> None:
    """Answer one question."""
    asked = json.load(sys.stdin)
    start = Path("start.xml")
    first = _settled(Path(os.environ["CIB_file"]), start)  # noqa: SIM112 - Pacemaker's own name
    if promotable := _promotable(start):
        _score(start, promotable, first)
        first = _settled(start, start)
    events = [{"event": {}, **first}]
    for nodes, quorum in asked["losses"]:
        lost = [f"--node-fail={node}" for node in nodes]
        events.append({"event": {"lost": nodes, "quorum": quorum}, **_played(start, lost, quorum)})
    for resource in asked["resources"]:
        events.extend(_failures(start, resource, first["placed"].get(resource, {})))
    json.dump(events, sys.stdout)


def _failures(start: Path, resource: str, placed: Sequence[str]) -> Iterator[dict[str, Any]]:
    interval = _monitor(start, resource)
    if interval is None:
        return
    for node in sorted(placed):
        fails = [f"--op-inject={resource}_monitor_{interval}@{node}=7"]
        for starts in (True, False):
            again = [] if starts else [f"--op-fail={resource}_start_0@{node}=1"]
            event = {"failed": resource, "node": node, "starts": starts}
            yield {"event": event, **_played(start, fails, True, again)}


def _played(
    start: Path, changes: Sequence[str], quorum: bool, fails: Sequence[str] = ()
) -> dict[str, Any]:
    """What becomes of the cluster after *changes*; actions in *fails* fail when they are tried.

    In two steps: Pacemaker 3.0.0 prints the changes and then loses the rest of its XML. The quorum
    is written, since ``--quorum`` alone is not in the input that is saved.
    """
    changed = Path("changed.xml")
    _simulate(start, "--quiet", f"--save-input={changed}", *changes)
    tree = ElementTree.parse(changed)
    tree.getroot().set("have-quorum", str(int(quorum)))
    tree.write(changed)
    return _settled(changed, Path("after.xml"), fails)


def _settled(cib: Path, after: Path, fails: Sequence[str] = ()) -> dict[str, Any]:
    """The state when no transition does anything any more, and who was fenced on the way."""
    fenced: list[str] = []
    for _ in range(_LIMIT):
        told = _simulate(cib, "--simulate", f"--save-output={after}", "--output-as=xml", *fails)
        fenced += [action.get("node", "") for action in told.iterfind("actions/node_action")]
        transition = told.find("transition")
        # Actions that are blocked stay in the list for ever; only pseudo actions are left then.
        if transition is None or all(one.tag == "pseudo_action" for one in transition):
            return {"placed": _placed(told), "fenced": sorted({*fenced})}
        _as_the_controller_counts(after)
        cib = after
    raise SystemExit(f"the cluster does not settle in {_LIMIT} transitions")


def _simulate(cib: Path, *options: str) -> ElementTree.Element:
    argv = ["crm_simulate", f"--xml-file={cib}", *options]
    done = subprocess.run(argv, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(argv)}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return ElementTree.fromstring(done.stdout if "--output-as=xml" in options else "<none/>")


def _placed(told: ElementTree.Element) -> dict[str, dict[str, str]]:
    state = told.find("revised_cluster_status")
    if state is None:
        state = told.find("cluster_status")
    if state is None:
        return {}
    result: dict[str, dict[str, str]] = {}
    for resource in state.iter("resource"):
        nodes = result.setdefault(resource.get("id", "").partition(":")[0], {})
        for node in resource.iterfind("node"):
            nodes[node.get("name", "")] = resource.get("role", "")
    return result


def _as_the_controller_counts(cib: Path) -> None:
    """A failed start or stop counts for ever in a live cluster, and once in a simulation."""
    tree = ElementTree.parse(cib)
    for pair in tree.iter("nvpair"):
        name = pair.get("name", "")
        if name.startswith("fail-count-") and name.endswith(("#start_0", "#stop_0")):
            pair.set("value", "INFINITY")
    tree.write(cib)


def _promotable(cib: Path) -> list[str]:
    """Primitives of promotable clones; who is promoted is said by the agents' scores."""
    return [
        primitive.get("id", "")
        for clone in ElementTree.parse(cib).iter("clone")
        if clone.find("meta_attributes/nvpair[@name='promotable'][@value='true']") is not None
        for primitive in clone.iter("primitive")
    ]


def _score(cib: Path, resources: Sequence[str], first: dict[str, Any]) -> None:
    """Give every node where it runs the score that the agent of a healthy one gives."""
    tree = ElementTree.parse(cib)
    for state in tree.iter("node_state"):
        for resource in resources:
            if state.get("uname") in first["placed"].get(resource, {}):
                _set_attribute(state, f"master-{resource}", "100")
    tree.write(cib)


def _set_attribute(state: ElementTree.Element, name: str, value: str) -> None:
    node = state.get("id", "")
    parent = state
    for tag, id_ in (("transient_attributes", node), ("instance_attributes", f"status-{node}")):
        found = parent.find(tag)
        parent = ElementTree.SubElement(parent, tag, id=id_) if found is None else found
    ElementTree.SubElement(parent, "nvpair", id=f"status-{node}-{name}", name=name, value=value)


def _monitor(cib: Path, resource: str) -> int | None:
    """Milliseconds between two looks at the resource in its plain role."""
    for op in ElementTree.parse(cib).iterfind(f".//primitive[@id='{resource}']/operations/op"):
        if op.get("name") == "monitor" and op.get("role") in (None, "Started"):
            found = re.fullmatch(r"(\d+)\s*([a-z]*)", op.get("interval", ""))
            if found and int(found[1]) and found[2] in _UNITS:
                return int(int(found[1]) * _UNITS[found[2]])
    return None


if __name__ == "__main__":
    main()
