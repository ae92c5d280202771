"""Markdown in, blocks of a report out; blocks in, HTML of a preview out. Values only, no database."""
