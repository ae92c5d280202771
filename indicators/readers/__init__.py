"""Reading of files that somebody else made: cases, tidy observations, lists of small areas.

Values in, values out: nothing here knows the database. Every file is taken for hostile until its content has been
checked; whatever is wrong is said in words with the row, the column, the value and what to do. `read_observations`,
`read_areas` and `CaseReader` never raise for a bad file: they answer with problems, and a file that has any is not
to be imported. `checks.content_kind` raises `FileRefused`.
"""
