"""What the figures are made of: definitions, observations, areas and case rows, as they stand in the files."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import ZipFile


@dataclass(frozen=True)
class Given:
    """One row of a tidy file."""

    indicator: str
    part: str
    area: str
    window: str
    start: date | None
    end: date | None
    reported_for: str
    statistic: str
    value: Decimal | None
    status: str
    basis: str
    qualifier: str
    printed: str
    source: str
    above: Decimal | None = None
    below: Decimal | None = None


@dataclass(frozen=True)
class Rows:
    """Cases that are alike in all that decides where they count."""

    month: str
    crime_type: str
    offence: str
    flags: frozenset[str]
    area: str
    count: int


@dataclass(frozen=True)
class Day:
    """Cases of one day that are alike."""

    day: date
    crime_type: str
    offence: str
    flags: frozenset[str]
    area: str
    count: int


@dataclass
class Inputs:
    """All input files of a force."""

    definitions: dict[str, Any]
    observations: list[Given]
    cases: list[Rows] = field(default_factory=list)
    months: set[str] = field(default_factory=set)
    force: str = "lancashire"
    divisions: dict[str, str] = field(default_factory=dict)
    area_names: dict[str, str] = field(default_factory=dict)
    groups: dict[str, set[str]] = field(default_factory=dict)
    days: list[Day] = field(default_factory=list)

    @cached_property
    def indicators(self) -> dict[str, dict[str, Any]]:
        """The reference sheets by key."""
        return {one["key"]: one for one in self.definitions["indicators"]}

    @cached_property
    def parts(self) -> dict[str, list[dict[str, Any]]]:
        """The parts of each indicator's breakdown."""
        found = {one["slug"]: one["values"] for one in self.definitions["breakdowns"]}
        return {key: found.get(sheet["breakdown"], []) for key, sheet in self.indicators.items()}

    @cached_property
    def checked_to(self) -> dict[str, date]:
        """The day to which each source is checked, where it says so."""
        return {s["slug"]: date.fromisoformat(s["checked_to"]) for s in self.definitions["sources"] if s["checked_to"]}

    def is_exclusive(self, indicator: str) -> bool:
        """Tell whether the parts of an indicator add up to it."""
        breakdown = self.indicators[indicator]["breakdown"]
        return any(one["slug"] == breakdown and one["is_exclusive"] for one in self.definitions["breakdowns"])


def read_observations(lines: Iterable[str], force: str = "lancashire") -> list[Given]:
    """Read tidy rows. The force's own area is written as an empty one."""
    return [
        Given(
            row["indicator"],
            row["part"],
            "" if row["area"] == force else row["area"],
            row["window"],
            date.fromisoformat(row["start"]) if row["start"] else None,
            date.fromisoformat(row["end"]) if row["end"] else None,
            row["reported_for"],
            row["statistic"] or "level",
            Decimal(row["value"]) if row["value"] else None,
            row["status"] or "final",
            row["basis"] or "counted",
            row["qualifier"] or "exact",
            row["period_printed"],
            row["source"],
            Decimal(row["numerator"]) if row["numerator"] else None,
            Decimal(row["denominator"]) if row["denominator"] else None,
        )
        for row in csv.DictReader(lines)
    ]


def read_cases(
    archives: Sequence[Path], districts: dict[str, str], flags_by_name: dict[str, str]
) -> tuple[list[Rows], list[Day]]:
    """Count the rows of case files that are alike, by month and area and by day.

    `districts` takes the code of a small area to its district.
    """
    alike: Counter[tuple[str, str, str, str, str]] = Counter()
    dated: Counter[tuple[str, str, str, str, str]] = Counter()
    for path in archives:
        with ZipFile(path) as archive:
            for name in archive.namelist():
                with archive.open(name) as member:
                    for row in csv.reader(io.TextIOWrapper(member, "utf-8", newline="")):
                        if row[1] == "Month":
                            continue
                        # reference, month, by, within, longitude, latitude, location, code, name, type, outcome,
                        # context, day, offence, flags
                        where = districts.get(row[7], "outside-force") if row[7] else "no-location"
                        alike[row[1], row[9], row[13], row[14], where] += 1
                        if row[12]:
                            dated[row[12], row[9], row[13], row[14], where] += 1

    def flags_of(named: str) -> frozenset[str]:
        return frozenset(flags_by_name[one] for one in named.split(";") if one)

    found = [
        Rows(month, crime_type, offence, flags_of(flags), where, count)
        for (month, crime_type, offence, flags, where), count in alike.items()
    ]
    days = [
        Day(date.fromisoformat(day), crime_type, offence, flags_of(flags), where, count)
        for (day, crime_type, offence, flags, where), count in dated.items()
    ]
    return found, days


def slug(name: str) -> str:
    """Write a name as a short name."""
    return name.lower().replace(" ", "-")


def read_files(folder: Path, observations: Sequence[str], archives: Sequence[Path] = ()) -> Inputs:
    """Read the demonstration's files: `observations` names those to take, `archives` are zips of cases."""
    definitions = json.loads((folder / "definitions.json").read_text(encoding="utf-8"))
    with (folder / "areas.csv").open(encoding="utf-8", newline="") as lines:
        areas = list(csv.DictReader(lines))
    districts = {row["lsoa_code"]: slug(row["district"]) for row in areas}
    given: list[Given] = []
    for name in observations:
        with (folder / name).open(encoding="utf-8", newline="") as lines:
            given += read_observations(lines)
    flags = {one["name"]: one["slug"] for one in definitions["flags"]}
    cases, days = read_cases(archives, districts, flags)
    names = {one["slug"]: one["name"] for one in definitions["areas"]}
    names |= {slug(row["district"]): row["district"] for row in areas}
    names |= {f"division-{slug(row['division'])}": row["division"] for row in areas}
    divisions = {slug(row["district"]): f"division-{slug(row['division'])}" for row in areas}
    kept = json.loads((folder / "groups.json").read_text(encoding="utf-8"))["groups"]
    groups = {one["slug"]: {member["area"] for member in one["members"]} for one in kept}
    names |= {one["slug"]: one["name"] for one in kept}
    months = {one.month for one in cases}
    return Inputs(definitions, given, cases, months, divisions=divisions, area_names=names, groups=groups, days=days)
