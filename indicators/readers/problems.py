"""What is wrong with a file: problems with their place, a list of them, and the refusal of a whole file."""

from dataclasses import dataclass

from indicators.readers.texts import visible

LISTED = 10_000
VALUE_LENGTH = 200


class Unfit(ValueError):
    """A single value that cannot be taken; the message says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a file.

    `row` is the line of the file or sheet as a person sees it (the header is 1), None for the whole file; `sheet`
    the sheet of a workbook or the file inside a zip; `value` what stands there, cut to 200 characters.
    """

    row: int | None
    column: str
    value: str
    message: str
    sheet: str = ""


class Problems:
    """The faults of one file: the first 10,000 are listed, all are counted. True when there is any."""

    def __init__(self) -> None:
        """Start without a problem."""
        self.listed: list[Problem] = []
        self.count = 0

    def __bool__(self) -> bool:
        """Say whether anything is wrong."""
        return self.count > 0

    @property
    def is_full(self) -> bool:
        """Whether the list has reached its cap; further problems are only counted."""
        return len(self.listed) >= LISTED

    def add(self, message: str, *, row: int | None = None, column: str = "", value: str = "", sheet: str = "") -> None:
        """Note one fault. Characters of `value` and `sheet` that cannot be seen are written out."""
        self.count += 1
        if not self.is_full:
            shown = visible(value[:VALUE_LENGTH])[:VALUE_LENGTH]
            place = visible(sheet[:VALUE_LENGTH])[:VALUE_LENGTH]
            self.listed.append(Problem(row, column[:VALUE_LENGTH], shown, message, place))

    def include(self, others: "Problems") -> None:
        """Take over the faults of another list."""
        self.count += others.count
        self.listed += others.listed[: LISTED - len(self.listed)]

    def sort_from(self, start: int) -> None:
        """Put the faults listed from a place on into the order of their rows; they are of one sheet."""
        self.listed[start:] = sorted(self.listed[start:], key=lambda problem: problem.row or 0)

    def closing_line(self) -> Problem | None:
        """Return a last line that says how many faults are not listed, or None when all are."""
        if self.count <= len(self.listed):
            return None
        words = f"{self.count:,} problems were found; the first {len(self.listed):,} are listed. Correct these first."
        return Problem(None, "", "", words)

    def lines(self) -> list[Problem]:
        """Return the listed faults in the order of their discovery, with the closing line where one is due."""
        closing = self.closing_line()
        return self.listed if closing is None else [*self.listed, closing]


class FileRefused(Exception):
    """A file, or a part of it, that cannot be read at all; `problems` says why."""

    def __init__(self, problems: Problems) -> None:
        """Keep the problems; the first is the text of the exception."""
        super().__init__(problems.listed[0].message if problems.listed else "The file cannot be read.")
        self.problems = problems


def refusal(message: str, *, row: int | None = None, column: str = "", value: str = "", sheet: str = "") -> FileRefused:
    """Return a `FileRefused` with one problem."""
    problems = Problems()
    problems.add(message, row=row, column=column, value=value, sheet=sheet)
    return FileRefused(problems)
