"""Reads with more than one filter, used by pages, API, exports and texts alike."""
