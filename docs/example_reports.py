"""The example reports of the manual: built anew only when the code has changed."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from kvcr.make_reports import make_reports

FOLDER = Path("generated") / "site"
STAMP = Path("generated") / "site.sha256"
PACKAGES = ("theory", "lemmas", "adversaries", "kvcr")
SUFFIXES = {".py", ".toml", ".json", ".html", ".css", ".js", ".svg"}


def write(docs: Path) -> None:
    """Write atlas and reports below ``docs``/generated/site; about half a minute, or nothing."""
    wanted = sources(docs.parent)
    stamp = docs / STAMP
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    shutil.rmtree(docs / FOLDER, ignore_errors=True)
    make_reports(docs / FOLDER)
    stamp.write_text(wanted, encoding="utf-8")


def sources(root: Path) -> str:
    """A digest of everything that the reports are made from."""
    digest = hashlib.sha256()
    files = (f for name in PACKAGES for f in (root / name).rglob("*") if f.suffix in SUFFIXES)
    for file in sorted(files):
        digest.update(f"{file.relative_to(root)}\n".encode() + file.read_bytes())
    return digest.hexdigest()
