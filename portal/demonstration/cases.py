"""The synthetic case files of the demonstration: made here, always byte for byte the same.

Nothing in them is a real crime. Their counts meet every published total (`constraints.py`); days, places and
outcomes are drawn from a seeded generator.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from portal.demonstration.markers import COVID, Record, is_incident, records_by_month
from portal.demonstration.months import FOLLOWING, MARCH_2020, MONTHS, PUBLISHED, Month
from portal.demonstration.outcomes import OUTCOMES, outcome_weights
from portal.demonstration.places import Places, places

FORCE = "Lancashire Constabulary (synthetic)"
HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context,Date,Offence,Flags\n"
)
# The marker was first used on the day the first lockdown began.
MARKER_FROM_DAY = 23
WEEKEND_WEIGHT, WEEKDAY_WEIGHT = 11, 10
ZIP_TIME = (2020, 11, 2, 9, 0, 0)


class CaseFiles(NamedTuple):
    """Where the two case files were written: the published 25 months, and the invented quarter after them."""

    quarter: Path
    following: Path


def write_cases(folder: Path) -> CaseFiles:
    """Write both zips of synthetic cases into `folder`, which is made if need be, and return their paths.

    A CSV per month in a folder per month. Existing files are replaced. OSError if `folder` cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = CaseFiles(
        quarter=folder / f"cases-{PUBLISHED[0]}-to-{PUBLISHED[-1]}.zip",
        following=folder / f"cases-{FOLLOWING[0]}-to-{FOLLOWING[-1]}.zip",
    )
    records = dict(zip(MONTHS, records_by_month(), strict=True))
    where = places()
    for path, months in ((files.quarter, PUBLISHED), (files.following, FOLLOWING)):
        _write_zip(path, months, records, where)
    return files


def _write_zip(path: Path, months: Sequence[Month], records: dict[Month, list[Record]], where: Places) -> None:
    with ZipFile(path, "w") as archive:
        for age, month in zip(reversed(range(len(months))), months, strict=True):
            member = ZipInfo(f"{month}/{month}-lancashire-synthetic-street.csv", date_time=ZIP_TIME)
            member.external_attr = 0o644 << 16
            lines = _month_lines(month, age, records[month], where)
            # The fastest level: the files are large, and made at each start of a new demonstration.
            archive.writestr(member, HEADER + "".join(lines), ZIP_DEFLATED, compresslevel=1)


def _month_lines(month: Month, age: int, records: list[Record], where: Places) -> list[str]:
    """Return the month's lines in mixed order; `age` is how many months it lies before the file's newest."""
    # Reproducible on purpose: made-up cases, nothing secret.
    chance = Random(f"scrutiny cases {month}")  # noqa: S311
    lines: list[str] = []
    for record in records:
        lines.extend(_record_lines(month, age, record, where, chance, len(lines)))
    chance.shuffle(lines)
    return lines


def _record_lines(month: Month, age: int, record: Record, where: Places, chance: Random, before: int) -> Iterator[str]:
    """Yield the lines of one record; `before` counts the month's earlier lines and keeps references unique."""
    offence, flags, count = record
    from_day = MARKER_FROM_DAY if COVID in flags and month == MARCH_2020 else 1
    days, day_weights = _days(month, from_day)
    spots = chance.choices(where.texts, cum_weights=where.running_weights, k=count)
    dates = chance.choices(days, cum_weights=day_weights, k=count)
    head = f"{month},{FORCE},{FORCE},"
    tail = f",{offence.name},{';'.join(flags)}\n"
    if is_incident(offence):
        for spot, day in zip(spots, dates, strict=True):
            yield f",{head}{spot},{offence.crime_type},,,{day}{tail}"
        return
    outcomes = chance.choices(OUTCOMES, cum_weights=outcome_weights(offence.crime_type, age), k=count)
    for place, (spot, day, outcome) in enumerate(zip(spots, dates, outcomes, strict=True), start=before):
        reference = sha256(f"scrutiny synthetic case {month} {place}".encode()).hexdigest()
        yield f"{reference},{head}{spot},{offence.crime_type},{outcome},,{day}{tail}"


def _days(month: Month, first: int) -> tuple[list[str], list[int]]:
    """Return the month's days from `first` on, as dates, with running weights: weekends a little busier."""
    weekday_of_last = month.last_day.weekday()
    days: list[str] = []
    weights: list[int] = []
    for day in range(first, month.days + 1):
        is_weekend = (weekday_of_last - (month.days - day)) % 7 >= 5
        days.append(f"{month}-{day:02}")
        weights.append(WEEKEND_WEIGHT if is_weekend else WEEKDAY_WEIGHT)
    return days, list(accumulate(weights))
