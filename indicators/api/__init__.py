"""The read-only API: definitions and figures as JSON and as flat CSV for Excel and Power BI.

`asked` reads what an address asks for, `paging` cuts lists into pages by cursors, `rendering` writes JSON and CSV,
`describing` makes the OpenAPI description, `doors` joins them to views; the other modules hold one family of resources
each: what a record has, and the records themselves.
"""
