"""Stands for systemd on a message bus: units are known by name, nothing is started.

    systemd.py UNITS

Pacemaker asks systemd which units there are and what they are called. UNITS is a file with their
names, one a line; it is read for each question. UNITS.ready is made when questions can be asked.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from jeepney import (  # type: ignore[import-not-found]  # it is in the toolbox
    HeaderFields,
    Message,
    MessageType,
    new_error,
    new_method_return,
)
from jeepney.bus_messages import message_bus  # type: ignore[import-not-found]
from jeepney.io.blocking import open_dbus_connection  # type: ignore[import-not-found]

_NAME = "org.freedesktop.systemd1"
_FOLDER = "/org/freedesktop/systemd1/unit/_"


def main(units: Path) -> None:
    """Answer questions until the bus ends."""
    connection = open_dbus_connection("SYSTEM")
    connection.send_and_get_reply(message_bus.RequestName(_NAME))
    units.with_suffix(".ready").touch()
    while True:
        asked = connection.receive()
        if asked.header.message_type is MessageType.method_call:
            known = [
                name if "." in name else f"{name}.service" for name in units.read_text().split()
            ]
            connection.send(answer(asked, known))


def answer(asked: Message, units: list[str]) -> Message:
    """What systemd says to a call."""
    member = asked.header.fields[HeaderFields.member]
    path = asked.header.fields[HeaderFields.path]
    if member in ("LoadUnit", "GetUnit"):
        if asked.body[0] not in units:
            said = (f"Unit {asked.body[0]} not found.",)
            return new_error(asked, f"{_NAME}.NoSuchUnit", "s", said)
        return new_method_return(asked, "o", (_path(asked.body[0]),))
    if member == "ListUnits":
        listed = [
            (name, name, "loaded", "inactive", "dead", "", _path(name), 0, "", "/")
            for name in units
        ]
        return new_method_return(asked, "a(ssssssouso)", (listed,))
    if member == "ListUnitFiles":
        files = [(f"/usr/lib/systemd/system/{name}", "disabled") for name in units]
        return new_method_return(asked, "a(ss)", (files,))
    if member == "Get":
        value = _properties(path).get(asked.body[1], ("s", ""))
        return new_method_return(asked, "v", (value,))
    if member == "GetAll":
        return new_method_return(asked, "a{sv}", (_properties(path),))
    return new_method_return(asked)


def _path(unit: str) -> str:
    return _FOLDER + unit.encode().hex()


def _properties(path: str) -> dict[str, tuple[str, Any]]:
    name = bytes.fromhex(path.removeprefix(_FOLDER)).decode() if path.startswith(_FOLDER) else ""
    words = {"Id": name, "Description": name, "LoadState": "loaded", "ActiveState": "inactive"}
    return {key: ("s", word) for key, word in {**words, "SubState": "dead"}.items()}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
