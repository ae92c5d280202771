"""Spans from one day to another whose figures are kept up, because somebody asked for them."""

from indicators.api.asked import Asked, Scope
from indicators.api.describing import described, moment, on_day, one_of, text, texts, truth, whole
from indicators.api.doors import Listing
from indicators.api.paging import Key, Keyed, Record, of_list
from indicators.choices import Window
from indicators.periods import label
from indicators.queries import spans
from indicators.queries.spans import Listed

SpanRecord = described(
    "Span",
    "Days, both included, of which figures are kept up. The same days of the year before go with them.",
    {
        "version": whole("Data version at which it is known."),
        "span": whole("Number of the span."),
        "window": one_of(Window),
        "start": on_day("First day."),
        "end": on_day("Last day."),
        "period": text(),
        "key": text("How texts and keys of figures name its days: indicator, part and area stand before it."),
        "indicators": texts("Keys of the indicators whose figures are kept up; none: all."),
        "figures": whole("Figures of the force itself that are worked out, parts included."),
        "values": whole("How many of these have a value."),
        "is_ended": truth("Whether its figures are kept up no longer."),
        "since_version": whole("Data version from which its figures are kept up."),
        "until_version": whole("Data version from which they are not; null while they are.", empty=True),
        "asked_at": moment(),
        "reason": text("The days, and why somebody asked for their figures."),
    },
)


class Spans(Listing):
    """The spans from one day to another whose figures are kept up, those that were ended included."""

    name = "spans"
    permission = "span.see"
    scope = Scope.VERSION
    record = SpanRecord

    def rows(self, asked: Asked, after: Key | None, most: int) -> Keyed:
        """Yield the spans in the order in which they were asked for."""
        found = spans.listed(asked.own, asked.version)
        keyed = (((one.span.pk,), one) for one in found)
        return of_list(keyed, after, lambda one: _span(one, asked.version))


def _span(one: Listed, version: int) -> Record:
    span = one.span
    until = span.until_version if span.until_version is not None and span.until_version <= version else None
    return {
        "version": version,
        "span": span.pk,
        "window": span.period.window.value,
        "start": span.starts_on.isoformat(),
        "end": span.ends_on.isoformat(),
        "period": label(span.period),
        "key": one.key,
        "indicators": span.indicators,
        "figures": one.every,
        "values": one.values,
        "is_ended": until is not None,
        "since_version": span.since_version,
        "until_version": until,
        "asked_at": one.asked.made_at.isoformat() if one.asked else None,
        "reason": one.asked.reason if one.asked else "",
    }
