"""The power switch of a lab: what a stock fence agent asks for the lab's nodes, and no more.

It speaks the few requests of the Docker API by which fence_docker lists, asks, kills, starts and
restarts, and refuses all others, so that nodes fence each other for real without reaching
anything that could act on the machine. It runs in the lab by its file name and needs nothing but
the standard library.
"""

from __future__ import annotations

import fcntl
import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TypeAlias

PORT = 2375
_LIMIT = 20.0
_REQUEST = re.compile(
    r"/v[0-9.]+/containers/(?:(?P<node>[a-z0-9-]+)/(?P<verb>json|kill|start|restart)"
    r"|json\?all=1)"
)

Answer: TypeAlias = tuple[HTTPStatus, object]


class Switch:
    """The nodes in *folder*, one folder each with its ``run``, ``off`` and ``power``."""

    def __init__(self, folder: Path, nodes: tuple[str, ...]) -> None:
        self._folder = folder
        self._nodes = nodes
        self._verbs: Mapping[tuple[str, str], Callable[[str], Answer]] = {
            ("GET", "json"): self._state,
            ("POST", "kill"): self._off,
            ("POST", "start"): self._on,
            ("POST", "restart"): self._restart,
        }

    def answer(self, method: str, path: str) -> Answer:
        """Do what is asked, when it is one of the few requests about one of the nodes."""
        match = _REQUEST.fullmatch(path)
        if match is None:
            return HTTPStatus.FORBIDDEN, _told("not a request of the power switch")
        node, verb = match["node"], match["verb"]
        if node is None:
            return self._list() if method == "GET" else _METHOD
        if node not in self._nodes:
            return HTTPStatus.NOT_FOUND, _told(f"no node {node!r}")
        act = self._verbs.get((method, verb))
        return act(node) if act else _METHOD

    def _list(self) -> Answer:
        return HTTPStatus.OK, [
            {"Id": node, "Names": [f"/{node}"], "Status": "Up" if self._is_on(node) else "Exited"}
            for node in self._nodes
        ]

    def _state(self, node: str) -> Answer:
        return HTTPStatus.OK, {"Id": node, "State": {"Running": self._is_on(node)}}

    def _on(self, node: str) -> Answer:
        argv = ("setsid", "--fork", self._folder / node / "run")
        with (self._folder / node / "power.log").open("ab") as log:
            subprocess.run(argv, stdout=log, stderr=log, timeout=_LIMIT, check=True)
        return HTTPStatus.NO_CONTENT, None

    def _off(self, node: str) -> Answer:
        done = subprocess.run([self._folder / node / "off"], timeout=_LIMIT, check=False)
        if done.returncode:
            return HTTPStatus.INTERNAL_SERVER_ERROR, _told(f"{node} is still on")
        return HTTPStatus.NO_CONTENT, None

    def _restart(self, node: str) -> Answer:
        status, body = self._off(node)
        return self._on(node) if status is HTTPStatus.NO_CONTENT else (status, body)

    def _is_on(self, node: str) -> bool:
        with (self._folder / node / "power").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False


def _told(message: str) -> Mapping[str, str]:
    return {"message": message}


_METHOD: Answer = (HTTPStatus.METHOD_NOT_ALLOWED, _told("not a request of the power switch"))


def _handler(switch: Switch) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _LIMIT

        def _respond(self) -> None:
            status, body = switch.answer(self.command, self.path)
            data = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = _respond  # noqa: N815 - the name that http.server calls
        do_POST = _respond  # noqa: N815 - the name that http.server calls

    return Handler


def main(address: str, folder: str, *nodes: str) -> None:
    """Serve on *address* for *nodes* until the lab ends."""
    server = ThreadingHTTPServer((address, PORT), _handler(Switch(Path(folder), nodes)))
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
