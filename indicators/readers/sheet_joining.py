"""The three numbers of one observation in a wide sheet, each in a row of its own: value, numerator and denominator.

A word in one of them takes nothing from the others in silence: what is kept without it and what is left out because of
it is told with its cells.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from indicators.choices import Status
from indicators.composites import joint_status
from indicators.formatting import counted
from indicators.problem_lines import cells_in_words
from indicators.readers.problems import Unfit
from indicators.readers.sheet_layouts import Holds
from indicators.readers.sheet_values import Taken, WithoutNumber

Cell = tuple[str, int, str]  # sheet, row, letter

_NUMBERS = (Holds.LEVEL, Holds.NUMERATOR, Holds.DENOMINATOR)


@dataclass(frozen=True, slots=True)
class Found:
    """One number or reason with its place in the file."""

    value: Taken
    sheet: str
    row: int
    letter: str
    status: Status | None = None
    source: str = ""

    @property
    def at(self) -> Cell:
        """Where it stands."""
        return self.sheet, self.row, self.letter

    @property
    def cell(self) -> str:
        """The address of the cell."""
        return f"{self.letter}{self.row}"


@dataclass(frozen=True, slots=True)
class Joined:
    """What the numbers of an observation say together; `place` is the cell that stands for all of them."""

    place: Found
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    status: Status
    note: str = ""


@dataclass(slots=True)
class Joining:
    """Puts numbers together, and keeps what a person should know of those that a word stands beside.

    `wordless` are the cells whose word leaves a period without a value, by the status it gives.
    """

    wordless: dict[Status, list[Cell]] = field(default_factory=lambda: defaultdict(list))
    _kept: list[Cell] = field(default_factory=list)
    _left_out: list[Cell] = field(default_factory=list)

    def join(self, kept: Mapping[Holds, Found]) -> Joined:
        """Return what the numbers of one observation say.

        `Unfit` where a numerator or a denominator stands alone, and nothing says why.
        """
        place = next(kept[holds] for holds in _NUMBERS if holds in kept)
        numbers = {holds: one.value for holds, one in kept.items() if isinstance(one.value, Decimal)}
        words = {holds: one.value for holds, one in kept.items() if isinstance(one.value, WithoutNumber)}
        status = joint_status(one.status for one in kept.values() if one.status)
        value, above, below = (numbers.get(holds) for holds in _NUMBERS)
        if value is not None:
            self._kept += [kept[holds].at for holds in words]
            note = "; ".join(f"{holds.value.capitalize()} {_why(word)}" for holds, word in words.items())
            return Joined(place, value, above, below, status, note)
        if words:
            holds, word = next((holds, words[holds]) for holds in _NUMBERS if holds in words)
            self.wordless[word.status].append(kept[holds].at)
            if above is not None:  # a numerator says nothing of a period without a value; its base does
                self._left_out.append(kept[Holds.NUMERATOR].at)
            return Joined(place, None, None, below, word.status, word.why)
        if above is None or below is None:
            missing = "denominator" if below is None else "numerator"
            raise Unfit(f"The {missing} of this period is blank. Fill it in, or delete the other number.")
        return Joined(place, None, above, below, status)

    @property
    def notes(self) -> list[str]:
        """What to know: values that are kept although a count beside them has no number."""
        if not self._kept:
            return []
        what = counted(len(self._kept), "numerator or denominator has a word", "numerators or denominators have a word")
        return [f"{what} instead of a number: the value beside it is kept without it ({cells_in_words(self._kept)})."]

    @property
    def warnings(self) -> list[str]:
        """What to be warned of: numerators that are not taken."""
        if not self._left_out:
            return []
        count = len(self._left_out)
        is_not = counted(count, "numerator is not taken", "numerators are not taken")
        words = f"{is_not}: a word says that {'its period has' if count == 1 else 'their periods have'} no value"
        fix = "Delete the word beside it where the counts hold: the value is then worked out from them."
        return [f"{words} ({cells_in_words(self._left_out)}). {fix}"]


def _why(word: WithoutNumber) -> str:
    return f"{word.status.value.replace('-', ' ')}{f': {word.why}' if word.why else ''}"
