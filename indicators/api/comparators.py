"""Comparators: of whom each was made in each release, and a force beside them."""

from collections.abc import Sequence

from django.shortcuts import get_object_or_404

from indicators.api.asked import Asked, Scope
from indicators.api.describing import described, number, on_day, text, texts, whole
from indicators.api.doors import Listing
from indicators.api.paging import Key, Keyed, Record, of_list
from indicators.exports import stored_number, worked_out_number
from indicators.figures import Figure
from indicators.models.indicator import Indicator
from indicators.models.release import Membership, Release
from indicators.queries import books, comparators
from indicators.queries.comparators import Beside
from indicators.queries.versions import held_at

ReleaseRecord = described(
    "Release",
    "A comparator as one release of an official publication makes it.",
    {
        "comparator": text("Slug of the area."),
        "comparator_name": text(),
        "indicator": text("Key of the indicator."),
        "ends_on": on_day("Last day of the twelve months it is of."),
        "release": text("Name of the release."),
        "title": text("Title of the table."),
        "counted": texts("Slugs of the members whose values are in the total."),
        "left_out": texts("Slugs of the members whose values are not."),
        "notes": texts("Footnotes of the whole table."),
        "since_version": whole("Data version from which it holds."),
    },
)


class Comparators(Listing):
    """What a force is compared with: the members of each comparator, release by release."""

    name = "comparators"
    permission = "comparator.see"
    scope = Scope.VERSION
    record = ReleaseRecord

    def rows(self, asked: Asked, after: Key | None, most: int) -> Keyed:
        """Yield one record for each comparator in each release."""
        releases = Release.objects.filter(held_at(asked.version), force=asked.own)
        rows = Membership.objects.filter(release__in=releases)
        grouped: dict[Key, list[Membership]] = {}
        for row in rows.select_related("release__indicator", "comparator", "member").order_by("member__slug"):
            grouped.setdefault((row.release_id, row.comparator.slug), []).append(row)
        return of_list(grouped.items(), after, _release)


def _release(members: Sequence[Membership]) -> Record:
    release, comparator = members[0].release, members[0].comparator
    return {
        "comparator": comparator.slug,
        "comparator_name": comparator.name,
        "indicator": release.indicator.key,
        "ends_on": release.ends_on.isoformat(),
        "release": release.name,
        "title": release.title,
        "counted": [one.member.slug for one in members if one.is_counted],
        "left_out": [one.member.slug for one in members if not one.is_counted],
        "notes": release.notes,
        "since_version": release.since_version,
    }


BesideRecord = described(
    "Beside",
    "A force beside a comparator, for the same twelve months.",
    {
        "indicator": text("Key of the indicator."),
        "comparator": text("Slug of the area."),
        "comparator_name": text(),
        "end": on_day("Last day of the twelve months: the comparator's own."),
        "period": text(),
        "key": text("Key of the comparator's figure."),
        "value": number("The comparator's value."),
        "text": text("As printed."),
        "change_percent": number("Its change in per cent, six decimals."),
        "change_text": text("Its change as printed."),
        "change_reason": text("Between whom the change is, where that is not what the values say."),
        "own_value": number("The force's value for the same months; null where it has none."),
        "own_text": text(),
        "own_change_percent": number("The force's change in per cent, six decimals."),
        "own_change_text": text(),
        "members": text("How many members, and who is not counted."),
        "rank": text("The force's place among the members, in words."),
    },
)


class BesideComparators(Listing):
    """A force beside its comparators in one indicator, each to the comparator's own end."""

    name = "beside"
    permission = "comparator.see"
    scope = Scope.QUARTER
    in_path = {"key": "Key of the indicator."}
    record = BesideRecord

    def rows(self, asked: Asked, after: Key | None, most: int) -> Keyed:
        """Yield the comparators; 404 for an indicator that is not there."""
        indicator = get_object_or_404(Indicator, key=self.kwargs["key"])
        if asked.quarter is None:
            return iter(())
        book = books.figure_book(asked.own, asked.quarter, asked.version, keys=[indicator.key])
        found = comparators.beside(asked.own, book, indicator.key)
        return of_list((((one.figure.series.area,), one) for one in found), after, _beside)


def _beside(one: Beside) -> Record:
    figure, own = one.figure, one.own
    return {
        "indicator": figure.series.indicator,
        "comparator": figure.series.area,
        "comparator_name": one.name,
        "end": figure.period.end.isoformat() if figure.period.end else None,
        "period": figure.aspect("period"),
        "key": figure.key,
        "value": _amount(figure),
        "text": one.value,
        "change_percent": worked_out_number(figure.change.percent),
        "change_text": one.change,
        "change_reason": figure.change.reason,
        "own_value": _amount(own),
        "own_text": one.own_value,
        "own_change_percent": worked_out_number(own.change.percent if own else None),
        "own_change_text": one.own_change,
        "members": one.members,
        "rank": one.rank,
    }


def _amount(figure: Figure | None) -> str | None:
    return stored_number(figure.current.amount if figure and figure.current else None)
