"""The demonstration: published figures of one quarter, invented figures of the next, and synthetic cases.

`files/` holds what is loaded (areas, definitions, observations, and the account of every published row);
`constraints.py` the published totals that the synthetic cases meet; the other modules make the cases, always
the same ones. No person, place or event in a case is real.
"""
