"""How wide the columns of a table are, worked out from its words: the same in PDF and Word."""

from indicators.tables import Table

LONGEST = 34
"""Characters beyond which the words of a cell are expected to run over several lines."""
LONGEST_NUMBER = 18
"""The same in a column of numbers, where longer words such as "not available: …" are the exception."""
LONGEST_TITLE = 12
SHORTEST = 5
FULL_WIDTH = 60
"""Characters that fill the width of a page; a table of fewer columns is set narrower, to be read across."""


def column_shares(table: Table) -> tuple[int, ...]:
    """The relative width of each column, in characters: room for its longest word and part of its text."""
    width = max((len(row) for row in (table.header, *table.rows)), default=0)
    shares = []
    for index in range(width):
        cells = [row[index] for row in table.rows if index < len(row)]
        title = table.header[index].text if index < len(table.header) else ""
        longest = LONGEST_NUMBER if any(cell.is_numeric for cell in cells) else LONGEST
        longest_text = max((len(cell.text) for cell in cells), default=0)
        words = (word for text in (title, *(cell.text for cell in cells)) for word in text.split())
        longest_word = min(LONGEST, max((len(word) for word in words), default=0))
        room = max(SHORTEST, min(longest, longest_text), min(LONGEST_TITLE, len(title)), longest_word)
        shares.append(room + 2)
    return tuple(shares)


def table_width(shares: tuple[int, ...]) -> int:
    """The width of a table in per cent of the page's, from the shares of its columns."""
    return max(45, min(100, sum(shares) * 100 // FULL_WIDTH))
