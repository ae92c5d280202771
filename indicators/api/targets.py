"""Targets with their whole rules, and their results in a quarter."""

from indicators.api.asked import INDICATOR, Asked, Scope, indicator_named
from indicators.api.describing import described, number, on_day, one_of, text, truth, whole
from indicators.api.doors import Listing
from indicators.api.paging import Key, Keyed, Record, of_list
from indicators.choices import Direction, Unit, Window
from indicators.exports import stored_number, target_record
from indicators.queries.books import figure_book
from indicators.queries.standings import Standing, standings, targets
from indicators.targets.vocabulary import ASKED_OF_TARGETS, TargetKind, TargetOperator, TargetResult

TargetRecord = described(
    "Target",
    "One dated step of a target, and what the figure of the quarter is to it.",
    {
        "target": whole("Number of the target."),
        "indicator": text("Key of the indicator."),
        "part": text("Slug of the part; empty for the total."),
        "name": text("What is measured, in words."),
        "portfolio": text(),
        "kind": one_of(TargetKind),
        "printed": text("The words of the target as printed."),
        "meaning": text("What is asked, in words."),
        "operator": one_of(TargetOperator, "On which side of the value it is met; null where nobody said.", empty=True),
        "value": number("In `unit`, which need not be the indicator's."),
        "unit": one_of(Unit),
        "wanted": one_of(Direction, "For a target of change.", empty=True),
        "compared_with": one_of(ASKED_OF_TARGETS, "The earlier period, for a target of change.", empty=True),
        "window": one_of(Window, "The kind of period it is for; null for every one.", empty=True),
        "starts_on": on_day(),
        "ends_on": on_day(),
        "rationale": text(),
        "owner": text(),
        "note": text(),
        "reason": text("Why it was set or changed."),
        "is_in_force": truth("Whether it holds on the last day of the quarter."),
        "result": one_of(TargetResult),
        "result_words": text("The result with its reason, as printed."),
        "figure": text("Key of the figure that is judged.", empty=True),
        "figure_value": number("Its value."),
        "figure_text": text("Its value as printed."),
        "figure_period": text(),
    },
)


class Targets(Listing):
    """The targets with their whole rules, and their results in a quarter."""

    name = "targets"
    permission = "target.see"
    scope = Scope.QUARTER
    parameters = (INDICATOR,)
    record = TargetRecord

    def rows(self, asked: Asked, after: Key | None, most: int) -> Keyed:
        """Yield the targets, the oldest first."""
        key, rows = indicator_named(asked), targets()
        found = list(rows.filter(indicator__key=key) if key else rows)
        keys = {one.indicator.key for one in found}
        book = figure_book(asked.own, asked.quarter, asked.version, keys=keys) if asked.quarter else None
        judged = (((one.target.pk,), one) for one in standings(found, book))
        return of_list(judged, after, lambda one: _target(one, asked))


def _target(one: Standing, asked: Asked) -> Record:
    target, rule, figure = one.target, one.rule, one.figure
    current = figure.current if figure else None
    found = {
        **target_record(rule),
        **{name: getattr(target, name) for name in ("rationale", "owner", "note", "reason")},
        "target": target.pk,
        "indicator": target.indicator.key,
        "name": target.measure_name,
        "portfolio": target.indicator.portfolio.name,
        "is_in_force": rule.holds_on(asked.quarter.end if asked.quarter else None),
        "result": one.judged.result.value,
        "result_words": one.judged.words,
        "figure": figure.key if figure else None,
        "figure_value": stored_number(current.amount if current else None),
        "figure_text": figure.aspect("value") if figure else "",
        "figure_period": one.period,
    }
    nothing = {name: found[name] or None for name in ("operator", "wanted", "compared_with", "window")}
    return {name: {**found, **nothing}[name] for name in COLUMNS}


COLUMNS = TargetRecord.columns()
