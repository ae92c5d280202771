"""Where synthetic cases happened: invented small areas of the force's districts, some outside or unknown."""

import csv
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from random import Random

AREAS = Path(__file__).parent / "files" / "areas.csv"

# District: cases per thousand located ones; longitude and latitude of about its middle in thousandths.
DISTRICTS = {
    "Blackburn with Darwen": (109, -2479, 53735),
    "Blackpool": (140, -3040, 53815),
    "Burnley": (83, -2241, 53789),
    "Chorley": (63, -2625, 53653),
    "Fylde": (41, -2930, 53770),
    "Hyndburn": (63, -2383, 53755),
    "Lancaster": (94, -2799, 54050),
    "Pendle": (62, -2198, 53856),
    "Preston": (120, -2703, 53763),
    "Ribble Valley": (25, -2389, 53872),
    "Rossendale": (41, -2273, 53700),
    "South Ribble": (54, -2700, 53698),
    "West Lancashire": (52, -2880, 53568),
    "Wyre": (53, -2960, 53890),
}
# Well-formed codes of no real area, in places next to the force.
OUTSIDE = (
    ("E01980001", "Wigan 901A", -2620, 53560),
    ("E01980002", "Bolton 901A", -2430, 53610),
    ("E01980003", "Sefton 901A", -2950, 53540),
    ("E01980004", "Craven 901A", -2100, 53950),
    ("E01980005", "South Lakeland 901A", -2740, 54200),
)
STREETS = (
    "Albert Street",
    "Church Street",
    "Park Road",
    "Station Road",
    "Victoria Street",
    "Mill Lane",
    "Shopping Area",
    "Parking Area",
    "Supermarket",
    "Chapel Street",
    "Queen Street",
    "Bank Street",
    "Park/Open Space",
    "Moor Lane",
)
UNLOCATED = ",,No Location,,"
UNLOCATED_SHARE, OUTSIDE_SHARE = 60, 3  # of a thousand
POINTS_PER_AREA = 6


@dataclass(frozen=True)
class Places:
    """The texts of the five columns from Longitude to LSOA name, and their running weights for drawing."""

    texts: list[str]
    running_weights: list[int]


def _point(chance: Random, longitude: int, latitude: int) -> str:
    """Return "longitude,latitude" within a few kilometres of a middle given in thousandths of a degree."""
    east = longitude * 1000 + chance.randint(-45_000, 45_000)
    north = latitude * 1000 + chance.randint(-27_000, 27_000)
    return f"-{-east // 1_000_000}.{-east % 1_000_000:06},{north // 1_000_000}.{north % 1_000_000:06}"


def places() -> Places:
    """Return every place a case can have; the same on each call."""
    with AREAS.open(encoding="utf-8", newline="") as lines:
        rows = [(row["lsoa_code"], row["lsoa_name"], row["district"]) for row in csv.DictReader(lines)]
    # Reproducible on purpose: invented points, nothing secret.
    chance = Random("scrutiny places")  # noqa: S311
    texts = [UNLOCATED]
    weights = [UNLOCATED_SHARE * 1_000_000]
    in_district = {district: sum(row[2] == district for row in rows) for district in DISTRICTS}
    inside = 1000 - UNLOCATED_SHARE - OUTSIDE_SHARE
    for code, name, district in rows:
        share, longitude, latitude = DISTRICTS[district]
        size = inside * share * 1000 // in_district[district]
        size = size * chance.randint(600, 1400) // 1000
        for _ in range(POINTS_PER_AREA):
            street = chance.choice(STREETS)
            texts.append(f"{_point(chance, longitude, latitude)},On or near {street},{code},{name}")
            weights.append(size // POINTS_PER_AREA)
    for code, name, longitude, latitude in OUTSIDE:
        texts.append(f"{_point(chance, longitude, latitude)},On or near Motorway/A Road,{code},{name}")
        weights.append(OUTSIDE_SHARE * 1_000_000 // len(OUTSIDE))
    return Places(texts, list(accumulate(weights)))
