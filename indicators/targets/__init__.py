"""Targets: their vocabulary, what each asks of a figure, and whether a figure meets it. No database."""
