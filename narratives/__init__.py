"""Words: outline, reporting cycle, sections, revisions, bindings and review. Knows nothing of reports."""
