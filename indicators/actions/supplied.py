"""Current observations as the values they are: a row of a file becomes a row of figures."""

from collections.abc import Collection, Iterator

from django.db.models import Q

from indicators.actions.values import Row
from indicators.choices import ImportKind, Statistic, Status
from indicators.models.area import Force
from indicators.models.observation import Observation
from indicators.periods import Period


def status_of(row: Observation) -> Status:
    """Return the status of a supplied value: provisional after the day its source is checked to."""
    checked_to = row.source.checked_to
    if row.status == Status.FINAL and checked_to and row.end and row.end > checked_to:
        return Status.PROVISIONAL
    return Status(row.status)


def supplied_row(row: Observation) -> Row:
    """Return the value that an observation supplies."""
    # The footnotes of an official table follow its figures wherever they go; other notes explain what is missing.
    follows = row.data_import.kind == ImportKind.OFFICIAL and row.value is not None
    return (
        row.indicator_id, row.part_id, row.area_id, row.window, row.start, row.end, row.reported_for, row.value,
        row.numerator, row.denominator, [], status_of(row).value, row.basis, row.qualifier, row.period_printed,
        row.note, row.source_id, row.note if follows else "",
    )  # fmt: skip


def levels(force: Force, indicators: Collection[int], within: Collection[Period] = ()) -> Iterator[Observation]:
    """Yield what is held of some indicators, less what was supplied for a group: that follows from its members.

    `within` leaves out what does not lie in one of some periods.
    """
    rows = Observation.objects.filter(
        force=force, indicator_id__in=indicators, until_version__isnull=True, statistic=Statistic.LEVEL,
        area__group__isnull=True,
    )  # fmt: skip
    inside = Q()
    for one in within:
        inside |= Q(start__gte=one.start, end__lte=one.end)
    yield from rows.filter(inside).select_related("source", "area", "data_import")
