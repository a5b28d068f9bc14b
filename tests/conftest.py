"""Hypothesis without a deadline: the first call of a compiled function may compile it."""

from hypothesis import settings

settings.register_profile("kvcr", deadline=None)
settings.load_profile("kvcr")
