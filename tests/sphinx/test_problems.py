def test_a_problem_is_told_in_the_file_that_is_to_be_changed(build, project):
    (project / "components" / "haproxy.yaml").write_text("broken\nneeds: \n")
    built = build("html")
    assert built.warnings.splitlines() == [
        "components/haproxy.yaml:1: WARNING: the title is broken [hadocs.schema]",
    ]
    assert "could not be made" in built.html("guide/haproxy")
    assert "Bootstrap the cluster" in built.html("guide/galera")


def test_a_page_is_made_when_its_problem_is_gone(build, project):
    spec = project / "components" / "haproxy.yaml"
    good = spec.read_text()
    spec.write_text("broken\nneeds: \n")
    build("html")
    spec.write_text(good)
    built = build("html")
    assert built.warnings == ""
    assert "could not be made" not in built.html("guide/haproxy")


def test_a_wrong_name_in_prose_is_told_at_its_line_with_a_hint(build, project):
    page = project / "content" / "index.rst"
    page.write_text(page.read_text().replace(":component:`time`", ":component:`tiem`"))
    assert build("html").warnings.splitlines()[:2] == [
        "content/index.rst:4: WARNING: no component 'tiem'",
        "    hint: galera, haproxy, time [hadocs.unknown-name]",
    ]


def test_a_wrong_argument_is_told_at_the_directive(build, project):
    page = project / "content" / "prose" / "failover.rst"
    page.write_text(page.read_text().replace(":: galera", ":: nothing"))
    assert "content/prose/failover.rst:4: WARNING: no component 'nothing'" in build("text").warnings


def test_a_link_to_a_step_that_is_not_there_is_told(build, project):
    page = project / "content" / "index.rst"
    page.write_text(page.read_text() + "\nSee :step:`galera/nowhere`.\n")
    assert "undefined label: 'guide/galera#nowhere'" in build("html").warnings
