import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ALL = ["guide/galera", "guide/haproxy", "guide/time", "index", "prose/failover"]


def edit(path: Path, old: str, new: str) -> None:
    """Change a file, and set its clock back: content alone shall count."""
    text, before = path.read_text(), path.stat().st_mtime_ns
    assert old in text
    path.write_text(text.replace(old, new))
    os.utime(path, ns=(before - 10**9, before - 10**9))


def test_everything_is_read_once(build):
    assert build().read == ALL
    again = build()
    assert (again.read, again.warnings) == ([], "")
    assert "opened the guide" not in again.status
    assert "pickling environment" not in again.status


def test_what_was_only_touched_is_not_read(build, project):
    build()
    for path in [*project.rglob("*.rst"), *project.rglob("*.yaml")]:
        path.touch()
    assert build().read == []


@pytest.mark.parametrize(
    ("path", "old", "new", "read"),
    [
        ("components/time.yaml", "All nodes", "Nodes", ["guide/time"]),
        ("components/haproxy.yaml", "One process", "A process", ["guide/haproxy"]),
        (
            "components/galera.yaml",
            "A second",
            "Another",
            ["guide/galera", "guide/haproxy", "prose/failover"],
        ),
        ("content/prose/failover.rst", "See", "Read", ["prose/failover"]),
        ("conf/sites/sample.yaml", "10", "11", ["guide/galera", "index", "prose/failover"]),
    ],
)
def test_a_changed_file_is_read_by_the_pages_that_declare_it(build, project, path, old, new, read):
    build()
    edit(project / path, old, new)
    again = build()
    assert again.read == read
    assert set(read) <= set(again.written)


def test_a_declared_file_may_appear_later(build, project):
    build()
    evidence = project / "content" / "evidence" / "galera.json"
    evidence.parent.mkdir()
    evidence.write_text("{}")
    assert build().read == ["guide/galera", "prose/failover"]


def test_a_declared_folder_stands_for_what_is_in_it(build, project):
    spec = project / "components" / "time.yaml"
    spec.write_text(spec.read_text().replace("needs: ", "needs: content/evidence"))
    build()
    (project / "content" / "evidence").mkdir()
    (project / "content" / "evidence" / "run.json").write_text("{}")
    assert "guide/time" in build().read


def test_an_included_file_counts_by_content(build, project):
    (project / "content" / "part.txt").write_text("One.\n")
    page = project / "content" / "index.rst"
    page.write_text(page.read_text() + "\n.. include:: part.txt\n")
    build()
    edit(project / "content" / "part.txt", "One", "Two")
    assert build().read == ["index"]
    (project / "content" / "part.txt").touch()
    assert build().read == []


def test_a_new_title_reaches_every_sidebar(build, project):
    build()
    edit(project / "components" / "time.yaml", "title: Time", "title: Clocks")
    again = build()
    assert again.read == ["guide/time"]
    for name in ALL:
        assert "Clocks" in again.html(name)
    assert build().written == ["genindex", "search"]


def test_a_new_section_title_reaches_the_links_that_show_it(build, project):
    page = project / "content" / "prose" / "failover.rst"
    page.write_text(page.read_text() + "\n.. _repair:\n\nRepair\n------\n\nText.\n")
    time = project / "components" / "time.yaml"
    time.write_text(time.read_text() + "\n:ref:`repair`\n")
    build()
    edit(page, "Repair\n------", "Mend\n----")
    again = build()
    assert again.read == ["prose/failover"]
    assert "Mend" in again.html("guide/time")
    assert "guide/haproxy" not in again.written


def test_a_new_order_reaches_every_sidebar(build, project):
    page = project / "content" / "index.rst"
    build()
    edit(page, ":caption: More", ":caption: Less")
    assert "Less" in build().html("guide/time")


def test_a_removed_component_leaves_nothing(build, project):
    (project / "content" / "index.rst").write_text("Home\n====\n\n.. hadocs-chapters::\n")
    (project / "content" / "prose" / "failover.rst").unlink()
    build()
    assert (project / "content" / "guide" / "haproxy.rst").is_file()
    (project / "components" / "haproxy.yaml").unlink()
    galera = project / "components" / "galera.yaml"
    galera.write_text("title: MariaDB\nneeds: \nText.\n")
    edit(project / "content" / "index.rst", "Home", "Start")
    again = build()
    assert not (project / "content" / "guide" / "haproxy.rst").exists()
    assert not (again.out / "guide" / "haproxy.html").exists()
    assert "HAProxy" not in again.html("guide/time")
    assert "1 removed" in again.status
    assert "0 removed" in build().status


def test_a_page_of_a_person_in_the_folder_of_generated_pages_stays(build, project):
    page = project / "content" / "guide" / "mine.rst"
    page.parent.mkdir()
    page.write_text(":orphan:\n\nMine\n====\n")
    built = build()
    assert page.is_file()
    assert "Mine" in built.html("guide/mine")


def test_stubs_are_written_where_bytes_differ(build, project):
    build()
    stub = project / "content" / "guide" / "time.rst"
    before = stub.stat().st_mtime_ns
    build()
    assert stub.stat().st_mtime_ns == before
    stub.write_text("changed")
    build()
    assert stub.read_text() == ".. hadocs-page:: guide/time\n"


def test_what_another_builder_has_read_is_written(build, project):
    build("html")
    edit(project / "components" / "time.yaml", "title: Time", "title: Clocks")
    assert build("text").read == ["guide/time"]
    again = build("html")
    assert again.read == []
    assert "Clocks" in again.html("guide/time")
    assert "Clocks" in again.html("guide/galera")


def test_parallel_builds_are_the_same(build, project):
    def pages(built):
        return {p.name: p.read_text() for p in sorted(built.out.rglob("*.html"))}

    serial = pages(build())
    edit(project / "components" / "time.yaml", "title: Time", "title: Clocks")
    incremental = pages(build(jobs=2))
    for name in ("html", "trees"):
        subprocess.run(["rm", "-r", project / "build" / name], check=True)
    parallel = build(jobs=2)
    assert parallel.warnings == ""
    assert pages(parallel) == incremental
    assert serial.keys() == incremental.keys()
    assert build(jobs=2).read == []


def test_an_unchanged_guide_needs_no_loader(build, project):
    """In a process of its own, which tells what it has imported."""
    build()
    program = (
        "import sys, json\n"
        "from sphinx.cmd.build import main\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "code = main(['-q', '-n', '-c', 'conf', '-d', 'build/trees', 'content', 'build/html'])\n"
        "print(json.dumps([code, sorted(sys.modules)]))\n"
    )
    command = [sys.executable, "-c", program]
    told = subprocess.run(command, cwd=project, check=True, capture_output=True, text=True)
    assert told.stderr == ""
    code, modules = json.loads(told.stdout)
    assert code == 0
    heavy = {
        "pydantic",
        "yaml",
        "fake_guide",
        "hadocs.loading",
        "hadocs.spec",
        "hadocs.plan.resolve",
    }
    assert not heavy & set(modules)
