import json
import re
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from hadocs.loading.catalog import load
from hadocs.renderers.guide.link_checks import link_problems
from hadocs.sphinx.linkcheck import main

SAMPLE = Path(__file__).parent / "sample"

CONF = """\
extensions = ["hadocs.sphinx"]
linkcheck_timeout = 1.5
linkcheck_retries = 2
linkcheck_ignore = [r".*/ignored"]
"""

#: Each page has one link; its verdict is the word that begins the line which tells of it.
LINKS = {
    "ok": None,
    "anchors#here": None,
    "slow": None,
    "late": None,
    "busy": None,
    "ignored": "not judged",
    "away": "not judged",
    "moved": "redirected permanently",
    "elsewhere": "redirected",
    "gone": "broken",
    "anchors#nowhere": "broken",
    "never": "timed out",
    "1.0/store/install.html": "declared dead",
}
#: Links that are asked again in each run.
UNSETTLED = {"away", "gone", "anchors", "never"}


@dataclass
class Site:
    """A web site on this machine that remembers what it was asked for."""

    url: str
    asked: Counter[str] = field(default_factory=Counter)
    closing: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        page = self.path[1:].partition("?")[0]
        self.site.asked[page] += 1
        first = self.site.asked[page] == 1
        if page == "never" or (page == "late" and first):
            self.site.closing.wait(30)
            return
        if page == "slow":
            time.sleep(0.3)
        status, headers = {
            "gone": (404, {}),
            "away": (503, {}),
            "moved": (301, {"Location": "/ok"}),
            "elsewhere": (302, {"Location": "/ok"}),
            "busy": (429, {"Retry-After": "0"}) if first else (200, {}),
        }.get(page, (200, {}))
        body = b'<h1 id="here">Here</h1>'
        self.send_response(status)
        for name, value in {**headers, "Content-Length": len(body)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - the library's name

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    handler = type("SiteHandler", (Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.site = site = Site(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield site
    site.closing.set()
    server.shutdown()
    thread.join()
    server.server_close()


def copy_sample(root: Path) -> Path:
    """The specs of the sample, without its prose."""
    shutil.copytree(SAMPLE, root, ignore=shutil.ignore_patterns("content", "build"))
    (root / "content").mkdir()
    return root


def make_project(root: Path, site: Site, links: list[str]) -> Path:
    """The sample, whose Install Guide is on *site*, and a page of prose with *links*."""
    copy_sample(root)
    for release in (root / "conf" / "releases").glob("*.yaml"):
        release.write_text(release.read_text().replace("https://docs.example.org", site.url))
    (root / "conf" / "conf.py").write_text(CONF)
    paragraphs = (f"A paragraph\nwith `{link} <{site.url}/{link}>`__.\n" for link in links)
    rest = "Write to someone@example.org.\n\n.. toctree::\n   :glob:\n\n   guide/*\n"
    (root / "content" / "index.rst").write_text("\n".join(["Top\n===\n", *paragraphs, rest]))
    return root


@dataclass
class Checked:
    root: Path
    status: int
    lines: list[str]
    asked: Counter[str]


@pytest.fixture(scope="module")
def run(site):
    def checked(root: Path, fresh_days: int = 7) -> Checked:
        site.asked.clear()
        with pytest.MonkeyPatch.context() as patch:
            lines: list[str] = []
            patch.setattr("builtins.print", lambda *words: lines.extend(map(str, words)))
            status = main(root, None, fresh_days)
        return Checked(root, status, lines, Counter(site.asked))

    return checked


@pytest.fixture(scope="module")
def first(site, run, tmp_path_factory) -> Checked:
    root = tmp_path_factory.mktemp("links") / "project"
    return run(make_project(root, site, [*LINKS]))


@pytest.fixture(scope="module")
def second(first, run) -> Checked:
    return run(first.root)


def place(root: Path, path: str, words: str) -> str:
    lines = (root / path).read_text().splitlines()
    return f"{path}:{next(n for n, line in enumerate(lines, 1) if words in line)}"


@pytest.mark.parametrize(("link", "verdict"), LINKS.items())
def test_each_link_has_its_verdict_at_its_line(first, site, link, verdict):
    told = [line for line in first.lines if re.search(rf": {site.url}/{link}($| )", line)]
    where = place(first.root, "content/index.rst", f"/{link}>")
    start = f"{where}: {verdict}: {site.url}/{link}"
    assert [line.startswith(start) for line in told] == [True] * (verdict is not None), told


def test_a_redirect_tells_where_the_page_is_now(first, site):
    assert any(line.endswith(f"{site.url}/moved -> {site.url}/ok") for line in first.lines)


def test_the_last_line_counts(first):
    assert first.lines[-1] == (
        f"{len(LINKS) + 2} links: 7 work, 1 declared dead, 2 not judged, 2 redirected, "
        "1 timed out, 2 broken"
    )


def test_what_is_declared_dead_or_ignored_is_not_asked_for(first):
    assert not {"1.0/store/install.html", "ignored"} & first.asked.keys()


def test_what_timed_out_is_asked_again(first):
    assert first.asked["late"] == first.asked["never"] == 2


def test_a_broken_link_fails_the_run(first):
    assert first.status == 1


def test_a_second_run_asks_only_for_what_did_not_work(second):
    assert set(second.asked) == UNSETTLED


def test_a_second_run_tells_the_same(first, second):
    assert second.lines == first.lines


def test_a_link_out_of_a_spec_is_placed_in_the_spec(site, run, tmp_path):
    root = make_project(tmp_path / "project", site, ["ok"])
    pattern = root / "conf" / "releases" / "2.1.yaml"
    pattern.write_text(pattern.read_text().replace("/2.1/{project}/{page}.html", "/gone?{page}"))
    where = place(root, "components/stack.yaml", "same_without_ha")
    assert [line.partition("?")[0] for line in run(root).lines[:-1]] == [
        f"{where}: broken: {site.url}/gone",
        f"{where}: broken: {site.url}/gone",
    ]


def test_prose_of_a_spec_is_placed_in_the_spec(site, run, tmp_path):
    root = make_project(tmp_path / "project", site, [])
    spec = root / "components" / "stack.yaml"
    prose = f"  The nodes know each other;\n  see `why <{site.url}/moved>`__."
    spec.write_text(spec.read_text().replace("  The nodes know each other.", prose))
    checked = run(root)
    where = place(root, "components/stack.yaml", "/moved")
    assert checked.lines[0].startswith(f"{where}: redirected permanently: ")
    assert checked.status == 0


def test_a_link_in_a_cell_has_its_line(site, run, tmp_path):
    root = make_project(tmp_path / "project", site, [])
    page = root / "content" / "other.rst"
    cells = f'.. csv-table::\n\n   "a", "b"\n   "c", "see {site.url}/moved"\n'
    page.write_text(f":orphan:\n\nOther\n=====\n\n{cells}")
    assert run(root).lines[0].startswith(place(root, "content/other.rst", "/moved"))


def test_every_place_of_a_link_is_told(site, run, tmp_path):
    root = make_project(tmp_path / "project", site, ["moved", "ok"])
    page = root / "content" / "other.rst"
    page.write_text(f":orphan:\n\nOther\n=====\n\n- {site.url}/moved\n")
    assert [line.partition(": ")[0] for line in run(root).lines[:-1]] == [
        place(root, "content/index.rst", "/moved"),
        place(root, "content/other.rst", "/moved"),
    ]


class TestMemory:
    @pytest.fixture
    def good(self, site, run, tmp_path) -> Path:
        root = make_project(tmp_path / "project", site, ["ok", "moved", "anchors#here"])
        assert run(root).asked
        return root

    def test_a_second_run_of_a_good_guide_makes_no_request(self, good, run):
        again = run(good)
        assert (again.asked, again.status) == (Counter(), 0)

    def test_what_is_too_old_is_asked_again(self, good, run):
        memory = good / "build" / "linkcheck" / "verdicts.json"
        kept = json.loads(memory.read_text())
        old = next(url for url in kept if url.endswith("/ok"))
        kept[old]["checked"] -= 8 * 24 * 60 * 60
        memory.write_text(json.dumps(kept))
        assert run(good).asked == {"ok": 1}
        assert run(good).asked == {}

    def test_no_day_is_fresh_without_days(self, good, run):
        assert run(good, fresh_days=0).asked["ok"]

    def test_a_memory_that_cannot_be_read_is_made_anew(self, good, run):
        memory = good / "build" / "linkcheck" / "verdicts.json"
        memory.write_text("{")
        assert run(good).asked["ok"]
        assert run(good).asked == {}


class TestNames:
    """Names of pages of the Install Guide, without any request."""

    @pytest.fixture
    def root(self, tmp_path) -> Path:
        return copy_sample(tmp_path / "project")

    def told(self, root: Path) -> list[str]:
        return [str(problem) for problem in link_problems(load(root))]

    def change(self, root: Path, path: str, old: str, new: str) -> None:
        text = (root / path).read_text()
        assert old in text
        (root / path).write_text(text.replace(old, new))

    def test_the_sample_is_right(self, root):
        assert self.told(root) == []

    def test_a_step_names_a_page_that_is_not_there(self, root):
        self.change(root, "components/stack.yaml", "store/install", "store/instal")
        where = place(root, "components/stack.yaml", "same_without_ha")
        assert self.told(root) == [
            f"{where}:22: error[link]: the Install Guide has no page 'store/instal' for 2.1, 2.2\n"
            "    hint: did you mean 'store/install'?"
        ]

    def test_a_component_names_a_page_that_is_not_there(self, root):
        self.change(
            root, "components/stack.yaml", "parameters:", "install_guide: [st/x]\nparameters:"
        )
        (told,) = self.told(root)
        assert told.startswith(f"{place(root, 'components/stack.yaml', 'st/x')}:17: error[link]: ")

    def test_prose_of_a_spec_names_a_page_that_is_not_there(self, root):
        role = ":install-guide:`here <store/instal>`"
        self.change(root, "components/stack.yaml", "know each other.", f"know {role}.")
        (told,) = self.told(root)
        assert told.startswith(f"{place(root, 'components/stack.yaml', role)}:40: error[link]: ")

    def test_a_page_of_prose_names_a_page_that_is_not_there(self, root):
        (root / "content" / "a.rst").write_text("A\n=\n\nSee :install-guide:`store/instal`.\n")
        (told,) = self.told(root)
        assert told.startswith("content/a.rst:4:21: error[link]: ")

    def test_a_role_that_is_only_shown_is_not_looked_up(self, root):
        (root / "content" / "a.rst").write_text("A\n=\n\nWrite ``:install-guide:`a/b```.\n")
        assert self.told(root) == []

    def test_a_page_of_one_live_series_is_not_enough(self, root):
        table = "conf/releases/pages.tsv"
        self.change(root, table, "2.1\tinstall-alpha", "2.1\tset-up-alpha")
        self.change(root, table, "2.1\tinstall-beta", "2.1\tset-up-beta")
        (told,) = self.told(root)
        assert "no page 'store/install' for 2.1\n" in told

    def test_a_page_that_one_system_lacks_is_left_to_the_guide(self, root):
        self.change(root, "conf/releases/pages.tsv", "2.1\tinstall-alpha", "2.1\tother-alpha")
        assert self.told(root) == []

    def test_a_distro_names_an_ending_that_no_page_has(self, root):
        self.change(
            root, "conf/distros/alpha.yaml", "install_guide: [alpha]", "install_guide: [alfa]"
        )
        told = [line for line in self.told(root) if line.startswith("conf/distros/alpha.yaml:")]
        assert len(told) == 1 and "ends with '-alfa'\n    hint: did you mean 'alpha'?" in told[0]
