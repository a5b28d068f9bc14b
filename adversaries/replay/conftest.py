"""Without vLLM, the doctests of the modules that import it are left out."""

import importlib.util

collect_ignore = [] if importlib.util.find_spec("vllm") else ["plugin.py", "stub.py"]
