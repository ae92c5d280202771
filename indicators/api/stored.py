"""What is stored: every value of every period, what sources supplied, and the data versions between which they hold."""

from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Q

from indicators.api.asked import INDICATOR, Asked, Parameter, Scope, area_named, day, indicator_named
from indicators.api.describing import described, moment, number, of_what, of_when, one_of, text, texts, whole
from indicators.api.doors import Listing
from indicators.api.figures import AREA, WINDOW
from indicators.api.paging import Key, Keyed, Record, of_query
from indicators.choices import AreaKind, Basis, ImportKind, Qualifier, Statistic, Status, Unit, VersionKind, Window
from indicators.exports import stored_number
from indicators.formatting import value_text
from indicators.models.aggregate import Aggregate
from indicators.models.data_import import DataImport
from indicators.models.data_version import DataVersion
from indicators.models.observation import Observation
from indicators.periods import Period, label
from indicators.queries import versions
from indicators.queries.books import clean
from indicators.series import Series, Slot, Value

DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
FROM = Parameter("from", "Only periods that end on this day or later.", form=DAY, example="2019-04-01")
TO = Parameter("to", "Only periods that end on this day or earlier.", form=DAY, example="2020-09-30")


ValueRecord = described(
    "Value",
    "One stored value.",
    {
        "version": whole("Data version at which it is known."),
        "key": text("The key of its figure."),
        **of_what(),
        **of_when(),
        "reported_for": text("The quarter it was given for, where its source says no more."),
        "unit": one_of(Unit),
        "value": number("As stored, unrounded."),
        "text": text("As printed."),
        "numerator": number("What the value was divided from, where counts are given."),
        "denominator": number("What it was divided by."),
        "status": one_of(Status),
        "reason": text("Why there is no value; empty where there is one."),
        "basis": one_of(Basis),
        "qualifier": one_of(Qualifier),
        "caution": text("What has to be known of the cases behind it."),
        "missing_months": texts("First days of the months without which there is no total."),
        "source": text("Slug of the source."),
        "since_version": whole("Data version from which it is what it is."),
    },
)


# What is read of a stored row: plain columns, for there may be a hundred thousand of them.
OF_ROW = (
    "id", "indicator__key", "indicator__name", "indicator__unit", "indicator__decimals", "part__slug", "part__name",
    "area__slug", "area__name", "area__kind", "source__slug", "window", "start", "end", "reported_for", "value",
    "numerator", "denominator", "status", "basis", "qualifier", "period_printed", "note", "since_version",
)  # fmt: skip


class Values(Listing):
    """Every value of every period, as known now or at a data version; in no order that means anything."""

    name = "values"
    scope = Scope.VERSION
    parameters = (INDICATOR, AREA, WINDOW, FROM, TO)
    record = ValueRecord

    def rows(self, asked: Asked, after: Key | None, most: int) -> Keyed:
        """Yield the values."""
        rows = Aggregate.objects.filter(_wanted(asked)).values_list(*OF_ROW, "caution", "missing", named=True)
        return of_query(rows, "id", after, most, lambda one: _value(one, asked.version))


def _wanted(asked: Asked) -> Q:
    """Return the condition for the stored rows that are asked for."""
    wanted = versions.held_at(asked.version) & Q(force=asked.own)
    key, area = indicator_named(asked), area_named(asked, asked.given.get(AREA.name))
    first, last = (day(one.name, asked.given.get(one.name)) for one in (FROM, TO))
    wanted &= Q(indicator__key=key) if key else Q()
    wanted &= Q(area=area) if area else Q()
    wanted &= Q(window=asked.given[WINDOW.name]) if WINDOW.name in asked.given else Q()
    wanted &= Q(end__gte=first) if first else Q()
    return wanted & (Q(end__lte=last) if last else Q())


@lru_cache(maxsize=10_000)
def _period(window: str, start: date | None, end: date | None, printed: str) -> tuple[Period, str]:
    """Return a period and its words; few periods stand in many rows."""
    period = Period(Window(window), start, end)
    return period, label(period, printed)


def _named(one: Any) -> Record:
    """Return of what a stored row is."""
    return {
        "indicator": one.indicator__key,
        "indicator_name": one.indicator__name,
        "part": one.part__slug or "",
        "part_name": one.part__name or "",
        "area": one.area__slug,
        "area_name": one.area__name,
        "window": one.window,
        "start": one.start.isoformat() if one.start else None,
        "end": one.end.isoformat() if one.end else None,
        "period": _period(one.window, one.start, one.end, one.period_printed)[1],
        "reported_for": one.reported_for,
        "unit": one.indicator__unit,
        "value": stored_number(clean(one.value)),
        "numerator": stored_number(clean(one.numerator)),
        "denominator": stored_number(clean(one.denominator)),
        "status": one.status,
        "basis": one.basis,
        "qualifier": one.qualifier,
        "source": one.source__slug,
        "since_version": one.since_version,
    }


def _value(one: Any, version: int) -> Record:
    value = Value(
        clean(one.value), _period(one.window, one.start, one.end, one.period_printed)[0], Status(one.status),
        Basis(one.basis), Qualifier(one.qualifier), one.source__slug, one.since_version, note=one.note,
        missing=tuple(one.missing),
    )  # fmt: skip
    area = "" if one.area__kind == AreaKind.FORCE else one.area__slug
    series = Series(one.indicator__key, one.part__slug or "", area)
    decimals = one.indicator__decimals
    shown = value_text(value.amount, Unit(one.indicator__unit), decimals, value.qualifier, value.reason)
    found = {
        **_named(one),
        "version": version,
        "key": f"{series.key}.{Slot.of(value.period).name()}",
        "text": shown,
        "reason": "" if value.amount is not None else shown,
        "caution": one.caution,
        "missing_months": [month.isoformat() for month in one.missing],
    }
    return {name: found[name] for name in VALUE_COLUMNS}


VALUE_COLUMNS = ValueRecord.columns()


ObservationRecord = described(
    "Observation",
    "One number that a source supplied: a value, or something said of one.",
    {
        "version": whole("Data version at which it is known."),
        **of_what(),
        **of_when(),
        "reported_for": text("The quarter it was given for; of first-published, the report that printed it."),
        "unit": one_of(Unit),
        "statistic": one_of(Statistic, "What is said: level is the value itself."),
        "value": number("As supplied."),
        "numerator": number("What the value was divided from, where counts are given."),
        "denominator": number("What it was divided by."),
        "status": one_of(Status),
        "basis": one_of(Basis),
        "qualifier": one_of(Qualifier),
        "note": text("What its source says of it."),
        "row_id": text("Its own name in the file, where it has one."),
        "data_import": whole("Number of the import that brought it."),
        "file_name": text(),
        "sheet": text(),
        "row": whole("Line of the file."),
        "cell": text("Cell of a wide sheet."),
        "source": text("Slug of the source."),
        "since_version": whole("Data version from which it is what it is."),
    },
)


class Observations(Listing):
    """Every number that a source supplied, with the line of the file it came from."""

    name = "observations"
    permission = "import.see"
    scope = Scope.VERSION
    parameters = (INDICATOR, AREA, WINDOW, FROM, TO)
    record = ObservationRecord

    def rows(self, asked: Asked, after: Key | None, most: int) -> Keyed:
        """Yield the observations."""
        plain = (*OF_ROW, *OF_FILE, "data_import__file_name")
        rows = Observation.objects.filter(_wanted(asked)).values_list(*plain, named=True)
        return of_query(rows, "id", after, most, lambda one: _observation(one, asked.version))


OF_FILE = ("statistic", "row_id", "sheet", "row", "cell", "data_import_id")


def _observation(one: Any, version: int) -> Record:
    found = {
        **_named(one),
        **{name: getattr(one, name) for name in OF_FILE},
        "version": version,
        "note": one.note,
        "data_import": one.data_import_id,
        "file_name": one.data_import__file_name,
    }
    return {name: found[name] for name in OBSERVATION_COLUMNS}


OBSERVATION_COLUMNS = ObservationRecord.columns()


VersionRecord = described(
    "Version",
    "One act that changed figures.",
    {
        "version": whole("Its number."),
        "kind": one_of(VersionKind),
        "made_at": moment(),
        "reason": text(),
        "data_import": whole("Number of the import, where it was one.", empty=True),
        "file_kind": one_of(ImportKind, empty=True),
        "file_name": text(),
        "sha256": text("Hash of the file."),
        "file_rows": whole("Rows of the file.", empty=True),
        "left_out": whole("Faulty rows that were left out.", empty=True),
    },
)


class Versions(Listing):
    """The data versions of a force: every act that changed figures, and the file behind it."""

    name = "versions"
    permission = "indicator.see"
    scope = Scope.FORCE
    record = VersionRecord

    def rows(self, asked: Asked, after: Key | None, most: int) -> Keyed:
        """Yield the versions, the oldest first."""
        rows = DataVersion.objects.filter(force=asked.own).select_related("data_import")
        return of_query(rows, "number", after, most, _version)


def _version(one: DataVersion) -> Record:
    file: DataImport | None = getattr(one, "data_import", None)
    return {
        "version": one.number,
        "kind": one.kind,
        "made_at": one.made_at.isoformat(),
        "reason": one.reason,
        "data_import": file.pk if file else None,
        "file_kind": file.kind if file else None,
        "file_name": file.file_name if file else "",
        "sha256": file.sha256 if file else "",
        "file_rows": file.rows if file else None,
        "left_out": file.left_out if file else None,
    }
