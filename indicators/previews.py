"""What the page of an import shows of its preview and its problems, arranged. Pure: no database."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from indicators.choices import Unit, Window
from indicators.exports import spreadsheet_text
from indicators.formatting import own_decimals, value_text
from indicators.periods import Period, label

COUNTS = ("new", "changed", "unchanged", "removed")
MOVES_SHOWN = 20
MOVE_COLUMNS = ("indicator", "part", "area", "name", "place", "window", "period", "start", "end", "before", "after")
REPEATED_SHARE = 2.0  # per cent of a month's rows; real months lie under 1 or over 7


def totals(preview: dict[str, Any]) -> dict[str, int]:
    """Add the counts of a preview up."""
    return {name: sum(row[name] for row in preview.get("rows", [])) for name in COUNTS}


def is_repetitive(rows: int, distinct: int) -> bool:
    """Tell whether so many rows of a month repeat an identifier that a person should know."""
    return rows > 0 and 100 * (rows - distinct) / rows > REPEATED_SHARE


def by_month(preview: dict[str, Any]) -> list[dict[str, Any]]:
    """Add the counts of a preview up by month: each with its categories, and for cases with what its rows are like.

    {"month", "rows": by category, "new", …, "facts": {"rows", "repeated", "is_repetitive", "unlocated", "outside",
    "left_out"}}.
    """
    months: dict[str, dict[str, Any]] = {}
    for row in preview.get("rows", []):
        month = months.setdefault(row["month"], {"month": row["month"], "rows": []})
        month["rows"].append(row)
        for name in COUNTS:
            month[name] = month.get(name, 0) + row[name]
    for one in preview.get("months", []):
        if one["month"] in months:
            months[one["month"]]["facts"] = {
                **one,
                "repeated": one["rows"] - one["distinct_rows"],
                "is_repetitive": is_repetitive(one["rows"], one["distinct_rows"]),
                "left_out": preview.get("bad", {}).get(one["month"], 0),
            }
    return list(months.values())


@dataclass(frozen=True, slots=True)
class Move:
    """A figure that an import would change."""

    name: str
    place: str
    period: str
    old: str
    new: str


def moves(preview: dict[str, Any]) -> list[Move]:
    """Return the first figures that would move, as they are printed."""
    return [move_of(one) for one in preview.get("moves", {}).get("figures", [])[:MOVES_SHOWN]]


def move_of(one: dict[str, Any]) -> Move:
    """Return one kept move as it is printed: as its measure prints, or as far as the two values differ."""
    old, new = (None if one[name] is None else Decimal(one[name]) for name in ("old", "new"))
    written = max((own_decimals(value) for value in (old, new) if value is not None), default=0)
    unit, least = Unit(one.get("unit", Unit.COUNT)), one.get("decimals", written)
    ways = ([value_text(value, unit, at) for value in (old, new)] for at in range(least, max(least, written) + 1))
    texts = next((both for both in ways if both[0] != both[1]), ["", ""])
    return Move(one["name"], one["place"], _period(one), old=texts[0], new=texts[1])


def move_record(one: dict[str, Any]) -> list[str]:
    """Return one kept move as a line of a file: its texts safe for a spreadsheet, its two values as numbers."""
    texts = (one["indicator"], one["part"], one["area"], one["name"], one["place"], one["window"], _period(one))
    return [*map(spreadsheet_text, texts), *(one[name] or "" for name in ("start", "end", "old", "new"))]


def _period(one: dict[str, Any]) -> str:
    start, end = (date.fromisoformat(one[name]) if one[name] else None for name in ("start", "end"))
    return label(Period(Window(one["window"]), start, end))
