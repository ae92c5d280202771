"""Corrections of one supplied value: proposed with a reason by one person, decided by another.

A confirmed correction is an import of one row, applied in the same transaction as one data version: the earlier
vintage stays, and it can be traced and taken back like every other import.
"""

from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models.functions import Now
from psycopg.errors import LockNotAvailable

from indicators import rules, supply_rules
from indicators.actions import aggregates, foreseeing, imports, observations, versions
from indicators.actions.case_tables import wait_briefly
from indicators.actions.overlay import CHANGED
from indicators.actions.waiting import BUSY
from indicators.choices import Basis, ImportState, VersionKind
from indicators.models.correction import Correction, CorrectionTransition
from indicators.models.data_import import DataImport
from indicators.models.observation import Observation
from indicators.people import Person, Refused, Verdict
from indicators.permissions import CORRECTION_TRANSITIONS
from indicators.queries.partner_returns import as_entered
from indicators.queries.supplied_values import corrected_row, why_computed
from indicators.queries.versions import newest_version
from indicators.readers.return_cells import Entered, tidy_bytes, tidy_texts


def propose(observation: Observation, entered: Entered, *, by: Person, reason: str) -> Correction:
    """Propose another value, or that there is none, for an observation. Nothing changes until a second person agrees.

    Raises Refused when it is not a figure's value, when a newer one holds, or when somebody has proposed one already.
    """
    is_current = Observation.objects.filter(pk=observation.pk, until_version__isnull=True).exists()
    why_not = why_computed(observation)
    rules.require(supply_rules.can_propose_correction(by, reason, is_current=is_current, why_not=why_not))
    if as_entered(observation).says_the_same_as(entered):
        raise Refused(Verdict(False, "This is the value that is held. Nothing was proposed."))
    has_state = observation.value is not None and entered.value is not None
    try:
        with transaction.atomic():
            correction = Correction.objects.create(
                force_id=observation.force_id,
                observation=observation,
                value=entered.value,
                numerator=entered.numerator,
                denominator=entered.denominator,
                status=observation.status if has_state else entered.status,
                basis=_basis(observation, entered),
                note=entered.note,
                reason=reason.strip(),
                proposed_by_id=by.id,
            )
            _note(correction, "propose", "", by, reason)
    except IntegrityError as error:
        words = "Somebody has proposed a correction of this value already. Nothing was changed: look at that one first."
        raise Refused(Verdict(False, words, is_conflict=True)) from error
    return correction


def _basis(observation: Observation, entered: Entered) -> Basis:
    """Return what the right value rests on: the same as the wrong one, where the same of its fields are filled."""
    numbers = ("value", "numerator", "denominator")
    is_alike = all((getattr(observation, one) is None) == (getattr(entered, one) is None) for one in numbers)
    return Basis(observation.basis) if is_alike else entered.basis


def foresee(correction: Correction, *, reconciles: bool = True) -> dict[str, Any]:
    """Return {"version": the newest data version, "moves": the figures that would change}; nothing is kept.

    What would then not add up is among it where it `reconciles`.

    {"busy": words} while an import holds the figures.
    """
    try:
        with foreseeing.trial(), connection.cursor() as cursor:
            wait_briefly(cursor)
            data_import = _as_import(correction, "0" * 64, 0, correction.proposed_by_id)
            found = foreseeing.moves(data_import, reconciles=reconciles)
            return {"version": newest_version(correction.force), "moves": found}
    except OperationalError as error:
        return {"busy": _busy(error)}


def _busy(error: OperationalError) -> str:
    """Return the words for a lock that somebody holds for long; raises every other error again."""
    if isinstance(error.__cause__, LockNotAvailable):
        return BUSY
    raise error


def confirm(correction: Correction, *, by: Person, version: int, reason: str = "") -> None:
    """Put the value right as the second person, under one new data version.

    `version` is the data version that what would move was shown for. Raises Refused, a conflict, when the figures have
    changed since, when a newer value holds, or when somebody was faster.
    """
    rules.require(supply_rules.can_decide_correction(by, correction))
    content = tidy_bytes([tidy_texts(corrected_row(correction))])
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            wait_briefly(cursor)
            taken = versions.take(correction.force, VersionKind.CORRECTION, by=by, reason=correction.reason)
            correction.refresh_from_db()
            is_current = Observation.objects.filter(pk=correction.observation_id, until_version__isnull=True).exists()
            why_not = why_computed(correction.observation)
            rules.require(supply_rules.can_decide_correction(by, correction, is_current=is_current, why_not=why_not))
            _require_seen(version, taken.number - 1)
            data_import = _as_import(correction, *imports.keep([content]), by.id)
            touched = observations.apply(data_import, taken)
            aggregates.recompute_observations(correction.force, taken, touched)
            imports.move(data_import, "apply", version=taken)
            _decide(correction, "confirm", by, reason, data_import=data_import)
    except OperationalError as error:
        raise Refused(Verdict(False, _busy(error), is_conflict=True)) from error


def _require_seen(seen: int, newest: int) -> None:
    if seen != newest:
        words = (
            f"The figures have changed since you opened the page: what would move was shown for data version {seen}, "
            f"and they are at {newest} now. Nothing was changed: look at it again, then confirm."
        )
        raise Refused(Verdict(False, words, is_conflict=True))


@transaction.atomic
def refuse(correction: Correction, *, by: Person, reason: str) -> None:
    """Turn a correction down as the second person; the value stays as it is."""
    rules.require(supply_rules.can_refuse_correction(by, correction, reason))
    _decide(correction, "refuse", by, reason)


@transaction.atomic
def withdraw(correction: Correction, *, by: Person, reason: str = "") -> None:
    """Take an own proposal back."""
    rules.require(supply_rules.can_withdraw_correction(by, correction))
    _decide(correction, "withdraw", by, reason)


def _decide(correction: Correction, verb: str, by: Person, reason: str, **changes: Any) -> None:
    """Move a correction on by a conditional UPDATE, with its one transition row. In the caller's transaction."""
    allowed_from, target = CORRECTION_TRANSITIONS[verb]
    before = correction.state
    moved = Correction.objects.filter(pk=correction.pk, state__in=allowed_from).update(
        state=target, decided_by_id=by.id, decided_at=Now(), decision_reason=reason.strip(), **changes
    )
    if not moved:
        raise Refused(Verdict(False, CHANGED, is_conflict=True))
    correction.refresh_from_db()
    _note(correction, verb, before, by, reason)


def _note(correction: Correction, verb: str, before: str, by: Person, reason: str) -> None:
    CorrectionTransition.objects.create(
        correction=correction, verb=verb, from_state=before, to_state=correction.state, by_id=by.id, by_name=by.name,
        reason=reason.strip(),
    )  # fmt: skip


def _as_import(correction: Correction, sha256: str, size: int, confirmed_by: int) -> DataImport:
    """Make the import of a correction, with its row staged. Its kind stays that of the value's own file.

    The footnotes of official tables follow the figures of such an import.
    """
    observation = correction.observation
    month = [observation.end.replace(day=1).isoformat()] if observation.end else []
    data_import = DataImport.objects.create(
        force=correction.force,
        kind=observation.data_import.kind,
        state=ImportState.CONFIRMED,
        file_name=f"Correction {correction.pk}.csv",
        sha256=sha256,
        size=size,
        rows=1,
        months=month,
        reason=correction.reason,
        received_by_id=correction.proposed_by_id,
        confirmed_by_id=confirmed_by,
        confirmed_at=Now(),
    )
    observations.keep(data_import, [corrected_row(correction)])
    return data_import
