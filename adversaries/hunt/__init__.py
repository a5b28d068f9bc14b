"""Searching for bad instances: what may be used, how it is scored, moved, shrunk and kept."""
