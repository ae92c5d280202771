"""What the demonstration's people supply, ask for and explain: a return, a correction, days, differences."""

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from indicators.actions import corrections, explaining, imports, returns, spans
from indicators.choices import ImportState, Statistic, Window
from indicators.forms.returns import ReturnPage
from indicators.models.area import Force
from indicators.models.data_import import DataImport
from indicators.models.observation import Observation
from indicators.models.partner_return import PartnerReturn, ReturnSubmission
from indicators.models.span import Span
from indicators.people import Person
from indicators.periods import Quarter
from indicators.queries.partner_returns import as_entered
from indicators.queries.reconciling import findings
from indicators.readers.return_cells import Entered
from portal.demonstration.quarter import FILES, Say, StepFailed, follow, person

RETURN, LEAD, ANALYST = "rasso", "Luke Langton", "Ada Ainsworth"
TWO_MEASURES = "The dashboard counts crimes and investigations, the cases are crimes alone"


def enter_return(force: Force, quarter: Quarter, say: Say) -> DataImport:
    """Enter the prosecution service's table as its lead does: pasted, looked at, sent in with its file, confirmed."""
    by = person(LEAD)
    # A demonstration that was interrupted goes on with the return it had sent in.
    sent = ReturnSubmission.objects.filter(partner_return__key=RETURN, force=force, quarter=quarter.key)
    submission = sent.select_related("data_import").first() or _send_in(force, quarter, by)
    data_import = submission.data_import
    follow(imports.STAGE_TASK, data_import, say)
    if data_import.state == ImportState.STAGED:
        returns.confirm(submission, by=by, reason="Compared with the table that was received")
    follow(imports.APPLY_TASK, data_import, say)
    if data_import.state != ImportState.APPLIED:
        raise StepFailed(f"{data_import.file_name} is {data_import.state}, not applied")
    say(f"{data_import.rows} values, submitted on behalf of {submission.on_behalf_of}")
    return data_import


def _send_in(force: Force, quarter: Quarter, by: Person) -> ReturnSubmission:
    name = f"cps-{quarter.key}.tsv"
    table = (FILES / name).read_bytes()
    sent = QueryDict(mutable=True)
    sent["block"] = table.decode()
    file = SimpleUploadedFile(name, table, "text/tab-separated-values")
    partner_return = PartnerReturn.objects.select_related("source", "portfolio").get(key=RETURN)
    page = ReturnPage(partner_return, force, quarter, sent, MultiValueDict({"received": [file]}))
    if page.form.is_valid():
        page.take_file(by)
        page.fill()
        page.look()
    wrong = [words for _, words in page.problems] + (page.block.problems if page.block else ["The form is not valid."])
    if wrong:
        raise StepFailed(f"{name}: {wrong[0]}")
    return returns.submit(partner_return, force, quarter, page.entered, by=by, file=page.file)


def propose_correction(force: Force, say: Say) -> None:
    """Leave one correction that waits for a second person; no figure moves by it."""
    found = {"indicator__key": "rasso_m4", "area__force": force, "end": date(2020, 12, 31), "window": Window.QUARTER}
    observation = Observation.objects.select_related("indicator", "part", "area", "source", "data_import").get(
        force=force, until_version__isnull=True, statistic=Statistic.LEVEL, **found
    )
    if observation.corrections.exists():
        return
    by, right = person(ANALYST), as_entered(observation).value
    if right is None:
        raise StepFailed("The value to be corrected is not there.")
    reason = "One digit was typed wrongly. Invented for the demonstration."
    made = corrections.propose(observation, Entered(right - 4), by=by, reason=reason)
    say(f"Correction {made.pk} waits for a second person")


def ask_for_days(force: Force, say: Say) -> None:
    """Keep one figure up from one day to another, as the analyst does for a meeting."""
    days = date(2020, 1, 1), date(2020, 10, 29)
    span = Span.objects.current().filter(force=force, starts_on=days[0], ends_on=days[1]).first()
    if span is None:
        span = spans.ask(force, *days, ["hate_crime"], by=person(ANALYST), reason="For the hate crime panel")
    say(f"{span}: hate crime")


def explain_differences(force: Force, quarter: Quarter, say: Say) -> None:
    """Say why the two measures of domestic abuse differ, as the analyst does before the report is written."""
    checks = [one.check for one in findings(force, quarter).differences if one.is_open]
    if checks:
        explaining.explain(force, checks, by=person(ANALYST), reason=TWO_MEASURES)
    say(f"{len(checks)} differences explained")
