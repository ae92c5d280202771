"""Partner returns: loading their definitions, sending one in, and letting it into the figures.

A return that is sent in becomes an import like any other: it is checked, shown as a preview, and applied once somebody
who may has confirmed it.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from indicators import rules, supply_rules
from indicators.actions import imports, observations, received_files
from indicators.actions.received_files import ReceivedFile
from indicators.choices import AreaKind, ImportKind, Role, Window
from indicators.models.area import Area, Force
from indicators.models.indicator import Indicator
from indicators.models.partner_return import MOST_QUARTERS, RETURN_WINDOWS, PartnerReturn, ReturnRow, ReturnSubmission
from indicators.models.portfolio import Portfolio
from indicators.models.source import DataSource
from indicators.people import Person, Refused, Verdict
from indicators.periods import Quarter
from indicators.queries.formulas import part_of
from indicators.queries.partner_returns import expected_of, own_area
from indicators.readers.return_cells import Entered, GridRow, tidy_file

FIELDS = ("name", "partner", "instructions")


@transaction.atomic
def submit(
    partner_return: PartnerReturn,
    force: Force,
    quarter: Quarter,
    cells: Sequence[tuple[GridRow, Quarter, Entered]],
    *,
    by: Person,
    warnings: Sequence[str] = (),
    notes: Sequence[str] = (),
    file: ReceivedFile | None = None,
) -> ReturnSubmission:
    """Send the filled cells of a return in, up to a quarter that is over; a worker checks them.

    Cells that are as they are held are sent as well: they say that nothing has changed, and write nothing. `warnings`
    have to be answered by whoever confirms, `notes` are shown to them. Raises Refused when nothing is filled in, when
    the quarter goes on, or when the file is not kept any more.
    """
    rules.require(supply_rules.can_enter_return(by, partner_return, imports.undecided(by)))
    if quarter.end >= timezone.localdate():
        raise Refused(Verdict(False, f"{quarter.label} is not over yet. A return is sent in once it is."))
    if not cells:
        raise Refused(Verdict(False, "No cell is filled in, so nothing was sent. Fill in what you know."))
    reference = uuid4()
    content = tidy_file(cells, own_area=own_area(force), source=partner_return.source.slug, reference=str(reference))
    read_as = {"layout": {"return": partner_return.key, "warnings": list(warnings), "notes": list(notes)}}
    name = f"{partner_return.name}, {quarter.label}.csv"
    data_import, _ = imports.admit(force, ImportKind.OBSERVATIONS, name, [content], by=by, read_as=read_as)
    expected = expected_of(partner_return, force, quarter, timezone.localdate())
    if expected is not None:
        data_import.delivery, data_import.delivery_period = expected.delivery, expected.first
        data_import.save(update_fields=["delivery", "delivery_period"])
    if file is not None:
        received_files.hold(file)
    return ReturnSubmission.objects.create(
        partner_return=partner_return,
        force=force,
        quarter=quarter.key,
        reference=reference,
        on_behalf_of="" if _is_partner(by, partner_return) else partner_return.partner,
        file_name=file.name if file else "",
        file_sha256=file.sha256 if file else "",
        file_size=file.size if file else 0,
        data_import=data_import,
        submitted_by_id=by.id,
    )


def _is_partner(by: Person, partner_return: PartnerReturn) -> bool:
    """Tell whether somebody enters their own organisation's return: a contributor, who is nothing more here."""
    portfolio = partner_return.portfolio_id
    is_ours = by.has(Role.ANALYST) or by.holds(portfolio, Role.LEAD, Role.DEPUTY)
    return by.holds(portfolio, Role.CONTRIBUTOR) and not is_ours


def confirm(submission: ReturnSubmission, *, by: Person, reason: str = "") -> None:
    """Agree to what the preview of a return says; a worker then applies it."""
    data_import = submission.data_import
    rules.require(supply_rules.can_confirm_return(by, submission.partner_return, data_import, reason))
    imports.agree(data_import, "confirm", by, reason)


@transaction.atomic
def withdraw(submission: ReturnSubmission, *, by: Person) -> None:
    """Take a return back that nobody has confirmed; its record stays."""
    data_import, sent_by = submission.data_import, submission.submitted_by_id
    rules.require(supply_rules.can_withdraw_return(by, submission.partner_return, data_import, sent_by))
    imports.move(data_import, "abandon")
    observations.unstage(data_import)


def load(entries: Iterable[dict[str, Any]]) -> None:
    """Create or update the returns of a document by their keys; their rows are those of the document, in its order.

    In the caller's transaction. Raises Refused naming everything in a return that makes no sense.
    """
    for entry in entries:
        faults = list(_faults(entry))
        if faults:
            raise Refused(Verdict(False, f"Partner return “{entry.get('key', '')}”: {' '.join(faults)}"))
        fields: dict[str, Any] = {name: entry.get(name, "") for name in FIELDS}
        fields |= {"quarters": int(entry.get("quarters", 5)), "is_retired": bool(entry.get("is_retired"))}
        fields["portfolio"] = Portfolio.objects.get(slug=entry["portfolio"])
        fields["source"] = DataSource.objects.get(slug=entry["source"])
        partner_return, _ = PartnerReturn.objects.update_or_create(key=entry["key"], defaults=fields)
        _load_rows(partner_return, entry["rows"])


def _faults(entry: dict[str, Any]) -> Iterable[str]:
    """Yield all that is wrong with a return of a document."""
    for name, rows in (("portfolio", Portfolio.objects), ("source", DataSource.objects)):
        if not rows.filter(slug=entry.get(name, "")).exists():
            yield f"There is no {name} “{entry.get(name, '')}”."
    for name in ("key", "name", "partner"):
        if not entry.get(name):
            yield f"The {name} is missing."
    if str(entry.get("quarters", 5)) not in {str(number) for number in range(1, MOST_QUARTERS + 1)}:
        yield f"It shows 1 to {MOST_QUARTERS} quarters, not “{entry['quarters']}”."
    if not entry.get("rows"):
        yield "It has no rows."
    own = set(Area.objects.filter(kind=AreaKind.FORCE).values_list("slug", flat=True))
    seen: set[tuple[object, ...]] = set()
    for at, row in enumerate(entry.get("rows", []), start=1):
        indicator = Indicator.objects.filter(key=row.get("indicator", "")).first()
        if indicator is None:
            yield f"Row {at}: there is no indicator “{row.get('indicator', '')}”."
        elif row.get("part") and part_of(indicator, row["part"]) is None:
            yield f"Row {at}: “{row['part']}” is not a part of {indicator.name}."
        if _window(row) not in RETURN_WINDOWS:
            yield f"Row {at}: no quarter has one period of the kind “{row['window']}”."
        area = row.get("area") or ""
        series = (row.get("indicator"), row.get("part") or "", "" if area in own else area, _window(row))
        if series in seen:
            yield f"Row {at}: this series stands in an earlier row as well."
        seen.add(series)


def _window(row: dict[str, Any]) -> str:
    return row.get("window") or Window.QUARTER


def _load_rows(partner_return: PartnerReturn, rows: Sequence[dict[str, Any]]) -> None:
    kept = []
    for position, row in enumerate(rows):
        indicator = Indicator.objects.get(key=row["indicator"])
        made, _ = ReturnRow.objects.update_or_create(
            partner_return=partner_return,
            indicator=indicator,
            part=part_of(indicator, row["part"]) if row.get("part") else None,
            area=row.get("area") or "",
            window=_window(row),
            defaults={"position": position, "label": row.get("label", "")},
        )
        kept.append(made.pk)
    partner_return.rows.exclude(pk__in=kept).delete()
