"""Definitions and exact computation, no proofs: read it as the paper's section 2."""
