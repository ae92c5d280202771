"""Outside text into clean values."""
