"""The files of the benchmark: synthetic cases in the public street-level layout, the same on every machine.

A third of the rows are incidents without an identifier, one in a hundred of the others repeats one of its month.
Files are written month by month, so that memory stays small, and kept for the next run.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from indicators.periods import add_months
from portal.demonstration.quarter import FILES

FORCE = "Lancashire Constabulary"
HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context\n"
)
LAST = date(2022, 9, 1)  # of every file but those of the months after it
ZIP_TIME = (2022, 10, 1, 9, 0, 0)
ROWS_A_MONTH = 27_778
ASB = "Anti-social behaviour"

# Cases in ten thousand, and outcomes in a thousand, as in the public files of one force.
CRIME_TYPES = {
    ASB: 3441, "Violence and sexual offences": 3089, "Criminal damage and arson": 806, "Other theft": 547,
    "Public order": 503, "Burglary": 407, "Shoplifting": 350, "Vehicle crime": 348, "Other crime": 165, "Drugs": 140,
    "Possession of weapons": 62, "Bicycle theft": 48, "Robbery": 47, "Theft from the person": 47,
}  # fmt: skip
OUTCOMES = {
    "Unable to prosecute suspect": 419, "Investigation complete; no suspect identified": 262,
    "Status update unavailable": 132, "Under investigation": 50, "Court result unavailable": 45,
    "Further investigation is not in the public interest": 33, "Local resolution": 18, "Awaiting court outcome": 14,
    "Offender given a caution": 10, "Action to be taken by another organisation": 9,
    "Formal action is not in the public interest": 4, "Offender given penalty notice": 3, "": 1,
}  # fmt: skip
STREETS = (
    "Albert Street", "Church Street", "Park Road", "Station Road", "Victoria Avenue", "Mill Lane", "Holden Close",
    "Chapel Street", "Queen Street", "Bank Hey Street", "Moor Lane", "Primrose Hill", "Waterloo Road", "Rowan Close",
)  # fmt: skip
POINTS_PER_AREA = 180
UNLOCATED = ",,No Location,,"
UNLOCATED_SHARE, OUTSIDE_SHARE = 0.062, 0.003

# What makes a row unfit, one after the other: each takes the twelve fields of a row and spoils it.
FAULTS: tuple[Callable[[list[str]], list[str]], ...] = (
    lambda row: [row[0], "2022-13", *row[2:]],
    lambda row: [*row[:4], "fifty", *row[5:]],
    lambda row: [*row[:7], "E0199", *row[8:]],
    lambda row: [*row[:9], "Jaywalking", *row[10:]],
    lambda row: [*row, "surplus"],
    lambda row: row[:10],
    lambda row: ["1.23E+15", *row[1:]],
)


@dataclass(frozen=True)
class Kind:
    """One file: how many months with how many rows each, whether in another order, with faults or with changes."""

    name: str
    months: int
    rows_a_month: int = ROWS_A_MONTH
    last: date = LAST
    is_shuffled: bool = False
    has_faults: bool = False
    is_changed: bool = False

    @property
    def rows(self) -> int:
        """How many rows the file has."""
        return self.months * self.rows_a_month


def write(kind: Kind, folder: Path) -> Path:
    """Return the path of a file of this kind, written unless this very module has written it before."""
    made_by = sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    path = folder / f"{kind.name}-{kind.months}-to-{kind.last:%Y-%m}-{kind.rows}-{made_by}.zip"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    places = _places()
    half = path.with_suffix(".new")
    with ZipFile(half, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for at in reversed(range(kind.months)):
            month = f"{add_months(kind.last, -at):%Y-%m}"
            member = ZipInfo(f"{month}/{month}-lancashire-street.csv", date_time=ZIP_TIME)
            archive.writestr(member, HEADER + "".join(_lines(kind, month, places)), ZIP_DEFLATED, compresslevel=1)
    half.rename(path)
    return path


def head(path: Path, rows: int) -> list[dict[str, str]]:
    """Return the first rows of a file as dictionaries."""
    found: list[dict[str, str]] = []
    with ZipFile(path) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode().splitlines()
            found += list(csv.DictReader(text[: rows - len(found) + 1]))
            if len(found) >= rows:
                break
    return found


def _lines(kind: Kind, month: str, places: list[str]) -> list[str]:
    """Return the lines of a month; all kinds of file begin from the same rows."""
    chance = Random(f"{month} {kind.rows_a_month}")
    count = kind.rows_a_month
    spots = _spots(chance, places, count)
    crimes = chance.choices(list(CRIME_TYPES), cum_weights=list(accumulate(CRIME_TYPES.values())), k=count)
    outcomes = chance.choices(list(OUTCOMES), cum_weights=list(accumulate(OUTCOMES.values())), k=count)
    names = _names(chance, crimes)
    if kind.is_changed:
        for at in chance.sample(range(count), count // 100):
            crimes[at] = "Robbery" if names[at] else ASB
            outcomes[at] = "Local resolution"
            spots[at] = chance.choice(places)
    lines = [
        f"{name},{month},{FORCE},{FORCE},{spot},{crime},{outcome if name else ''},\n"
        for name, spot, crime, outcome in zip(names, spots, crimes, outcomes, strict=True)
    ]
    if kind.has_faults:
        for number, at in enumerate(chance.sample(range(count), count // 100)):
            lines[at] = ",".join(FAULTS[number % len(FAULTS)](lines[at].rstrip("\n").split(","))) + "\n"
    if kind.is_shuffled:
        chance.shuffle(lines)
    return lines


def _names(chance: Random, crimes: list[str]) -> list[str]:
    """Return an identifier of 64 hexadecimal digits for each crime, one in a hundred repeated; "" for an incident."""
    digits = chance.randbytes(32 * len(crimes)).hex()
    names = ["" if crime == ASB else digits[64 * at : 64 * at + 64] for at, crime in enumerate(crimes)]
    named = [at for at, name in enumerate(names) if name]
    for at in chance.sample(named, len(crimes) // 100):
        names[at] = names[chance.choice(named)]
    return names


def _spots(chance: Random, places: list[str], count: int) -> list[str]:
    """Return the five columns of the place of each row, by area as in the public files, those without one last."""
    unlocated, outside = int(count * UNLOCATED_SHARE), int(count * OUTSIDE_SHARE)
    inside = sorted(chance.choices(places, k=count - unlocated - outside), key=lambda place: place.split(",")[4])
    beyond = [f"-2.9{at % 10}1000,53.41{at % 10}000,On or near Motorway,E01980001,Wigan 901A" for at in range(outside)]
    return [*beyond, *inside, *[UNLOCATED] * unlocated]


def _places() -> list[str]:
    """Return points in the invented small areas of the demonstration, as many for each area as a real one has."""
    return list(_points(Random("bench places")))


def _points(chance: Random) -> Iterator[str]:
    with (FILES / "areas.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            for _ in range(POINTS_PER_AREA):
                east, north = chance.randint(100_000, 990_000), chance.randint(500_000, 999_999)
                street = chance.choice(STREETS)
                yield f"-2.{east},53.{north},On or near {street},{row['lsoa_code']},{row['lsoa_name']}"
