"""A second computation of every figure, from the input files alone.

Nothing of the product is imported here: what the product prints is compared with what these modules work out with
`csv`, `json` and `Decimal` from the files, by the rules of the field (`sheet` by `sheet`, window by window).
"""
