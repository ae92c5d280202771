"""Reconciliation: what is declared to agree, and the numbers that do not."""

from indicators.api.asked import Asked, Scope
from indicators.api.describing import described, moment, number, on_day, one_of, text, texts, truth
from indicators.api.doors import Listing
from indicators.api.paging import Key, Keyed, Record, of_list, of_query
from indicators.calculations import ARITHMETIC
from indicators.choices import AGREEMENT_NAMES, DECLARED_AGREEMENTS, Agreement, Window
from indicators.exports import stored_number
from indicators.models.breakdown import BreakdownValue
from indicators.models.indicator import Indicator
from indicators.models.relation import Relation
from indicators.queries.reconciling import Difference, findings
from indicators.series import Series

RelationRecord = described(
    "Relation",
    "One declared relation: an indicator, or a part of it, and those that must agree with it.",
    {
        "relation": text("Its name."),
        "agreement": one_of(
            DECLARED_AGREEMENTS, "sum: they add up to it; within: each is part of it; same: one quantity."
        ),
        "agreement_words": text(),
        "of": text("The indicator, with its part where there is one."),
        "members": texts("Those that must agree with it."),
        "note": text("Why they may differ, said once for all."),
        "is_blocking": truth("Whether a difference keeps reports back."),
    },
)


class Relations(Listing):
    """What is declared to agree. Parts, areas, months, stated changes and control totals need no declaration."""

    name = "relations"
    permission = "indicator.see"
    record = RelationRecord

    def rows(self, asked: Asked, after: Key | None, most: int) -> Keyed:
        """Yield the relations by their names."""
        rows = Relation.objects.select_related("indicator", "part")
        return of_query(rows.prefetch_related("members__indicator", "members__part"), "slug", after, most, _relation)


def _relation(one: Relation) -> Record:
    return {
        "relation": one.slug,
        "agreement": one.agreement,
        "agreement_words": AGREEMENT_NAMES[Agreement(one.agreement)],
        "of": _stem(one.indicator, one.part),
        "members": [_stem(member.indicator, member.part) for member in one.members.all()],
        "note": one.note,
        "is_blocking": one.is_blocking,
    }


def _stem(indicator: Indicator, part: BreakdownValue | None) -> str:
    return Series(indicator.key, part.slug if part else "").key


DifferenceRecord = described(
    "Difference",
    "Two numbers that should agree and do not.",
    {
        "key": text("The comparison."),
        "group": text("Shared by the same comparison in other periods."),
        "agreement": one_of(Agreement),
        "agreement_words": text("Why they should agree."),
        "indicator": text("Key of the indicator."),
        "part": text("Slug of the part; empty for the total."),
        "area": text("Slug of the area."),
        "name": text(),
        "window": one_of(Window),
        "end": on_day("Last day of the period."),
        "period": text("The period in words."),
        "stated_words": text("What the first number is."),
        "stated": number("The first number."),
        "stated_text": text("As printed."),
        "found_words": text("What the second number is."),
        "found": number("The second number."),
        "found_text": text("As printed."),
        "difference": number("The first less the second."),
        "difference_text": text("As printed."),
        "is_blocking": truth("Whether it keeps reports back until it is gone or explained."),
        "is_open": truth("Whether nobody has explained it for these two numbers."),
        "note": text("Why such numbers may differ, said once for all. It explains no difference by itself."),
        "explanation": text("Why these two differ."),
        "explained_by": text(empty=True),
        "explained_at": moment(),
        "explained_before": text("The reason that was given for other numbers that stood in their place."),
        "explained_before_for": text("Those two numbers, as printed."),
    },
)


class Differences(Listing):
    """Whatever does not add up in a quarter, with both numbers, the difference, and the reason somebody gave."""

    name = "differences"
    permission = "indicator.see"
    scope = Scope.QUARTER
    record = DifferenceRecord

    def rows(self, asked: Asked, after: Key | None, most: int) -> Keyed:
        """Yield the differences in the order of their keys."""
        if asked.quarter is None:
            return iter(())
        force = asked.own
        found = findings(force, asked.quarter, asked.version).differences
        return of_list(((_key(one), one) for one in found), after, lambda one: _difference(one, force.slug))


def _key(one: Difference) -> Key:
    check = one.check
    return (check.key, f"{check.stated.amount:f}", f"{check.found.amount:f}")


def _difference(one: Difference, force: str) -> Record:
    check, said = one.check, one.explanation
    return {
        "key": check.key,
        "group": check.group,
        "agreement": check.agreement.value,
        "agreement_words": check.words,
        "indicator": check.series.indicator,
        "part": check.series.part,
        "area": check.series.area or force,
        "name": check.name,
        "window": check.slot.window.value,
        "end": check.slot.end.isoformat() if check.slot.end else None,
        "period": check.period,
        "stated_words": check.stated.words,
        "stated": stored_number(check.stated.amount),
        "stated_text": check.stated.text,
        "found_words": check.found.words,
        "found": stored_number(check.found.amount),
        "found_text": check.found.text,
        "difference": stored_number(ARITHMETIC.subtract(check.stated.amount, check.found.amount)),
        "difference_text": check.gap,
        "is_blocking": check.is_blocking,
        "is_open": one.is_open,
        "note": check.note,
        "explanation": said.reason if said else "",
        "explained_by": said.by.name if said else None,
        "explained_at": said.at.isoformat() if said else None,
        "explained_before": one.earlier.reason if one.earlier else "",
        "explained_before_for": one.earlier_numbers,
    }
