"""Figures: a value with what it is compared with, and the book in which a quarter's figures are looked up.

A figure's key is `indicator[.part][.area].window[-YYYY-MM[-DD]]` or, of a span, `….span-DAY-to-DAY`; a text adds one
aspect: `rape.r12.change`.
Values in, values out: the book is filled by `indicators.queries`.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from indicators import origins
from indicators.calculations import Change, Share, share
from indicators.choices import WINDOW_PLACES, AreaKind, Kind, Statistic, Status, Unit, Window
from indicators.dated_notes import DatedNote, told
from indicators.days import DayCounts
from indicators.formatting import absolute_text, change_text, percent_text, share_text, value_text
from indicators.last_report import Earlier, LastReport, Values, change_of, stated
from indicators.like_for_like import LikeForLike, Members, across, changed
from indicators.periods import ComparedWith, Period, Quarter, label, month_end, period_before
from indicators.series import Series, Slot, Value, comparison_of, on
from indicators.sheets import Measure, Wording, changes_between, in_force
from indicators.targets.asked import NO_TARGET, TargetRule
from indicators.targets.asked import in_force as target_in_force
from indicators.targets.judging import Judged, judge

ASPECTS = (
    "value", "previous", "change", "absolute", "percent", "direction", "share", "previous_share", "period",
    "previous_period", "target", "target_result",
)  # fmt: skip
AS_KNOWN_NOW = "as known now"
USUAL = ComparedWith.SAME_PERIOD_OF_LAST_YEAR
LOW_BASE = "previous value below {}: no percentage"


@dataclass(frozen=True, slots=True)
class Figure:
    """A value, the one before it, the change and the share: everything a text or table may print."""

    key: str
    measure: Measure
    series: Series
    name: str
    period: Period
    printed: str
    current: Value | None
    previous: Value | None
    previous_period: Period | None
    change: Change
    share: Share | None
    supplied_share: Decimal | None
    previous_share: Decimal | None
    supplied_source: str = ""
    dated: tuple[DatedNote, ...] = ()
    judged: Judged | None = None
    known: str = AS_KNOWN_NOW
    compared_with: ComparedWith = USUAL

    @property
    def vintage(self) -> str:
        """When the value was known: now, at a data version, or when a report first published it."""
        return _vintage(self.current, self.known)

    @property
    def previous_vintage(self) -> str:
        """When the value that it is compared with was known; empty where there is none."""
        if self.previous and self.compared_with is ComparedWith.REPORT_BEFORE:
            return f"as held in the report of {self.previous.printed_by}" if self.previous.printed_by else ""
        return _vintage(self.previous, self.known) if self.previous else ""

    @property
    def sources(self) -> tuple[str, ...]:
        """The slugs of the sources behind the figure: of its values, and of what was supplied about them."""
        slugs = [value.source for value in (self.current, self.previous) if value is not None]
        return tuple(dict.fromkeys([*slugs, *([self.supplied_source] if self.supplied_source else [])]))

    def aspect(self, name: str) -> str:
        """Return one aspect in its one format; raises KeyError for an unknown aspect."""
        match name:
            case "value":
                return self._text(self.current)
            case "previous":
                return self._text(self.previous)
            case "change":
                return change_text(self.change, self.measure.unit, self.measure.decimals)
            case "absolute":
                return absolute_text(self.change, self.measure.unit, self.measure.decimals)
            case "percent":
                return percent_text(self.change)
            case "direction":
                return self.change.direction.value if self.change.direction else self.change.reason
            case "share":
                return share_text(self.share_percent, self.measure.share_decimals)
            case "previous_share":
                return share_text(self.previous_share, self.measure.share_decimals)
            case "period":
                return label(self.period, self.printed)
            case "previous_period":
                return label(self.previous_period) if self.previous_period else "period not stated"
            case "target" | "target_result":
                return self.judged.aspect(name) if self.judged else NO_TARGET
        raise KeyError(name)

    @property
    def share_percent(self) -> Decimal | None:
        """The part's share of its whole in per cent: computed, or as supplied."""
        return self.share.percent if self.share else self.supplied_share

    @property
    def wording(self) -> Wording | None:
        """The definition in force on the last day of the figure's period."""
        return in_force(self.measure.wordings, self.period.end)

    @property
    def in_year(self) -> str:
        """The value as the appendix prints it: money with its share in brackets."""
        return self._with_share(self.aspect("value"), self.share_percent)

    @property
    def before(self) -> str:
        """The previous value as the appendix prints it."""
        return self._with_share(self.aspect("previous"), self.previous_share)

    @property
    def worded_change(self) -> str:
        """The change as the appendix prints it: with its word for counts and money, points and times without."""
        worded = self.measure.kind in {Kind.COUNT, Kind.MONEY}
        return change_text(self.change, self.measure.unit, self.measure.decimals, with_word=worded)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader has to know about the value."""
        notes = [*origins.own_counts(self.current, self.measure), *origins.told(self.current, self.previous)]
        if self.current and self.current.status in {Status.PROVISIONAL, Status.ESTIMATED, Status.REVISED}:
            notes.append(self.current.status.value)
        if self.current and self.current.caution:
            notes.append(self.current.caution)
        if (self.current and self.current.printed_by) or (self.previous and self.previous.printed_by):
            notes.append(f"{self.vintage}, compared with the value before {self.previous_vintage or self.known}")
        if self.current is None and self.change.is_supplied:
            notes.append("only the change is published")
        if self.measure.kind == Kind.SURVEY and self.current and self.current.denominator:
            notes.append(f"{self.current.denominator:,f} people asked")
        since = self.previous_period.end if self.previous and self.previous_period else self.period.start
        notes += changes_between(self.measure.wordings, since, self.period.end)
        if self.change.direction and self.change.reason:
            notes.append(self.change.reason)
        if self.change.is_low_base:
            notes.append(LOW_BASE.format(self.measure.base_threshold))
        return (*notes, *(note.text for note in self.dated))

    def _text(self, value: Value | None) -> str:
        if value is None:
            return "not available"
        return value_text(value.amount, self.measure.unit, self.measure.decimals, value.qualifier, value.reason)

    def _with_share(self, text: str, percent: Decimal | None) -> str:
        if self.measure.unit != Unit.MILLION_POUNDS or percent is None:
            return text
        return f"{text} ({share_text(percent, self.measure.share_decimals)})"


def _vintage(value: Value | None, known: str) -> str:
    return f"as first published in the report of {value.printed_by}" if value and value.printed_by else known


class UnknownFigure(KeyError):
    """No stored figure has this key; the message says which word of it is unknown."""


@dataclass(slots=True)
class FigureBook:
    """The figures of one force as known at one data version, looked up by key from the view of a quarter."""

    quarter: Quarter
    version: int
    measures: Mapping[str, Measure]
    areas: Mapping[str, str]
    sources: Mapping[str, str]
    values: Mapping[Series, Mapping[Slot, Value]]
    supplied: Mapping[tuple[Series, Slot], Mapping[Statistic, Decimal]]
    comparators: frozenset[str] = frozenset()
    supplied_sources: Mapping[tuple[Series, Slot], str] = field(default_factory=dict)
    dated_notes: tuple[DatedNote, ...] = ()
    police_areas: frozenset[str] = frozenset()
    area_kinds: Mapping[str, AreaKind] = field(default_factory=dict)
    memberships: Mapping[tuple[str, str], Mapping[date, Members]] = field(default_factory=dict)
    days: Mapping[Series, DayCounts] = field(default_factory=dict)
    force_id: int = 0
    # Places that only groups are made of here: their names and values, for comparisons like for like.
    members: Mapping[str, str] = field(default_factory=dict)
    beneath: Mapping[Series, Mapping[Slot, Value]] = field(default_factory=dict)
    known: str = AS_KNOWN_NOW
    last_report: LastReport | None = None

    def reference(self, key: str) -> str:
        """Return the text of a reference with its aspect, for example `rape.r12.change`. Raises UnknownFigure."""
        stem, _, aspect = key.rpartition(".")
        if aspect not in ASPECTS:
            raise UnknownFigure(f"{key}: “{aspect}” is not one of {', '.join(ASPECTS)}")
        return self.figure(stem).aspect(aspect)

    def figure(self, key: str) -> Figure:
        """Return a figure by its key without aspect. Raises UnknownFigure when nothing is stored for it."""
        stem, _, window_key = key.rpartition(".")
        series = self.series(stem)
        slot: Slot | None = self.slot(window_key)
        if slot is not None and slot not in self.values.get(series, {}) and (series, slot) not in self.supplied:
            slot = self._nearest(series, slot)
        if slot is None:
            raise UnknownFigure(f"{key}: {self.measures[series.indicator].why_nothing(self.slot(window_key).window)}")
        return self.build(series, slot, comparison_of(window_key))

    def series(self, stem: str) -> Series:
        """Read `indicator[.part][.area]`. Raises UnknownFigure naming the word that is not known."""
        words = stem.split(".")
        measure = self.measures.get(words[0])
        if measure is None:
            raise UnknownFigure(f"{stem}: there is no indicator “{words[0]}”")
        part = words.pop(1) if len(words) > 1 and words[1] in measure.parts else ""
        area = words.pop(1) if len(words) > 1 and words[1] in self.areas else ""
        if len(words) > 1:
            raise UnknownFigure(f"{stem}: “{words[1]}” is neither a part of {measure.name} nor an area")
        return Series(measure.key, part, area)

    def slot(self, window_key: str) -> Slot:
        """Read a window as texts name it; without a day it ends with the quarter. Raises UnknownFigure."""
        try:
            return Slot.named(window_key, self.quarter)
        except ValueError as error:
            raise UnknownFigure(str(error)) from error

    def _nearest(self, series: Series, slot: Slot) -> Slot | None:
        """Find a supplied span that ends within the month asked for, or was given for this quarter's report.

        What is asked for by the day is that or nothing.
        """
        if slot.start is not None or (slot.end is not None and slot.end != month_end(slot.end)):
            return None
        candidates = {*self.values.get(series, {}), *(s for one, s in self.supplied if one == series)}
        for other in sorted(candidates, key=lambda one: (one.end or date.min, one.reported_for)):
            same_month = other.end and slot.end and month_end(other.end) == slot.end
            if other.window == slot.window and (same_month or other.reported_for == self.quarter.key):
                return other
        return None

    def key_of(self, series: Series, slot: Slot, compared_with: ComparedWith = USUAL) -> str:
        """Return the key under which a series' slot is found again."""
        return f"{series.key}.{on(slot.name(self.quarter), compared_with)}"

    def build(self, series: Series, slot: Slot, compared_with: ComparedWith = USUAL) -> Figure:
        """Put a figure together from the stored values; nothing is rounded here. Only the force's own have targets.

        What a source states of a change is of the year before, as targets are.
        """
        measure = self.measures[series.indicator]
        current = self.values.get(series, {}).get(slot)
        given = self.supplied.get((series, slot), {}) if compared_with is USUAL else {}
        period = current.period if current else Period(slot.window, slot.start, slot.end)
        then = self._earlier(series, period, current, compared_with)
        previous, earlier = then.value, then.period
        if previous is None and Statistic.PREVIOUS in given and current is not None:
            previous, earlier = stated(given[Statistic.PREVIOUS], current), None
        like = self._across(series, slot, then) if current and previous and earlier else None
        changed_by = changed(like, measure, given) if like else change_of(measure, current, previous, given)
        figure = Figure(
            key=self.key_of(series, slot, compared_with),
            measure=measure,
            series=series,
            name=self.name_of(series),
            period=period,
            printed=current.printed if current else "",
            current=current,
            previous=previous,
            previous_period=earlier,
            change=changed_by,
            share=self._share(series, slot, self.values),
            supplied_share=self.supplied.get((series, slot), {}).get(Statistic.SHARE),
            previous_share=self._previous_share(series, then, given),
            supplied_source=self.supplied_sources.get((series, slot), ""),
            dated=told(self.notes_on(series), period, earlier if changed_by.direction else None),
            known=self.known,
            compared_with=compared_with,
        )
        if compared_with is not USUAL:
            return replace(figure, judged=self.build(series, slot).judged)
        rule = None if series.area else target_in_force(measure.targets, series.part, period)
        return replace(figure, judged=self.judged_by(rule, figure)) if rule else figure

    def _earlier(self, series: Series, period: Period, current: Value | None, compared_with: ComparedWith) -> Earlier:
        if current and compared_with is ComparedWith.REPORT_BEFORE:
            return (self.last_report or LastReport(self.quarter.previous())).before(current, series)
        before = period_before(period, compared_with)
        slot = Slot.of(before) if before else None
        return Earlier(self._at(series, before), before, slot, self.values, self.memberships)

    def judged_by(self, rule: TargetRule, figure: Figure) -> Judged:
        """Judge a figure by a target of its series."""
        before = self._at(figure.series, rule.before(figure.period)) if rule.is_stepping else figure.previous
        measure = figure.measure
        return judge(rule, measure.unit, measure.decimals, figure.period, figure.current, before, figure.change)

    def notes_on(self, series: Series) -> tuple[DatedNote, ...]:
        """Return the dated notes about a series, whatever their dates."""
        return tuple(note for note in self.dated_notes if note.is_about(series.indicator, series.part, series.area))

    def name_of(self, series: Series) -> str:
        """Return the name of a series in words."""
        measure = self.measures[series.indicator]
        part = f": {measure.parts[series.part]}" if series.part else ""
        return f"{measure.name}{part}{f', {self.areas[series.area]}' if series.area else ''}"

    def of_quarter(self, indicator: str = "") -> Iterator[Figure]:
        """Yield every figure that belongs to the quarter, or those of one indicator, in a fixed order."""
        yield from (self.build(*place) for place in self.places_of_quarter(indicator))

    def places_of_quarter(self, indicator: str = "") -> Iterator[tuple[Series, Slot]]:
        """Yield where the figures of the quarter stand, in the same order."""
        wanted = {indicator} if indicator else self.measures.keys()
        slots = {series: set(slots) for series, slots in self.values.items() if series.indicator in wanted}
        for series, slot in self.supplied:
            if series.indicator in wanted:
                slots.setdefault(series, set()).add(slot)
        latest: dict[tuple[Series, Window], date] = {}
        for series, held in slots.items():
            for slot in held:
                if slot.end is not None and slot.end <= self._last_day(slot, held):
                    latest[series, slot.window] = max(slot.end, latest.get((series, slot.window), date.min))
        # A comparator that ends within the quarter stands beside the force to that day, like for like.
        compared, year = self.comparators | {""}, Window.ROLLING_12
        of_comparators = [(one, end) for (one, window), end in latest.items() if window == year and not one.part]
        ends = {(one.indicator, end) for one, end in of_comparators if one.area in self.comparators}
        order = {key: at for at, key in enumerate(self.measures)}
        for series in sorted(slots, key=lambda one: (order[one.indicator], one.part, one.area)):
            for slot in sorted(slots[series], key=lambda one: (WINDOW_PLACES[one.window], one.end or date.min)):
                is_beside = series.area in compared and (series.indicator, slot.end) in ends
                if self._belongs(slot, latest.get((series, slot.window)), is_beside=is_beside):
                    yield series, slot

    def _belongs(self, slot: Slot, latest: date | None, *, is_beside: bool) -> bool:
        if slot.end is None:
            return slot.reported_for == self.quarter.key
        if slot.window == Window.MONTH:
            return self.quarter.start <= slot.end <= self.quarter.end
        if slot.end == self.quarter.end or slot.reported_for == self.quarter.key:
            return True
        if slot.window == Window.ROLLING_12 and self.quarter.start <= slot.end:
            return is_beside
        if slot.window in {Window.QUARTER, Window.YEAR_TO_DATE}:
            return False
        # What is supplied less often, or to a later day, belongs with its latest value of the past year.
        return slot.end == latest and slot.end > date(self.quarter.end.year - 1, self.quarter.end.month, 28)

    def _last_day(self, slot: Slot, held: Collection[Slot]) -> date:
        """Text may speak of a little later than the quarter, where that was supplied: the last day of a window."""
        late = 45 if slot.window in {Window.CALENDAR_TO_DATE, Window.SPAN} else 0
        is_computed = late and Slot(Window.MONTH, slot.end) in held  # for every month: the quarter's own belongs to it
        return date.min if is_computed else date.fromordinal(self.quarter.end.toordinal() + late)

    def _at(self, series: Series, period: Period | None) -> Value | None:
        return self.values.get(series, {}).get(Slot.of(period)) if period and period.end else None

    def _across(self, series: Series, slot: Slot, then: Earlier) -> LikeForLike | None:
        """Compare the members in both where a comparator had others before; None where it had the same."""
        of, end = (series.indicator, series.area), then.slot.end if then.slot else None
        lists = {day: one for day, one in then.memberships.get(of, {}).items() if day == end}
        lists |= {day: one for day, one in self.memberships.get(of, {}).items() if day == slot.end}
        names = {**self.areas, **self.members} if lists else {}
        places = {one: Series(series.indicator, series.part, one) for one in names}
        now = {one: v.amount for one, place in places.items() if (v := self.held(place).get(slot))}
        held = self.held if then.values is self.values else lambda place: then.values.get(place, {})
        before = {one: v.amount for one, place in places.items() if then.slot and (v := held(place).get(then.slot))}
        return across(lists, (slot.end, end), now, before, names)

    def held(self, series: Series) -> Mapping[Slot, Value]:
        """Return the values of a series, also of a place that only a group is made of here."""
        return self.values.get(series) or self.beneath.get(series, {})

    def _share(self, series: Series, slot: Slot, values: Values) -> Share | None:
        measure = self.measures[series.indicator]
        if not series.part or not measure.is_exclusive:
            return None
        whole = {}
        for part in measure.parts:
            value = values.get(Series(series.indicator, part, series.area), {}).get(slot)
            if value is None or value.amount is None:
                return None
            whole[part] = value.amount
        return share(series.part, whole, measure.excluded_parts)

    def _previous_share(self, series: Series, then: Earlier, given: Mapping[Statistic, Decimal]) -> Decimal | None:
        if Statistic.PREVIOUS_SHARE in given:
            return given[Statistic.PREVIOUS_SHARE]
        computed = self._share(series, then.slot, then.values) if then.slot else None
        return computed.percent if computed else None
