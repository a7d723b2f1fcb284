"""The engine's part of a book, as one Sphinx extension: pages of facts, style, templates.

A review that depends on the installed package names this module in ``_config.yml`` and has no copy of
extensions or style, so that a new version of the engine brings them.
"""

from __future__ import annotations

import sys
from typing import Any

from living_review import package_data

EXTENSIONS = ("living_facts", "mathml", "site_pages", "explorer_page", "evidence_pages")
# What the templates and scripts rely on.
SETTINGS: dict[str, Any] = {
    "html_additional_pages": {"404": "404.html", "search": "search.html"},
    "html_math_renderer": "mathml",
    "html_sidebars": {"**": []},
    "html_use_index": False,
    "html_copy_source": False,
    "html_show_sourcelink": False,
    "bibtex_reference_style": "author_year",
    "myst_links_external_new_tab": False,
}
# The theme makes these parts of each page to see whether they are empty; layout.html shows none.
NOT_SHOWN = (
    *("navbar_start", "navbar_center", "navbar_persistent", "navbar_end"),
    *("article_header_start", "article_header_end", "article_footer_items", "content_footer_items"),
    *("footer_start", "footer_center", "footer_end"),
    *("primary_sidebar_end", "secondary_sidebar_items"),
)


def configure(app: Any, config: Any) -> None:  # noqa: ANN401  (Sphinx is not needed to import this)
    """Set what the engine's pages need, whatever ``_config.yml`` says.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build.
    config : sphinx.config.Config
        Its settings, which are changed.
    """
    del app
    config.html_static_path = [str(package_data.path("book/_static"))]
    config.templates_path = [str(package_data.path("book/_templates")), *config.templates_path]
    config.html_context = {"living_review_repository": ""} | dict(config.html_context or {})
    config.html_theme_options = {**config.html_theme_options, **{part: [] for part in NOT_SHOWN}}
    for name, value in SETTINGS.items():
        setattr(config, name, value)


def setup(app: Any) -> dict[str, object]:  # noqa: ANN401
    """Register with Sphinx."""
    folder = str(package_data.path("book/_ext"))
    if folder not in sys.path:
        sys.path.insert(0, folder)
    for name in EXTENSIONS:
        app.setup_extension(name)
    app.connect("config-inited", configure)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
