import pytest
from docutils import core, nodes
from docutils.parsers.rst import Directive, directives

from hadocs.sphinx.prose import parsed

TEXTS = [
    "One line.",
    "Two lines\nof one paragraph.\n\nAnother one.\n",
    "With *emphasis*, ``code``, and a https://example.org/ link.",
    "A. is a list\nB. too",
    "iv. is a list",
    "etc. is no list",
    "- a\n- b\n\nText.",
    "Literal::\n\n    indented\n",
    "term\n    definition",
    "``code`` first\n\nthen *this*.",
    ".. note:: A directive.",
    "a | b \\* c",
    ":field: value",
    "Mail to someone@example.org now.",
    "ends with a colon:\n\n- x",
]


class Probe(Directive):
    text = ""

    def run(self):
        return parsed(self.text, "spec.yaml", 1, self.state)


@pytest.mark.parametrize("text", TEXTS)
def test_prose_without_a_parser_is_what_the_parser_makes(text):
    directives.register_directive("probe", Probe)
    Probe.text = text
    settings = {"_disable_config": True, "doctitle_xform": False, "docinfo_xform": False}
    ours = core.publish_doctree(".. probe::\n", settings_overrides=settings)
    theirs = core.publish_doctree(text, settings_overrides=settings)
    assert [n.pformat().replace("spec.yaml", "<string>") for n in ours] == [
        n.pformat() for n in theirs
    ]
    assert [n.line for n in ours.findall(nodes.paragraph) if n.parent is ours] == [
        n.line for n in theirs.findall(nodes.paragraph) if n.parent is theirs
    ]


@pytest.mark.parametrize(
    ("prose", "line", "message"),
    [
        ("Good.\n\nBad ``markup.", 5, "Inline literal start-string"),
        ("- good\n\n- bad ``markup.", 5, "Inline literal start-string"),
        ("Good.\n\nA :nonsense:`role`.", 5, 'Unknown interpreted text role "nonsense"'),
        ("Good.\n\nA :step:`nothing/here`.", 5, "no component 'nothing'"),
        ("Good.\n\nA\n:step:`nothing/here`.", 5, "no component 'nothing'"),
    ],
)
def test_bad_markup_in_a_spec_is_placed_in_the_spec(build, project, prose, line, message):
    (project / "components" / "time.yaml").write_text(f"title: Time\nneeds: \n{prose}\n")
    warnings = build("html").warnings
    assert any(
        told.startswith(f"components/time.yaml:{line}: ") and message in told
        for told in warnings.splitlines()
    ), warnings
