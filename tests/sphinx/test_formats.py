import re

import pytest

FORMATS = [
    "html",
    "text",
    "man",
    "latex",
    "epub",
    "texinfo",
    "xml",
    "dirhtml",
    "singlehtml",
    "gettext",
]


def test_all_formats_share_doctrees_and_none_warns(build):
    built = {builder: build(builder) for builder in FORMATS}
    assert {name: result.warnings for name, result in built.items()} == dict.fromkeys(FORMATS, "")
    assert built["text"].read == []


@pytest.mark.parametrize(
    ("builder", "page"),
    [("text", "guide/galera.txt"), ("man", "guide.1"), ("latex", "guide.tex")],
)
def test_plain_formats_print_each_variant_under_its_label(build, builder, page):
    build("html")
    text = (build(builder).out / page).read_text()
    text = text.replace("\\sphinxhyphen{}", "-").replace("\\", "")
    order = ["crm", "crm", "configure", "pcs", "pcs", "resource", "Recorded output"]
    assert re.search(r"[\s\S]+?".join(order), text)
    assert "controller1, controller2, controller3" in text
    assert "/etc/mysql/90-galera.cnf" in text


def test_in_text_the_end_of_the_variants_is_visible(build):
    text = (build("text").out / "guide/galera.txt").read_text()
    assert "\npcs\n   **Run on controller1, controller2, controller3:**\n" in text
    assert "\n**Recorded output:**\n\n   Online: [ controller1 ]\n" in text


def test_a_book_has_neither_script_nor_folds(build):
    page = (build("epub").out / "guide/galera.xhtml").read_text()
    assert "<details" not in page
    assert "<script" not in page
    assert "hadocs-chooser" not in page
    assert "<dt>pcs</dt>" in page


def test_prose_is_translatable_at_its_place_in_the_spec(build):
    catalogue = (build("gettext").out / "guide.pot").read_text()
    assert re.search(r"components/galera\.yaml:3\nmsgid \"Three members", catalogue)
    assert re.search(r"components/galera\.yaml:6\nmsgid \"A second paragraph", catalogue)
    assert "controller1" not in catalogue


def test_former_anchors_lead_to_the_same_place(build):
    page = build("html").html("prose/failover")
    assert 'href="../guide/galera.html#bootstrap"' in page


def test_ids_of_tabs_are_stable_and_every_key_has_one(build):
    page = build("html").html("guide/galera")
    for anchor in (
        "install-system-debian-12",
        "install-system-ubuntu-24-04",
        "replication-system-sles-15",
        "bootstrap-shell-pcs",
    ):
        assert page.count(f'id="{anchor}"') == 1
    # furo gives the wrapper of a table with a caption the id of the table
    ids = [anchor for anchor in re.findall(r' id="([^"]+)"', page) if anchor != "id1"]
    assert len(ids) == len(set(ids))


def test_the_chooser_offers_every_key_by_its_own_name(build):
    page = build("html").html("guide/galera")
    options = dict(re.findall(r'<option value="([^"]+)">([^<]+)', page))
    assert options == {
        "debian-12": "Debian 12",
        "ubuntu-24.04": "Ubuntu 24.04",
        "rocky-9": "Rocky Linux 9",
        "sles-15": "SLES 15 and openSUSE Leap 15, each with all of its service packs",
        "crm": "crm",
        "pcs": "pcs",
    }


def test_the_script_of_sphinx_tabs_is_not_loaded(build):
    page = build("html").html("guide/galera")
    assert "_static/tabs.js" not in page
    assert "_static/tabs.css" not in page
    assert "_static/hadocs.js" in page
