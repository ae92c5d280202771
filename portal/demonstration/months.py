"""The months of the demonstration and how the year, the pandemic and chance shape a monthly series."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02}"

    @property
    def days(self) -> int:
        """Number of days in the month."""
        return calendar.monthrange(self.year, self.number)[1]

    @property
    def last_day(self) -> date:
        """Last day of the month."""
        return date(self.year, self.number, self.days)


def months_from(first: Month, count: int) -> tuple[Month, ...]:
    """Return `count` months in a row, beginning with `first`."""
    start = first.year * 12 + first.number - 1
    return tuple(Month(place // 12, place % 12 + 1) for place in range(start, start + count))


# September 2018 to September 2020, then the invented quarter.
PUBLISHED = months_from(Month(2018, 9), 25)
FOLLOWING = months_from(Month(2020, 10), 3)
MONTHS = PUBLISHED + FOLLOWING
MARCH_2020 = Month(2020, 3)


@dataclass(frozen=True)
class Shape:
    """How a series moves, in thousandths: January to December, and March to December 2020 on top of it."""

    season: tuple[int, ...]
    pandemic: tuple[int, ...]


ACQUISITIVE = Shape(
    (1030, 940, 1010, 970, 990, 970, 990, 990, 1000, 1050, 1060, 1000),
    (880, 560, 620, 760, 880, 920, 930, 910, 780, 820),
)
BURGLARY = Shape(
    (1060, 960, 1000, 960, 960, 930, 940, 960, 1000, 1070, 1100, 1060),
    (840, 580, 620, 720, 880, 900, 920, 900, 800, 820),
)
VIOLENCE = Shape(
    (960, 900, 980, 990, 1040, 1050, 1070, 1050, 1000, 1000, 980, 980),
    (890, 690, 800, 930, 1000, 1000, 970, 940, 850, 880),
)
DISORDER = Shape(
    (930, 890, 980, 1010, 1060, 1060, 1090, 1060, 990, 990, 960, 980),
    (880, 690, 850, 960, 1000, 1000, 970, 930, 830, 860),
)
SEXUAL = Shape(
    (1000, 930, 1010, 980, 1030, 1040, 1040, 1010, 1000, 1010, 990, 960),
    (890, 660, 760, 900, 980, 1000, 990, 970, 900, 900),
)
STEADY = Shape(
    (1000, 940, 1010, 990, 1010, 1000, 1020, 1010, 990, 1010, 990, 990),
    (950, 960, 1040, 1050, 1030, 1010, 1000, 1000, 990, 980),
)
# Complaints about gatherings: the incidents that rose most in April and May 2020.
NUISANCE = Shape(
    (840, 820, 930, 1040, 1080, 1090, 1150, 1120, 1000, 1060, 960, 830),
    (1250, 3000, 2700, 1720, 1560, 1640, 1500, 1380, 1580, 1420),
)
NEIGHBOURS = Shape(
    (880, 850, 950, 1020, 1060, 1070, 1120, 1090, 1000, 1010, 950, 900),
    (1080, 1500, 1560, 1420, 1290, 1260, 1180, 1120, 1150, 1130),
)
DUMPING = Shape(
    (880, 870, 980, 1040, 1070, 1060, 1080, 1060, 1000, 1060, 980, 870),
    (1100, 1900, 1800, 1500, 1350, 1300, 1200, 1120, 1100, 1080),
)


def weights(name: str, shape: Shape, months: Sequence[Month] = MONTHS) -> list[int]:
    """Return the weight of each month for the series `name`: season, days, pandemic and a little chance.

    The chance is drawn from the name, so a series always gets the same one.
    """
    # Reproducible on purpose: made-up months, nothing secret.
    chance = Random(f"scrutiny {name}")  # noqa: S311
    found = []
    for month in months:
        weight = shape.season[month.number - 1] * month.days * chance.randint(970, 1030)
        since = (month.year - MARCH_2020.year) * 12 + month.number - MARCH_2020.number
        if since >= 0:
            weight = weight * shape.pandemic[since] // 1000
        found.append(weight)
    return found
