"""The published figures that the synthetic cases meet at once, as plain values.

Each constraint names the published rows behind it. A constraint speaks either of a count in a window, or of
the change of that count against the same window one year earlier.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from indicators.choices import Window

Rows = tuple[str, ...]


@dataclass(frozen=True)
class Constraint:
    """One published figure: exactly one of `value` (cases in the window) and `change` (cases) is set.

    `end` is the last day of the window; `part` is empty for the indicator's own total.
    """

    row_ids: Rows
    indicator: str
    part: str
    window: Window
    end: date
    value: int | None = None
    change: int | None = None


SEPTEMBER_2019 = date(2019, 9, 30)
SEPTEMBER_2020 = date(2020, 9, 30)

# Twelve months to September 2019 and to September 2020: stem of the row, indicator, the two counts.
YEARS = (
    ("recorded_crime_12m.all", "all_crime", 152467, 130207),
    ("recorded_crime_12m.vwi", "violence_with_injury", 17580, 15371),
    ("recorded_crime_12m.vwoi", "violence_without_injury", 23441, 20927),
    ("recorded_crime_12m.burg", "burglary_residential", 8623, 6262),
    ("recorded_crime_12m.rob", "robbery_personal", 1154, 899),
    ("recorded_crime_12m.po", "public_order", 12649, 9770),
    ("recorded_crime_12m.rape", "rape", 1474, 1205),
    ("recorded_crime_12m.othersex", "other_sexual_offences", 3219, 2805),
    ("recorded_crime_12m.cse", "cse_crime", 540, 542),
    ("recorded_crime_12m.msc", "modern_slavery_crime", 101, 127),
    ("recorded_crime_12m.da", "domestic_abuse_crime", 20204, 21352),
    ("recorded_crime_12m.hate", "hate_crime", 2722, 2538),
)

# A quantity that was published in a second place as well.
SAME_QUANTITY: dict[str, Rows] = {"modern_slavery_crime": ("modern_slavery.crimes",)}

# July to September 2020 against July to September 2019: row, indicator, change.
QUARTER_CHANGES = (
    ("recorded_crime_q2.all.chg", "all_crime", -2919),
    ("recorded_crime_q2.vwi.chg", "violence_with_injury", 436),
    ("recorded_crime_q2.vwoi.chg", "violence_without_injury", -638),
    ("recorded_crime_q2.burg.chg", "burglary_residential", -505),
    ("recorded_crime_q2.rob.chg", "robbery_personal", -57),
    ("recorded_crime_q2.po.chg", "public_order", -51),
)

# Anti-social behaviour: type, 12 months to September 2019, to September 2020, of these with the marker.
INCIDENT_TYPES = (
    ("environment", 1422, 1955, 424),
    ("nuisance", 34980, 57600, 15378),
    ("personal", 16081, 19338, 468),
)

# Incidents with the COVID-19 marker: name of the month in the row, last day, count.
MARKED_MONTHS = (
    ("april", date(2020, 4, 30), 5742),
    ("may", date(2020, 5, 31), 5310),
    ("june", date(2020, 6, 30), 1193),
    ("july", date(2020, 7, 31), 452),
    ("august", date(2020, 8, 31), 1242),
    ("september", date(2020, 9, 30), 1308),
)

SEXUAL_OFFENCES = (
    Constraint(
        ("sexual_offences_area.lancs.2019",),
        "sexual_offences",
        "",
        Window.ROLLING_12,
        date(2019, 8, 31),
        value=4830,
    ),
    Constraint(
        ("sexual_offences_area.lancs.2020",),
        "sexual_offences",
        "",
        Window.ROLLING_12,
        date(2020, 8, 31),
        value=4056,
    ),
    Constraint(
        ("recorded_crime_12m.rape.2019", "recorded_crime_12m.othersex.2019"),
        "sexual_offences",
        "",
        Window.ROLLING_12,
        SEPTEMBER_2019,
        value=1474 + 3219,
    ),
    Constraint(
        ("recorded_crime_12m.rape.2020", "recorded_crime_12m.othersex.2020"),
        "sexual_offences",
        "",
        Window.ROLLING_12,
        SEPTEMBER_2020,
        value=1205 + 2805,
    ),
)


def _hate(row: str, part: str, end: date, value: int | None = None, change: int | None = None) -> Constraint:
    return Constraint((f"hate_crime.{row}",), "hate_crime", part, Window.QUARTER, end, value, change)


HATE_CRIME = (
    _hate("q2_1920", "", SEPTEMBER_2019, value=724),
    _hate("q2_2021", "", SEPTEMBER_2020, value=767),
    _hate("q1_2021", "", date(2020, 6, 30), value=629),
    _hate("trans.chg", "transgender", SEPTEMBER_2020, change=3),
    _hate("relig.chg", "religion", SEPTEMBER_2020, change=-13),
    _hate("relig.q2_1920", "religion", SEPTEMBER_2019, value=34),
    _hate("relig.q2_2021", "religion", SEPTEMBER_2020, value=21),
    _hate("race.chg", "race", SEPTEMBER_2020, change=49),
)


def _crime() -> Iterator[Constraint]:
    for stem, indicator, earlier, later in YEARS:
        stems = (stem, *SAME_QUANTITY.get(indicator, ()))
        for year, end, count in (("2019", SEPTEMBER_2019, earlier), ("2020", SEPTEMBER_2020, later)):
            rows = tuple(f"{each}.{year}" for each in stems)
            yield Constraint(rows, indicator, "", Window.ROLLING_12, end, value=count)
    for row, indicator, change in QUARTER_CHANGES:
        yield Constraint((row,), indicator, "", Window.QUARTER, SEPTEMBER_2020, change=change)


def _incidents() -> Iterator[Constraint]:
    rows: dict[str, Rows] = {
        suffix: tuple(f"asb_by_type.{part}.{suffix}" for part, *_ in INCIDENT_TYPES)
        for suffix in ("2019", "2020", "covid")
    }
    year = Window.ROLLING_12
    for part, earlier, later, marked in INCIDENT_TYPES:
        stem = f"asb_by_type.{part}"
        yield Constraint((f"{stem}.2019",), "asb", part, year, SEPTEMBER_2019, value=earlier)
        yield Constraint((f"{stem}.2020",), "asb", part, year, SEPTEMBER_2020, value=later)
        yield Constraint((f"{stem}.covid",), "asb_covid", part, year, SEPTEMBER_2020, value=marked)
    yield Constraint(rows["2019"], "asb", "", year, SEPTEMBER_2019, value=52483)
    yield Constraint(rows["2020"], "asb", "", year, SEPTEMBER_2020, value=78893)
    yield Constraint(rows["covid"], "asb_covid", "", year, SEPTEMBER_2020, value=16270)
    months: Rows = ()
    for name, end, count in MARKED_MONTHS:
        months += (f"asb_covid_monthly.{name}",)
        yield Constraint(months[-1:], "asb_covid", "", Window.MONTH, end, value=count)
    # The rest of the year's markers: all of them lie in March, when the marker began.
    yield Constraint(rows["covid"] + months, "asb_covid", "", Window.MONTH, date(2020, 3, 31), value=1023)


CONSTRAINTS: tuple[Constraint, ...] = (*_crime(), *SEXUAL_OFFENCES, *HATE_CRIME, *_incidents())


def published(indicator: str, window: Window, end: date, part: str = "") -> int:
    """Return the published count of an indicator (or part) in the window to `end`; KeyError if none."""
    for constraint in CONSTRAINTS:
        if (constraint.indicator, constraint.part, constraint.window, constraint.end) == (
            indicator,
            part,
            window,
            end,
        ) and constraint.value is not None:
            return constraint.value
    raise KeyError((indicator, part, window, end))


def published_change(indicator: str, part: str = "") -> int:
    """Return the published change of July to September 2020 on a year earlier, in cases; KeyError if none."""
    for constraint in CONSTRAINTS:
        if (constraint.indicator, constraint.part) == (indicator, part) and constraint.change is not None:
            return constraint.change
    raise KeyError((indicator, part))
