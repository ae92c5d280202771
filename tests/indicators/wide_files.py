"""Wide sheets for tests, with numbers that anybody can work out again."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import openpyxl

from indicators.choices import Kind, Unit
from indicators.kinds import Aggregation
from indicators.readers.sheet_layouts import Adding, SheetLookups

MONTHS = ["April", "May", "June", "July", "August", "September", "October", "November", "December", "January",
          "February", "March"]  # fmt: skip
YEARS = ["2017/18", "2018/19", "2019/20", "2020/21"]
LOOKUPS = SheetLookups(
    names={
        "abuse": "Domestic abuse",
        "hate": "Hate crime",
        "answered": "Calls answered in time",
        "wait": "Time to answer",
        "rate": "Crimes per 1,000",
        "shares": "Share of crimes",
    },
    parts={"hate": {"race": "Race", "faith": "Faith"}, "shares": {"race": "Race", "faith": "Faith"}},
    areas={"smallshire": "Smallshire Police", "hill": "Hill", "coast": "Coast"},
    own_area="smallshire",
    adding={
        "abuse": Adding(Kind.COUNT, over_time=Aggregation.ADD, over_areas=Aggregation.ADD),
        "hate": Adding(Kind.COUNT, over_time=Aggregation.ADD),
        "answered": Adding(Kind.SERVICE_LEVEL, Unit.PERCENT, Aggregation.WEIGHTED, Aggregation.WEIGHTED),
        "wait": Adding(Kind.MEDIAN, Unit.SECONDS),
        "rate": Adding(Kind.RATE, Unit.PER_1000),
        "shares": Adding(Kind.SHARE, Unit.PERCENT, has_exclusive_parts=True),
    },
    sources={"supplied": "Supplied", "calls": "Call system"},
)

Rows = Sequence[Sequence[Any]]


def level(indicator: str = "abuse", area: str = "smallshire", **more: Any) -> dict[str, Any]:
    """Return the document of a label that holds values."""
    return {"holds": "level", "indicator": indicator, "part": "", "area": area, "factor": 1, **more}


def csv_of(rows: Rows) -> bytes:
    """Return a CSV text."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def workbook_of(sheets: dict[str, Rows], change: Any = None) -> bytes:
    """Return a workbook of these sheets; `change` may work on it before it is saved."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    if change:
        change(book)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def month_value(year: int, month: int) -> int:
    """Return the number that stands for a month: 1000 in April 2017, 10 more each month, 200 more each year."""
    return 1000 + 200 * year + 10 * month


def matrix(title: str = "Domestic abuse", known: int = 42, wrong: dict[str, int] | None = None) -> list[list[Any]]:
    """Return four years by twelve months with totals, of which the first `known` months have a value.

    `wrong` replaces the total of a year by another number.
    """
    rows: list[list[Any]] = [[title], [], ["Year", *MONTHS, "Total"]]
    for at, year in enumerate(YEARS):
        values = [month_value(at, month) if 12 * at + month < known else None for month in range(12)]
        total = sum(value for value in values if value is not None)
        rows.append([year, *values, (wrong or {}).get(year, total)])
    return rows
