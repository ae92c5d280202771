"""Reporting cycles: opening one for a quarter, and fixing the data version its figures are read at."""

from datetime import date

from django.db import IntegrityError, transaction

from indicators.models.area import Force
from indicators.people import Person, Refused
from indicators.periods import Quarter
from indicators.queries.versions import newest_version
from indicators.rules import require
from narratives import rules
from narratives.models.cycle import Cycle
from narratives.models.outline import Outline, OutlineEntry
from narratives.models.section import Section


def open_cycle(
    force: Force,
    outline: Outline,
    quarter: Quarter,
    *,
    by: Person,
    write_by: date | None = None,
    review_by: date | None = None,
    meeting_on: date | None = None,
) -> Cycle:
    """Open the cycle of a quarter with a section, not started, for each topic of the outline.

    Raises Refused for anybody but a report manager, for an outline that does not hold for the quarter, and (a
    conflict) when the cycle is open already.
    """
    is_valid = outline.starts_on <= quarter.end and (outline.ends_on is None or quarter.start <= outline.ends_on)
    is_open = Cycle.objects.filter(force=force, outline=outline, quarter_key=quarter.key).exists()
    require(rules.can_open_cycle(by, is_open=is_open, is_valid=is_valid))
    try:
        with transaction.atomic():
            cycle = Cycle.objects.create(
                force=force,
                outline=outline,
                quarter_key=quarter.key,
                opened_by_id=by.id,
                write_by=write_by,
                review_by=review_by,
                meeting_on=meeting_on,
            )
            Section.objects.bulk_create(_sections(cycle))
    except IntegrityError as error:
        if not Cycle.objects.filter(force=force, outline=outline, quarter_key=quarter.key).exists():
            raise
        raise Refused(rules.can_open_cycle(by, is_open=True)) from error
    return cycle


def _sections(cycle: Cycle) -> list[Section]:
    entries = OutlineEntry.objects.filter(part__outline_id=cycle.outline_id)
    ordered = entries.select_related("topic").order_by("part__position", "position")
    topics = {entry.topic_id: entry.topic for entry in ordered}
    return [Section(cycle=cycle, topic=topic, portfolio_id=topic.portfolio_id) for topic in topics.values()]


def fix_cut(cycle: Cycle, version: int, *, by: Person) -> None:
    """Fix the data version at which the cycle's figures are read from now on; later imports make nothing stale.

    The same version once more is harmless. Raises Refused for anybody but a report manager, for a version that does
    not exist, and (a conflict) when the cut is fixed elsewhere already.
    """
    newest = newest_version(cycle.force)
    require(rules.can_fix_cut(by, None, version, newest))
    fixed = Cycle.objects.filter(pk=cycle.pk, cut__isnull=True).update(cut=version)
    cycle.refresh_from_db(fields=["cut"])
    if not fixed and cycle.cut != version:
        require(rules.can_fix_cut(by, cycle.cut, version, newest))
