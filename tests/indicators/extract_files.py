"""A force's own extract of the cases that `case_files` writes in the street-level format, in several packings."""

import csv
import gzip
import io
from datetime import date
from typing import Any

import openpyxl

from indicators.actions import profiles
from indicators.models.area import Force
from indicators.models.profile import CaseProfile
from indicators.models.source import DataSource
from indicators.people import Person
from tests.indicators.case_files import ASB, CODES, HILL, case

HEADER = ["Crime No", "Date recorded", "HO class", "Beat", "Status", "Covid marker", "Officer"]
BEATS = {HILL: "H0", CODES["Coast"][1]: "C1"}
WORDS = {("Robbery", ""): "34B Robbery", ("Robbery", "Personal robbery"): "34B Personal", (ASB, "Nuisance"): "ASB N"}
DEFINITION: dict[str, Any] = {
    "columns": {
        "Crime ID": "Crime No", "Date": "Date recorded", "Crime type": "HO class", "LSOA code": "Beat",
        "Last outcome category": "Status",
    },
    "dates": "day-first",
    "offences": {word: list(meant) for meant, word in WORDS.items()},
    "areas": {**{beat: code.lower() for code, beat in BEATS.items()}, "Nowhere": "no-location"},
    "flags": {"Covid marker": {"Y": "COVID-19", "N": ""}},
    "ignored": ["Officer"],
    "coverage": "whole-months",
}  # fmt: skip
# What both forms of the file hold: number, day, crime type, offence, small area ("" = none), outcome, flag.
CASES = [
    (1, date(2020, 1, 3), "Robbery", "", HILL, "Open", True),
    (2, date(2020, 1, 31), "Robbery", "Personal robbery", CODES["Coast"][1], "Closed", False),
    (None, date(2020, 2, 29), ASB, "Nuisance", HILL, "", True),
    (None, date(2020, 2, 29), ASB, "Nuisance", HILL, "", True),
    (3, date(2020, 12, 11), "Robbery", "", "", "Open – £", False),
]


def street_lines() -> list[str]:
    """Return the cases in the street-level format."""
    return [
        case(number, f"{day:%Y-%m}", kind, area, outcome, offence, "COVID-19" if flag else "")
        for number, day, kind, offence, area, outcome, flag in CASES
    ]


def rows(day_form: str = "%d/%m/%Y") -> list[list[str]]:
    """Return the cases as the force's system writes them."""
    return [
        [
            "" if number is None else f"{number:064x}", day.strftime(day_form), WORDS[kind, offence],
            BEATS.get(area, "Nowhere"), outcome, "Y" if flag else "N", "PC Plod",
        ]
        for number, day, kind, offence, area, outcome, flag in CASES
    ]  # fmt: skip


def text(lines: list[list[str]] | None = None, encoding: str = "cp1252", delimiter: str = ";") -> bytes:
    """Return the extract as text."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter).writerows([HEADER, *(lines or rows("%d/%m/%Y %H:%M"))])
    return stream.getvalue().encode(encoding)


def workbook() -> bytes:
    """Return the extract as a workbook, with dates as dates."""
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    for cells, (_, day, *_) in zip(rows(), CASES, strict=True):
        book.active.append([cells[0] or None, day, *cells[2:]])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


PACKINGS = {
    "semicolons and cp1252": text,
    "tabs and utf-16": lambda: text(encoding="utf-16", delimiter="\t"),
    "year first": lambda: text(rows("%Y-%m-%d"), "utf-8-sig", "|"),
    "workbook": workbook,
    "gzip": lambda: gzip.compress(text()),
    "rows the other way round": lambda: text(rows()[::-1]),
}


def profile(force: Force, by: Person, **changes: Any) -> CaseProfile:
    """Return a saved profile of the extract, with changes of its definition."""
    source = DataSource.objects.get(slug="cases")
    made = profiles.create(force, source, "Crime system", {}, {}, by=by)
    profiles.save(made, DEFINITION | changes, {"header": HEADER}, version=0, by=by)
    return made
