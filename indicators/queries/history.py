"""The whole history of an indicator: every value that is held of one series, years down and months across."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from django.db.models import Q

from indicators.choices import WINDOW_NAMES, AreaKind, Kind, Qualifier, Status, Unit, Window
from indicators.formatting import counts_text, value_text
from indicators.models.aggregate import Aggregate
from indicators.models.area import Force
from indicators.models.indicator import Indicator
from indicators.models.source import DataSource
from indicators.origins import LONGER, in_words
from indicators.periods import MONTH_NAMES, Period, Quarter, date_text, label
from indicators.queries.books import clean, dated_notes
from indicators.queries.longer_periods import supplied_for_longer
from indicators.queries.versions import held_at
from indicators.series import Series, Slot

MONTHS = (*MONTH_NAMES[3:], *MONTH_NAMES[:3])
BY_MONTH = (Window.MONTH, Window.ROLLING_12, Window.YEAR_TO_DATE, Window.CALENDAR_TO_DATE, Window.SNAPSHOT)
WORDS = {Window.MONTH: "Months", Window.QUARTER: "Quarters"}
SHORT = 3  # letters of a month over a narrow column
WHOLE_YEAR = "12 months to March"
NAMED_PERIODS = 3
SUPPLIED = "supplied"
Choices = list[tuple[str, str]]
Place = tuple[str, date | None, str, int]  # window, end, the report it was given for, and its source


class Shown(NamedTuple):
    """One value as it prints, with its numerator and denominator, and what is to be known of it.

    `key` is that of its figure, which a value without a day has in the view of one `quarter` alone.
    """

    text: str = ""
    note: str = ""
    counts: str = ""
    key: str = ""
    quarter: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which series an address asks for, and in which window; empty where it does not say."""

    part: str = ""
    area: str = ""
    window: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """The values of one series: a grid of years (`columns`, `years`), or for other windows a list (`others`).

    `parts`, `areas` and `windows` are what may be asked for, as (value in the address, words). `notes` follow the
    values: breaks, annotations and cautions; `sources` are those of the values shown. `origin` says which of the values
    of a longer period were supplied, where some were.
    """

    asked: Asked
    parts: Choices
    areas: Choices
    windows: Choices
    columns: tuple[str, ...] = ()
    years: list[tuple[str, list[Shown]]] = field(default_factory=list)
    others: list[tuple[str, Shown]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sources: list[DataSource] = field(default_factory=list)
    origin: str = ""

    @property
    def has_counts(self) -> bool:
        """Tell whether a numerator or denominator of one of the values is held."""
        shown = [*(one for _, row in self.years for one in row), *(one for _, one in self.others)]
        return any(one.counts for one in shown)

    @property
    def chosen(self) -> list[tuple[Choices, str]]:
        """What may be asked for with what is shown: the window, the part and the area."""
        return [(self.windows, self.asked.window), (self.parts, self.asked.part), (self.areas, self.asked.area)]


def history(force: Force, indicator: Indicator, asked: Asked, at: int | None = None) -> History:
    """Return the whole history of a series as known at a data version (None = now). Four queries, whatever its length.

    What is asked for and not held is replaced by what is: the indicator as a whole, the force, months.
    """
    held = Aggregate.objects.filter(held_at(at), force=force, indicator=indicator)
    series = held.values_list(
        "part__slug", "part__name", "part__position", "area__slug", "area__name", "area__kind", "window"
    ).distinct()
    rows = sorted(series, key=lambda row: (row[5] != AreaKind.FORCE, row[4], row[2] or 0, row[1] or ""))
    parts = {row[0] or "": row[1] or "All" for row in sorted(rows, key=lambda row: row[2] or 0)}
    areas = {row[3]: row[4] for row in rows}
    part = asked.part if asked.part in parts else next(iter(parts), "")
    area = asked.area if asked.area in areas else next(iter(areas), "")
    own = {Window(row[6]) for row in rows if (row[0] or "", row[3]) == (part, area)}
    windows = [one for one in Window if one in own]
    window = next((one for one in windows if one == asked.window), next(iter(windows), Window.MONTH))
    found = History(
        asked=Asked(part, area, window.value),
        parts=list(parts.items()) if len(parts) > 1 else [],
        areas=list(areas.items()),
        windows=[(one.value, WORDS.get(one, WINDOW_NAMES[one])) for one in windows],
        columns=_columns(window),
    )
    wanted = {window, Window.ROLLING_12} if window is Window.MONTH else {window}
    of_series = Q(part__slug=part or None, area__slug=area, window__in=wanted)
    ordered = held.filter(of_series).select_related("source").order_by("end", "reported_for")
    values = [row for row in ordered if not _is_between_quarters(row)]
    given = _supplied(of_series & Q(held_at(at), force=force, indicator=indicator))
    own_areas = {slug for _, _, _, slug, _, kind, _ in rows if kind == AreaKind.FORCE}
    about = indicator.key, part, "" if area in own_areas else area
    periods = [Period(window, row.start, row.end) for row in values if row.window == window]
    stem = Series(indicator.key, part, about[2]).key
    told = [one for one in dated_notes(force, own_areas) if one.is_about(*about) and one.is_told_over(periods)]
    found.notes.extend(
        [*dict.fromkeys(one.text for one in told), *_both_sources(indicator, values), *_cautions(values)]
    )
    found.sources.extend({row.source_id: row.source for row in values}.values())
    seen = [row for row in values if not found.columns or _place(window, Window(row.window), row.end) is not None]
    shown = {row.pk: _shown(row, indicator, stem, is_supplied=_place_of(row) in given) for row in values}
    return _filled(replace(found, origin=_origin(seen, given)), window, values, shown)


def _is_between_quarters(row: Aggregate) -> bool:
    """Tell whether these are three months to another end than a quarter's: kept for every month, and no quarter."""
    return row.window == Window.QUARTER and row.end is not None and row.end != Quarter.containing(row.end).end


def _supplied(scope: Q) -> set[Place]:
    """Return where values of longer periods were supplied."""
    rows = supplied_for_longer(scope).values_list("window", "end", "reported_for", "source_id")
    return {(window, end, reported_for, source_id) for window, end, reported_for, source_id in rows}


def _place_of(row: Aggregate) -> Place:
    return row.window, row.end, row.reported_for, row.source_id


def _origin(rows: Iterable[Aggregate], given: Collection[Place]) -> str:
    """Say which values of a longer period were supplied and which worked out; "" where none was supplied."""
    longer = [row for row in rows if row.window in LONGER and row.value is not None]
    supplied = [row for row in longer if _place_of(row) in given]
    if not supplied:
        return ""
    what = in_words(Window(supplied[0].window))
    if len(supplied) == len(longer):
        return f"Each value of {what} was supplied as such; none is worked out here."
    return (
        f"Where “{SUPPLIED}” stands beneath a value of {what}, it was supplied as such. The others are worked out "
        "here, from months or from the areas within: the two need not have been made in the same way."
    )


def _both_sources(indicator: Indicator, rows: Iterable[Aggregate]) -> Iterator[str]:
    """Say where supplied values end and counted ones begin: no longer period is put together of both."""
    rule = getattr(indicator, "case_rule", None)
    starts = {row.start < rule.starts_on for row in rows if row.start is not None} if rule else set()
    if rule and starts == {True, False}:
        yield (
            f"From {date_text(rule.starts_on)} on the values are counted from cases; those before were supplied. "
            "A longer period across that day stands here only where it was supplied as such."
        )


def _columns(window: Window) -> tuple[str, ...]:
    """Return the headings of a grid; none where the window has no place in a year."""
    if window is Window.MONTH:
        return (*(name[:SHORT] for name in MONTHS), WHOLE_YEAR)
    if window in BY_MONTH:
        return tuple(name[:SHORT] for name in MONTHS)
    return (
        ("April to June", "July to September", "October to December", "January to March")
        if (window is Window.QUARTER)
        else ()
    )


def _cautions(rows: Iterable[Aggregate]) -> list[str]:
    """Return what is to be known of single values, each once, with the first periods it is about."""
    about: dict[str, list[str]] = {}
    for row in rows:
        if row.caution:
            about.setdefault(row.caution, []).append(label(Period(Window(row.window), row.start, row.end)))
    return [
        f"{caution} ({', '.join(names[:NAMED_PERIODS])}{' and others' if len(names) > NAMED_PERIODS else ''})"
        for caution, names in about.items()
    ]


def _filled(found: History, window: Window, rows: Iterable[Aggregate], shown: Mapping[int, Shown]) -> History:
    """Put every value where it belongs, as it is shown by its row, the newest year first."""
    years: dict[int, list[Shown]] = {}
    for row in rows:
        place = _place(window, Window(row.window), row.end) if found.columns else None
        if place is not None:
            quarter = Quarter.containing(place[1])
            years.setdefault(quarter.year, [Shown()] * len(found.columns))[place[0]] = shown[row.pk]
        elif row.window == window:
            found.others.append((label(Period(window, row.start, row.end), row.period_printed), shown[row.pk]))
    found.others.reverse()
    if window is Window.MONTH and not any(cells[-1].text for cells in years.values()):  # no 12 months to March are held
        found = replace(found, columns=found.columns[:-1])
        years = {year: cells[:-1] for year, cells in years.items()}
    found.years.extend(_labelled(years))
    return found


def _labelled(years: Mapping[int, list[Shown]]) -> Iterable[tuple[str, list[Shown]]]:
    """Yield the years with their names, the newest first; those of which nothing is shown are left out."""
    for year in sorted(years, reverse=True):
        if any(one.text for one in years[year]):
            yield f"{year}/{(year + 1) % 100:02d}", years[year]


def _place(asked: Window, own: Window, end: date | None) -> tuple[int, date] | None:
    """Return the column in which a value stands, and a day of its year; None where it has no place in the grid."""
    if end is None:
        return None
    if asked is Window.QUARTER:
        return Quarter.containing(end).number - 1, end
    month = (end.month - 4) % 12
    if asked is Window.MONTH and own is Window.ROLLING_12:
        return (len(MONTHS), end) if end.month == 3 else None
    return month, end


def _shown(row: Aggregate, indicator: Indicator, stem: str, *, is_supplied: bool) -> Shown:
    status, kind = Status(row.status), Kind(indicator.kind)
    words = status.value.replace("-", " ")
    text = value_text(row.value, Unit(indicator.unit), indicator.decimals, Qualifier(row.qualifier), words)
    slot = Slot.of(Period(Window(row.window), row.start, row.end), row.reported_for)
    place = f"{stem}.{slot.name()}", "" if row.end else row.reported_for
    if row.value is None:
        return Shown(text, "" if row.missing else row.note, "", *place)
    said = ("" if status is Status.FINAL else words, SUPPLIED if is_supplied else "")
    counts = counts_text(clean(row.numerator), clean(row.denominator), kind)
    return Shown(text, ", ".join(one for one in said if one), counts, *place)
