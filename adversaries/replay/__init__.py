"""Replay on real vLLM: a plug-in scheduler, a harness, and a comparison with the model.

The only place that imports vLLM, and only inside functions and in the modules ``plugin``,
``stub`` and ``drive``; everything else here runs without it.
"""
