"""The proof: one lemma a module, its obligations, its witness, its sabotaged twin."""
