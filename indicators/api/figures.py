"""Figures: those of a quarter with all that is said of them, one of them, and every value one of them has had."""

from enum import StrEnum

from django.http import Http404

from indicators.api.asked import DISTRICTS, INDICATOR, Asked, Parameter, Scope, area_named, indicator_named
from indicators.api.describing import described, moment, number, of_what, of_when, on_day, one_of, text, texts, whole
from indicators.api.doors import Listing, Single
from indicators.api.paging import Key, Keyed, Record, of_list
from indicators.choices import (
    PLACES,
    WINDOW_PLACES,
    AreaKind,
    Basis,
    Direction,
    NoteKind,
    Qualifier,
    Status,
    Unit,
    VersionKind,
    Window,
)
from indicators.exports import figure_record, stored_number, worked_out_number
from indicators.figures import Figure, FigureBook, UnknownFigure
from indicators.formatting import value_text
from indicators.models.area import Force
from indicators.models.indicator import Indicator
from indicators.models.observation import Observation
from indicators.periods import STEPPING_WINDOWS, ComparedWith
from indicators.queries import books
from indicators.queries.vintages import Vintage, printed, slot_of, vintages
from indicators.series import Series, Slot
from indicators.targets.vocabulary import TargetResult

AREA = Parameter("area", "Slug of one area; all without.", example="lancashire")
WINDOW = Parameter("window", "The kind of period; every one without.", tuple(one.value for one in Window))
COMPARED_WITH = Parameter(
    "compared_with",
    "What values are compared with: the quarter before (quarters alone), the month before (months alone), or what the "
    "report of the quarter before held (periods as long in each report); the same period of the year before without.",
    tuple(one.value for one in STEPPING_WINDOWS),
)


FigureRecord = described(
    "Figure",
    "One figure. Exact numbers are unrounded; the texts beside them are what pages and reports print.",
    {
        "force": text("Short name of the force."),
        "quarter": text("The quarter from which the figure is seen."),
        "version": whole("Data version at which it is known."),
        "key": text("The name by which texts refer to it."),
        **of_what(),
        "portfolio": text(),
        "name": text("Indicator, part and area in words."),
        **of_when(),
        "reported_for": text("The quarter it was given for, where its source says no more."),
        "unit": one_of(Unit),
        "decimals": whole("Decimals printed."),
        "value": number("As stored, unrounded."),
        "text": text("The value as printed."),
        "numerator": number("What the value was divided from, where counts are given."),
        "denominator": number("What it was divided by."),
        "status": one_of(Status, empty=True),
        "reason": text("Why there is no value; empty where there is one."),
        "basis": one_of(Basis, empty=True),
        "qualifier": one_of(Qualifier, "Whether the value is exact or a bound.", empty=True),
        "previous": number("The value it is compared with: that of one year before, unless asked otherwise."),
        "previous_text": text(),
        "previous_period": text(),
        "previous_start": on_day(),
        "previous_end": on_day(),
        "vintage": text("When the value was known: at a data version, or when a report printed it."),
        "previous_vintage": text("When the value before was known, or which report held it; empty without one."),
        "change": number("In the unit of the value; points for percentages."),
        "change_percent": number("Per cent of the value before, six decimals."),
        "change_text": text("The change as printed."),
        "change_reason": text("Why there is none, or between whom it is."),
        "direction": one_of(Direction, empty=True),
        "share_percent": number("Per cent of the whole, six decimals."),
        "share_text": text(empty=True),
        "share_denominator": number("The whole that the share is of, less what is excluded."),
        "previous_share_percent": number("The share in the period before, six decimals."),
        "target": text("The target as printed.", empty=True),
        "target_state": one_of(TargetResult, empty=True),
        "target_result": text("The result with its reason.", empty=True),
        "definition": whole("Number of the definition in force.", empty=True),
        "missing_months": texts("First days of the months without which there is no total."),
        "notes": texts("All that a reader has to know of it."),
        "breaks": texts("Of the notes, the series breaks."),
        "annotations": texts("Of the notes, what happened in these days."),
        "footnotes": texts("Of the notes, the footnotes and the reasons given for differences."),
        "source": text("Slug of the source.", empty=True),
        "source_name": text("The sources of the value and of what it is compared with."),
        "since_version": whole("Data version from which the value is what it is.", empty=True),
    },
)


def record_of(figure: Figure, book: FigureBook, force: Force) -> Record:
    """Return a figure as a record: what pages print, and the exact numbers behind it."""
    measure, series, current, earlier = figure.measure, figure.series, figure.current, figure.previous_period
    of_kind = {kind: [note.text for note in figure.dated if note.kind == kind] for kind in NoteKind}
    own = [measure.footnote] if measure.footnote else []
    found = {
        **figure_record(figure),
        "force": force.slug,
        "quarter": book.quarter.key,
        "version": book.version,
        "indicator_name": measure.name,
        "portfolio": measure.portfolio,
        "part_name": measure.parts.get(series.part, ""),
        "area": series.area or force.slug,
        "area_name": book.areas[series.area] if series.area else force.name,
        "reported_for": slot_of(book, figure).reported_for,
        "decimals": measure.decimals,
        "numerator": stored_number(current.numerator if current else None),
        "denominator": stored_number(current.denominator if current else None),
        "reason": "" if current and current.amount is not None else figure.aspect("value"),
        "previous_start": earlier.start.isoformat() if earlier and earlier.start else None,
        "previous_end": earlier.end.isoformat() if earlier and earlier.end else None,
        "change_reason": figure.change.reason,
        "share_denominator": stored_number(figure.share.denominator if figure.share else None),
        "previous_share_percent": worked_out_number(figure.previous_share),
        "breaks": of_kind[NoteKind.BREAK],
        "annotations": of_kind[NoteKind.ANNOTATION],
        "footnotes": [*own, *of_kind[NoteKind.FOOTNOTE]],
        "source_name": "; ".join(book.sources.get(slug, slug) for slug in figure.sources),
    }
    return {name: found[name] for name in FIGURE_COLUMNS}


FIGURE_COLUMNS = FigureRecord.columns()


class Figures(Listing):
    """The figures of a quarter, those of its report and those before them, as known now or at a data version."""

    name = "figures"
    scope = Scope.QUARTER
    parameters = (INDICATOR, AREA, WINDOW, COMPARED_WITH, DISTRICTS)
    record = FigureRecord

    def rows(self, asked: Asked, after: Key | None, most: int) -> Keyed:
        """Yield the figures by indicator, part, area, window and end; only indicators still to come are read."""
        if asked.quarter is None:
            return iter(())
        wanted, area = indicator_named(asked), area_named(asked, asked.given.get(AREA.name))
        keys = [wanted] if wanted else None
        if keys is None and after is not None:
            keys = [key for key in Indicator.objects.values_list("key", flat=True) if key >= after[0]]
        force = asked.own
        is_wide = asked.wide or (area is not None and area.kind in PLACES)
        book = books.figure_book(force, asked.quarter, asked.version, keys=keys, with_districts=is_wide)
        step = ComparedWith(asked.given.get(COMPARED_WITH.name) or ComparedWith.SAME_PERIOD_OF_LAST_YEAR)
        windows = STEPPING_WINDOWS.get(step, tuple(Window))
        slug = None if area is None else "" if area.kind == AreaKind.FORCE else area.slug
        places = [
            (_key(*place), place)
            for place in book.places_of_quarter()
            if slug in (None, place[0].area)
            and asked.given.get(WINDOW.name) in (None, place[1].window.value)
            and place[1].window in windows
        ]
        return of_list(places, after, lambda place: record_of(book.build(*place, step), book, force))


def _key(series: Series, slot: Slot) -> Key:
    end = slot.end.isoformat() if slot.end else ""
    return (series.indicator, series.part, series.area, f"{WINDOW_PLACES[slot.window]:02d}", end, slot.reported_for)


def figure_at(asked: Asked, key: str) -> tuple[Figure, FigureBook] | None:
    """Return a figure by its key with the book it stands in; None where there is none."""
    stem = key.partition(".")[0]
    if asked.quarter is None or not Indicator.objects.filter(key=stem).exists():
        return None
    book = books.figure_book(asked.own, asked.quarter, asked.version, keys=[stem], with_districts=True)
    try:
        return book.figure(key), book
    except UnknownFigure:
        return None


class OneFigure(Single):
    """One figure by its key, of any period: rape.r12 as seen from the quarter, or rape.month-2020-08."""

    name = "figure"
    scope = Scope.QUARTER
    in_path = {
        "key": "Key of the figure: indicator, part and area where there are any, window, and month or days if others."
    }
    record = FigureRecord

    def found(self, asked: Asked) -> Record | None:
        """Return the figure."""
        found = figure_at(asked, self.kwargs["key"])
        return record_of(*found, asked.own) if found else None


class Origin(StrEnum):
    """Whether a report printed a value, or the portal knew it."""

    PRINTED = "printed"
    KNOWN = "known"


VintageRecord = described(
    "Vintage",
    "One value that a figure has had.",
    {
        "key": text("Key of the figure."),
        "origin": one_of(Origin, "Printed in a report, or known to the portal."),
        "report": text("The quarter of the report that printed it; empty for what was known."),
        "since_version": whole("Data version from which it held."),
        "until_version": whole("Data version that ended it; null while it holds.", empty=True),
        "value": number("As stored, unrounded."),
        "text": text("As printed."),
        "status": one_of(Status),
        "note": text("What its source says of it."),
        "act": one_of(VersionKind, "What made it so.", empty=True),
        "act_reason": text("Why that was done."),
        "made_at": moment("When that was done."),
    },
)


class Vintages(Listing):
    """Every value a figure has had: as reports first published it, then as known, the oldest first."""

    name = "vintages"
    scope = Scope.QUARTER
    in_path = OneFigure.in_path
    record = VintageRecord

    def rows(self, asked: Asked, after: Key | None, most: int) -> Keyed:
        """Yield the vintages up to the data version."""
        found = figure_at(asked, self.kwargs["key"])
        if found is None:
            raise Http404
        figure, book = found
        slot = slot_of(book, figure)
        reports = [_printed(figure, one) for one in printed(asked.own, figure, slot, asked.version)]
        known = [one for one in reversed(vintages(asked.own, figure, slot)) if one.since <= asked.version]
        records = [*reports, *(_known(figure, one, asked.version) for one in known)]
        return of_list((((at,), one) for at, one in enumerate(records)), after, lambda one: one)


def _printed(figure: Figure, one: Observation) -> Record:
    measure = figure.measure
    return {
        "key": figure.key,
        "origin": Origin.PRINTED.value,
        "report": one.reported_for,
        "since_version": one.since_version,
        "until_version": None,
        "value": stored_number(books.clean(one.value)),
        "text": value_text(one.value, measure.unit, measure.decimals, Qualifier(one.qualifier)),
        "status": one.status,
        "note": one.note,
        "act": None,
        "act_reason": "",
        "made_at": None,
    }


def _known(figure: Figure, one: Vintage, version: int) -> Record:
    return {
        "key": figure.key,
        "origin": Origin.KNOWN.value,
        "report": "",
        "since_version": one.since,
        "until_version": one.until if one.until is not None and one.until <= version else None,
        "value": stored_number(one.amount),
        "text": one.text,
        "status": one.status.value,
        "note": "",
        "act": one.act.kind if one.act else None,
        "act_reason": one.act.reason if one.act else "",
        "made_at": one.act.made_at.isoformat() if one.act else None,
    }
