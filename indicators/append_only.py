"""Rows that are written once: the database itself refuses to change or delete them."""

import pgtrigger

APPEND_ONLY = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
