"""Hypothesis without a deadline, as a first call may compile, and the same in every run.

``--hypothesis-profile=default`` explores anew.
"""

from hypothesis import settings

settings.register_profile("kvcr", deadline=None, derandomize=True)
settings.load_profile("kvcr")
