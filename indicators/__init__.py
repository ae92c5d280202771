"""Numbers: areas, sources, indicators, cases, imports, observations and the aggregates computed from them.

Knows nothing of texts or reports (`narratives` and `portal` import this package, never the other way).
"""
