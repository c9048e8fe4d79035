"""The script of the guide in a real browser; the scenarios are in browser.js."""

import functools
import json
import re
import shutil
import subprocess
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NAMES = [
    name.replace("${theme}", theme)
    for name in re.findall(r"""^ *test\(["`](.+?)["`],""", (HERE / "browser.js").read_text(), re.M)
    for theme in (("light", "dark") if "${theme}" in name else ("",))
]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--remote-debugging-port=0",  # else a headless browser ends when the page is loaded
]
BLOCKED = b"""<head><script>Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("denied", "SecurityError") } })</script>"""

pytestmark = pytest.mark.skipif(
    not CHROMIUM, reason="not proven: what the script does in a browser; Chromium is not installed"
)


class Handler(SimpleHTTPRequestHandler):
    """Serves the guide; below ``blocked/`` without storage; takes the results."""

    results: dict[str, str]
    done: threading.Event

    def do_GET(self) -> None:
        if self.path == "/scenarios":
            return self._send(b"<!doctype html><body><script src='/browser.js'></script>")
        if self.path == "/browser.js":
            return self._send((HERE / "browser.js").read_bytes(), "text/javascript")
        if self.path.startswith("/blocked/"):
            path = Path(self.translate_path(self.path.removeprefix("/blocked")))
            if path.suffix == ".html":
                return self._send(path.read_bytes().replace(b"<head>", BLOCKED, 1))
            self.path = self.path.removeprefix("/blocked")
        return super().do_GET()

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        self.results.update(json.loads(self.rfile.read(size)))
        self._send(b"")
        self.done.set()

    def _send(self, body: bytes, kind: str = "text/html; charset=utf-8") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def ran() -> dict[str, str]:
    """Filled by the first test, which has a project."""
    return {}


def run_scenarios(pages: Path, profile: Path) -> dict[str, str]:
    Handler.results, Handler.done = {}, threading.Event()
    handler = functools.partial(Handler, directory=str(pages))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/scenarios"
        command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={profile}", address]
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as browser:
            finished = Handler.done.wait(120)
            browser.terminate()
        server.shutdown()
    assert finished, "the browser did not finish"
    return Handler.results


@pytest.mark.parametrize("name", NAMES)
def test_in_a_browser(name, ran, build, tmp_path):
    if not ran:
        ran.update(run_scenarios(build().out, tmp_path / "profile"))
    assert ran[name] == ""
