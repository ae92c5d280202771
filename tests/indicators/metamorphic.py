"""A force whose figures are made up anew for each example, and everything its surfaces say of them."""

import csv
import io
import random
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.test import Client

from indicators.actions import definitions
from indicators.choices import ImportKind
from indicators.models.area import Force
from portal.models.user import User
from tests.indicators import case_files
from tests.indicators.case_files import PLACES, TIDY_HEADER, small_force
from tests.people import NOBODY_IN_PARTICULAR
from tests.recomputation.comparing import is_of_figures, unescaped
from tests.recomputation.inputs import Inputs, read_observations
from tests.recomputation.surfaces import parsed, tables

QUARTER = "2020-21-Q3"
DISTRICTS = [name.lower() for name in PLACES]
DIVISIONS = {name.lower(): f"division-{division.lower()}" for name, division in PLACES.items()}
MONTHS = [(2019 + at // 12, at % 12 + 1) for at in range(24)]  # January 2019 to December 2020


def sheet(key: str, kind: str, unit: str, **more: Any) -> dict[str, Any]:
    """Describe an indicator in full."""
    usual = {"decimals": 1, "share_decimals": 0, "base_threshold": 50, "is_additive": False, "breakdown": None}
    words = {"polarity": "lower", "definition": key, "owner": "Tests", "portfolio": "crime", "source": "supplied"}
    rest: dict[str, Any] = {"appendix": None, "cases": None, "parent": None}
    return {"key": key, "name": key.capitalize(), "kind": kind, "unit": unit, **usual, **words, **rest, **more}


def breakdown(slug: str, *parts: str, is_exclusive: bool, left_out: str = "") -> dict[str, Any]:
    """Describe a breakdown."""
    values = [
        {"slug": one, "name": one.capitalize(), "offences": [], "flags": [], "is_excluded_from_share": one == left_out}
        for one in parts
    ]
    return {"slug": slug, "name": slug, "is_exclusive": is_exclusive, "values": values}


DEFINED: dict[str, Any] = {
    "portfolios": [{"slug": "crime", "name": "Crime"}],
    "sources": [{"slug": "supplied", "name": "Supplied", "kind": "observations", "checked_to": "2020-11-30"}],
    "areas": [],
    "flags": [],
    "breakdowns": [
        breakdown("category", "visible", "hidden", "other", is_exclusive=True, left_out="other"),
        breakdown("strand", "race", "religion", is_exclusive=False),
    ],
    "indicators": [
        sheet("incidents", "count", "count", decimals=0, is_additive=True),
        sheet("spend", "money", "million-pounds", is_additive=True, breakdown="category", share_decimals=1),
        sheet("hate", "count", "count", decimals=0, is_additive=True, breakdown="strand"),
        sheet("answered", "service-level", "percent"),
        sheet("waiting", "median", "minutes"),
        sheet("surveyed", "survey", "percent", decimals=2),
        sheet(
            "cost", "per-head", "pounds", decimals=2,
            formula={"numerator": [{"indicator": "spend", "part": "visible"}],
                     "denominator": [{"indicator": "hate"}], "multiplier": 1000000},
        ),
    ],
    "targets": [],
}  # fmt: skip


# The pages that are read where nothing else is said: a count by place, and money by category.
PAGES = ("incidents", "spend")
ALL_PAGES = tuple(str(one["key"]) for one in DEFINED["indicators"])


@dataclass(frozen=True)
class Row:
    """One supplied number of a month, with the counts behind it where it has any."""

    indicator: str
    year: int
    month: int
    value: str
    above: str = ""
    below: str = ""
    part: str = ""
    area: str = "smallshire"

    @property
    def line(self) -> str:
        """The row as a tidy file states it."""
        start, end = (f"{self.year}-{self.month:02}-{day:02}" for day in (1, monthrange(self.year, self.month)[1]))
        name = f"{self.indicator}-{self.part}-{self.area}-{start}"
        return (
            f"{name},{self.indicator},{self.part},{self.area},month,{start},{end},,,{self.value},{self.above},"
            f"{self.below},,,,,supplied,"
        )


def some_rows(chance: random.Random) -> list[Row]:
    """Make up two years of every kind of number: by district, by part, with counts, and as supplied."""
    rows = []
    for year, month in MONTHS:
        for area in DISTRICTS:
            rows.append(Row("incidents", year, month, f"{chance.choice([0, 3, 20, 51, 400, 12345])}", area=area))
            below = chance.choice([0, 1, 7, 640, 9999])
            above = chance.randint(0, below)
            # A percentage is supplied with the decimals it is printed with.
            value = f"{100 * above / below:.1f}" if below else "0"
            if below:
                rows.append(Row("answered", year, month, value, f"{above}", f"{below}", area=area))
        for part in ("visible", "hidden", "other"):
            rows.append(Row("spend", year, month, f"{chance.randint(1, 9999) / 100:.2f}", part=part))
        total = chance.randint(1, 900)
        rows.append(Row("hate", year, month, f"{total}"))
        rows += [Row("hate", year, month, f"{chance.randint(0, total)}", part=part) for part in ("race", "religion")]
        rows.append(Row("waiting", year, month, f"{chance.randint(10, 9999) / 10:.1f}"))
        rows.append(Row("surveyed", year, month, f"{chance.randint(0, 10000) / 100:.2f}"))
    return rows


def as_file(rows: Iterable[Row]) -> bytes:
    """Write rows as a tidy file."""
    return "\n".join([TIDY_HEADER, *(row.line for row in rows), ""]).encode()


def as_inputs(rows: Iterable[Row]) -> Inputs:
    """Return the same rows as the second computation reads them."""
    given = read_observations(as_file(rows).decode().splitlines(), force="smallshire")
    names = {name.lower(): name for name in PLACES} | {f"division-{one.lower()}": one for one in PLACES.values()}
    return Inputs(DEFINED, given, force="smallshire", divisions=dict(DIVISIONS), area_names=names)


def prepared_force() -> Force:
    """Return a force of three districts in two divisions with one indicator of each kind, and no figure."""
    force = small_force()
    definitions.load(DEFINED, by=NOBODY_IN_PARTICULAR)
    return force


@dataclass(frozen=True)
class Said:
    """What the surfaces say: records of JSON and CSV, and lines of the pages, by the key of the figure."""

    records: dict[str, dict[str, Any]]
    lines: dict[str, dict[str, str]]
    printed: dict[str, tuple[str, str, str]]

    @property
    def values(self) -> dict[str, dict[str, Any]]:
        """The records without data versions."""
        return {key: lasting(one) for key, one in self.records.items()}


def lasting(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record without its data versions, which tell when a number came and not what it is."""
    return {name: one for name, one in record.items() if "version" not in name and "vintage" not in name}


@contextmanager
def loaded(force: Force, user: User, *files: Iterable[Row], pages: Sequence[str] = PAGES) -> Iterator[Said]:
    """Take files from receipt to figures, read every surface, and put the database back as it was."""
    with transaction.atomic():
        for rows in files:
            case_files.load(force, user.person, as_file(rows), ImportKind.OBSERVATIONS)
        yield said(user, pages)
        transaction.set_rollback(True)


def said(user: User, pages: Sequence[str]) -> Said:
    """Read the API as JSON and CSV and the pages of some indicators, as an analyst sees them."""
    client = Client()
    client.force_login(user)
    address: str | None = f"/api/figures/?quarter={QUARTER}&with_districts=1&limit=500"
    records, lines = {}, {}
    while address:
        answer = client.get(address).json()
        rows = csv.DictReader(io.StringIO(client.get(f"{address}&format=csv").content.decode("utf-8-sig")))
        records |= {one["key"]: one for one in answer["figures"]}
        lines |= {one["key"]: one for one in map(unescaped, rows)}
        address = answer["next"]
    printed: dict[str, tuple[str, str, str]] = {}
    for key in pages:
        page = parsed(client.get(f"/indicators/{key}/", {"quarter": QUARTER, "force": "smallshire"}).content)
        for table in tables(page):
            if is_of_figures(table):
                at = [table.header.index(name) for name in ("Previous", "Change", "In year")]
                for row in table.rows:
                    previous, changed, in_year = (row[place].text for place in at)
                    printed[next(cell.key for cell in row if cell.key)] = previous, changed, in_year
    return Said(records, lines, printed)


def scaled(rows: Iterable[Row], by: int) -> list[Row]:
    """Multiply every count and every sum of money; percentages, medians and answers to a survey stay."""
    found = []
    for row in rows:
        if row.indicator in ("incidents", "hate"):
            row = replace(row, value=f"{int(row.value) * by}")
        elif row.indicator == "spend":
            row = replace(row, value=f"{round(float(row.value) * 100) * by / 100:.2f}")
        elif row.indicator == "answered":
            row = replace(row, above=f"{int(row.above) * by}", below=f"{int(row.below) * by}")
        found.append(row)
    return found


def swapped(rows: Iterable[Row]) -> list[Row]:
    """Give each month of 2019 the numbers of the same month of 2020, and the other way round."""
    return [replace(row, year=2019 + 2020 - row.year) for row in rows]
