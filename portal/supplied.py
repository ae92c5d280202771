"""Reads for My work: partner returns and corrections that wait for somebody's decision."""

from indicators.choices import ImportState, Role
from indicators.models.correction import Correction
from indicators.models.partner_return import PartnerReturn, ReturnSubmission
from indicators.people import Person
from indicators.periods import Quarter
from indicators.queries.supplied_values import RELATED, proposal
from narratives.queries import Waiting
from portal.choices import PERMISSIONS


def returns_to_confirm(person: Person) -> list[Waiting]:
    """List the checked returns of the portfolios that somebody leads. Analysts find them among the files. One query."""
    led = person.portfolios(Role.LEAD, Role.DEPUTY)
    if not led or person.has(Role.ANALYST):
        return []
    rows = ReturnSubmission.objects.filter(
        partner_return__in=PartnerReturn.objects.filter(portfolio__in=led), data_import__state=ImportState.STAGED
    ).select_related("partner_return", "submitted_by", "data_import")
    return [
        Waiting(
            title=f"{row.partner_return.name}, {Quarter.parse(row.quarter).label}",
            url_name="return-sent",
            url_args=(row.pk,),
            detail=f"Sent in by {row.submitted_by.name}",
            status=row.data_import.state,
            group="Partner returns to confirm",
        )
        for row in rows.order_by("id")
    ]


def corrections_to_decide(person: Person) -> list[Waiting]:
    """List the corrections that wait for this person as the second one. One query."""
    if not person.has(*PERMISSIONS["correction.decide"]):
        return []
    rows = Correction.objects.open().exclude(proposed_by_id=person.id).select_related(*RELATED).order_by("id")
    return [
        Waiting(
            title=f"{shown.name}, {shown.period}",
            url_name="correction",
            url_args=(shown.correction.pk,),
            detail=f"From {shown.old} to {shown.new}, proposed by {shown.correction.proposed_by.name}",
            status="",
            group="Corrections to decide on",
        )
        for shown in map(proposal, rows)
    ]
