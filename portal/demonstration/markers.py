"""Which cases of a month carry which flags: domestic abuse, hate, child sexual exploitation, COVID-19.

A record is a case count of one offence with one set of flags; the sets of one offence do not overlap, so
every published total of a flag is met by adding them up.
"""

import csv
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path

from indicators.choices import Window
from portal.demonstration.allocation import divide_within, share_out, spread
from portal.demonstration.constraints import (
    MARKED_MONTHS,
    SEPTEMBER_2019,
    SEPTEMBER_2020,
    published,
    published_change,
)
from portal.demonstration.counts import (
    CRIMINAL_DAMAGE,
    INCIDENT_PLANS,
    INCIDENTS,
    OTHER_CRIME,
    OTHER_SEXUAL,
    RAPE,
    STALKING,
    WITH_QUARTER,
    YEAR,
    Counts,
    Offence,
    all_counts,
    year_blocks,
)
from portal.demonstration.months import DISORDER, MARCH_2020, MONTHS, PUBLISHED, SEXUAL, weights

FILES = Path(__file__).parent / "files"
OBSERVATION_FILES = ("observations-2020-21-Q2.csv", "observations-2020-21-Q3.csv")

DOMESTIC_ABUSE = "Domestic abuse"
EXPLOITATION = "CSE"
COVID = "COVID-19"
RACE, RELIGION, TRANSGENDER = "Hate: race", "Hate: religion", "Hate: transgender"
ORIENTATION, DISABILITY = "Hate: sexual orientation", "Hate: disability"

_BY_NAME = {offence.name: offence for offence, _ in WITH_QUARTER}
INJURY, NO_INJURY = _BY_NAME["Violence with injury"], _BY_NAME["Violence without injury"]
ORDER = _BY_NAME["Public order offences"]

# Per hundred marked crimes, the offences on which a marker stands.
DOMESTIC_OFFENCES = (
    (NO_INJURY, 40),
    (INJURY, 25),
    (STALKING, 20),
    (CRIMINAL_DAMAGE, 10),
    (ORDER, 2),
    (RAPE, 2),
    (OTHER_CRIME, 1),
)
HATE_OFFENCES = ((ORDER, 50), (NO_INJURY, 20), (STALKING, 20), (CRIMINAL_DAMAGE, 10))
EXPLOITATION_OFFENCES = ((OTHER_SEXUAL, 65), (RAPE, 20), (STALKING, 15))

# Hate crimes with two strands are counted in both, and once in the total.
TWO_STRANDS = (
    (RACE, RELIGION),
    (TRANSGENDER, ORIENTATION),
    (RACE, DISABILITY),
    (ORIENTATION, DISABILITY),
)
STRANDS = ((RACE,), (RELIGION,), (TRANSGENDER,), (ORIENTATION,), (DISABILITY,), *TWO_STRANDS)
QUARTER = Window.QUARTER

# A record: how many cases of a month have this offence and these flags.
Record = tuple[Offence, tuple[str, ...], int]


@cache
def investigations() -> dict[str, int]:
    """Return the monthly domestic abuse crimes and investigations, as observed, by month (YYYY-MM)."""
    found: dict[str, int] = {}
    for name in OBSERVATION_FILES:
        with (FILES / name).open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                if (row["indicator"], row["window"]) == ("domestic_abuse_investigations", Window.MONTH):
                    found[row["start"][:7]] = int(row["value"])
    return found


def domestic_abuse_months() -> list[int]:
    """Return domestic abuse crimes by month: the investigations less the records that are not crimes.

    The difference over each published year is spread over its months, so no month exceeds its investigations.
    """
    series = [investigations()[str(month)] for month in MONTHS]
    first, second, following = series[1:13], series[13:25], series[25:]
    crime = "domestic_abuse_crime"
    not_crimes = [
        3,
        *share_out(sum(first) - published(crime, YEAR, SEPTEMBER_2019), first),
        *share_out(sum(second) - published(crime, YEAR, SEPTEMBER_2020), second),
        *share_out(44, following),
    ]
    return [records - other for records, other in zip(series, not_crimes, strict=True)]


def exploitation_months() -> list[int]:
    """Return child sexual exploitation crimes by month."""
    return spread(year_blocks("cse_crime", "", 44, 131), weights("cse_crime", SEXUAL))


def _strands_of_quarter(total: int, race: int, religion: int, transgender: int, both: Sequence[int]) -> list[int]:
    """Return the crimes of each entry of `STRANDS` for a quarter whose strands are known.

    `both` are the crimes with two strands; sexual orientation and disability share what the total leaves.
    """
    doubles = dict(zip(TWO_STRANDS, both, strict=True))

    def alone(strand: str, whole: int) -> int:
        return whole - sum(count for pair, count in doubles.items() if strand in pair)

    singles = [alone(RACE, race), alone(RELIGION, religion), alone(TRANSGENDER, transgender)]
    left = total - sum(singles) - sum(both)
    return [*singles, *share_out(left, (57, 43)), *both]


def hate_months() -> list[list[int]]:
    """Return, for each entry of `STRANDS`, the hate crimes by month."""
    hate = "hate_crime"
    race_2019, transgender_2019 = 512, 22  # the levels were never published, only their changes
    quarter_2019 = _strands_of_quarter(
        published(hate, QUARTER, SEPTEMBER_2019),
        race_2019,
        published(hate, QUARTER, SEPTEMBER_2019, "religion"),
        transgender_2019,
        (8, 4, 3, 3),
    )
    quarter_2020 = _strands_of_quarter(
        published(hate, QUARTER, SEPTEMBER_2020),
        race_2019 + published_change(hate, "race"),
        published(hate, QUARTER, SEPTEMBER_2020, "religion"),
        transgender_2019 + published_change(hate, "transgender"),
        (6, 5, 3, 3),
    )
    spring = published(hate, QUARTER, SEPTEMBER_2020.replace(month=6))
    before = published(hate, YEAR, SEPTEMBER_2019) - sum(quarter_2019)
    winter = published(hate, YEAR, SEPTEMBER_2020) - spring - sum(quarter_2020)
    periods = (
        (1, share_out(229, quarter_2019)),
        (9, share_out(before, quarter_2019)),
        (3, quarter_2019),
        (6, share_out(winter, quarter_2019)),
        (3, share_out(spring, quarter_2020)),
        (3, quarter_2020),
        (3, share_out(668, quarter_2020)),
    )
    return [
        spread([(length, parts[place]) for length, parts in periods], weights(f"hate {strands}", DISORDER))
        for place, strands in enumerate(STRANDS)
    ]


def covid_months() -> dict[Offence, list[int]]:
    """Return incidents with the COVID-19 marker by type and month; none before March 2020."""
    marked = "asb_covid"
    by_month = [0] * len(MONTHS)
    by_month[MONTHS.index(MARCH_2020)] = published(marked, Window.MONTH, MARCH_2020.last_day)
    for place, (_, end, _) in enumerate(MARKED_MONTHS, start=MONTHS.index(MARCH_2020) + 1):
        by_month[place] = published(marked, Window.MONTH, end)
    by_month[len(PUBLISHED) :] = (1486, 2274, 1390)  # invented
    known = len(PUBLISHED)
    found: dict[Offence, list[int]] = {}
    offences = {part: offence for part, offence, *_ in INCIDENT_PLANS}
    for part, following in (("personal", (41, 66, 40)), ("environment", (37, 60, 36))):
        year = published(marked, YEAR, SEPTEMBER_2020, part)
        found[offences[part]] = [*share_out(year, by_month[:known]), *following]
    # Nuisance is what the months leave, so both margins of the table hold.
    found[offences["nuisance"]] = [
        total - sum(series[place] for series in found.values()) for place, total in enumerate(by_month)
    ]
    return found


def _mark(free: dict[Offence, int], total: int, shares: Sequence[tuple[Offence, int]]) -> list[tuple[Offence, int]]:
    """Take `total` cases of the offences in `shares` from a month's unmarked ones; ValueError if short."""
    offences = [offence for offence, _ in shares]
    limits = [free[offence] for offence in offences]
    parts = divide_within(total, [share for _, share in shares], limits)
    for offence, part in zip(offences, parts, strict=True):
        free[offence] -= part
    return [(offence, part) for offence, part in zip(offences, parts, strict=True) if part]


def _mark_strands(free: dict[Offence, int], strands: Sequence[int]) -> list[Record]:
    """Mark one month's hate crimes: they lie offence by offence, and the strands are dealt over them."""
    taken = _mark(free, sum(strands), HATE_OFFENCES)
    edges = list(accumulate(count for _, count in taken))
    records: dict[tuple[Offence, tuple[str, ...]], int] = {}
    total = sum(strands)
    deal = [flags for flags, count in zip(STRANDS, strands, strict=True) for _ in range(count)]
    # A step that shares no factor with the total visits every crime once and mixes strands over offences.
    step = next((number for number in (7, 11, 13, 17) if total % number), 1)
    for place, flags in enumerate(deal):
        crime = place * step % total
        offence = next(each for (each, _), edge in zip(taken, edges, strict=True) if crime < edge)
        records[offence, flags] = records.get((offence, flags), 0) + 1
    return [(offence, flags, count) for (offence, flags), count in records.items()]


def records_by_month() -> list[list[Record]]:
    """Return, for each of `MONTHS`, how many cases there are of each offence with each set of flags."""
    counts: Counts = all_counts()
    domestic, exploitation, hate, covid = (
        domestic_abuse_months(),
        exploitation_months(),
        hate_months(),
        covid_months(),
    )
    months: list[list[Record]] = []
    for place in range(len(MONTHS)):
        free = {offence: series[place] for offence, series in counts.items()}
        records = _mark_strands(free, [series[place] for series in hate])
        for flag, total, shares in (
            (EXPLOITATION, exploitation[place], EXPLOITATION_OFFENCES),
            (DOMESTIC_ABUSE, domestic[place], DOMESTIC_OFFENCES),
        ):
            records += [(offence, (flag,), count) for offence, count in _mark(free, total, shares)]
        for offence, series in covid.items():
            free[offence] -= series[place]
            records.append((offence, (COVID,), series[place]))
        records += [(offence, (), count) for offence, count in free.items()]
        if any(count < 0 for *_, count in records):
            raise ValueError(f"more marked than counted cases in {MONTHS[place]}")
        months.append([record for record in records if record[2]])
    return months


def is_incident(offence: Offence) -> bool:
    """Whether the offence is anti-social behaviour, which has no Crime ID and no outcome."""
    return offence.crime_type == INCIDENTS
