"""Sphinx configuration. Some pages are written at build time from the code: see pages.py."""

import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

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


def write_pages(_app: Any) -> None:
    """Write the generated pages before Sphinx looks for its sources."""
    pages.write(HERE)


def setup(app: Any) -> None:
    """Sphinx's hook."""
    app.connect("builder-inited", write_pages)
