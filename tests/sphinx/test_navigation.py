import pytest

FURO = {"collapse": False, "titles_only": True, "maxdepth": -1, "includehidden": True}


@pytest.mark.parametrize("builder", ["html", "dirhtml"])
def test_the_remembered_navigation_is_what_sphinx_makes(build, project, builder):
    nested = project / "content" / "prose" / "failover.rst"
    entries = [
        "deeper/one",
        "Far <https://example.org/?a=1&b=2>",
        "deeper/two & three",
        "/guide/time",
    ]
    lines = "".join(f"   {entry}\n" for entry in entries)
    nested.write_text(f"{nested.read_text()}\n.. toctree::\n\n{lines}")
    (nested.parent / "deeper").mkdir()
    for name in ("one", "two & three"):
        (nested.parent / "deeper" / f"{name}.rst").write_text(f"{name}\n=======================\n")
    theirs, ours = {}, {}

    def hook(app):
        def note(result):
            def listener(app, name, template, context, doctree):
                result[name] = [
                    context["toctree"](**FURO),
                    context["toctree"](collapse=True),
                    context["toctree"](**FURO | {"titles_only": False, "maxdepth": 2}),
                ]

            return listener

        app.connect("html-page-context", note(theirs), priority=399)
        app.connect("html-page-context", note(ours), priority=401)

    build(builder, hook=hook)
    assert len(ours) == 9
    assert ours == theirs
