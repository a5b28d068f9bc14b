"""Sphinx configuration. Some pages are written at build time from the code: see pages.py.

The example reports are built by kvcr.make_reports, and copied as they are beside the pages.
"""

import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import example_reports  # noqa: E402
import pages  # noqa: E402

import kvcr  # noqa: E402

project = "kvcr"
author = "The kvcr developers"
copyright = "The kvcr developers"
release = version = kvcr.__version__

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
highlight_language = "text"
smartquotes = False  # formulas are shown as they are written

html_theme = "furo"
html_title = f"kvcr {release}"
html_copy_source = False
html_show_sphinx = False
html_extra_path = [str(example_reports.FOLDER)]


def write_pages(_app: Any) -> None:
    """Write the generated pages before Sphinx looks for its sources."""
    pages.write(HERE)


def write_reports(_app: Any, _config: Any) -> None:
    """Build the example reports before Sphinx looks for the folder."""
    example_reports.write(HERE)


def setup(app: Any) -> None:
    """Sphinx's hook."""
    app.connect("config-inited", write_reports)
    app.connect("builder-inited", write_pages)
