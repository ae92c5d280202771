"""What stands out: the verdict on every monthly series, and its months with their limits."""

from django.http import Http404

from indicators.api.asked import INDICATOR, Asked, Scope, indicator_named
from indicators.api.describing import described, number, on_day, one_of, text, texts, truth, whole
from indicators.api.doors import Listing
from indicators.api.paging import Key, Keyed, Record, of_list
from indicators.choices import Status, Window
from indicators.exports import stored_number, worked_out_number
from indicators.figures import FigureBook, UnknownFigure
from indicators.models.indicator import Indicator
from indicators.periods import month_end, month_text
from indicators.queries import books
from indicators.series import Slot
from indicators.signals import Month, Signal, judged, signal, standing_out

SignalRecord = described(
    "Signal",
    "The verdict on one monthly series.",
    {
        "series": text("Indicator, with its part where there is one."),
        "indicator": text("Key of the indicator."),
        "part": text("Slug of the part; empty for the total."),
        "name": text(),
        "place": whole("Its place among those that stand out, 1 first; null for one that does not.", empty=True),
        "is_exceptional": truth("Whether natural variation does not explain it."),
        "verdict": text("The verdict in words."),
        "rule": text("The rule that says so; empty where none does."),
        "sentence": text("The verdict as one sentence."),
        "month": on_day("First day of the month the verdict speaks of."),
        "key": text("Key of that month's figure."),
        "value": number("Its value."),
        "text": text("As printed."),
        "is_provisional": truth("Whether it may still change."),
        "centre": number("Mean of the settled months shown, six decimals."),
        "lower": number("Lower limit of natural variation, no further than a value can be. Six decimals."),
        "upper": number("Upper limit of natural variation, no further than a value can be. Six decimals."),
        "reaches": number("How far the value lies from the centre; above 1 it is outside the limits. Six decimals."),
        "notes": texts("Breaks and annotations within the months shown."),
    },
)


class Signals(Listing):
    """Every monthly series of the force itself that has a month in the quarter, with its verdict."""

    name = "signals"
    permission = "indicator.see"
    scope = Scope.QUARTER
    parameters = (INDICATOR,)
    record = SignalRecord

    def rows(self, asked: Asked, after: Key | None, most: int) -> Keyed:
        """Yield the series in the order of their names in keys; `place` is their order of weight."""
        if asked.quarter is None:
            return iter(())
        wanted = indicator_named(asked)
        book = books.figure_book(asked.own, asked.quarter, asked.version)
        found = judged(book)
        places = {one.series: at for at, one in enumerate(standing_out(book, found).exceptional, start=1)}
        listed = (((one.series.key,), one) for one in found if wanted in (None, one.series.indicator))
        return of_list(listed, after, lambda one: _signal(one, book, places.get(one.series)))


def _signal(one: Signal, book: FigureBook, place: int | None) -> Record:
    limits = one.month.segment
    return {
        "series": one.series.key,
        "indicator": one.series.indicator,
        "part": one.series.part,
        "name": one.name,
        "place": place,
        "is_exceptional": one.is_exceptional,
        "verdict": one.verdict.words,
        "rule": one.verdict.rule,
        "sentence": one.sentence,
        "month": one.month.first.isoformat(),
        "key": _key_of(one, one.month, book),
        "value": stored_number(one.month.amount),
        "text": one.text(one.month),
        "is_provisional": one.month.is_provisional,
        "centre": worked_out_number(limits.centre if limits else None),
        "lower": worked_out_number(limits.lower if limits else None),
        "upper": worked_out_number(limits.upper if limits else None),
        "reaches": worked_out_number(one.month.reaches) if limits and limits.upper is not None else None,
        "notes": [note.text for note in one.notes],
    }


def _key_of(one: Signal, month: Month, book: FigureBook) -> str:
    return book.key_of(one.series, Slot(Window.MONTH, month_end(month.first)))


MonthRecord = described(
    "Month",
    "One month of a series with the limits of the stretch it lies in.",
    {
        "series": text("Indicator, part and area where there are any."),
        "month": on_day("First day of the month."),
        "month_text": text(),
        "key": text("Key of its figure; empty where it has none."),
        "value": number("As stored, unrounded."),
        "text": text("As printed."),
        "status": one_of(Status, empty=True),
        "centre": number("Mean of the settled months of the stretch, six decimals."),
        "centre_text": text("As printed."),
        "lower": number("Lower limit of natural variation, no further than a value can be. Six decimals."),
        "lower_text": text("As printed."),
        "upper": number("Upper limit of natural variation, no further than a value can be. Six decimals."),
        "upper_text": text("As printed."),
        "side": whole("1 above the upper limit, -1 below the lower one, 0 elsewhere or without limits."),
        "is_provisional": truth("Judged, and left out of centre and limits."),
        "is_after_break": truth("Whether limits begin anew with it."),
        "state": text("What is to be said of it, in words."),
    },
)


class Months(Listing):
    """The months behind a verdict, up to the end of the quarter, with centre and limits."""

    name = "months"
    permission = "indicator.see"
    scope = Scope.QUARTER
    in_path = {"series": "A series: indicator, with part and area where there are any, as in keys of figures."}
    record = MonthRecord

    def rows(self, asked: Asked, after: Key | None, most: int) -> Keyed:
        """Yield the months, the earliest first; 404 for a series without months."""
        stem = self.kwargs["series"]
        key = stem.partition(".")[0]
        if asked.quarter is None or not Indicator.objects.filter(key=key).exists():
            raise Http404
        book = books.figure_book(asked.own, asked.quarter, asked.version, keys=[key], with_districts=True)
        try:
            shown = signal(book, book.series(stem))
        except UnknownFigure:
            shown = None
        if shown is None:
            raise Http404
        months = (((one.first.isoformat(),), one) for one in shown.months)
        return of_list(months, after, lambda one: _month(shown, one, book))


def _month(shown: Signal, one: Month, book: FigureBook) -> Record:
    limits = one.segment
    lines = {name: getattr(limits, name) if limits else None for name in ("centre", "lower", "upper")}
    found = {
        **{name: worked_out_number(amount) for name, amount in lines.items()},
        **{f"{name}_text": shown.limit(amount) for name, amount in lines.items()},
        "series": shown.series.key,
        "month": one.first.isoformat(),
        "month_text": month_text(one.first),
        "key": _key_of(shown, one, book) if one.value else "",
        "value": stored_number(one.amount),
        "text": shown.text(one),
        "status": one.value.status.value if one.value else None,
        "side": one.side,
        "is_provisional": one.is_provisional,
        "is_after_break": one.is_after_break,
        "state": one.state,
    }
    return {name: found[name] for name in MONTH_COLUMNS}


MONTH_COLUMNS = MonthRecord.columns()
