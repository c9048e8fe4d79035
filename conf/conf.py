"""Settings of Sphinx; what the guide says is in components/, conf/ and content/."""

from hadocs import __version__ as version  # noqa: F401 - Sphinx reads it

project = "OpenStack high availability, step by step"
author = "the hadocs contributors"
copyright = author
language = "en"

extensions = ["hadocs.sphinx"]
exclude_patterns = ["evidence"]
nitpicky = True

html_theme = "furo"
html_title = project
html_copy_source = False  # most sources are one directive; the specs are what a writer edits
html_show_sourcelink = False
html_use_index = False  # it would hold the terms of the glossary; readers search
html_theme_options = {"top_of_page_buttons": []}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

latex_documents = [("index", "hadocs.tex", project, author, "manual")]
man_pages = [("index", "hadocs", project, author, 7)]
epub_show_urls = "no"

linkcheck_workers = 20
linkcheck_timeout = 20
linkcheck_retries = 3
linkcheck_rate_limit_timeout = 60
linkcheck_anchors_ignore = ["^!", r"^L\d+(-L?\d+)?$"]  # made by scripts
linkcheck_anchors_ignore_for_url = [r"https://(github\.com|opendev\.org)/"]
linkcheck_ignore = [  # addresses of examples
    r"https?://(localhost|127\.|10\.|192\.168\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.)",
    r"https?://([\w-]+\.)*example(\.(com|net|org))?\b",
]
