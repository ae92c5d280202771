"""What people lay over cases: marks, and cases set aside by two people. The cases themselves stay as they came.

Setting a case aside and letting it count again each make a data version, with its month and the figures counted anew
in the same transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from indicators import rules
from indicators.actions import aggregates, case_tables, cells, versions
from indicators.actions.waiting import briefly
from indicators.choices import VersionKind
from indicators.models.area import Force
from indicators.models.case import Case
from indicators.models.data_version import DataVersion
from indicators.models.overlay import Mark, SetAside
from indicators.people import Person, Refused, Verdict
from indicators.periods import month_text
from indicators.queries.cases import CaseKey, without_rows

CHANGED = "Somebody else was faster. Nothing was changed: reload the page to see how it stands."


def mark(force: Force, at: CaseKey, *, by: Person, reason: str) -> Mark:
    """Mark a case to be looked at; it counts as before. Raises Refused when it is marked already."""
    rules.require(rules.can_mark_case(by, reason))
    reference = _require_case(force, at).reference
    try:
        with transaction.atomic():
            return Mark.objects.create(force=force, **_place(at), reference=reference, reason=reason, by_id=by.id)
    except IntegrityError as error:
        raise Refused(Verdict(False, "This case is already marked.", is_conflict=True)) from error


def clear(mark: Mark, *, by: Person) -> None:
    """Take a mark off a case."""
    rules.require(rules.can_clear_mark(by, mark))
    _moved(mark, Mark.objects.filter(pk=mark.pk).open().update(cleared_by_id=by.id, cleared_at=Now()))


def ask(force: Force, at: CaseKey, *, by: Person, reason: str) -> SetAside:
    """Ask for a case to be set aside; it counts until a second person agrees."""
    rules.require(rules.can_ask_set_aside(by, reason))
    reference = _require_case(force, at).reference
    try:
        with transaction.atomic():
            return SetAside.objects.create(
                force=force, **_place(at), reference=reference, reason=reason, asked_by_id=by.id
            )
    except IntegrityError as error:
        words = "Somebody has already asked for this case to be set aside."
        raise Refused(Verdict(False, words, is_conflict=True)) from error


def agree(set_aside: SetAside, *, by: Person) -> None:
    """Set a case aside as the second person: it leaves every figure until it is lifted."""
    rules.require(rules.can_agree_set_aside(by, set_aside))
    with _counted_anew(set_aside, by, "is set aside") as version:
        _require_case(set_aside.force, CaseKey(set_aside.month, set_aside.key, set_aside.ordinal))
        asked = SetAside.objects.filter(pk=set_aside.pk).asked()
        _moved(set_aside, asked.update(agreed_by_id=by.id, agreed_at=Now(), since_version=version.number))


def withdraw(set_aside: SetAside, *, by: Person, reason: str = "") -> None:
    """End a request that nobody has agreed to; nothing is counted anew."""
    rules.require(rules.can_withdraw_set_aside(by, set_aside, reason))
    asked = SetAside.objects.filter(pk=set_aside.pk).asked()
    _moved(set_aside, asked.update(lifted_by_id=by.id, lifted_at=Now(), lift_reason=reason))


def lift(set_aside: SetAside, *, by: Person, reason: str) -> None:
    """Let a case count again."""
    rules.require(rules.can_lift_set_aside(by, set_aside, reason))
    with _counted_anew(set_aside, by, "counts again") as version:
        in_force = SetAside.objects.filter(pk=set_aside.pk).in_force()
        _moved(
            set_aside,
            in_force.update(lifted_by_id=by.id, lifted_at=Now(), lift_reason=reason, until_version=version.number),
        )


@contextmanager
def _counted_anew(set_aside: SetAside, by: Person, words: str) -> Iterator[DataVersion]:
    """Take the next data version; when the block has changed what counts, count the month and its figures anew.

    Raises Refused when the rows of the month are no longer held, as nothing can be counted then, and when an import
    holds the figures for long.
    """
    force, month = set_aside.force, set_aside.month
    with briefly() as cursor:
        # The reason stays with the case: data versions are listed to people who may not see one.
        version = versions.take(force, VersionKind.SET_ASIDE, by=by, reason=f"1 case of {month_text(month)} {words}")
        _require_rows(force, month)
        yield version
        case_tables.sort_in_memory(cursor)
        cells.recount(cursor, force.pk, version.number, [month])
        aggregates.recompute_cases(force, version, [month])


def _require_rows(force: Force, month: date) -> None:
    """Refuse what needs the rows of a month that were removed when their time had come."""
    if without_rows(force, month) is not None:
        words = f"The rows of {month_text(month)} are no longer held, only their counts. These stay as they are."
        raise Refused(Verdict(False, words, is_conflict=True))


def _require_case(force: Force, at: CaseKey) -> Case:
    _require_rows(force, at.month)
    case = Case.objects.filter(force=force, **_place(at)).first()
    if case is None:
        raise Refused(Verdict(False, "This case is not in the data now. Nothing was changed.", is_conflict=True))
    return case


def _place(at: CaseKey) -> dict[str, object]:
    return {"month": at.month, "key": at.key, "ordinal": at.ordinal}


def _moved(laid: Mark | SetAside, rows: int) -> None:
    """Refuse when a conditional UPDATE found nothing to change; else the object tells how it stands now."""
    if not rows:
        raise Refused(Verdict(False, CHANGED, is_conflict=True))
    laid.refresh_from_db()
