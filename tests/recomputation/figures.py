"""Every figure once more: values, windows, what they are compared with, changes, shares, targets, and their words."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Any

from tests.recomputation.inputs import Given, Inputs
from tests.recomputation.printing import MINUS, places_of, signed, size, value_words, with_unit

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
COUNTED_WINDOWS = ("month", "quarter", "r12", "fytd", "cytd")
NAMED_ONE_BY_ONE = 6
# Kinds whose values are parts of a hundred: put together by their counts alone, and changing in points.
PERCENTAGES = ("percentage", "proportion", "share", "service-level")
# How many months before a period lies the one it is compared with, where its key says so; else it is the year before.
STEPS = {"previous-month": 1, "previous-quarter": 3, "previous-report": 3}
SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


def last_day(year: int, month: int) -> date:
    """Return the last day of a month."""
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def back(year: int, month: int, months: int) -> tuple[int, int]:
    """Return the month that lies so many months before another."""
    count = year * 12 + month - 1 - months
    return count // 12, count % 12 + 1


def year_before(end: date) -> date:
    """Return the same day a year earlier; the end of a month stays one."""
    if end == last_day(end.year, end.month):
        return last_day(end.year - 1, end.month)
    return date(end.year - 1, end.month, end.day)


def before(end: date, step: str) -> date:
    """Return the last day of the period that one to the end of a month is compared with."""
    return last_day(*back(end.year, end.month, STEPS[step])) if step else year_before(end)


def months_between(start: date, end: date) -> list[str]:
    """Return the months from one day to another as 2020-09."""
    count = (end.year - start.year) * 12 + end.month - start.month
    found = []
    for step in range(count, -1, -1):
        year, month = back(end.year, end.month, step)
        found.append(f"{year}-{month:02}")
    return found


def start_of(window: str, end: date) -> date | None:
    """Return the first day of a window of whole months; None where the end alone does not say."""
    lengths = {"month": 1, "quarter": 3, "r12": 12, "fytd": (end.month - 4) % 12 + 1, "cytd": end.month}
    if window not in lengths:
        return None
    year, month = back(end.year, end.month, lengths[window] - 1)
    return date(year, month, 1)


def is_month_end(day: date) -> bool:
    """Tell whether a day is the last of its month."""
    return (day + timedelta(days=1)).day == 1


def quarter_of(end: date) -> str:
    """Return the quarter of a day: 2020-21-Q2."""
    april = end.year - (end.month < 4)
    return f"{april}-{(april + 1) % 100:02}-Q{(end.month - 4) % 12 // 3 + 1}"


def spoken(day: date) -> str:
    """Write a day: 30 September 2020."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def period_words(window: str, start: date | None, end: date | None, printed: str = "") -> str:
    """Write a period."""
    if end is None:
        return f"period not stated (printed: {printed})" if printed else "period not stated"
    leads = {"r12": "12 months to", "snapshot": "as at", "annual": "year to", "rytd": "rolling year to date, to"}
    if window in leads:
        return f"{leads[window]} {spoken(end)}"
    if window == "month":
        return f"{MONTHS[end.month - 1]} {end.year}"
    begun = start or start_of(window, end)
    if begun is None:
        return f"to {spoken(end)}"
    year = "" if begun.year == end.year else f" {begun.year}"
    if window == "quarter":
        return f"{MONTHS[begun.month - 1]}{year} to {MONTHS[end.month - 1]} {end.year}"
    if begun == end:
        return spoken(end)
    if (begun.year, begun.month) == (end.year, end.month):
        return f"{begun.day} to {spoken(end)}"
    return f"{begun.day} {MONTHS[begun.month - 1]}{year} to {spoken(end)}"


def months_words(missing: list[str]) -> str:
    """Name months: up to six one by one, more in runs."""
    names = [f"{MONTHS[int(one[5:]) - 1]} {one[:4]}" for one in missing]
    if len(missing) > NAMED_ONE_BY_ONE:
        runs: list[list[int]] = []
        for at, one in enumerate(missing):
            here = int(one[:4]) * 12 + int(one[5:])
            before = missing[at - 1] if at else "0-0"
            if at and here == int(before[:4]) * 12 + int(before[5:]) + 1:
                runs[-1].append(at)
            else:
                runs.append([at])
        names = [names[run[0]] if len(run) == 1 else f"{names[run[0]]} to {names[run[-1]]}" for run in runs]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def missing_words(missing: list[str], of: int) -> str:
    """Say which months of a window are missing."""
    noun = "month" if of == 1 else "months"
    return f"not available: {len(missing)} of {of} {noun} missing ({months_words(missing)})"


@dataclass(frozen=True)
class Series:
    """Whose figure it is: an indicator, or a part of it, in an area (empty: the force)."""

    indicator: str
    part: str = ""
    area: str = ""


@dataclass(frozen=True)
class Amount:
    """One value, or the reason why there is none."""

    value: Decimal | None
    window: str
    start: date | None
    end: date | None
    status: str = "final"
    basis: str = "counted"
    qualifier: str = "exact"
    printed: str = ""
    missing: tuple[str, ...] = ()
    note: str = ""
    counts: tuple[Decimal, Decimal] | None = None

    @property
    def reason(self) -> str:
        """Why there is no value."""
        if self.missing and self.start and self.end:
            return missing_words(list(self.missing), len(months_between(self.start, self.end)))
        return f"not available: {self.note}" if self.note else "not available"


def weakest(amounts: list[Amount]) -> tuple[str, str, str]:
    """Return status, basis and qualifier of what follows from values: those of the least sure of them."""
    statuses, bases = {one.status for one in amounts}, {one.basis for one in amounts}
    order = ("suppressed", "not-available", "estimated", "provisional", "carried-forward", "revised")
    return (
        next((one for one in order if one in statuses), "final"),
        next((one for one in ("as-supplied", "derived") if one in bases), "counted"),
        "exact" if {one.qualifier for one in amounts} <= {"exact"} else "about",
    )


@dataclass(frozen=True)
class Moved:
    """The change from one value to another."""

    absolute: Decimal | None = None
    percent: Decimal | None = None
    direction: str = ""
    is_from_zero: bool = False
    is_low: bool = False
    is_supplied: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Figure:
    """A value beside the one before it."""

    key: str
    sheet: dict[str, Any]
    series: Series
    name: str
    window: str
    start: date | None
    end: date | None
    current: Amount | None
    previous: Amount | None
    is_previous_stated: bool
    moved: Moved
    share: Decimal | None
    previous_share: Decimal | None
    target: dict[str, Any] | None
    step: str = ""

    def words(self, aspect: str) -> str:
        """Print one aspect."""
        if aspect in ("value", "previous"):
            return self._amount(self.current if aspect == "value" else self.previous)
        if aspect in ("share", "previous_share"):
            share = self.share if aspect == "share" else self.previous_share
            return "not available" if share is None else self._percentage(share)
        if aspect == "in_year":
            return self._with_share("value", self.share)
        if aspect == "before":
            return self._with_share("previous", self.previous_share)
        if aspect == "period":
            return period_words(self.window, self.start, self.end, self.current.printed if self.current else "")
        if aspect == "previous_period":
            return self._previous_period()
        if aspect == "target":
            return "no target" if self.target is None else str(self.target["printed"] or "not printed")
        if not self.moved.direction:
            return self.moved.reason or "not available"
        if aspect == "direction" or self.moved.direction == "no change":
            return self.moved.direction
        if aspect in ("change", "worded_change"):
            return self._change(aspect == "worded_change" and self.sheet["kind"] in ("count", "money"))
        return self._absolute() if aspect == "absolute" else self._percent_alone()

    def _percentage(self, share: Decimal) -> str:
        return value_words(share, "percent", self.sheet["share_decimals"])

    def _with_share(self, aspect: str, share: Decimal | None) -> str:
        is_bracketed = self.sheet["unit"] == "million-pounds" and share is not None
        return f"{self.words(aspect)} ({self._percentage(share)})" if is_bracketed and share else self.words(aspect)

    def _absolute(self) -> str:
        moved, unit = self.moved.absolute, self.sheet["unit"]
        if moved is None:
            return "not available"
        return signed(moved, with_unit(size(moved, self.sheet["decimals"]), unit, is_change=True))

    def _percent_alone(self) -> str:
        if self.moved.is_from_zero:
            return "n/a (from 0)"
        return "n/a (low base)" if self.moved.is_low else self._percent() or "not available"

    def _amount(self, amount: Amount | None) -> str:
        if amount is None:
            return "not available"
        if amount.value is None:
            return amount.reason
        return value_words(amount.value, self.sheet["unit"], self.sheet["decimals"], amount.qualifier)

    def _percent(self) -> str:
        if self.moved.percent is None:
            return ""
        places = places_of(self.moved.percent) if self.moved.is_supplied else 0
        # A source may round its percentage to 0: the direction is that of the number beside it.
        sign = "+" if self.moved.direction == "increase" else MINUS
        return f"{sign}{size(self.moved.percent, places)}%"

    def _change(self, is_worded: bool) -> str:
        moved = self.moved
        absolute, percent = "" if moved.absolute is None else self._absolute(), self._percent()
        if is_worded:
            inside = ["n/a from 0" if moved.is_from_zero else percent, absolute]
            return f"{moved.direction.capitalize()} ({', '.join(filter(None, inside))})"
        if moved.is_from_zero:
            return f"{absolute} (n/a, from 0)"
        return f"{percent} ({absolute})" if percent and absolute else percent or absolute

    @property
    def earlier(self) -> tuple[date | None, date | None]:
        """The first and the last day of what it is compared with; neither where nobody stated them."""
        if self.is_previous_stated or self.end is None or self.window == "not-stated":
            return None, None
        end = before(self.end, self.step)
        if self.step:
            return start_of(self.window, end), end
        return self.start.replace(year=self.start.year - 1) if self.start else None, end

    def _previous_period(self) -> str:
        start, end = self.earlier
        return period_words(self.window, start, end)

    @property
    def judgement(self) -> tuple[str, str]:
        """The result of the target with the words of its reason; both empty where there is no target."""
        rule = self.target
        if rule is None:
            return "", ""
        if rule["kind"] != "level" or rule["value"] is None or rule["operator"] is None:
            return "not-assessable", ""
        if self.current is None or self.current.value is None:
            return "not-assessable", ""
        unit, places = self.sheet["unit"], self.sheet["decimals"]
        value, aim = self.current.value, Decimal(rule["value"])
        ours, theirs = value, aim
        if unit in SECONDS:
            ours, theirs = value * SECONDS[unit], aim * SECONDS[rule["unit"]]
        tests = {"<": ours < theirs, "<=": ours <= theirs, ">": ours > theirs, ">=": ours >= theirs}
        words = {"<": ("below", "not below"), "<=": ("at most", "above"), ">": ("above", "not above"),
                 ">=": ("at least", "below")}  # fmt: skip
        is_met = tests[rule["operator"]]
        said = words[rule["operator"]][0 if is_met else 1]
        number = value_words(aim, rule["unit"], places_of(aim))
        if rule["unit"] != unit:
            same = theirs / SECONDS[unit]
            number += f" ({value_words(same, unit, places_of(same))})"
        shown = value_words(value, unit, places, self.current.qualifier)
        return ("met" if is_met else "not-met"), f"{'met' if is_met else 'not met'}: {shown} is {said} {number}"


class Recomputation:
    """All figures of a quarter, worked out from the input files."""

    def __init__(self, inputs: Inputs, quarter: str, reported: "Recomputation | None" = None) -> None:
        """`quarter` is written 2020-21-Q2; `reported` is what the report of the quarter before held."""
        self.inputs = inputs
        self.reported = reported
        self.is_report = True
        self.quarter = quarter
        year, number = int(quarter[:4]), int(quarter[-1])
        month = number * 3 + 3
        self.end = last_day(year + (month > 12), (month - 1) % 12 + 1)
        self.counts = self._count()
        self.by_day: dict[str, dict[Series, dict[date, int]]] = {}
        self.held = sorted(inputs.months)
        self.given: dict[tuple[Series, str, str], dict[str, Given]] = defaultdict(dict)
        for row in inputs.observations:
            series = Series(row.indicator, row.part, row.area)
            self.given[series, row.window, str(row.end or row.reported_for)][row.statistic] = row

    def _count(self) -> dict[Series, dict[str, int]]:
        """Count the cases of each series by month, in the force, its divisions, its districts and groups of them."""
        counts: dict[Series, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        belonging: dict[tuple[str, str, frozenset[str]], list[tuple[str, str]]] = {}
        for rows in self.inputs.cases:
            alike = rows.crime_type, rows.offence, rows.flags
            if alike not in belonging:
                belonging[alike] = list(self._series_of(*alike))
            for indicator, part in belonging[alike]:
                for area in self._places_of(rows.area):
                    counts[Series(indicator, part, area)][rows.month] += rows.count
        return counts

    def _places_of(self, area: str) -> set[str]:
        """Return where a case of an area counts: there, in its division, in the force, and in groups of them."""
        division = self.inputs.divisions.get(area, "")
        groups = {one for one, members in self.inputs.groups.items() if {area, division} & members}
        return {"", area, division, *groups}

    def _series_of(self, crime_type: str, offence: str, flags: frozenset[str]) -> Iterator[tuple[str, str]]:
        for key, sheet in self.inputs.indicators.items():
            rule = sheet["cases"]
            if not rule or crime_type in rule["excluded_crime_types"]:
                continue
            is_of_type = not rule["crime_types"] or crime_type in rule["crime_types"]
            is_offence = not rule["offences"] or offence in rule["offences"]
            if not (is_of_type and is_offence and (not rule["flags"] or flags & set(rule["flags"]))):
                continue
            yield key, ""
            for part in self.inputs.parts[key]:
                if offence in part["offences"] or flags & set(part["flags"]):
                    yield key, part["slug"]

    def counted_on(self, series: Series, first: date, last: date) -> int | None:
        """Count the cases of a place on some days; None where one of their months is not held."""
        if not set(months_between(first, last)) <= self.inputs.months:
            return None
        if series.indicator not in self.by_day:
            self.by_day[series.indicator] = self._count_days(series.indicator)
        return sum(count for day, count in self.by_day[series.indicator][series].items() if first <= day <= last)

    def _count_days(self, indicator: str) -> dict[Series, dict[date, int]]:
        counts: dict[Series, dict[date, int]] = defaultdict(lambda: defaultdict(int))
        own: dict[tuple[str, str, frozenset[str]], list[str]] = {}
        for one in self.inputs.days:
            alike = one.crime_type, one.offence, one.flags
            if alike not in own:
                own[alike] = [part for key, part in self._series_of(*alike) if key == indicator]
            for part in own[alike]:
                for area in self._places_of(one.area):
                    counts[Series(indicator, part, area)][one.day] += one.count
        return counts

    def share(self, series: Series, window: str, end: date | None) -> Decimal | None:
        """Return a part in per cent of all parts, those aside that are left out; of parts that add up only."""
        return self._share(series, window, end)

    def amount(self, series: Series, window: str, end: date | None, reported_for: str = "") -> Amount | None:
        """Return the one value of a series in a window; None where nothing is known of it."""
        own = series.area not in {one["slug"] for one in self.inputs.definitions["areas"]}
        rule = self.inputs.indicators[series.indicator]["cases"]
        begun = start_of(window, end) if end else None
        if rule and own and end and window in COUNTED_WINDOWS and begun and begun >= date.fromisoformat(rule["from"]):
            return self._counted(series, window, begun, end, rule["source"])
        row = self.given.get((series, window, str(end or reported_for)), {}).get("level")
        if row is not None:
            is_late = bool(end and end > self.inputs.checked_to.get(row.source, date.max))
            status = "provisional" if row.status == "final" and is_late else row.status
            counts = (row.above, row.below) if row.above is not None and row.below is not None else None
            return Amount(
                row.value, window, row.start, row.end, status, row.basis, row.qualifier, row.printed, counts=counts
            )
        formula = self.inputs.indicators[series.indicator].get("formula")
        if formula:
            return self._composed(series, formula, window, end)
        added = self._added(series, window, end) if begun and end else None
        return added or self._put_together(series, window, end, reported_for)

    def _counted(self, series: Series, window: str, start: date, end: date, source: str) -> Amount | None:
        if not self.held or not self.held[0] <= f"{end:%Y-%m}" <= self.held[-1]:
            return None
        months = months_between(start, end)
        missing = tuple(month for month in months if month not in self.inputs.months)
        if window == "cytd" and months[0] in missing:
            return None
        if missing:
            return Amount(None, window, start, end, "not-available", missing=missing)
        if not is_month_end(end):
            days, late = self.counted_on(series, start, end), end > self.inputs.checked_to.get(source, date.max)
            return Amount(Decimal(days or 0), window, start, end, "provisional" if late else "final")
        counted = self.counts.get(series, {})
        late = end > self.inputs.checked_to.get(source, date.max)
        total = Decimal(sum(counted.get(month, 0) for month in months))
        return Amount(total, window, start, end, "provisional" if late else "final")

    def _added(self, series: Series, window: str, end: date) -> Amount | None:
        """Put monthly observations together: added up, or the counts behind percentages, where the kind allows it."""
        sheet = self.inputs.indicators[series.indicator]
        is_weighted = sheet["kind"] in PERCENTAGES
        if window not in COUNTED_WINDOWS[1:] or not (sheet["is_additive"] or is_weighted):
            return None
        start = start_of(window, end)
        assert start is not None
        held: dict[str, Amount] = {}
        for (one, of_window, _), rows in self.given.items():
            row = rows.get("level")
            if one == series and of_window == "month" and row and row.value is not None and row.end:
                found = self.amount(series, "month", row.end)
                assert found is not None
                held[f"{row.end:%Y-%m}"] = found
        months = months_between(start, end)
        missing = tuple(month for month in months if month not in held)
        # A percentage is worked out where every month in it has its counts; where none has them it is not spoken of.
        counted = {month for month, one in held.items() if one.counts or not is_weighted}
        without = [month for month in months if month in held and month not in counted]
        if window == "cytd" and (months[0] in missing or not is_month_end(end)):
            return None
        if counted.isdisjoint(months) or f"{end:%Y-%m}" > max(held):
            return None
        if without:
            note = f"numerator and denominator are not given for {months_words(without)}"
            return Amount(None, window, start, end, "not-available", missing=missing, note=note)
        if missing:
            return Amount(None, window, start, end, "not-available", missing=missing)
        return self._sum([held[month] for month in months], is_weighted, window, start, end)

    def _sum(
        self, amounts: list[Amount], is_weighted: bool, window: str, start: date | None, end: date | None
    ) -> Amount:
        """Add values up; of percentages, the counts they are of. The sum is as sure as the least sure of them."""
        known = weakest(amounts)
        if not is_weighted:
            total = sum((one.value for one in amounts if one.value is not None), Decimal(0))
            return Amount(total, window, start, end, *known)
        above, below = (sum((one.counts[at] for one in amounts if one.counts), Decimal(0)) for at in (0, 1))
        if not below:
            return Amount(None, window, start, end, "not-available", *known[1:], note="the denominator is 0")
        with localcontext(prec=60):
            return Amount(above * 100 / below, window, start, end, *known, counts=(above, below))

    def _put_together(self, series: Series, window: str, end: date | None, reported_for: str) -> Amount | None:
        """Put the value of the force or a division together from those of the areas in it, where these are supplied."""
        sheet = self.inputs.indicators[series.indicator]
        districts, divisions = set(self.inputs.divisions), set(self.inputs.divisions.values())
        inside = {one for one, above in self.inputs.divisions.items() if above == series.area}
        inside = divisions if not series.area else inside
        is_weighted = sheet["kind"] in PERCENTAGES
        if series.area in districts or not inside or not (sheet["is_additive"] or is_weighted):
            return None
        found = {
            one: self.amount(Series(series.indicator, series.part, one), window, end, reported_for) for one in inside
        }
        held = [one for one in found.values() if one is not None]
        if not held:
            return None
        lacking = sorted(self.inputs.area_names[one] for one, amount in found.items() if amount is None)
        note, start = "", held[0].start
        missing = tuple(sorted({month for one in held for month in one.missing}))
        if lacking:
            note = f"no value of {', '.join(lacking)}"
        elif any(one.value is None for one in held):
            note = "an area in it has no value"
        elif is_weighted and not all(one.counts for one in held):
            note = "the counts behind the values of its areas are not given"
        if note:
            return Amount(None, window, start, end, "not-available", *weakest(held)[1:], missing=missing, note=note)
        return self._sum(held, is_weighted, window, start, end)

    def _composed(self, series: Series, formula: dict[str, Any], window: str, end: date | None) -> Amount | None:
        """Work a formula out: the sum above the line over the sum below it, over the months of the period."""
        start = start_of(window, end) if end else None
        if end is None or start is None:
            return None
        found: dict[str, list[Decimal]] = {}
        lacking: list[str] = []
        used: list[Amount] = []
        held = 0
        for side in ("numerator", "denominator"):
            for term in formula.get(side, []):
                name, amount = self._term(term, series.area, window, end)
                held += amount is not None and not term.get("is_as_at")
                used += [amount] if amount is not None else []
                if amount is None or amount.value is None:
                    reason = amount.reason.partition(": ")[2] if amount else ""
                    lacking.append(f"{name}: {reason}" if reason else f"no value of {name}")
                else:
                    found.setdefault(side, []).append(amount.value)
        if not held:
            return None
        if lacking:
            return Amount(None, window, start, end, "not-available", *weakest(used)[1:], note="; ".join(lacking))
        below = sum(found["denominator"], Decimal(0))
        if not below:
            return Amount(None, window, start, end, "not-available", *weakest(used)[1:], note="the denominator is 0")
        with localcontext(prec=60):
            value = sum(found["numerator"], Decimal(0)) * Decimal(formula.get("multiplier", 1)) / below
            if formula.get("is_per_month"):
                value /= len(months_between(start, end))
        counts = sum(found["numerator"], Decimal(0)), below
        return Amount(value, window, start, end, *weakest(used), counts=counts)

    def _term(self, term: dict[str, Any], area: str, window: str, end: date) -> tuple[str, Amount | None]:
        """Return the name and the value of one term; a term as at the end of the period has no window of its own."""
        indicator, part = term["indicator"], term.get("part") or ""
        series = Series(indicator, part, area)
        name = self.inputs.indicators[indicator]["name"]
        if part:
            name += f": {next(one['name'] for one in self.inputs.parts[indicator] if one['slug'] == part)}"
        if not term.get("is_as_at"):
            return name, self.amount(series, window, end)
        as_at = (self.amount(series, "snapshot", end), self.amount(series, "not-stated", None, quarter_of(end)))
        return name, next((one for one in as_at if one), None)

    def figure(self, key: str) -> Figure:
        """Work a figure out by its key: indicator[.part][.area].window[-YYYY-MM][-on-STEP].

        KeyError where nothing is known.
        """
        stem, _, named = key.rpartition(".")
        asked, _, step = named.partition("-on-")
        words = stem.split(".")
        indicator = words.pop(0)
        sheet = self.inputs.indicators[indicator]
        parts = {one["slug"]: one["name"] for one in self.inputs.parts[indicator]}
        part = words.pop(0) if words and words[0] in parts else ""
        area = words.pop(0) if words else ""
        series = Series(indicator, part, area)
        name = sheet["name"] + (f": {parts[part]}" if part else "")
        name += f", {self.inputs.area_names[area]}" if area else ""
        window, end, reported_for = self._slot(series, asked)
        return self._build(key, sheet, series, name, (window, end, reported_for), step)

    def _reported(self) -> "Recomputation":
        """Return what the report before held; where there was none, nothing."""
        if self.reported:
            return self.reported
        nothing = replace(self.inputs, months=set(), cases=[], days=[], observations=[])
        none = Recomputation(nothing, quarter_of(before(self.end, "previous-quarter")))
        none.is_report = False
        return none

    @property
    def why_nothing(self) -> str:
        """Say of a report why a value is not in it."""
        label = f"{self.quarter[:4]}/{self.quarter[5:7]} {self.quarter[8:]}"
        if self.is_report:
            return f"the report of {label} holds no value for it"
        return f"no report of {label} was presented or loaded"

    def _slot(self, series: Series, asked: str) -> tuple[str, date | None, str]:
        if asked == "not-stated":
            return asked, None, self.quarter
        window, end = asked, self.end
        if asked[-11:-10] == "-" and asked[-10:-6].isdigit():
            return asked[:-11], date.fromisoformat(asked[-10:]), ""
        if asked[-8:-7] == "-" and asked[-7:-3].isdigit():
            window, end = asked[:-8], last_day(int(asked[-7:-3]), int(asked[-2:]))
        if self.amount(series, window, end) or (series, window, str(end)) in self.given:
            return window, end, ""
        # A span that ends within the month.
        for one, of_window, when in self.given:
            if (one, of_window) == (series, window) and when[:7] == f"{end:%Y-%m}":
                return window, date.fromisoformat(when), ""
        raise KeyError(asked)

    def _build(
        self, key: str, sheet: dict[str, Any], series: Series, name: str, slot: tuple[str, date | None, str], step: str
    ) -> Figure:
        window, end, reported_for = slot
        # What a source tells of the value before is about the year before.
        told = {} if step else self.given.get((series, window, str(end or reported_for)), {})
        current = self.amount(series, window, end, reported_for)
        earlier = before(end, step) if end else None
        then = self._reported() if step == "previous-report" else self
        previous = then.amount(series, window, earlier, "" if earlier else then.quarter) if earlier or step else None
        if step == "previous-report" and current and previous is None:
            previous = Amount(None, window, None, earlier, note=then.why_nothing)
        is_stated = previous is None and "previous" in told and current is not None
        if is_stated:
            previous = Amount(told["previous"].value, "not-stated", None, None)
        share, previous_share = self._share(series, window, end), then.share(series, window, earlier)
        if "previous-share" in told:
            previous_share = told["previous-share"].value
        start = current.start if current else None
        return Figure(
            key, sheet, series, name, window, start, end, current, previous, is_stated,
            self.moved(sheet, current, previous, told), share, previous_share, self._target(series, end), step,
        )  # fmt: skip

    def moved(
        self, sheet: dict[str, Any], current: Amount | None, previous: Amount | None, told: dict[str, Given]
    ) -> Moved:
        """Compare two values, or take the change that is given where one of them is not known."""
        now, then = (one.value if one else None for one in (current, previous))
        if now is None or then is None:
            given = [told[one].value if one in told else None for one in ("change", "percent-change")]
            stated = next((one for one in given if one is not None), None)
            if stated is not None:
                return Moved(given[0], given[1], self._direction(stated), is_supplied=True)
            reasons = [one.reason for one in (current, previous) if one and one.value is None]
            lacking = "no current value" if now is None else "no previous value"
            lacking = "neither a current nor a previous value" if now is None and then is None else lacking
            return Moved(reason=reasons[0] if reasons else f"not available: there is {lacking}")
        return self.change_between(sheet, now, then)

    @classmethod
    def change_between(cls, sheet: dict[str, Any], now: Decimal, then: Decimal) -> Moved:
        """Compare two values: in numbers, and in per cent where the kind and the base allow it."""
        has_percent = sheet["kind"] in ("count", "money")
        is_small = then < 0 or (sheet["kind"] == "count" and then < sheet["base_threshold"])
        is_low = has_percent and then != 0 and is_small
        with localcontext(prec=60):
            absolute = now - then
            percent = absolute * 100 / then if has_percent and then != 0 and not is_low else None
        return Moved(absolute, percent, cls._direction(absolute), has_percent and then == 0, is_low)

    @staticmethod
    def _direction(moved: Decimal) -> str:
        return "increase" if moved > 0 else "decrease" if moved < 0 else "no change"

    def _share(self, series: Series, window: str, end: date | None) -> Decimal | None:
        """Return a part in per cent of all parts, those aside that are left out; of parts that add up only."""
        parts = self.inputs.parts[series.indicator]
        if not series.part or end is None or not self.inputs.is_exclusive(series.indicator):
            return None
        amounts = {p["slug"]: self.amount(Series(series.indicator, p["slug"], series.area), window, end) for p in parts}
        values = {slug: one.value for slug, one in amounts.items() if one is not None and one.value is not None}
        left_out = {p["slug"] for p in parts if p["is_excluded_from_share"]}
        if len(values) < len(parts) or series.part in left_out:
            return None
        whole = sum((value for slug, value in values.items() if slug not in left_out), Decimal(0))
        with localcontext(prec=60):
            return values[series.part] * 100 / whole if whole else None

    def _target(self, series: Series, end: date | None) -> dict[str, Any] | None:
        """Return the target that holds on the last day of a period; the force alone has any."""
        for rule in self.inputs.definitions["targets"]:
            if series.area or rule["indicator"] != series.indicator or (rule["part"] or "") != series.part:
                continue
            first, last = (date.fromisoformat(rule[name]) if rule[name] else None for name in ("from", "until"))
            if end is None and (first or last):
                continue
            if end is None or ((first is None or first <= end) and (last is None or end <= last)):
                found: dict[str, Any] = rule
                return found
        return None
