"""Tests that take minutes: they run only with KVCR_SLOW=1 in the environment."""

from __future__ import annotations

import os

import pytest

slow = pytest.mark.skipif(not os.environ.get("KVCR_SLOW"), reason="slow: set KVCR_SLOW=1")
