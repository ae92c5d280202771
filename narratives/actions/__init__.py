"""Every change of state of the words: outlines, cycles, drafting, review."""
