"""Every change of state of the figures: one module per noun, `verb(obj, *, by, ...)`, atomic."""
